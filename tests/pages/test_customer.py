import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Product
from crm.base.ids import uuid7
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import (
    Affiliation,
    Consent,
    Customer,
    CustomerStatus,
    Department,
    Fact,
    InfluenceLink,
    Institution,
    Licence,
    Person,
    PotentialEstimate,
    RoleAssignment,
    TradeFile,
)
from customers.models.facts import FACTS
from sales.models import Listing
from segmentation.models import TierAssignment
from segmentation.queries.pages import why
from tests.cast import TODAY, institution, noon, person
from tests.pages.conftest import MONTH, REASON
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Reminder


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


def test_a_title_that_is_the_position_too_stands_there_once(world) -> None:
    chen, client = world.cast.chen, world.client(world.cast.lin)
    Affiliation.objects.filter(person=chen.pk).update(position="主任医师")
    for title, times in (("主任医师", 1), ("教授", 1)):
        Person.objects.filter(pk=chen.pk).update(title=title)
        head = text(client.get(f"/customers/{chen.pk}/")).split("Consent")[0]
        assert head.count(title) == times


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
    assert "6 Nov" in page


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


def test_a_tier_of_a_night_whose_day_begins_later_here_is_explained(world) -> None:
    """The company's night of the 21st is the evening of the 20th for a rep west of it."""
    status = world.give(world.cast.chen.customer, "A")
    of_before = TierAssignment.objects.get(customer=status.customer)
    TierAssignment.objects.filter(pk=of_before.pk).update(during=period(MONTH, TODAY))
    TierAssignment.objects.create(
        customer=status.customer, line=status.line, version=world.version, tier="C",
        during=period(TODAY + timedelta(days=1)), reason=REASON | {"rank": 711},
    )  # fmt: skip
    CustomerStatus.objects.filter(pk=status.pk).update(tier="C")
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "Why C Ranks 711 of 1,000" in page


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


def test_facts_stand_in_three_coordinates_with_where_they_come_from(world) -> None:
    chen = world.cast.chen
    for key, value, learned in (
        ("prescribing_habits", "先看指南", date(2026, 3, 1)),
        ("patients_per_day", "1200", date(2025, 11, 20)),  # a year and a day ago: counts half
        ("style", "analytical", date(2026, 11, 1)),
        ("birthday", "05-12", date(2026, 11, 1)),
    ):
        Fact.objects.create(person=chen, key=key, value=value, source="told", learned_on=learned, author=world.cast.lin)
    page = text(world.client(world.cast.lin).get(f"/customers/{chen.pk}/"))
    assert "Prescribing habits 先看指南 told by the person · 1 Mar · 林晓" in page
    assert "Patients seen a day 1,200 told by the person · 20 Nov 2025 · 林晓 · Older than a year: still true?" in page
    assert "Style analytical" in page
    assert "12 May" in page
    assert "Missing Outpatients a day Types of patients Means of patients" in page
    assert "By consent only Family (never children)" in page
    # By weight: 3 + 2 / 2 of 14 in prescribing, 2 of 13 in relationship, 1 of 7 in background.
    assert [int(share) for share in re.findall(r'meter-w"[^>]*value="(\d+)"', _body(world, chen))] == [28, 15, 14]
    assert "Completeness 20%" in page  # 7 of 34


def _body(world: Any, customer: Any) -> str:
    body: str = world.client(world.cast.lin).get(f"/customers/{customer.pk}/").content.decode()
    return body


def test_the_newest_fact_that_was_not_withdrawn_holds(world) -> None:
    for value, learned, withdrawn in (
        ("旧", date(2026, 1, 1), None), ("今", date(2026, 2, 1), None), ("误", date(2026, 3, 1), TODAY),
    ):  # fmt: skip
        Fact.objects.create(
            person=world.cast.chen, key="needs", value=value, source="seen", learned_on=learned, withdrawn_on=withdrawn
        )
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "今" in page
    assert "旧" not in page
    assert "误" not in page


def test_consents_are_told_purpose_by_purpose(world) -> None:
    for purpose, first, last in (
        ("processing", date(2026, 3, 2), None),
        ("wechat", date(2025, 1, 1), date(2026, 11, 30)),  # runs out
        ("phone", date(2024, 1, 1), date(2025, 12, 31)),
    ):
        Consent.objects.create(
            person=world.cast.chen, purpose=purpose, wording="v3", evidence="签名", during=period(first, last)
        )
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "Keeping personal data wording v3 since 2 Mar 2026 · 签名" in page
    assert "WeChat wording v3 until 30 Nov since 1 Jan 2025 · 签名" in page
    assert "Calls and text messages ended on 31 Dec 2025" in page
    assert "Facts about the family not given" in page


def test_a_number_may_be_called_only_by_consent(world) -> None:
    Person.objects.filter(pk=world.cast.chen.pk).update(phone="13900001234")
    assert "no consent to calls and messages" in text(
        world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/")
    )
    assert "tel:" not in _body(world, world.cast.chen)
    Consent.objects.create(person=world.cast.chen, purpose="phone", wording="1", during=period(MONTH))
    assert "tel:13900001234" in _body(world, world.cast.chen)


def test_the_plan_of_the_cycle(world) -> None:
    world.give(world.cast.chen.customer, "A", due=TODAY + timedelta(2), visits=4)
    _visit(world)
    page = text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))
    assert "1 of 4 visits 1 Nov – 30 Nov" in page
    assert "a visit every 7 days" in page
    assert re.search(r"Fixed as .*A 西溪", page)


def test_an_institution_tells_what_is_known_of_it(world) -> None:
    cast, hospital = world.cast, world.cast.hospital
    Institution.objects.filter(pk=hospital.pk).update(
        outpatients_per_day=5200, patient_groups="慢病", patient_means="middle", annual_purchases=123_456_789_050,
        purchases_currency="CNY", culture="重学术",
    )  # fmt: skip
    whole = Department.objects.create(institution=hospital, name="内科")
    Department.objects.create(institution=hospital, name="心内科", parent=whole, head=cast.chen, outpatients_per_day=90)
    Department.objects.create(institution=hospital, name="药剂科", head=cast.shopkeeper)
    for kind, number, last in (
        ("medical_practice", "PDY1", date(2026, 11, 1)),
        ("business", "M1", date(2026, 12, 1)),
        ("other", "O1", date(2026, 10, 1)),
        ("other", "O2", date(2028, 1, 1)),  # renews O1
    ):
        Licence.objects.create(institution=hospital, kind=kind, number=number, during=period(date(2020, 1, 1), last))
    page = text(world.client(cast.lin).get(f"/customers/{hospital.pk}/"))
    for said in (
        "Outpatients a day 5,200", "Main patient groups 慢病", "Means of patients middle", "Inner culture 重学术",
        "Medicine purchases a year CNY 1,234,567,890.50", "Departments 3",
        "内科 — Change 心内科 陈望舒 90 Change 药剂科 —",
        "Medical practice licence expired on 1 Nov PDY1", "Business licence until 1 Dec M1", "O2",
    ):  # fmt: skip
        assert said in page
    assert "O1" not in page
    assert "阿福" not in page  # he leads a department here, but is outside the reader's ground
    assert "depth-1" in _body(world, hospital)


def test_listings_show_the_way_in_and_who_decides(world) -> None:
    cast = world.cast
    for state, first, last in (
        ("requested", date(2026, 1, 1), date(2026, 3, 31)),
        ("committee", date(2026, 4, 1), date(2026, 5, 31)),
        ("listed", date(2026, 6, 1), None),
    ):
        Listing.objects.create(
            institution=cast.hospital,
            product=cast.product,
            state=state,
            evidence="会议纪要",
            during=period(first, last),
        )
    RoleAssignment.objects.create(person=cast.meng, role="decision_maker", strength=4, during=period(MONTH))
    page = text(world.client(cast.lin).get(f"/customers/{cast.hospital.pk}/"))
    assert "诺泽平 Listed since 1 Jun 2026 · 会议" in page
    assert "Requested by a department 1 Jan 2026 → Before the committee 1 Apr 2026 → listed" in page
    assert "Who decides 孟书远" in page


def test_a_trade_file_in_four_parts_and_where_a_branch_belongs(world) -> None:
    cast = world.cast
    TradeFile.objects.create(
        institution=cast.pharmacy, principal="陆经理", floor_area=1020, shelf_lines="两排", problems="缺货",
        medicine_habits="先看价", credit="fair", credit_days=30,
    )  # fmt: skip
    chain = institution("清渠连锁", "chain_headquarters", cast.xixi)
    refresh_alignment(on=TODAY)
    Institution.objects.filter(pk=cast.pharmacy.pk).update(parent=chain, kind="chain_branch")
    page = text(world.client(cast.zhao).get(f"/customers/{cast.pharmacy.pk}/"))
    for said in ("Trade file Change the trade file Basics Principal 陆经理", "Floor area (m²) 1,020",
                 "Character Medicine habits 先看价", "Business Our lines on the shelf 两排",
                 "Trading Problems 缺货", "Credit standing fair"):  # fmt: skip
        assert said in page
    assert "Chain headquarters outside your territory" in page
    assert "清渠连锁" not in page
    assert "清渠连锁" in text(world.client(cast.zheng).get(f"/customers/{cast.pharmacy.pk}/"))
    assert "东渡大药房" in text(world.client(cast.zheng).get(f"/customers/{chain.pk}/"))
    assert "东渡大药房" not in text(world.client(cast.lin).get(f"/customers/{chain.pk}/"))


def _fill(world: Any, rows: int) -> None:
    """Of everything that the page of a person or an institution shows, `rows`."""
    cast = world.cast
    world.give(cast.chen.customer, "A", due=TODAY, visits=4)
    keys = list(FACTS)
    others = [person(f"同事{number}", cast.hospital, title="主任") for number in range(rows)]
    chain = institution("总院", "hospital", cast.xixi)
    Institution.objects.filter(pk=cast.hospital.pk).update(parent=chain)
    refresh_alignment(on=TODAY)
    for number, other in enumerate(others):
        day = TODAY - timedelta(number)
        _visit(world, min(day, TODAY) if number < 3 else TODAY)
        key = keys[number % len(keys)] if keys[number % len(keys)] not in ("family", "birthday") else "needs"
        Fact.objects.create(person=cast.chen, key=key, value="x", source="seen", learned_on=day, author=cast.lin)
        Consent.objects.create(person=cast.chen, purpose=Consent.Purpose.values[number % 7], wording="1",
                               during=period(day, day))  # fmt: skip
        product = Product.objects.create(name=f"P{number}", line=cast.line)
        Listing.objects.create(institution=cast.hospital, product=product, state="listed", during=period(MONTH))
        RoleAssignment.objects.create(person=cast.chen, role="prescriber", product=product, during=period(MONTH))
        RoleAssignment.objects.create(person=other, role="decision_maker", during=period(MONTH))
        InfluenceLink.objects.create(influencer=cast.chen, influenced=other, kind="advice", during=period(MONTH))
        Department.objects.create(institution=cast.hospital, name=f"D{number}", head=other)
        Licence.objects.create(institution=cast.hospital, kind="other", number=f"{number}", during=period(MONTH))
        remind = world.remind(cast.chen.customer, TODAY)
        Reminder.objects.filter(pk=remind.pk).update(kind="birthday", source_id=uuid7())
        outside = person(f"外区{number}", cast.pharmacy)
        ways = ((cast.chen, outside), (outside, cast.chen)) if number % 2 else ((outside, cast.chen),)
        for influencer, influenced in ways:
            InfluenceLink.objects.create(
                influencer=influencer, influenced=influenced, kind="advice", during=period(MONTH)
            )
        branch = institution(f"分院{number}", "clinic", cast.xixi)
        Institution.objects.filter(pk=branch.pk).update(parent=cast.hospital)
        PotentialEstimate.objects.create(customer=cast.chen.customer, patients_per_day=5, openness=1, known_on=day)
    refresh_alignment(on=TODAY)


@pytest.mark.parametrize("who", ["lin", "zheng", "operations"])
@pytest.mark.parametrize("rows", [1, 30])
def test_a_page_takes_twelve_statements_whatever_the_rows(
    world, rows: int, who: str, django_assert_max_num_queries
) -> None:
    _fill(world, rows)
    client = world.client(getattr(world.cast, who))
    for customer in (world.cast.chen, world.cast.hospital):
        with django_assert_max_num_queries(12):
            assert client.get(f"/customers/{customer.pk}/").status_code == 200


@pytest.mark.parametrize("visits", [1, 12])
def test_statements_do_not_grow_with_visits(world, visits: int, django_assert_max_num_queries) -> None:
    world.give(world.cast.chen.customer, "A", due=TODAY, visits=4)
    world.remind(world.cast.chen.customer, TODAY)
    for number in range(visits):
        _visit(world, TODAY - timedelta(number))
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(12):
        client.get(f"/customers/{world.cast.chen.pk}/")
