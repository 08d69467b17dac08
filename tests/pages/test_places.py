"""Licences, departments and the trade file of an institution are entered, changed, ended and taken back by pages."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Customer, Department, Institution, Licence, TradeFile
from tests.cast import SINCE, TODAY, institution, person
from tests.pages.test_change_customer import WILD, given, said, send, trail
from tests.pages.test_choosing import kept
from tests.pages.test_customer import text
from tests.pages.test_relations import follow, undo_last

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
PAPER = {"kind": "drug_trade", "number": "沪DA001", "first": "2024-03-01", "last": "2029-02-28"}


@pytest.fixture
def shop(world) -> Institution:
    """A pharmacy in the ground of Lin."""
    made = institution("西溪药房", "pharmacy", world.cast.xixi)
    refresh_alignment(on=TODAY)
    return made


@pytest.fixture
def licence(shop: Institution) -> Licence:
    return Licence.objects.create(institution=shop, kind="business", number="91330", during=period(SINCE))


@pytest.fixture
def ward(world) -> Department:
    return Department.objects.create(institution=world.cast.hospital, name="心内科", outpatients_per_day=40)


def at(row: Licence | Department) -> str:
    return f"/customers/{'licences' if isinstance(row, Licence) else 'departments'}/{row.pk}/"


# What it belongs to


def test_an_institution_belongs_to_another_and_back(world, shop: Institution) -> None:
    lin, address = world.client(world.cast.lin), f"/customers/{shop.pk}/parent/"
    assert address in lin.get(f"/customers/{shop.pk}/").content.decode()
    head = institution("西溪连锁", "chain_headquarters", world.cast.xixi)
    refresh_alignment(on=TODAY)
    page = lin.get(f"{address}?q=xixiliansuo")
    assert f'form="chosen" name="other" value="{head.pk}"' in page.content.decode()
    typing = lin.post(f"{address}?another=1", {"q": "xixiliansuo"}).content.decode()
    assert f'form="chosen" name="other" value="{head.pk}"' in typing
    done = lin.post(address, kept(page) | {"other": str(head.pk)}, follow=True)
    shop.refresh_from_db()
    assert shop.parent_id == head.pk
    assert "Belongs to 西溪连锁" in text(done)
    assert Customer.objects.get(pk=shop.pk).version == 2
    undo_last(world, world.cast.lin, done)
    shop.refresh_from_db()
    assert shop.parent is None


def test_what_an_institution_can_not_belong_to(world, shop: Institution) -> None:
    lin, address = world.client(world.cast.lin), f"/customers/{shop.pk}/parent/"
    inside = institution("分店", "chain_branch", world.cast.xixi)
    Institution.objects.filter(pk=inside.pk).update(parent=shop)
    refresh_alignment(on=TODAY)
    for other in (shop, inside):
        assert "belongs to this institution itself" in text(lin.post(address, {"other": other.pk}, follow=True))
    for foreign in (world.cast.pharmacy.pk, world.cast.chen.pk, uuid4()):
        assert "Choose an institution of your own ground" in text(lin.post(address, {"other": foreign}, follow=True))
    assert lin.post(address, {"other": "nonsense"}).status_code == 400
    late = kept(lin.get(address))
    Institution.objects.filter(pk=shop.pk).update(parent=world.cast.pharmacy)
    assert "Somebody changed this" in text(lin.post(address, late | {"other": world.cast.hospital.pk}, follow=True))
    page = lin.get(address).content.decode()
    assert "东渡大药房" not in page
    assert str(world.cast.pharmacy.pk) not in page
    done = lin.post(address, {"other": ""}, follow=True)
    assert str(world.cast.pharmacy.pk) not in done.content.decode()
    shop.refresh_from_db()
    assert shop.parent is None
    for who, status in ((world.cast.zhao, 404), (world.cast.stranger, 404), (world.cast.idle, 403)):
        assert world.client(who).get(address).status_code == status
        assert world.client(who).post(address, {"other": world.cast.hospital.pk}).status_code == status


# Licences


def test_a_licence_is_entered_and_seen(world, shop: Institution) -> None:
    page = follow(world, world.cast.lin, f"/customers/{shop.pk}/licences/new/", **PAPER)
    made = Licence.objects.get()
    assert (made.kind, made.number, made.during) == (
        "drug_trade", "沪DA001", period(date(2024, 3, 1), date(2029, 2, 28)),
    )  # fmt: skip
    assert "Drug trade licence until 28 Feb 2029 沪DA001" in text(page)
    assert trail(Licence, made.pk) == [("insert", world.cast.lin.pk)]


def test_what_begins_today_is_taken_back(world, shop: Institution) -> None:
    entries = PAPER | {"first": TODAY.isoformat()}
    page = follow(world, world.cast.lin, f"/customers/{shop.pk}/licences/new/", **entries)
    undo_last(world, world.cast.lin, page)
    assert not Licence.objects.exists()


def test_a_licence_is_corrected_and_the_correction_taken_back(world, licence: Licence) -> None:
    page = follow(world, world.cast.lin, at(licence), number="91331", first="2023-01-01", last="2027-01-01")
    licence.refresh_from_db()
    assert (licence.number, licence.during) == ("91331", period(date(2023, 1, 1), date(2027, 1, 1)))
    undo_last(world, world.cast.lin, page)
    licence.refresh_from_db()
    assert (licence.number, licence.during) == ("91330", period(SINCE))
    assert [what for what, _who in trail(Licence, licence.pk)] == ["insert", "update", "update"]


def test_a_licence_ends_and_goes_on(world, licence: Licence) -> None:
    page = follow(world, world.cast.lin, at(licence), {"end": "1", "end-last": YESTERDAY.isoformat()})
    licence.refresh_from_db()
    assert last_day(licence.during) == YESTERDAY
    assert "expired on 20 Nov" in text(page)
    undo_last(world, world.cast.lin, page)
    licence.refresh_from_db()
    assert licence.during == period(SINCE)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "poaching"}, "valid choice"),
        ({"number": ""}, "required"),
        ({"number": "9" * 121}, "at most 120"),
        ({"first": "2030-01-01"}, "before the first"),
        ({"first": "1901-01-01"}, "hundred years ago"),
        ({"last": "nonsense"}, "not a date"),
        ({"kind": "business", "number": "91330", "first": "", "last": ""}, "entered for these days already"),
    ],
)
def test_what_a_licence_can_not_be(world, licence: Licence, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, world.cast.lin, f"/customers/{licence.institution_id}/licences/new/", **PAPER | wrong)
    assert sentence in said(answer)
    assert Licence.objects.count() == 1
    for name, value in (PAPER | wrong).items():
        assert answer.context["form"][name].value() == value


# Departments


def test_a_department_is_entered_with_its_whole_and_its_head(world, ward: Department) -> None:
    entries = {"name": "心导管室", "parent": str(ward.pk), "head": str(world.cast.chen.pk), "outpatients": "12"}
    page = follow(world, world.cast.lin, f"/customers/{world.cast.hospital.pk}/departments/new/", **entries)
    made = Department.objects.get(name="心导管室")
    assert (made.parent, made.head, made.outpatients_per_day) == (ward, world.cast.chen, 12)
    assert "心导管室 陈望舒 12" in text(page)
    undo_last(world, world.cast.lin, page)
    assert not Department.objects.filter(name="心导管室").exists()


def test_a_new_name_goes_with_those_who_work_there(world, ward: Department) -> None:
    cast = world.cast
    Affiliation.objects.filter(person=cast.chen).update(department=ward.name)
    page = follow(world, cast.lin, at(ward), name="心血管内科", outpatients="")
    ward.refresh_from_db()
    assert (ward.name, ward.outpatients_per_day) == ("心血管内科", None)
    assert Affiliation.objects.get(person=cast.chen).department == "心血管内科"
    undo_last(world, cast.lin, page)
    ward.refresh_from_db()
    assert (ward.name, ward.outpatients_per_day) == ("心内科", 40)
    assert Affiliation.objects.get(person=cast.chen).department == "心内科"


def test_only_an_empty_department_is_taken_away_and_comes_back(world, ward: Department) -> None:
    cast = world.cast
    affiliation = Affiliation.objects.get(person=cast.chen)
    Affiliation.objects.filter(pk=affiliation.pk).update(department=ward.name)
    page = world.client(cast.lin).post(at(ward), {"remove": "1"}, follow=True)
    assert "People work here, or did." in text(page)
    Affiliation.objects.filter(pk=affiliation.pk).update(department="")
    part = Department.objects.create(institution=cast.hospital, name="分区", parent=ward)
    assert "It has parts" in text(world.client(cast.lin).post(at(ward), {"remove": "1"}, follow=True))
    part.delete()
    page = world.client(cast.lin).post(at(ward), {"remove": "1"}, follow=True)
    assert not Department.objects.exists()
    assert trail(Department, ward.pk)[-1] == ("delete", cast.lin.pk)
    undo_last(world, cast.lin, page)
    back = Department.objects.get()
    assert (back.name, back.outpatients_per_day) == ("心内科", 40)


def test_no_ring_of_wholes_and_parts(world, ward: Department) -> None:
    part = Department.objects.create(institution=world.cast.hospital, name="分区", parent=ward)
    elsewhere = Department.objects.create(institution=world.cast.pharmacy, name="柜台")
    for wrong in (ward, part, elsewhere):
        assert "valid choice" in said(send(world, world.cast.lin, at(ward), parent=str(wrong.pk)))
    assert "name already" in said(send(world, world.cast.lin, at(ward), name="分区"))
    ward.refresh_from_db()
    assert (ward.parent, ward.name) == (None, "心内科")


def test_a_head_outside_ones_ground_is_not_named_and_stays(world, ward: Department) -> None:
    cast = world.cast
    Department.objects.filter(pk=ward.pk).update(head=cast.shopkeeper)
    page = world.client(cast.lin).get(at(ward)).content.decode()
    assert "阿福" not in page
    assert str(cast.shopkeeper.pk) not in page
    assert "陈望舒" not in page
    follow(world, cast.lin, at(ward), outpatients="41")
    ward.refresh_from_db()
    assert (ward.head, ward.outpatients_per_day) == (cast.shopkeeper, 41)
    assert "阿福" in world.client(cast.zheng).get(at(ward)).content.decode()
    answer = send(world, cast.lin, f"/customers/{cast.hospital.pk}/departments/new/", name="新", head=str(uuid4()))
    assert "valid choice" in said(answer)


# The trade file


def test_a_trade_file_is_begun_and_changed(world, shop: Institution) -> None:
    address = f"/customers/{shop.pk}/trade-file/"
    assert address in world.client(world.cast.lin).get(f"/customers/{shop.pk}/").content.decode()
    page = follow(world, world.cast.lin, address, principal="钱掌柜", staff="6", credit="good", opened_on="2015-05-01")
    file = TradeFile.objects.get()
    assert (file.principal, file.staff, file.credit, file.opened_on) == ("钱掌柜", 6, "good", date(2015, 5, 1))
    assert "Principal 钱掌柜" in text(page)
    page = follow(world, world.cast.lin, address, staff="7", problems="缺货")
    undo_last(world, world.cast.lin, page)
    file.refresh_from_db()
    assert (file.staff, file.problems, file.principal) == (6, "", "钱掌柜")


def test_no_trade_file_of_a_medical_institution(world) -> None:
    address = f"/customers/{world.cast.hospital.pk}/trade-file/"
    for answer in (world.client(world.cast.lin).get(address), world.client(world.cast.lin).post(address, {})):
        assert answer.status_code == 404
    assert address not in world.client(world.cast.lin).get(f"/customers/{world.cast.hospital.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"staff": "-1"}, "greater than or equal to 0"),
        ({"staff": "9" * 30}, "less than or equal to"),
        ({"credit": "perfect"}, "valid choice"),
        ({"opened_on": TOMORROW.isoformat()}, "in the future"),
        ({"problems": "长" * 1001}, "at most 1000"),
        ({"credit_days": "40000"}, "less than or equal to"),
    ],
)
def test_what_a_trade_file_can_not_say(world, shop: Institution, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, world.cast.lin, f"/customers/{shop.pk}/trade-file/", **wrong)
    assert sentence in said(answer)
    assert not TradeFile.objects.exists()


# All of them


def changes(shop: Institution, licence: Licence, ward: Department) -> list[tuple[str, dict[str, str], str]]:
    """Where, what the first one writes, and the field about which the second one disagrees."""
    return [
        (at(licence), {"number": "1", "last": "2028-01-01"}, "number"),
        (at(ward), {"name": "甲科", "outpatients": "7"}, "name"),
        (f"/customers/{shop.pk}/trade-file/", {"principal": "甲", "staff": "7"}, "principal"),
    ]


def test_two_at_once_choose(world, shop: Institution, licence: Licence, ward: Department) -> None:
    lin, zheng = world.cast.lin, world.cast.zheng
    for address, quick, field in changes(shop, licence, ward):
        mine = given(world.client(lin).get(address))
        follow(world, zheng, address, **quick)
        conflict = send(world, lin, address, mine, **{field: "乙"})
        assert "Somebody changed this" in said(conflict), address
        assert f"You typed 乙 Stored now {quick[field]}" in text(conflict), address
        follow(world, lin, address, given(conflict), **{f"choose-{field}": "stored"})
        stored = given(world.client(lin).get(address))
        assert {name: stored[name] for name in quick} == quick, address


def test_who_may(world, shop: Institution, licence: Licence, ward: Department) -> None:
    cast = world.cast
    pages = [
        *(address for address, _quick, _field in changes(shop, licence, ward)),
        f"/customers/{shop.pk}/licences/new/",
        f"/customers/{cast.hospital.pk}/departments/new/",
    ]
    for page in pages:
        for who in (cast.lin, cast.zheng, cast.operations):
            assert world.client(who).get(page).status_code == 200, page
        for who in (cast.zhao, cast.stranger):
            assert world.client(who).get(page).status_code == 404, page
            entries = {"id": uuid7(), **PAPER, "name": "新", "remove": "1", "end": "1"}
            assert world.client(who).post(page, entries).status_code == 404, page
        assert world.client(cast.idle).get(page).status_code == 403
    for page in ("licences", "departments"):
        assert world.client(cast.lin).get(f"/customers/{page}/{uuid4()}/").status_code == 404
        assert world.client(cast.lin).get(f"/customers/{cast.chen.pk}/{page}/new/").status_code == 404
    stranger = world.client(cast.zhao).post
    for page, whole in (
        (f"/customers/{shop.pk}/licences/new/", PAPER),
        (f"/customers/{cast.hospital.pk}/departments/new/", {"name": "新"}),
        (f"/customers/{shop.pk}/trade-file/", {"staff": "3"}),
    ):
        assert stranger(page, {"id": uuid7(), **whole}).status_code == 404
    assert (Licence.objects.count(), Department.objects.count(), TradeFile.objects.count()) == (1, 1, 0)


def test_an_institution_that_ended_is_not_changed(world, licence: Licence) -> None:
    Customer.objects.filter(pk=licence.institution_id).update(ended_on=TODAY)
    for page in (at(licence), f"/customers/{licence.institution_id}/licences/new/"):
        assert world.client(world.cast.lin).get(page).status_code == 404


@pytest.mark.parametrize("name", WILD)
def test_wild_words_are_kept_or_refused_and_not_lost(
    world, shop: Institution, licence: Licence, ward: Department, name: str
) -> None:
    for address, _quick, field in changes(shop, licence, ward):
        answer = send(world, world.cast.lin, address, **{field: WILD[name]})
        assert answer.status_code in (302, 422), address
        if answer.status_code == 422:
            assert said(answer)
            assert answer.context["form"][field].value() == WILD[name]
    for customer in (shop, world.cast.hospital):
        page = world.client(world.cast.lin).get(f"/customers/{customer.pk}/").content.decode()
        assert "<script>alert" not in page


def test_sent_twice_it_is_said_once(world, shop: Institution) -> None:
    for address, entries in (
        (f"/customers/{shop.pk}/licences/new/", PAPER),
        (f"/customers/{world.cast.hospital.pk}/departments/new/", {"name": "新科"}),
    ):
        sent = given(world.client(world.cast.lin).get(address)) | entries
        for _time in range(2):
            assert send(world, world.cast.lin, address, sent).status_code == 302
    assert (Licence.objects.count(), Department.objects.count()) == (1, 1)


def test_statements_do_not_grow(
    world, shop: Institution, licence: Licence, ward: Department, django_assert_max_num_queries: Any
) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    whole = ward
    for number in range(30):
        person(f"客户{number}", cast.hospital)
        whole = Department.objects.create(institution=cast.hospital, name=f"科{number}", parent=whole)
        Licence.objects.create(institution=shop, kind="other", number=str(number), during=period(SINCE))
    refresh_alignment(on=TODAY)
    new = [
        (f"/customers/{shop.pk}/licences/new/", PAPER),
        (f"/customers/{cast.hospital.pk}/departments/new/", {"name": "新", "parent": whole.pk, "head": cast.chen.pk}),
    ]
    for page, entries in [*new, *((page, quick) for page, quick, _field in changes(shop, licence, ward))]:
        with django_assert_max_num_queries(12):
            seen = lin.get(page)
        assert seen.status_code == 200
        with django_assert_max_num_queries(15):
            assert lin.post(page, given(seen) | entries).status_code == 302, page
    with django_assert_max_num_queries(12):
        lin.get(f"/customers/{shop.pk}/parent/?q=xixi")
    with django_assert_max_num_queries(15):
        assert lin.post(f"/customers/{shop.pk}/parent/", {"other": cast.hospital.pk}).status_code == 302
    for customer in (shop, cast.hospital):
        with django_assert_max_num_queries(12):
            lin.get(f"/customers/{customer.pk}/")
