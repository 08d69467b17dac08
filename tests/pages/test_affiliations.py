"""Where people work is entered, changed from a day on and ended through pages; it decides who holds them."""

from datetime import date, timedelta
from typing import Any

import pytest

from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, CustomerStatus, Department
from sales.models import SalesMonth
from tests.cast import SINCE, TODAY, institution
from tests.pages.test_change_customer import said, send
from tests.pages.test_customer import text
from tests.pages.test_relations import address_of, follow, in_force, place_of, undo_last

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


def move(world: Any, at: Any, who: Any = None, /, **more: Any) -> Any:
    entries = {"department": "心内科", "position": "主任", "is_primary": "1"}
    address = f"/customers/{world.cast.chen.pk}/affiliations/new/?other={at.pk}"
    return follow(world, who or world.cast.zheng, address, **entries | more)


def test_who_moves_is_held_where_he_works_now(world) -> None:
    cast = world.cast
    other = institution("东渡医院", "hospital", cast.dongdu)
    refresh_alignment(on=TODAY)
    move(world, other)
    old, new = Affiliation.objects.filter(person=cast.chen).order_by("during")
    assert (old.institution, old.during) == (cast.hospital, period(SINCE, YESTERDAY))
    assert (new.institution, new.during, new.department) == (other, period(TODAY), "心内科")
    assert Department.objects.filter(institution=other, name="心内科").count() == 1
    assert CustomerStatus.objects.get(customer=cast.chen.pk).territory == cast.dongdu
    assert world.client(cast.lin).get(f"/customers/{cast.chen.pk}/").status_code == 404


def test_the_old_place_may_stay_a_further_one(world) -> None:
    cast = world.cast
    other = institution("东渡医院", "hospital", cast.dongdu)
    refresh_alignment(on=TODAY)
    move(world, other, stays="1")
    assert set(in_force(Affiliation.objects.filter(person=cast.chen)).values_list("institution", "is_primary")) == {
        (cast.hospital.pk, False), (other.pk, True),
    }  # fmt: skip
    further = Affiliation.objects.get(person=cast.chen, institution=cast.hospital, is_primary=False)
    follow(world, cast.zheng, address_of(further), first=TODAY.isoformat(), is_primary="1")
    assert place_of(cast.chen).institution == cast.hospital
    assert CustomerStatus.objects.get(customer=cast.chen.pk).territory == cast.xixi
    assert in_force(Affiliation.objects.filter(person=cast.chen)).count() == 2


def test_a_further_place_changes_nothing_of_who_holds(world) -> None:
    cast = world.cast
    shop = institution("西溪药房", "pharmacy", cast.xixi)
    refresh_alignment(on=TODAY)
    page = move(world, shop, cast.lin, is_primary="0")
    assert place_of(cast.chen).institution == cast.hospital
    assert "Also at" in text(page)
    undo_last(world, cast.lin, page)
    assert Affiliation.objects.filter(person=cast.chen).count() == 1


def test_a_move_can_be_planned_and_the_past_is_not_overwritten(world) -> None:
    cast = world.cast
    other = institution("东渡医院", "hospital", cast.dongdu)
    refresh_alignment(on=TODAY)
    move(world, other, first=TOMORROW.isoformat())
    assert place_of(cast.chen).institution == cast.hospital
    assert CustomerStatus.objects.get(customer=cast.chen.pk).territory == cast.xixi
    refresh_alignment(on=TOMORROW)
    assert CustomerStatus.objects.get(customer=cast.chen.pk).territory == cast.dongdu


def test_department_and_position_change_from_a_day_on(world) -> None:
    place = place_of(world.cast.chen)
    page = follow(world, world.cast.lin, address_of(place), department="心外科", position="院长")
    assert "心外科" in text(page)
    undo_last(world, world.cast.lin, page)
    assert place_of(world.cast.chen).department == ""
    assert "another place" in said(send(world, world.cast.lin, address_of(place_of(world.cast.chen)), is_primary="0"))


def test_who_leaves_is_held_by_nobody_and_the_rep_is_led_to_the_list(world) -> None:
    place = place_of(world.cast.chen)
    assert "held by nobody" in text(world.client(world.cast.lin).get(address_of(place)))
    page = follow(world, world.cast.lin, address_of(place), {"end": "1", "end-last": YESTERDAY.isoformat()})
    assert page.redirect_chain[-1][0] == "/customers/"
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).territory is None
    assert world.client(world.cast.lin).get(address_of(place)).status_code == 404
    send(world, world.cast.operations, address_of(place), {"reopen": ""})
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).territory == world.cast.xixi


def test_the_law_refuses_a_place_for_whom_counts_are_stored(world) -> None:
    cast = world.cast
    SalesMonth.objects.create(
        customer_id=cast.shopkeeper.pk, product=cast.product, month=date(2026, 11, 1), units=5, revenue=0, collected=0,
        currency="", known_on=TODAY, current=True,
    )  # fmt: skip
    address = f"/customers/{cast.shopkeeper.pk}/affiliations/new/?other={cast.hospital.pk}"
    answer = send(world, cast.zheng, address, department="药剂科", is_primary="0")
    assert "CN-NO-DOCTOR-COUNTS" in said(answer)
    assert not Department.objects.filter(name="药剂科").exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"department": "长" * 121}, "at most 120"),
        ({"first": "2028-01-01"}, "more than a year ahead"),
        ({"first": "2024-06-01"}, "something else is in force"),
        ({"last": "2026-01-01"}, "before the first"),
        ({"is_primary": "maybe"}, "valid choice"),
        ({"stays": "maybe"}, "valid choice"),
        ({"is_primary": "0", "department": ""}, "works there in these days already"),
    ],
)
def test_what_a_place_can_not_be(world, wrong: dict[str, str], sentence: str) -> None:
    entries = {"department": "心内科", "position": "主任", "is_primary": "1", "stays": "0"}
    at = f"/customers/{world.cast.chen.pk}/affiliations/new/?other={world.cast.hospital.pk}"
    answer = send(world, world.cast.lin, at, **entries | wrong)
    assert sentence in said(answer)
    assert Affiliation.objects.filter(person=world.cast.chen).count() == 1
    assert place_of(world.cast.chen).during == period(SINCE)
