import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.base.ids import uuid7
from crm.base.models import ExternalId
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Consent, Customer, RoleAssignment
from tests.cast import TODAY, person


def names(answer: Any) -> list[str]:
    """The customers on the page, in its order."""
    assert answer.status_code == 200
    return re.findall(r'class="row-link"[^>]*>\s*<b class="strong">(.*?)</b>', html.unescape(answer.content.decode()))


@pytest.fixture
def page(world):
    def open_page(user: Any, address: str = "") -> Any:
        return world.client(user).get(f"/customers/{address}")

    return open_page


def test_everybody_sees_his_own_ground_only(world, page) -> None:
    cast = world.cast
    assert sorted(names(page(cast.lin))) == sorted(["陈望舒", "孟书远", "西溪湾医院"])
    assert sorted(names(page(cast.zhao))) == sorted(["东渡大药房", "阿福"])
    assert len(names(page(cast.zheng))) == 5
    assert names(page(cast.stranger)) == []
    assert names(page(cast.idle)) == []


def test_operations_also_see_whom_no_territory_holds(world, page) -> None:
    assert "游医" in names(page(world.cast.operations))


def test_ended_and_merged_customers_are_not_listed(world, page) -> None:
    cast = world.cast
    Customer.objects.filter(pk=cast.meng.pk).update(merged_into=cast.chen.pk)
    Customer.objects.filter(pk=cast.hospital.pk).update(ended_on=TODAY)
    assert names(page(cast.lin)) == ["陈望舒"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("望舒", ["陈望舒"]),
        ("湾医", ["孟书远", "西溪湾医院", "陈望舒"]),
        ("42-A", ["孟书远"]),
        ("chenws", ["陈望舒"]),
        ("msy", ["孟书远"]),
        ("xixiwan", ["孟书远", "西溪湾医院", "陈望舒"]),
        ("42", []),
        ("w.x", []),
        ("(", []),
        ("%", []),
    ],
)
def test_search(world, page, words: str, found: list[str]) -> None:
    ExternalId.objects.create(kind="person", source="crm", external_id="42-A", object_id=world.cast.meng.pk)
    assert sorted(names(world.client(world.cast.lin).get("/customers/", {"q": words}))) == sorted(found)


def test_search_does_not_care_for_capitals(world, page) -> None:
    person("Anna O'Neill", world.cast.hospital)
    refresh_alignment(on=TODAY)
    assert names(page(world.cast.lin, "?q=anna o'neill")) == ["Anna O'Neill"]


def test_search_finds_nobody_outside(world, page) -> None:
    assert names(page(world.cast.zhao, "?q=陈望舒")) == []


def test_filters(world, page) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "A")
    world.give(cast.meng.customer, "B")
    assert names(page(cast.lin, "?tier=A")) == ["陈望舒"]
    assert names(page(cast.lin, "?tier=none")) == ["西溪湾医院"]
    assert names(page(cast.lin, "?kind=institution")) == ["西溪湾医院"]
    assert sorted(names(page(cast.zheng, f"?territory={cast.dongdu.pk}"))) == sorted(["东渡大药房", "阿福"])
    assert names(page(cast.zheng, f"?territory={cast.jiangnan.pk}&alone=on")) == []
    assert names(page(cast.lin, f"?territory={cast.dongdu.pk}")) == []


def test_filters_by_role_and_where_people_work(world, page) -> None:
    """As of today; a person is of the kind of his primary institution, and found at each at which he works."""
    cast = world.cast
    month = period(TODAY - timedelta(30))
    RoleAssignment.objects.create(person=cast.chen, role="prescriber", during=month)
    RoleAssignment.objects.create(person=cast.chen, role="prescriber", product=cast.product, during=month)
    over = period(TODAY - timedelta(30), TODAY - timedelta(1))
    RoleAssignment.objects.create(person=cast.meng, role="prescriber", during=over)
    RoleAssignment.objects.create(person=cast.shopkeeper, role="influencer", during=month)
    Affiliation.objects.create(person=cast.meng, institution=cast.pharmacy, during=month, is_primary=False)
    Affiliation.objects.create(person=cast.chen, institution=cast.pharmacy, during=over, is_primary=False)
    asked = {
        "role=prescriber": ["陈望舒"],
        "role=influencer": ["阿福"],
        "role=decision_maker": [],
        "place_kind=hospital": ["孟书远", "西溪湾医院", "陈望舒"],
        "place_kind=pharmacy": ["东渡大药房", "阿福"],
        "place_kind=pharmacy&kind=person": ["阿福"],
        f"institution={cast.pharmacy.pk}": ["孟书远", "阿福"],
        f"institution={cast.pharmacy.pk}&role=influencer": ["阿福"],
        f"institution={cast.chen.pk}": [],
    }
    for words, found in asked.items():
        assert sorted(names(page(cast.zheng, f"?{words}"))) == sorted(found), words
    assert sorted(names(page(cast.lin, "?role=influencer"))) == []


def test_an_institution_is_a_filter_by_the_link_of_its_page(world, page) -> None:
    cast = world.cast
    text = world.client(cast.lin).get(f"/customers/{cast.hospital.pk}/").content.decode()
    (link,) = re.findall(r'href="/customers/(\?institution=[^"]+)">', text)
    people = page(cast.lin, link)
    assert sorted(names(people)) == ["孟书远", "陈望舒"]
    chosen = {menu.name: menu.chosen for menu in people.context["list"].menus}
    assert chosen["institution"] == "西溪湾医院"
    assert "institution" not in {menu.name for menu in page(cast.lin).context["list"].menus}


def test_a_foreign_institution_is_as_if_it_were_not(world, page) -> None:
    """Also where somebody of one's own works at it."""
    cast = world.cast
    today = period(TODAY)
    Affiliation.objects.create(person=cast.shopkeeper, institution=cast.hospital, during=today, is_primary=False)
    keys = (cast.hospital.pk, uuid7())
    foreign, absent = (page(cast.zhao, f"?institution={key}") for key in keys)
    assert names(foreign) == names(absent) == []
    assert "西溪湾医院" not in foreign.content.decode()
    faces = [
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode()).replace(str(key), "")
        for answer, key in zip((foreign, absent), keys, strict=True)
    ]
    assert faces[0] == faces[1]


def test_what_is_not_understood_is_left_out(world, page) -> None:
    nonsense = "?tier=Z&sort=1;drop&page=x&territory=nope&due=ever&cycle=%00&role=x&institution=x&place_kind=x"
    assert len(names(page(world.cast.lin, nonsense))) == 3


def test_tabs_count_what_they_open(world, page) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "A", last=TODAY - timedelta(9), due=TODAY - timedelta(1))
    world.give(cast.meng.customer, "B", due=TODAY)
    answer = page(cast.lin)
    assert answer.context["counts"] == {"all": 3, "overdue": 1, "week": 2, "never": 2}
    for tab, count in answer.context["counts"].items():
        assert len(names(page(cast.lin, f"?due={tab}" if tab != "all" else ""))) == count
    assert "1 day overdue" in answer.content.decode()


def test_sorting_puts_nothing_last_in_both_directions(world, page) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "B", due=TODAY)
    world.give(cast.meng.customer, "A", due=TODAY + timedelta(3))
    hospital = "西溪湾医院"
    assert names(page(cast.lin)) == ["陈望舒", "孟书远", hospital]
    assert names(page(cast.lin, "?sort=-due")) == ["孟书远", "陈望舒", hospital]
    assert names(page(cast.lin, "?sort=tier")) == ["孟书远", "陈望舒", hospital]
    assert names(page(cast.lin, "?sort=-tier")) == ["陈望舒", "孟书远", hospital]
    assert names(page(cast.lin, "?sort=name")) == ["陈望舒", "孟书远", hospital]  # chen, meng, xi


def test_pages_hold_everybody_once(world, page) -> None:
    cast = world.cast
    for number in range(60):
        person("同名", cast.hospital, title=str(number))
    refresh_alignment(on=TODAY)
    first, second = page(cast.lin, "?sort=name"), page(cast.lin, "?sort=name&page=2")
    assert (len(names(first)), len(names(second))) == (50, 13)
    links = re.compile(r'class="row-link" href="(.*?)"')
    seen = links.findall(first.content.decode()) + links.findall(second.content.decode())
    assert len(set(seen)) == 63
    assert "1–50 of 63" in first.content.decode()
    assert "page=2" in first.content.decode()
    assert names(page(cast.lin, "?sort=name&page=999")) == names(second)


@pytest.mark.parametrize("more", [0, 57])
def test_statements_do_not_grow_with_rows(world, more: int, django_assert_max_num_queries) -> None:
    cast = world.cast
    for number in range(more):
        world.give(_aligned(f"客户{number}", cast).customer, "C", visits=1)
    for user in (cast.lin, cast.zheng):
        client = world.client(user)
        for words in ("", f"?institution={cast.hospital.pk}&role=prescriber&place_kind=hospital&q=客户"):
            with django_assert_max_num_queries(10):
                client.get(f"/customers/{words}")


def _aligned(name: str, cast: Any) -> Any:
    created = person(name, cast.hospital)
    refresh_alignment(on=TODAY, customers=[created.pk])
    return created


def test_the_word_line_is_not_seen_where_there_is_one(world, page) -> None:
    assert "Product line" not in page(world.cast.lin).content.decode()


def test_an_empty_list_says_what_to_do(world, page) -> None:
    assert "Nothing fits all of this" in page(world.cast.lin, "?q=nobody").content.decode()
    assert "You have no posting today" in page(world.cast.idle).content.decode()
    assert "No customers here yet" in page(world.cast.stranger).content.decode()


def test_a_number_is_listed_of_whoever_agreed_to_calls(world, page) -> None:
    cast = world.cast
    for one, phone in ((cast.chen, "138 0000 0001"), (cast.meng, "138 0000 0002")):
        one.phone = phone
        one.save()
    Consent.objects.create(person=cast.chen, purpose="phone", wording="1", during=period(TODAY))
    Consent.objects.create(person=cast.meng, purpose="email", wording="1", during=period(TODAY))
    Consent.objects.create(
        person=cast.meng, purpose="phone", wording="1", during=period(TODAY - timedelta(9), TODAY - timedelta(1))
    )
    for address in ("?columns=phone", "?columns=phone&as=print", "?columns=phone&as=csv"):
        answer = page(cast.lin, address)
        text = b"".join(answer).decode()
        assert ("138 0000 0001" in text, "138 0000 0002" in text) == (True, False), address
    assert "138 0000 0001" not in page(cast.lin).content.decode()


@pytest.mark.parametrize(
    ("address", "column", "table"),
    [
        ("/customers/", "phone", "customers_consent"),
        ("/customers/", "roles", "customers_roleassignment"),
        ("/customers/", "cycle", "visits_calltarget"),
        ("/visits/", "joint", 'ON ("visits_visit"."joint_with_id"'),
        ("/files/", "decider", '= ("base_importrun"."decided_by")'),
    ],
)
def test_what_is_not_chosen_is_not_read(world, address: str, column: str, table: str) -> None:
    client = world.client(world.cast.operations)
    title = {"/customers/": "name", "/visits/": "who", "/files/": "file"}[address]
    for columns, read in ((title, False), (column, True)):
        with CaptureQueriesContext(connection) as asked:
            assert b"".join(client.get(f"{address}?columns={columns}&as=csv"))
        assert any(table in statement["sql"] for statement in asked) == read, columns
