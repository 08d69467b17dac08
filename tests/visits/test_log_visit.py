"""Logging a visit by its action: once for ever, by whoever held the customer on the day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Posting, Product
from crm.base.commands import OtherBodySameId
from crm.base.ids import uuid7
from crm.base.models import Command, CommandBody
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Alignment, Customer, CustomerStatus
from tests.cast import NOON, SINCE, TODAY, Cast, align, institution, person, user
from visits.actions import Amendment, NextStep, NotHeld, VisitRefused, VisitReport, amend_visit, log_visit
from visits.models import Visit

YESTERDAY = TODAY - timedelta(days=1)


def report(cast: Cast, **changes: Any) -> VisitReport:
    return replace(VisitReport(id=uuid7(), on=TODAY, customers=[cast.chen.pk]), **changes)


def assert_nothing_happened() -> None:
    assert not Visit.objects.exists()
    assert not Command.objects.exists()
    assert not CustomerStatus.objects.exclude(last_visit_on=None).exists()


def test_a_visit_is_stored_with_all_that_was_said(cast: Cast) -> None:
    said = report(
        cast,
        customers=[cast.meng.pk, cast.chen.pk, cast.hospital.pk],
        place=cast.hospital.pk,
        products=[(cast.product.pk, "doubts")],
        note="肾功能不全怎么调剂量？",
        next_step=NextStep(kind="material", due_on=date(2026, 11, 27), text="亚组数据"),
    )
    receipt = log_visit(actor=cast.lin, report=said, at=NOON)
    visit = Visit.objects.get()
    assert (receipt.object_id, receipt.again) == (visit.pk, False)
    assert (visit.maker, visit.territory, visit.line, visit.known_on) == (cast.lin, cast.xixi, cast.line, TODAY)
    assert list(visit.attendees.order_by("id").values_list("customer", flat=True)) == list(said.customers)
    assert set(visit.attendees.values_list("territory", flat=True)) == {cast.xixi.pk}
    assert visit.products.get().reaction == "doubts"
    step = visit.follow_ups.get()
    assert (step.customer_id, step.due_on, step.text) == (cast.meng.pk, date(2026, 11, 27), "亚组数据")
    assert CustomerStatus.objects.get(customer=cast.hospital.pk).last_visit_on == TODAY
    assert CommandBody.objects.get().body["note"] == said.note


def test_the_same_again_changes_nothing(cast: Cast) -> None:
    said = report(cast)
    log_visit(actor=cast.lin, report=said, at=NOON)
    again = log_visit(actor=cast.lin, report=said, at=NOON)
    assert again.again
    assert Visit.objects.count() == 1


def test_the_same_id_with_other_contents_or_from_another_is_refused(cast: Cast) -> None:
    said = report(cast)
    log_visit(actor=cast.lin, report=said, at=NOON)
    with pytest.raises(OtherBodySameId):
        log_visit(actor=cast.lin, report=replace(said, note="x"), at=NOON)
    with pytest.raises(OtherBodySameId):
        log_visit(actor=cast.zheng, report=said, at=NOON)
    assert Visit.objects.get().note == ""


def test_a_refused_report_may_be_corrected_under_its_id(cast: Cast) -> None:
    said = report(cast, on=TODAY + timedelta(days=1))
    with pytest.raises(VisitRefused):
        log_visit(actor=cast.lin, report=said, at=NOON)
    assert_nothing_happened()
    log_visit(actor=cast.lin, report=replace(said, on=TODAY), at=NOON)
    assert Visit.objects.get().pk == said.id


@pytest.mark.parametrize("maker", ["zhao", "stranger", "operations", "idle"])
def test_whoever_does_not_hold_the_customer_cannot_log(cast: Cast, maker: str) -> None:
    with pytest.raises(NotHeld):
        log_visit(actor=getattr(cast, maker), report=report(cast), at=NOON)
    assert_nothing_happened()


def test_one_foreign_attendee_refuses_the_visit(cast: Cast) -> None:
    with pytest.raises(NotHeld):
        log_visit(actor=cast.lin, report=report(cast, customers=[cast.chen.pk, cast.shopkeeper.pk]), at=NOON)
    assert_nothing_happened()


def test_a_manager_logs_across_his_territories(cast: Cast) -> None:
    log_visit(actor=cast.zheng, report=report(cast, customers=[cast.chen.pk, cast.shopkeeper.pk]), at=NOON)
    visit = Visit.objects.get()
    assert visit.territory == cast.jiangnan
    frozen = visit.attendees.order_by("id").values_list("territory", flat=True)
    assert list(frozen) == [cast.xixi.pk, cast.dongdu.pk]


def test_a_visit_made_before_a_move_and_sent_after_it_is_accepted(cast: Cast) -> None:
    Posting.objects.filter(user=cast.lin).update(during=period(SINCE, YESTERDAY))
    Posting.objects.create(user=cast.lin, territory=cast.dongdu, role="rep", during=period(TODAY))
    log_visit(actor=cast.lin, report=report(cast, on=YESTERDAY), at=NOON)
    assert Visit.objects.get().territory == cast.xixi
    with pytest.raises(NotHeld):
        log_visit(actor=cast.lin, report=report(cast, on=TODAY), at=NOON)


def test_the_customers_territory_of_that_day_is_frozen(cast: Cast) -> None:
    Alignment.objects.filter(customer=cast.hospital.pk).update(during=period(SINCE, YESTERDAY))
    align(cast.hospital.customer, cast.dongdu, TODAY)
    log_visit(actor=cast.lin, report=report(cast, on=YESTERDAY), at=NOON)
    log_visit(actor=cast.zhao, report=report(cast, on=TODAY), at=NOON)
    territories = Visit.objects.order_by("on").values_list("attendees__territory", flat=True)
    assert list(territories) == [cast.xixi.pk, cast.dongdu.pk]


def test_today_is_the_territorys_own(cast: Cast) -> None:
    type(cast.xixi).objects.filter(pk=cast.xixi.pk).update(time_zone="America/New_York")
    just_after_midnight = NOON.replace(hour=0, minute=30)
    with pytest.raises(VisitRefused, match="future"):
        log_visit(actor=cast.lin, report=report(cast, on=TODAY), at=just_after_midnight)
    log_visit(actor=cast.lin, report=report(cast, on=YESTERDAY), at=just_after_midnight)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customers": []}, "customers"),
        ({"on": TODAY + timedelta(days=1)}, "on"),
        ({"next_step": NextStep(kind="call", due_on=YESTERDAY)}, "next_step_on"),
        ({"next_step": NextStep(kind="call", due_on=date.max)}, "next_step_on"),
        ({"place": uuid7()}, "place"),
        ({"products": [(uuid7(), "")]}, "products"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_is_stored(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(VisitRefused) as refused:
        log_visit(actor=cast.lin, report=report(cast, **changes), at=NOON)
    assert refused.value.field == field
    assert_nothing_happened()


def test_a_place_is_one_of_the_territory_or_of_somebody_met(cast: Cast) -> None:
    """A congress at another clinic of the ground, a second post elsewhere; not any place of the country."""
    clinic, elsewhere = institution("西溪诊所", "clinic", cast.xixi), cast.pharmacy
    log_visit(actor=cast.lin, report=report(cast, place=clinic.pk), at=NOON)
    with pytest.raises(VisitRefused) as refused:
        log_visit(actor=cast.lin, report=report(cast, place=elsewhere.pk), at=NOON)
    assert refused.value.field == "place"
    also = Affiliation.objects.create(
        person=cast.meng, institution=elsewhere, is_primary=False, during=period(SINCE, YESTERDAY)
    )
    said = report(cast, on=YESTERDAY, customers=[cast.chen.pk, cast.meng.pk], place=elsewhere.pk)
    log_visit(actor=cast.lin, report=said, at=NOON)
    with pytest.raises(VisitRefused, match="place"):
        log_visit(actor=cast.lin, report=replace(said, id=uuid7(), on=TODAY), at=NOON)
    # What stands there may stay, whatever is known of him by then.
    also.delete()
    amended = Amendment(id=uuid7(), visit=said.id, version=1, reason="补充", report=replace(said, note="补充"))
    amend_visit(actor=cast.lin, amendment=amended, at=NOON)
    assert set(Visit.objects.values_list("place", flat=True)) == {clinic.pk, elsewhere.pk}


def test_a_product_of_another_line_is_refused(cast: Cast) -> None:
    other = Product.objects.create(name="别线", line=type(cast.line).objects.create(code="b", name="B"))
    with pytest.raises(VisitRefused, match="line"):
        log_visit(actor=cast.lin, report=report(cast, products=[(other.pk, "")]), at=NOON)


def test_sight_of_visits_follows_the_customer_and_the_frozen_territory(cast: Cast) -> None:
    log_visit(actor=cast.lin, report=report(cast), at=NOON)
    sees = {name: Visit.objects.for_user(getattr(cast, name)).count() for name in ("lin", "zhao", "zheng", "stranger")}
    assert sees == {"lin": 1, "zhao": 0, "zheng": 1, "stranger": 0}
    # The customer leaves the district: the manager keeps the visit that his territory made.
    CustomerStatus.objects.filter(customer=cast.chen.pk).update(territory=cast.jiangbei)
    for actor in (cast.lin, cast.zheng, cast.stranger):
        del actor.__dict__["todays_postings"]
    sees = {name: Visit.objects.for_user(getattr(cast, name)).count() for name in ("lin", "zheng", "stranger")}
    assert sees == {"lin": 0, "zheng": 1, "stranger": 1}


def test_sight_of_customers_goes_by_todays_postings(cast: Cast) -> None:
    def sees(name: str) -> set[str]:
        return set(Customer.objects.for_user(getattr(cast, name)).values_list("name", flat=True))

    assert sees("lin") == {"西溪湾医院", "陈望舒", "孟书远"}
    assert sees("zhao") == {"东渡大药房", "阿福"}
    assert sees("zheng") == sees("lin") | sees("zhao")
    assert sees("stranger") == sees("idle") == set()
    assert sees("operations") == sees("zheng") | {"游医"}


def test_who_moved_away_sees_nothing_today(cast: Cast) -> None:
    moved = user("moved", "走了")
    Posting.objects.create(
        user=moved, territory=cast.xixi, role="rep", during=period(date(2019, 1, 1), date(2020, 1, 1))
    )
    assert not Customer.objects.for_user(moved).exists()


def test_a_person_without_an_institution_is_seen_by_exception(cast: Cast) -> None:
    free = person("自由人")
    align(free.customer, cast.xixi)
    refresh_alignment(on=TODAY, customers=[free.pk])
    assert Customer.objects.for_user(cast.lin).filter(pk=free.pk).exists()
