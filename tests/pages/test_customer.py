import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm.base.ids import uuid7
from crm.base.periods import period
from customers.models import Affiliation, Customer, Department, InfluenceLink, RoleAssignment
from segmentation.models import TierAssignment
from segmentation.queries.pages import why
from tests.cast import TODAY, noon
from tests.pages.conftest import MONTH, REASON
from visits.actions import NextStep, VisitReport, log_visit


def text(answer: Any) -> str:
    """What a reader sees, on one line."""
    body = answer.content.decode().split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body.replace("&nbsp;", " ")))


def test_a_stranger_and_an_absent_customer_look_the_same(world) -> None:
    client = world.client(world.cast.zhao)
    for page in ("/customers/{}/", "/customers/{}/visits/new/"):
        foreign, absent = client.get(page.format(world.cast.chen.pk)), client.get(page.format(uuid4()))
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content


def test_who_holds_and_who_manages_see_the_customer(world) -> None:
    for user in (world.cast.lin, world.cast.zheng, world.cast.operations):
        assert "陈望舒" in text(world.client(user).get(f"/customers/{world.cast.chen.pk}/"))
    assert world.client(world.cast.stranger).get(f"/customers/{world.cast.chen.pk}/").status_code == 404


def test_whom_nobody_holds_only_operations_open(world) -> None:
    page = f"/customers/{world.cast.stray.pk}/"
    assert world.client(world.cast.operations).get(page).status_code == 200
    assert world.client(world.cast.zheng).get(page).status_code == 404


def test_a_merged_customer_leads_to_its_successor_for_those_who_see_it(world) -> None:
    cast = world.cast
    Customer.objects.filter(pk=cast.meng.pk).update(merged_into=cast.chen.pk)
    page = f"/customers/{cast.meng.pk}/"
    assert world.client(cast.lin).get(page)["Location"] == f"/customers/{cast.chen.pk}/"
    assert world.client(cast.zhao).get(page).status_code == 404


def test_the_page_says_why_with_the_exact_figures(world) -> None:
    world.give(world.cast.chen.customer, "A", last=date(2026, 11, 6), due=TODAY, visits=4)
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "Why A" in page
    assert "Ranks 12 of 1,000 by units, Jan 2024 to Nov 2025." in page
    assert "Those ranked before hold 21.4% of the total; A reaches to 50%." in page
    assert "Since 1 Nov 2026 · policy Potential, version 1" in page
    assert "This cycle 0 of 4 visits" in page
    assert "6 Nov 2026" in page


@pytest.mark.parametrize(
    ("tier", "more", "sentence"),
    [
        ("A", {"before": 499, "total": 1000}, "49.9% of the total; A reaches to 50%."),
        ("A", {"before": 4999, "total": 10000}, "49.9% of the total"),  # never rounded up to 50
        ("B", {"before": 500, "total": 1000}, "50.0% of the total; B reaches from 50% to 85%."),
        ("C", {"before": 10, "total": 11}, "90.9% of the total; C begins at 85%."),
        ("C", {"before": 0, "total": 0}, "Nobody in this comparison has figures yet."),
        ("A", {"measure": "potential", "before": 0}, "Ranks 12 of 1,000 by potential. Those"),
    ],
)
def test_why_by_tier(tier: str, more: dict[str, Any], sentence: str) -> None:
    assert sentence in why(TierAssignment(tier=tier, reason=REASON | more))


def test_a_provisional_tier_says_so(world) -> None:
    world.give(world.cast.chen.customer, "C", provisional=True)
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "Provisional: no figures for this customer" in page


def test_without_a_policy_the_page_says_so(world) -> None:
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "No published policy reaches this customer." in page


def test_roles_places_and_former_tiers(world) -> None:
    chen = world.cast.chen
    Department.objects.create(institution=world.cast.hospital, name="Cardiology")
    Affiliation.objects.filter(person=chen).update(department="Cardiology", position="Head")
    RoleAssignment.objects.create(
        person=chen, role="decision_maker", strength=5, evidence="committee", during=period(MONTH)
    )
    TierAssignment.objects.create(
        customer=chen.customer, line=world.cast.line, version=world.version, tier="B",
        during=period(date(2026, 9, 1), date(2026, 10, 31)), reason=REASON,
    )  # fmt: skip
    page = text(world.client(world.cast.lin).get(f"/customers/{chen.pk}/"))
    assert "西溪湾医院 · Cardiology · Head" in page
    assert "Decision-maker 5/5" in page
    assert "1 Sep 2026 to 31 Oct 2026" in page


def test_influence_shows_names_inside_and_no_name_outside(world) -> None:
    cast = world.cast
    Affiliation.objects.filter(person=cast.shopkeeper).update(position="店主")
    for other, weight in ((cast.meng, 800), (cast.shopkeeper, 400)):
        InfluenceLink.objects.create(
            influencer=cast.chen, influenced=other, kind="advice", weight=weight, during=period(MONTH)
        )
    page = world.client(cast.lin).get(f"/customers/{cast.chen.pk}/")
    assert "孟书远" in text(page)
    assert "0.8" in text(page)
    assert "店主 at another institution" in text(page)
    for secret in ("阿福", str(cast.shopkeeper.pk), "0.4", "东渡大药房"):
        assert secret not in page.content.decode()
    assert "阿福" in text(world.client(cast.zheng).get(f"/customers/{cast.chen.pk}/"))


def test_an_institution_shows_its_people(world) -> None:
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.hospital.pk}/"))
    assert "People here 2" in page
    assert "陈望舒" in page


def _visit(world: Any, on: date = TODAY, note: str = "") -> None:
    step = NextStep(kind="material", due_on=on + timedelta(7), text="dosing data")
    report = VisitReport(
        id=uuid7(), on=on, customers=[world.cast.chen.pk], products=[(world.cast.product.pk, "interested")],
        note=note, next_step=step,
    )  # fmt: skip
    log_visit(actor=world.cast.lin, report=report, at=noon(on))


def test_the_timeline_tells_what_was_said(world) -> None:
    _visit(world, note="<b>keen</b>\non data")
    page = world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/")
    assert "诺泽平 (interested)" in text(page)
    assert "Send material: dosing data · 28 Nov" in text(page)
    assert "&lt;b&gt;keen" in page.content.decode()


@pytest.mark.parametrize("visits", [1, 12])
def test_statements_do_not_grow_with_visits(world, visits: int, django_assert_max_num_queries) -> None:
    world.give(world.cast.chen.customer, "A", due=TODAY, visits=4)
    world.remind(world.cast.chen.customer, TODAY)
    for number in range(visits):
        _visit(world, TODAY - timedelta(number))
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(12):
        client.get(f"/customers/{world.cast.chen.pk}/")
