"""Tier policies through the pages of operations."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Product, Territory, User
from crm.base.ids import uuid7
from crm.base.periods import last_day
from customers.models import PotentialEstimate
from segmentation.actions import compute_tiers, publish_policy, trial
from segmentation.models import TierAssignment, TierPolicy, TierPolicyVersion
from segmentation.models.document import read_document
from segmentation.views import policies
from tests.cast import TODAY, align, person
from tests.operations.conftest import Office, said

TOMORROW = TODAY + timedelta(days=1)
ADDRESS = "/setup/policies/publish/"
Trail = Callable[..., list[tuple[str, Any]]]


def entries(ground: Territory, **more: Any) -> dict[str, Any]:
    return {"name": "潜力", "territory": ground.pk, "measure": "potential", "customers": "person", **more}


def publish(office: Office, who: User, ground: Territory, first: Any = TOMORROW, page: str = ADDRESS, **more: Any):
    return office.post(who, page, **entries(ground, **more), first_night=first)


def test_versions_follow_each_other(office: Office, trail: Trail) -> None:
    jiangnan = office.cast.jiangnan
    first = publish(office, office.south, jiangnan, first=TODAY)
    one = TierPolicyVersion.objects.get()
    assert first["Location"] == f"/setup/policies/{one.pk}/"
    text = office.get(office.south, f"/setup/policies/{one.pk}/").content.decode()
    assert all(word in text for word in ("潜力", "江南", "from 50% to 85%"))
    second = publish(office, office.south, jiangnan, page=f"{ADDRESS}?version={one.pk}", share_a=40, share_b=80)
    assert second.status_code == 302
    old, new = TierPolicyVersion.objects.order_by("number")
    assert (old.during.lower, last_day(old.during), new.during.lower) == (TODAY, TODAY, TOMORROW)
    assert (old.document["shares"]["A"], new.document["shares"]["A"]) == (50, 40)
    assert new.published_by == office.south.pk
    assert {actor for _deed, actor in trail(TierPolicyVersion)} == {office.south.pk}
    listed = office.get(office.north, "/setup/policies/")
    assert not listed.context["rows"], "the north is not reached by it"
    assert len(office.get(office.whole, "/setup/policies/?status=later").context["rows"]) == 1


def test_a_planned_version_that_is_replaced_was_never_in_force(office: Office) -> None:
    publish(office, office.south, office.cast.jiangnan, first=TODAY)
    publish(office, office.south, office.cast.jiangnan, first=TODAY + timedelta(days=9))
    newest = TierPolicyVersion.objects.order_by("-number").first()
    assert newest
    page = f"{ADDRESS}?version={newest.pk}"
    assert "Version 2 is planned" in office.get(office.south, page).content.decode()
    publish(office, office.south, office.cast.jiangnan, first=TOMORROW, page=page)
    assert TierPolicyVersion.objects.get(number=2).during.isempty
    text = office.get(office.south, f"/setup/policies/{newest.pk}/").content.decode()
    assert "replaced before its first night" in text
    counts = {
        state: len(office.get(office.south, f"/setup/policies/?status={state}").context["rows"])
        for state in ("now", "later", "over")
    }
    assert counts == {"now": 1, "later": 1, "over": 1}


def test_the_same_form_sent_again_answers_with_its_version(office: Office) -> None:
    ground = office.cast.jiangnan
    form = office.get(office.south, ADDRESS).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    given |= entries(ground, first_night=TODAY)
    answers = [office.client(office.south).post(ADDRESS, given) for _time in range(2)]
    version = TierPolicyVersion.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/setup/policies/{version.pk}/"] * 2
    other = office.client(office.south).post(ADDRESS, given | {"share_a": 40})
    assert "with other contents" in said(other)
    form = other.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert office.client(office.south).post(ADDRESS, again).status_code == 302
    assert TierPolicyVersion.objects.count() == 2


def test_somebody_elses_version_is_not_replaced_unseen(office: Office) -> None:
    line = office.cast.jiangnan.line
    several = [str(Product.objects.create(name=name, unit="box", line=line).pk) for name in ("One", "Two")]
    sales: dict[str, Any] = {"measure": "units", "customers": "institution", "products": several}
    publish(office, office.south, office.cast.jiangnan, first=TODAY, **sales)
    one = TierPolicyVersion.objects.get()
    page = f"{ADDRESS}?version={one.pk}"
    form = office.get(office.south, page).context["form"]
    stale = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    publish(office, office.whole, office.cast.jiangnan, page=page, **sales)
    answer = office.client(office.south).post(page, stale)
    assert set(answer.context["form"]["products"].value()) == set(several), "all that was chosen stays"
    assert "see above" in said(answer)
    assert TierPolicyVersion.objects.count() == 2
    form = answer.context["form"]
    renewed = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert office.client(office.south).post(page, renewed).status_code == 302


@pytest.mark.parametrize("place", ["china", "jiangbei"])
def test_a_policy_is_published_inside_ones_own_ground_only(office: Office, place: str) -> None:
    territory = getattr(office.cast, place)
    foreign = said(publish(office, office.south, territory))
    absent = said(
        office.post(office.south, ADDRESS, **entries(territory) | {"territory": uuid7()}, first_night=TOMORROW)
    )
    assert foreign == absent == "Choose a territory of your own ground."
    assert not TierPolicy.objects.exists()
    assert publish(office, office.whole, territory).status_code == 302
    version = TierPolicyVersion.objects.get()
    reads = 200 if place == "china" else 404
    assert office.get(office.south, f"/setup/policies/{version.pk}/").status_code == reads
    assert office.get(office.south, f"{ADDRESS}?version={version.pk}").status_code == 404


def test_every_word_of_a_document_has_its_field(office: Office) -> None:
    """What a file has published comes into the form, and leaves it as it was."""
    product = Product.objects.create(name="Rosamin", unit="box", line=office.cast.jiangnan.line, is_active=False)
    raw = {
        "name": "回款", "territory": f"rounds:{office.cast.jiangnan.pk}", "source": "erp", "customers": ["institution"],
        "measure": "collected", "currency": "CNY", "months": 6, "products": [f"rounds:{product.pk}"],
        "shares": {"A": 45, "B": 80}, "calls": {"trade": {"A": 9, "B": 5, "C": 0}},
    }  # fmt: skip
    first = publish_policy(raw=raw, actor=None, today=TODAY, first_night=TODAY)
    page = f"{ADDRESS}?version={first.pk}"
    assert office.post(office.south, page, first_night=TOMORROW).status_code == 302
    second = TierPolicyVersion.objects.get(number=2)
    assert read_document(second.document) == read_document(first.document)
    assert (second.policy, second.products) == (first.policy, [product.pk])


def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    jiangnan = office.cast.jiangnan

    def wrong(**more: Any) -> dict[str, str]:
        answer = publish(office, office.south, jiangnan, **more)
        said(answer)
        return {name: " ".join(texts) for name, texts in answer.context["form"].errors.items()}

    assert "larger share" in wrong(share_a=90, share_b=10)["share_b"]
    assert wrong(measure="revenue", customers="institution").keys() == {"currency"}
    assert "is not a currency" in wrong(measure="revenue", currency="RMX", customers="institution")["currency"]
    assert wrong(prescriber_A="-1", trade_C="100").keys() == {"prescriber_A", "trade_C"}
    assert "small letters" in wrong(source="ERP 2")["source"]
    assert "CN-NO-DOCTOR-COUNTS" in wrong(measure="units")["measure"]
    assert "past nights" in wrong(first=TODAY - timedelta(days=1))["first_night"]
    assert not TierPolicy.objects.exists()


def test_what_is_asked_of_sales_alone_stops_no_policy_of_potential(office: Office) -> None:
    answer = publish(office, office.south, office.cast.jiangnan, currency="no", months="", products=["nothing"])
    assert answer.status_code == 302
    document = TierPolicyVersion.objects.get().document
    assert "currency" not in document
    assert "products" not in document


def test_a_policy_is_tried_before_it_is_published(office: Office, trail: Trail) -> None:
    """Ten of equal potential, the first of whom are A up to half of the total; then a sharper cut is tried."""
    jiangnan = office.cast.jiangnan
    people = [person(f"医生{number}").customer for number in range(10)]
    for each in people:
        align(each, office.cast.xixi)
    for each in people[:9]:
        PotentialEstimate.objects.create(
            customer=each, patients_per_day=10, openness=1, known_on=TODAY - timedelta(days=9)
        )
    publish(office, office.south, jiangnan, first=TODAY)
    compute_tiers(night=TODAY)

    def in_force() -> list[int]:
        tiers = Counter(TierAssignment.objects.filter(during__contains=TODAY).values_list("tier", flat=True))
        return [tiers[tier] for tier in "ABC"]

    one = TierPolicyVersion.objects.get()
    unknown = TierAssignment.objects.filter(provisional=True).count()
    before = sorted(TierAssignment.objects.values_list("customer", "tier", "during"))
    page = f"{ADDRESS}?version={one.pk}"
    answer = office.post(office.south, page, share_a=10, prescriber_A=9, **{"try": "1"})
    assert answer.status_code == 200
    tried = answer.context["tried"]
    now, then = ([row[name] for row in tried["rows"]] for name in ("now", "then"))
    assert now == in_force() == [5, 3, 1 + unknown]
    assert then == [1, 7, 1 + unknown]
    assert tried["due_then"] - tried["due_now"] == (9 + 7 * 2) - (5 * 4 + 3 * 2)
    assert (tried["trial"].down, tried["trial"].up, tried["trial"].without_figures) == (4, 0, unknown)
    assert [(move.before, move.after) for move, _customer, _volume in tried["first"]] == [("A", "B")] * 4
    assert answer.context["form"]["share_a"].value() == "10", "what was filled in stays"
    assert TierPolicyVersion.objects.count() == 1
    assert sorted(TierAssignment.objects.values_list("customer", "tier", "during")) == before
    assert len(trail(TierPolicyVersion)) == 1
    assert tried["trial"].taken == 0
    inner = office.post(office.south, page, territory=office.cast.xixi.pk, **{"try": "1"})
    assert inner.context["tried"]["trial"].taken == inner.context["tried"]["customers"] > 0
    # What it said comes true when it is published.
    publish(office, office.south, jiangnan, first=TODAY, page=page, share_a=10, prescriber_A=9)
    compute_tiers(night=TODAY)
    assert in_force() == then


def test_a_trial_is_refused_as_publishing_is(office: Office) -> None:
    def tried(territory: Territory, **more: Any) -> str:
        return said(office.post(office.south, ADDRESS, **entries(territory, **more), **{"try": "1"}))

    assert "of your own ground" in tried(office.cast.jiangbei)
    assert "CN-NO-DOCTOR-COUNTS" in tried(office.cast.jiangnan, measure="units")


def test_a_trial_that_would_take_too_long_says_where_it_is_made(office: Office, monkeypatch: Any) -> None:
    monkeypatch.setattr(trial, "_TRIED", "SELECT pg_sleep(3), '[]'::json /* {pipeline} {roles} */")
    monkeypatch.setattr(policies, "PATIENCE", 1)
    answer = office.post(office.south, ADDRESS, **entries(office.cast.jiangnan), **{"try": "1"})
    assert "policy try" in said(answer)
