"""People and institutions are entered and changed through pages; two who edit at once lose nothing."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Posting
from crm.base.audit import tracked_models
from crm.base.toasts import undo_of
from customers.actions import refresh_alignment
from customers.models import Affiliation, Alignment, Customer, CustomerStatus, Department, Institution, Person
from sales.models import SalesMonth
from tests.cast import TODAY, institution, person, user
from tests.pages.test_customer import text

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
WOMAN = {
    "name": "欧阳 静怡", "title": "主任医师", "phone": "138 0013 8000", "department": "肿瘤科", "position": "科主任",
}  # fmt: skip
SHOP = {"name": "同济堂药房", "kind": "pharmacy", "address": "西溪路 1 号"}


def given(answer: Any) -> dict[str, str]:
    """What a browser would send back of the form on a page, nothing touched."""
    form = answer.context["form"]
    entries: dict[str, str] = {}
    for bound in form:
        value = bound.field.prepare_value(bound.value())
        entries[bound.html_name] = "" if value is None else str(value)
        if bound.field.show_hidden_initial:
            seen = form.data.get(bound.html_initial_name, bound.field.prepare_value(bound.initial))
            entries[bound.html_initial_name] = "" if seen is None else str(seen)
    return entries


def said(answer: Any) -> str:
    """The sentences of a refused form."""
    assert answer.status_code == 422, (answer.status_code, answer.headers.get("Location"))
    return " ".join(sentence for errors in answer.context["refused"].errors.values() for sentence in errors)


def send(world: Any, who: Any, address: str, entries: Any = None, /, **more: Any) -> Any:
    client = world.client(who)
    if entries is None:
        entries = given(client.get(address))
    return client.post(address.partition("?")[0], {**entries, **more})


def trail(model: Any, pk: Any) -> list[tuple[str, Any]]:
    """What was done to a row, and by whom."""
    events: Any = tracked_models()[model].objects
    return list(events.filter(id=pk).order_by("pgh_id").values_list("pgh_label", "actor"))


def new_person(world: Any, who: Any = None, at: Any = None, **more: Any) -> Any:
    place = (at or world.cast.hospital).pk
    return send(world, who or world.cast.lin, f"/customers/new/person/?other={place}", **WOMAN | more)


def new_institution(world: Any, who: Any = None, **more: Any) -> Any:
    return send(world, who or world.cast.lin, "/customers/new/institution/", **SHOP | more)


def change_of(customer: Any) -> str:
    return f"/customers/{customer.pk}/change/"


# Entering


def test_a_rep_enters_a_person_who_is_found_and_held_at_once(world) -> None:
    answer = new_person(world)
    made = Person.objects.get(customer__name="欧阳 静怡")
    assert answer["Location"] == f"/customers/{made.pk}/"
    place = Affiliation.objects.get(person=made)
    assert (place.institution, place.department, place.position, place.is_primary, place.during.lower) == (
        world.cast.hospital, "肿瘤科", "科主任", True, TODAY,
    )  # fmt: skip
    assert Department.objects.filter(institution=world.cast.hospital, name="肿瘤科").exists()
    assert CustomerStatus.objects.get(customer=made.pk).territory == world.cast.xixi
    found = world.client(world.cast.lin).post("/search/", {"q": "ouyangjingyi"})
    assert "欧阳 静怡" in found.content.decode()
    assert "欧阳 静怡" in world.client(world.cast.lin).post("/search/", {"q": "8000"}).content.decode()
    assert trail(Customer, made.pk) == [("insert", world.cast.lin.pk)]
    assert "欧阳 静怡" in text(world.client(world.cast.lin).get("/customers/"))


def test_an_institution_is_held_by_the_territory_it_was_entered_for(world) -> None:
    new_institution(world)
    made = Institution.objects.get(customer__name="同济堂药房")
    alignment = Alignment.objects.get(customer=made.pk)
    assert (alignment.territory, alignment.during.lower, alignment.during.upper) == (world.cast.xixi, TODAY, None)
    assert CustomerStatus.objects.get(customer=made.pk).territory == world.cast.xixi
    new_institution(world, world.cast.zheng, name="另一家药店", territory=world.cast.dongdu.pk)
    assert CustomerStatus.objects.get(customer__name="另一家药店").territory == world.cast.dongdu


def test_sent_twice_it_is_entered_once(world) -> None:
    page = world.client(world.cast.lin).get(f"/customers/new/person/?other={world.cast.hospital.pk}")
    entries = given(page) | WOMAN
    answers = [send(world, world.cast.lin, "/customers/new/person/", entries) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Customer.objects.filter(name="欧阳 静怡").count() == 1
    other = send(world, world.cast.lin, "/customers/new/person/", entries, name="别人")
    assert "already sent with other contents" in said(other)
    assert other.context["form"]["name"].value() == "别人"


@pytest.mark.parametrize(
    ("entries", "known"),
    [
        ({"name": "陈望舒"}, "陈望舒"),
        ({"name": "陈忘书"}, "陈望舒"),  # sounds the same
        ({"name": "甲乙丙", "phone": "0571-8888 1234"}, "孟书远"),
    ],
)
def test_who_may_be_known_already_is_shown_first(world, entries: dict[str, str], known: str) -> None:
    Person.objects.filter(pk=world.cast.meng.pk).update(phone="057188881234")
    answer = new_person(world, **entries)
    assert "one of these" in said(answer)
    assert known in text(answer)
    assert "西溪湾医院" in text(answer)
    again = given(answer)
    assert again["name"] == entries["name"]
    assert send(world, world.cast.lin, "/customers/new/person/", again, anew="1").status_code == 302
    assert Person.objects.filter(customer__name=entries["name"], title="主任医师").exists()


def test_who_lies_outside_ones_ground_is_not_named_as_known(world) -> None:
    assert new_person(world, name="阿福").status_code == 302
    assert new_institution(world, name="东渡大药房").status_code == 302
    twin = new_institution(world, name="西溪湾医 院", kind="hospital")
    assert "西溪湾医院" in text(twin)


def test_a_person_needs_a_place_in_ones_own_ground(world) -> None:
    for address in ("/customers/new/person/", f"/customers/new/person/?other={world.cast.pharmacy.pk}"):
        page = world.client(world.cast.lin).get(address)
        assert "Where does the new person work?" in text(page)
        assert "东渡大药房" not in text(page)
    page = world.client(world.cast.lin).get(f"/customers/new/person/?other={world.cast.hospital.pk}")
    entries = given(page) | WOMAN
    before = Customer.objects.count()
    answer = send(world, world.cast.lin, "/customers/new/person/", entries, other=str(world.cast.pharmacy.pk))
    assert "your own ground" in said(answer)
    assert answer.context["form"]["name"].value() == WOMAN["name"]
    assert "Choose it once more" in said(send(world, world.cast.lin, "/customers/new/person/", entries, other=""))
    assert Customer.objects.count() == before


def test_an_institution_of_another_ground_cannot_be_made(world) -> None:
    answer = new_institution(world, territory=world.cast.dongdu.pk)
    assert answer.status_code == 422
    assert not Customer.objects.filter(name=SHOP["name"]).exists()


def test_the_search_for_an_institution_offers_own_institutions_only(world) -> None:
    client = world.client(world.cast.zheng)
    for answer in (
        client.get("/customers/new/person/", {"q": "xixi"}),
        client.post("/customers/new/person/", {"q": "xixi"}),
    ):
        assert "西溪湾医院" in answer.content.decode()
        assert f"/customers/new/person/?other={world.cast.hospital.pk}" in answer.content.decode()
    assert "陈望舒" not in client.post("/customers/new/person/", {"q": "chen"}).content.decode()
    nobody = world.client(world.cast.lin).post("/customers/new/person/", {"q": "dongdu"}).content.decode()
    assert "东渡大药房" not in nobody
    assert "Nothing in your ground" in nobody


# Changing


def test_a_change_counts_the_version_and_what_is_found(world) -> None:
    chen = world.cast.chen
    answer = send(world, world.cast.lin, change_of(chen), name="陈明", title="副主任医师")
    assert answer["Location"] == f"/customers/{chen.pk}/"
    now = Customer.objects.get(pk=chen.pk)
    assert (now.name, now.version, now.pinyin, now.person.title) == ("陈明", 2, "chen ming", "副主任医师")
    assert "陈明" in world.client(world.cast.lin).post("/search/", {"q": "chenming"}).content.decode()


def test_what_changes_nothing_counts_nothing(world) -> None:
    assert send(world, world.cast.lin, change_of(world.cast.chen)).status_code == 302
    assert Customer.objects.get(pk=world.cast.chen.pk).version == 1
    assert ("update", world.cast.lin.pk) not in trail(Customer, world.cast.chen.pk)


def test_an_institution_changes(world) -> None:
    hospital = world.cast.hospital
    send(world, world.cast.lin, change_of(hospital), level="3", grade="a", outpatients_per_day="3200", culture="一\n二")
    hospital.refresh_from_db()
    assert (hospital.level, hospital.grade, hospital.outpatients_per_day) == (3, "a", 3200)
    assert hospital.culture.splitlines() == ["一", "二"]


def test_undo_says_what_it_said_before(world) -> None:
    chen = world.cast.chen
    client = world.client(world.cast.lin)
    page = client.post(change_of(chen), given(client.get(change_of(chen))) | {"title": "院长"}, follow=True)
    undo = undo_of(next(iter(page.context["messages"])))
    assert undo
    client.post(undo.url, undo.fields)
    assert Person.objects.get(pk=chen.pk).title == ""
    assert Customer.objects.get(pk=chen.pk).version == 3


def test_two_at_once_choose_what_both_changed_and_keep_what_one_did(world) -> None:
    lin, zheng, chen = world.cast.lin, world.cast.zheng, world.cast.chen
    address = change_of(chen)
    mine, theirs = (given(world.client(who).get(address)) for who in (lin, zheng))
    send(world, zheng, address, theirs, title="主任医师", phone="13900001111")
    conflict = send(world, lin, address, mine, title="副主任医师", specialty="心内科")
    assert "Somebody changed this" in said(conflict)
    page = text(conflict)
    assert "You typed 副主任医师 Stored now 主任医师" in page
    assert "13900001111" in page
    assert "You typed 心内科" not in page  # only he changed it: there is nothing to choose
    assert Person.objects.get(pk=chen.pk).title == "主任医师"
    entries = given(conflict)
    assert (entries["phone"], entries["specialty"], entries["title"]) == ("13900001111", "心内科", "副主任医师")
    send(world, lin, address, entries, **{"choose-title": "stored"})
    now = Person.objects.get(pk=chen.pk)
    assert (now.title, now.specialty, now.phone) == ("主任医师", "心内科", "13900001111")
    assert Customer.objects.get(pk=chen.pk).version == 3


def test_whoever_insists_overwrites_what_he_saw(world) -> None:
    lin, zheng, address = world.cast.lin, world.cast.zheng, change_of(world.cast.chen)
    mine, theirs = (given(world.client(who).get(address)) for who in (lin, zheng))
    send(world, zheng, address, theirs, title="主任医师")
    conflict = send(world, lin, address, mine, title="院长")
    send(world, lin, address, given(conflict), **{"choose-title": "typed"})
    assert Person.objects.get(pk=world.cast.chen.pk).title == "院长"


def test_a_conflict_does_not_escape_a_third_one(world) -> None:
    lin, zheng, address = world.cast.lin, world.cast.zheng, change_of(world.cast.chen)
    mine = given(world.client(lin).get(address))
    send(world, zheng, address, title="一")
    entries = given(send(world, lin, address, mine, title="我"))
    send(world, zheng, address, title="二")
    assert "You typed 我 Stored now 二" in text(send(world, lin, address, entries, **{"choose-title": "typed"}))


# Ending


def test_a_customer_ends_and_goes_on(world) -> None:
    chen, client = world.cast.chen, world.client(world.cast.lin)
    page = client.post(change_of(chen), {"end": "1", "end-last": YESTERDAY.isoformat()}, follow=True)
    assert Customer.objects.get(pk=chen.pk).ended_on == TODAY
    assert "陈望舒" not in text(client.get("/customers/"))
    assert "Was a customer until" in text(client.get(change_of(chen)))
    assert client.get(f"/customers/{chen.pk}/roles/new/").status_code == 404
    undo = undo_of(next(iter(page.context["messages"])))
    assert undo
    client.post(undo.url, undo.fields)
    assert Customer.objects.get(pk=chen.pk).ended_on is None
    for wrong in (TOMORROW.isoformat(), "1800-01-01", "soon", ""):
        assert said(client.post(change_of(chen), {"end": "1", "end-last": wrong}))
    assert Customer.objects.get(pk=chen.pk).ended_on is None


# Who may


def test_who_may(world) -> None:
    cast = world.cast
    officer = user("officer", "合规", cast.jiangnan, Posting.Role.COMPLIANCE)
    address = change_of(cast.chen)
    expected = {
        cast.lin: 200, cast.zheng: 200, cast.operations: 200, officer: 403, cast.idle: 403, cast.zhao: 404,
        cast.stranger: 404,
    }  # fmt: skip
    for who, status in expected.items():
        assert world.client(who).get(address).status_code == status, who
        sent = world.client(who).post(address, {"name": "x", "end": "1"})
        assert sent.status_code == (422 if status == 200 else status)
    assert world.client(cast.zhao).get(change_of(type("Absent", (), {"pk": uuid4()}))).status_code == 404
    for page in ("person", "institution"):
        assert world.client(officer).get(f"/customers/new/{page}/").status_code == 403
    assert "New customer" not in text(world.client(officer).get("/customers/"))
    assert f'href="{address}"' not in world.client(officer).get(f"/customers/{cast.chen.pk}/").content.decode()
    assert f'href="{address}"' in world.client(cast.lin).get(f"/customers/{cast.chen.pk}/").content.decode()
    assert world.client(cast.operations).get(change_of(cast.stray)).status_code == 200


# What nobody should type


WILD = {
    "script": "<script>alert(1)</script>",
    "right to left": "שלום عليكم",
    "emoji": "🩺👩🏽\u200d⚕️",
    "nul": "陈\x00望",
    "override": "陈\u202e望舒",
    "a megabyte": "长" * 350_000,
}


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("field", ["name", "title", "honorific", "specialty", "phone"])
def test_wild_entries_are_kept_or_refused_with_a_sentence_and_not_lost(world, name: str, field: str) -> None:
    answer = send(world, world.cast.lin, change_of(world.cast.chen), **{field: WILD[name]})
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert field != "name" or name not in ("right to left", "emoji")
        assert said(answer)
        assert answer.context["form"][field].value() == WILD[name]
        return
    stored = Customer.objects.select_related("person").get(pk=world.cast.chen.pk)
    assert (stored.name if field == "name" else getattr(stored.person, field)) == WILD[name]
    assert "<script>alert" not in world.client(world.cast.lin).get(f"/customers/{stored.pk}/").content.decode()


@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("field", ["department", "position", "first", "id", "other"])
def test_wild_entries_of_a_new_person(world, name: str, field: str) -> None:
    answer = new_person(world, **{field: WILD[name]})
    if field in ("first", "id"):
        assert said(answer)
    assert answer.status_code in (200, 302, 422)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"name": "长" * 201}, "at most 200"),
        ({"kind": "castle"}, "valid choice"),
        ({"level": "9"}, "valid choice"),
        ({"grade": "a"}, "choose the level"),
        ({"distribution_tier": "1"}, "Only a distributor"),
        ({"outpatients_per_day": "-1"}, "greater than or equal to 0"),
        ({"outpatients_per_day": "9" * 5000}, "Enter a whole number"),
        ({"outpatients_per_day": "1000001"}, "less than or equal to 1000000"),
        ({"first": "9999-12-31"}, "2199"),
        ({"first": "2150-01-01"}, "more than a year ahead"),
        ({"first": "1901-01-01"}, "hundred years ago"),
        ({"first": "yesterday"}, "is not a date"),
    ],
)
def test_what_an_institution_can_not_be(world, wrong: dict[str, str], sentence: str) -> None:
    answer = new_institution(world, **wrong)
    assert sentence in said(answer)
    for name, value in (SHOP | wrong).items():
        assert answer.context["form"][name].value() == value
    assert not Institution.objects.filter(customer__name=SHOP["name"]).exists()


def test_the_law_of_the_ground_refuses_another_kind(world) -> None:
    cast = world.cast
    SalesMonth.objects.create(
        customer_id=cast.shopkeeper.pk, product=cast.product, month=date(2026, 10, 1), units=5, revenue=0, collected=0,
        currency="", known_on=TODAY, current=True,
    )  # fmt: skip
    answer = send(world, cast.zhao, change_of(cast.pharmacy), kind="clinic")
    assert "CN-NO-DOCTOR-COUNTS" in said(answer)
    cast.pharmacy.refresh_from_db()
    assert cast.pharmacy.kind == "pharmacy"


# Statements


def test_statements_do_not_grow(world, django_assert_max_num_queries) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    for number in range(30):
        person(f"客户{number}", cast.hospital)
        institution(f"药店{number}", "pharmacy", cast.xixi)
        Department.objects.create(institution=cast.hospital, name=f"科室{number}")
    refresh_alignment(on=TODAY)
    pages = [
        "/customers/new/person/", "/customers/new/person/?q=yao", f"/customers/new/person/?other={cast.hospital.pk}",
        "/customers/new/institution/", change_of(cast.chen), change_of(cast.hospital),
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(12):
            assert lin.get(page).status_code == 200
    entries = given(lin.get(pages[2])) | WOMAN
    with django_assert_max_num_queries(15):
        assert lin.post("/customers/new/person/", entries).status_code == 302
    entries = given(lin.get(pages[3])) | SHOP
    with django_assert_max_num_queries(15):
        assert lin.post("/customers/new/institution/", entries).status_code == 302
    for customer in (cast.chen, cast.hospital):
        entries = given(lin.get(change_of(customer))) | {"name": "另一个名字"}
        with django_assert_max_num_queries(15):
            assert lin.post(change_of(customer), entries).status_code == 302
