"""Tiers computed by the night, on hand-computed rows."""

from datetime import date
from typing import Any

import pytest

from crm.base.models import ExternalId
from customers.actions import refresh_alignment
from customers.models import Customer, CustomerStatus, PotentialEstimate
from sales.actions import roll_up
from sales.models import SalesMonth
from segmentation.actions import compute_tiers, publish_policy
from segmentation.models import TierAssignment, TierPolicyVersion
from segmentation.models.document import BadPolicy
from tests.cast import TODAY, Cast, align, institution, person

NIGHT = TODAY


def named(kind: str, identity: str, row: Any) -> None:
    ExternalId.objects.create(kind=kind, source="crm", external_id=identity, object_id=row.pk)


@pytest.fixture
def shops(cast: Cast) -> list[Customer]:
    """Five pharmacies in Dongdu, ids 9, 10, 11, x, and one without id."""
    named("territory", "china", cast.china)
    named("territory", "dongdu", cast.dongdu)
    made = [institution(f"药房{n}", "pharmacy", cast.dongdu) for n in range(5)]
    for shop, identity in zip(made, ("9", "10", "11", "x"), strict=False):
        named("institution", identity, shop)
    refresh_alignment(on=TODAY)
    return [shop.customer for shop in made]


def sell(cast: Cast, customer: Customer, month: date = date(2026, 10, 1), **figures: Any) -> None:
    defaults = {"source": "erp", "product": cast.product, "known_on": date(2026, 11, 5)}
    if "revenue" in figures:
        defaults["currency"] = "CNY"
    SalesMonth.objects.create(customer=customer, month=month, **(defaults | figures))


def publish(**changes: Any) -> None:
    document = {
        "name": "P",
        "territory": "crm:china",
        "source": "crm",
        "customers": ["institution"],
        "measure": "units",
    }
    publish_policy(raw={**document, "months": 12, **changes}, actor=None, today=TODAY)


def run(night: date = NIGHT) -> dict[str, Any]:
    roll_up(before=night)
    return compute_tiers(night=night)


def tiers(*customers: Customer) -> str:
    found = dict(CustomerStatus.objects.values_list("customer", "tier"))
    return "".join(found[customer.pk] or "-" for customer in customers)


def test_the_one_who_crosses_a_threshold_keeps_the_higher_tier(cast: Cast, shops: list[Customer]) -> None:
    for shop, units in zip(shops, (50, 35, 10, 5, 0), strict=True):
        sell(cast, shop, units=units)
    publish()
    run()
    # Before each: 0, 50, 85, 95, 100 of 100. A below 50 %, B below 85 %.
    assert tiers(*shops) == "ABCCC"
    reason = TierAssignment.objects.get(customer=shops[1]).reason
    assert {key: reason[key] for key in ("volume", "before", "total", "rank")} == {
        "volume": 35,
        "before": 50,
        "total": 100,
        "rank": 2,
    }


def test_ties_go_by_the_smallest_id_as_a_number_then_by_code_point_then_without_id(
    cast: Cast, shops: list[Customer]
) -> None:
    for shop in shops:
        sell(cast, shop, units=20)
    publish()
    run()
    ranks = [TierAssignment.objects.get(customer=shop).reason["rank"] for shop in shops]
    assert ranks == [1, 2, 3, 4, 5]
    assert tiers(*shops) == "AAABB"


def test_no_facts_is_a_provisional_c_and_a_net_return_counts_nothing(cast: Cast, shops: list[Customer]) -> None:
    sell(cast, shops[0], units=10)
    sell(cast, shops[1], units=-4)
    publish()
    run()
    assert tiers(*shops) == "ACCCC"
    provisional = dict(CustomerStatus.objects.values_list("customer", "provisional"))
    assert [provisional[shop.pk] for shop in shops] == [False, False, True, True, True]
    assert TierAssignment.objects.get(customer=shops[1]).reason["volume"] == 0


def test_nobody_has_facts_everybody_is_c(cast: Cast, shops: list[Customer]) -> None:
    publish()
    run()
    assert tiers(*shops) == "CCCCC"


def test_the_window_is_whole_months_that_ended_before_the_night(cast: Cast, shops: list[Customer]) -> None:
    sell(cast, shops[0], units=10, month=date(2026, 11, 1))
    sell(cast, shops[1], units=10, month=date(2025, 11, 1))
    sell(cast, shops[2], units=10, month=date(2025, 10, 1))
    publish()
    run()
    volumes = [TierAssignment.objects.get(customer=shop).reason["volume"] for shop in shops[:3]]
    assert volumes == [0, 10, 0]


def test_only_what_was_known_before_the_night_counts(cast: Cast, shops: list[Customer]) -> None:
    sell(cast, shops[0], units=10, known_on=NIGHT)
    sell(cast, shops[1], units=5, current=False)
    sell(cast, shops[1], units=7, known_on=NIGHT)
    publish()
    run()
    assert [TierAssignment.objects.get(customer=shop).reason["volume"] for shop in shops[:2]] == [0, 5]


def test_money_is_of_the_policys_currency_alone(cast: Cast, shops: list[Customer]) -> None:
    sell(cast, shops[0], revenue=100, currency="CNY")
    sell(cast, shops[1], revenue=900, currency="USD")
    publish(measure="revenue", currency="CNY")
    run()
    assert tiers(*shops[:2]) == "AC"


def test_products_in_scope_choose_which_sales_count(cast: Cast, shops: list[Customer]) -> None:
    named("product", "nuo", cast.product)
    other = type(cast.product).objects.create(name="清禾", line=cast.line)
    sell(cast, shops[0], units=1)
    sell(cast, shops[1], units=99, product=other)
    publish(products=["crm:nuo"])
    run()
    assert tiers(*shops[:2]) == "AC"


def test_people_at_hospitals_are_ranked_by_potential(cast: Cast) -> None:
    named("territory", "china", cast.china)
    for doctor, patients in ((cast.chen, 80), (cast.meng, 10)):
        PotentialEstimate.objects.create(
            customer=doctor.customer, patients_per_day=patients, openness=2, known_on=date(2026, 1, 1)
        )
    PotentialEstimate.objects.create(customer=cast.meng.customer, patients_per_day=80, openness=3, known_on=NIGHT)
    publish(customers=["person"], measure="potential")
    run()
    assert tiers(cast.chen.customer, cast.meng.customer) == "AC"
    assert TierAssignment.objects.get(customer=cast.meng.pk).reason["volume"] == 20


def test_a_nearer_policy_decides(cast: Cast, shops: list[Customer]) -> None:
    for shop, units in zip(shops, (50, 50, 0, 0, 0), strict=True):
        sell(cast, shop, units=units)
    publish()
    publish(territory="crm:dongdu", shares={"A": 1, "B": 2}, name="near")
    result = run()
    assert tiers(*shops[:2]) == "AC"
    changed = {policy["policy"]: policy["changed"] for policy in result["policies"]}
    # The hospital in Xixi is the far policy's; the pharmacy of the cast and the five shops the near one's.
    assert changed == {"P": 1, "near": 6}


def test_a_second_night_writes_only_what_changed(cast: Cast, shops: list[Customer]) -> None:
    for shop, units in zip(shops, (50, 35, 10, 5, 0), strict=True):
        sell(cast, shop, units=units)
    publish()
    first = run()
    before = set(TierAssignment.objects.values_list("pk", flat=True))
    again = run(date(2026, 11, 22))
    assert again["policies"][0]["changed"] == 0
    assert again["policies"][0]["sha256"] == first["policies"][0]["sha256"]
    assert set(TierAssignment.objects.values_list("pk", flat=True)) == before

    sell(cast, shops[4], units=5000, month=date(2026, 9, 1))
    changed = run(date(2026, 11, 23))
    assert tiers(*shops) == "CCCCA"
    assert changed["policies"][0]["changed"] == 3  # 0 and 1 fall, 4 rises
    periods = TierAssignment.objects.filter(customer=shops[0]).order_by("during").values_list("tier", "during")
    assert [(tier, during.lower, during.upper) for tier, during in periods] == [
        ("A", NIGHT, date(2026, 11, 23)),
        ("C", date(2026, 11, 23), None),
    ]


def test_a_night_made_up_for_the_past_leaves_todays_tier_alone(cast: Cast, shops: list[Customer]) -> None:
    sell(cast, shops[0], units=10, known_on=date(2026, 11, 10))
    publish()
    run(NIGHT)
    run(date(2026, 11, 9))
    assert tiers(*shops[:1]) == "A"
    periods = TierAssignment.objects.filter(customer=shops[0]).order_by("during").values_list("tier", "during")
    assert [(tier, during.lower, during.upper) for tier, during in periods] == [
        ("C", date(2026, 11, 9), NIGHT),
        ("A", NIGHT, None),
    ]


def test_whoever_leaves_the_scope_loses_the_letter_and_keeps_the_history(cast: Cast, shops: list[Customer]) -> None:
    publish()
    run()
    Customer.objects.filter(pk=shops[0].pk).update(ended_on=date(2026, 11, 22))
    result = run(date(2026, 11, 22))
    assert result["left_scope"] == 1
    assert tiers(shops[0], shops[1]) == "-C"
    assert TierAssignment.objects.get(customer=shops[0]).during.upper == date(2026, 11, 22)


def test_a_merged_customer_and_one_without_territory_are_not_ranked(cast: Cast, shops: list[Customer]) -> None:
    Customer.objects.filter(pk=shops[0].pk).update(merged_into=shops[1])
    publish()
    run()
    ranked = set(TierAssignment.objects.values_list("customer", flat=True))
    assert shops[0].pk not in ranked
    assert cast.stray.pk not in ranked


def test_the_alignment_of_the_night_counts_not_todays(cast: Cast, shops: list[Customer]) -> None:
    moved = person("搬家")
    align(moved.customer, cast.dongdu, date(2026, 1, 1), date(2026, 6, 30))
    refresh_alignment(on=TODAY)
    publish(customers=["person"], measure="potential")
    compute_tiers(night=date(2026, 6, 15))
    assert TierAssignment.objects.filter(customer=moved.pk).exists()


def test_policies_that_may_not_be_are_refused_by_sentences(cast: Cast) -> None:
    named("territory", "china", cast.china)
    with pytest.raises(BadPolicy, match="CN-NO-DOCTOR-COUNTS"):
        publish(customers=["person"])
    with pytest.raises(BadPolicy, match="mars"):
        publish(territory="crm:mars")
    with pytest.raises(BadPolicy, match="colour"):
        publish(colour="red")
    with pytest.raises(BadPolicy, match="currency"):
        publish(measure="collected")
    with pytest.raises(BadPolicy, match="A below B"):
        publish(shares={"A": 85, "B": 50})
    assert not TierAssignment.objects.exists()


def test_a_new_version_ends_the_one_before(cast: Cast) -> None:
    named("territory", "china", cast.china)
    publish(name="one")
    publish(name="two")
    versions = TierPolicyVersion.objects.order_by("number").values_list("name", "during")
    assert [(name, during.lower, during.upper) for name, during in versions] == [
        ("one", None, TODAY),
        ("two", TODAY, None),
    ]
