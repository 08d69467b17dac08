"""What a night counts of cycles equals the slow, obvious way; twice is once; sums add up over a subtree."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.db.models import Sum

from accounts.models import Holiday, Posting, TerritoryPath, TimeOff
from crm import nightly
from crm.base.actor import acting
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import CustomerStatus, RoleAssignment
from segmentation.actions import roll_up_cycles
from segmentation.models import (
    CycleCustomer,
    CycleField,
    CycleNight,
    CycleRollup,
    TierAssignment,
    TierMove,
    TierPolicy,
    TierPolicyVersion,
)
from segmentation.queries import figures
from segmentation.queries.rows import promises
from tests.cast import TODAY, Cast, align, person
from visits.models import Attendee, CallTarget, Cycle, FollowUp, Visit

FIRST, END = date(2026, 11, 1), date(2026, 12, 1)
MEASURES = figures.STORED


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return Cycle.objects.create(line=cast.line, during=period(FIRST, END - timedelta(1)), opened_on=FIRST)


@pytest.fixture
def version(cast: Cast) -> TierPolicyVersion:
    policy = TierPolicy.objects.create(customers="both", territory=cast.china)
    return TierPolicyVersion.objects.create(policy=policy, number=1, name="P", document={}, during=period(None))


def tier(cast: Cast, version: Any, customer: Any, letter: str, first: date, last: date | None = None) -> None:
    TierAssignment.objects.create(
        customer=customer, line=cast.line, version=version, tier=letter, during=period(first, last), reason={}
    )


def scatter(cast: Cast, cycle: Cycle, version: TierPolicyVersion, random: Random) -> None:
    """Customers with and without tiers, plans and roles; visits of one and of three, late, void, of other months, on
    the ground of others; promises kept and not."""
    grounds = [cast.xixi, cast.dongdu, cast.jiangnan, cast.jiangbei]
    people = [person(f"客户{n}", random.choice([cast.hospital, cast.pharmacy, None])) for n in range(24)]
    for one in people:
        if random.random() < 0.4:
            align(one.customer, random.choice(grounds))
        if random.random() < 0.3:
            role = random.choice(RoleAssignment.Role.values)
            RoleAssignment.objects.create(person=one, role=role, strength=random.randint(1, 5), during=period(None))
    refresh_alignment(on=TODAY)
    for one in people:
        moved = FIRST + timedelta(random.randint(0, 20))
        letters = random.sample("ABC", 2)
        if random.random() < 0.8:
            tier(cast, version, one.customer, letters[0], FIRST - timedelta(60), moved - timedelta(1))
            tier(cast, version, one.customer, letters[1], moved, back := moved + timedelta(random.randint(2, 9)))
            tier(cast, version, one.customer, random.choice("ABC"), back + timedelta(1))
        if random.random() < 0.6:
            CallTarget.objects.create(
                cycle=cycle, customer=one.customer, territory=random.choice(grounds), tier=random.choice("ABC"),
                visits_due=random.randint(0, 4),
            )  # fmt: skip
    CustomerStatus.objects.filter(customer__in=[one.pk for one in people[::3]]).update(next_due_on=TODAY)
    for _number in range(90):
        on = FIRST + timedelta(random.randint(-6, 25))
        visit = Visit.objects.create(
            maker=random.choice([cast.lin, cast.zhao]), line=cast.line, territory=random.choice(grounds), on=on,
            known_on=on + timedelta(random.choice([0, 0, 1, 2, 9])),
            channel=random.choice(["face_to_face", "phone"]),
            state=random.choice(["reported"] * 6 + ["void"]),
        )  # fmt: skip
        for one in random.sample(people, random.choice([1, 1, 1, 3])):
            Attendee.objects.create(visit=visit, customer=one.customer, territory=random.choice([*grounds, None]))
            if random.random() < 0.3:
                FollowUp.objects.create(
                    visit=visit, customer=one.customer, kind="material", due_on=on + timedelta(random.randint(0, 12)),
                    state=random.choice(FollowUp.State.values),
                )  # fmt: skip


def obvious(cycle: Cycle, night: date) -> Counter[tuple[Any, ...]]:
    """(measure, territory, tier, role, kind, kind of place) → sum, one row after the other."""
    day, before = min(night, END - timedelta(1)), min(night, END)
    sums: Counter[tuple[Any, ...]] = Counter()

    def known(visit: Visit) -> bool:
        return visit.state == "reported" and visit.known_on < night

    def letter(customer: Any, on: date) -> str:
        found = TierAssignment.objects.filter(customer=customer, during__contains=on).first()
        return found.tier if found else ""

    def who(customer: Any) -> tuple[str, str, str]:
        if customer.kind == "institution":
            role = "decision_maker" if customer.institution.is_medical else "trade"
            return role, customer.kind, customer.institution.kind
        roles = list(customer.person.roles.filter(during__contains=day).order_by("-strength", "role"))
        place = customer.person.affiliations.filter(is_primary=True, during__contains=day).first()
        return roles[0].role if roles else "prescriber", customer.kind, place.institution.kind if place else ""

    def add(measure: str, territory: Any, tier: str, customer: Any, value: int = 1) -> None:
        if territory and value:
            sums[(measure, territory.name, tier, *who(customer))] += value

    plans = {target.customer_id: target for target in CallTarget.objects.filter(cycle=cycle, visits_due__gt=0)}
    visits = [v for v in Visit.objects.all() if known(v) and FIRST <= v.on < before]
    met = [(v, a) for v in visits for a in v.attendees.select_related("customer", "territory")]
    done = Counter(a.customer_id for _visit, a in met)

    def planned_tier(customer: Any) -> str:
        return plans[customer.pk].tier if customer.pk in plans else letter(customer, day)

    for status in CustomerStatus.objects.exclude(territory=None).select_related("customer", "territory"):
        now = letter(status.customer, day)
        add("customers", status.territory, now, status.customer)
        if status.next_due_on and status.next_due_on < night and night < END:
            add("overdue", status.territory, now, status.customer)
        tiers = sorted(TierAssignment.objects.filter(customer=status.customer), key=lambda t: t.during.lower)
        for number, (old, new) in enumerate(pairwise(tiers)):
            began = new.during.lower
            if old.tier != new.tier and FIRST <= began < END and began <= night:
                add("moves_up" if new.tier < old.tier else "moves_down", status.territory, new.tier, status.customer)
                later = [t for t in tiers[number + 2 :] if t.during.lower <= min(began + timedelta(30), night)]
                if any(t.tier == old.tier for t in later):
                    add("undone", status.territory, new.tier, status.customer)
    for target in plans.values():
        times = done[target.customer_id]
        for measure, value in {
            "targets": 1,
            "due": target.visits_due,
            "reached": int(times > 0),
            "on_frequency": int(abs(times - target.visits_due) <= target.visits_due / 5),
            "capped": min(times, target.visits_due),
        }.items():
            add(measure, target.territory, target.tier, target.customer, value)
    for visit, attendee in met:
        where = (attendee.territory, planned_tier(attendee.customer), attendee.customer)
        add("calls", *where)
        add("off_plan", *where, int(attendee.customer_id not in plans))
        add("in_time", *where, int(visit.known_on <= visit.on + timedelta(1)))
    for promise in FollowUp.objects.exclude(state="dismissed").filter(due_on__gte=FIRST, due_on__lt=before):
        if known(promise.visit):
            territory = promise.visit.attendees.get(customer=promise.customer).territory
            add("promises", territory, planned_tier(promise.customer), promise.customer)
            add("kept", territory, planned_tier(promise.customer), promise.customer, int(promise.state == "done"))
    return sums


def stored(cycle: Cycle) -> Counter[tuple[Any, ...]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in CycleRollup.objects.filter(cycle=cycle).select_related("territory"):
        for measure in MEASURES:
            if value := getattr(row, measure):
                sums[measure, row.territory.name, row.tier, row.role, row.kind, row.place_kind] += value
    return sums


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("night", [TODAY, END + timedelta(5)])
def test_the_sums_equal_the_slow_obvious_way(
    cast: Cast, cycle: Cycle, version: TierPolicyVersion, seed: int, night: date
) -> None:
    scatter(cast, cycle, version, Random(seed))
    roll_up_cycles(night=night)
    expected = obvious(cycle, night)
    assert {measure for measure, *_rest in expected} >= {*MEASURES} - {"overdue"}
    assert stored(cycle) == expected
    again = roll_up_cycles(night=night)
    assert (again["rows_changed"], again["cycles"]) == (0, 1)


def test_the_next_night_writes_differences_and_an_earlier_one_nothing(
    cast: Cast, cycle: Cycle, version: TierPolicyVersion
) -> None:
    scatter(cast, cycle, version, Random(3))
    roll_up_cycles(night=TODAY)
    whole = CycleCustomer.objects.count()
    visit = Visit.objects.create(
        maker=cast.lin, line=cast.line, territory=cast.xixi, on=TODAY, known_on=TODAY, channel="phone"
    )
    Attendee.objects.create(visit=visit, customer=cast.chen.customer, territory=cast.xixi)
    changed = roll_up_cycles(night=TODAY + timedelta(1))["rows_changed"]
    assert 0 < changed < whole + CycleField.objects.count()
    assert stored(cycle) == obvious(cycle, TODAY + timedelta(1))
    assert roll_up_cycles(night=TODAY)["cycles"] == 0
    assert CycleNight.objects.get().night == TODAY + timedelta(1)


def test_what_is_gone_leaves_the_sums(cast: Cast, cycle: Cycle, version: TierPolicyVersion) -> None:
    scatter(cast, cycle, version, Random(4))
    roll_up_cycles(night=TODAY)
    Visit.objects.update(state="void")
    roll_up_cycles(night=TODAY)
    assert stored(cycle) == obvious(cycle, TODAY)
    assert not CycleRollup.objects.filter(calls__gt=0).exists()


def test_an_older_cycle_is_counted_again_when_visits_of_it_become_known(cast: Cast, cycle: Cycle) -> None:
    late = END + timedelta(90)
    assert roll_up_cycles(night=late)["cycles"] == 1
    assert roll_up_cycles(night=late + timedelta(1))["cycles"] == 0
    visit = Visit.objects.create(
        maker=cast.lin, line=cast.line, territory=cast.xixi, on=TODAY, known_on=late + timedelta(1), channel="phone"
    )
    Attendee.objects.create(visit=visit, customer=cast.chen.customer, territory=cast.xixi)
    assert roll_up_cycles(night=late + timedelta(2))["cycles"] == 1
    assert CycleRollup.objects.aggregate(n=Sum("calls")) == {"n": 1}
    assert roll_up_cycles(night=late + timedelta(500))["cycles_forgotten"] == 1
    assert not CycleRollup.objects.exists()


def test_rows_of_a_page_add_up_to_the_subtree(cast: Cast, cycle: Cycle, version: TierPolicyVersion) -> None:
    scatter(cast, cycle, version, Random(5))
    roll_up_cycles(night=TODAY)
    under = [cast.xixi, cast.dongdu]
    rows = figures.by_territory(cast.jiangnan, under, cycle.pk)
    below = TerritoryPath.objects.filter(ancestor=cast.jiangnan).values("descendant")
    whole = CycleRollup.objects.filter(territory__in=below).aggregate(**{m: Sum(m) for m in MEASURES})
    assert {m: sum(getattr(row.all, m) for row in rows) for m in MEASURES} == whole
    for by, labels in (("role", ["prescriber", "decision_maker", "influencer", "trade"]),):
        told = figures.by_kind(cast.jiangnan, cycle.pk, by, {code: code for code in labels})
        assert {m: sum(getattr(row.all, m) for row in told) for m in MEASURES} == whole


def test_working_days_leave_out_holidays_weekends_and_days_off(cast: Cast, cycle: Cycle) -> None:
    """November 2026 has 21 weekdays; on the 21st 15 are gone."""
    Holiday.objects.create(jurisdiction="CN", on=date(2026, 11, 3), name="Day off", works=False)
    Holiday.objects.create(jurisdiction="CN", on=date(2026, 11, 8), name="Made up for", works=True)
    TimeOff.objects.create(user=cast.lin, kind="leave", during=period(date(2026, 11, 9), date(2026, 11, 10)))
    TimeOff.objects.create(
        user=cast.lin, kind="training", half="morning", during=period(date(2026, 11, 20), date(2026, 11, 20))
    )
    CallTarget.objects.create(cycle=cycle, customer=cast.chen.customer, territory=cast.xixi, tier="A", visits_due=4)
    roll_up_cycles(night=TODAY)
    field = {row.territory.name: row for row in CycleField.objects.select_related("territory")}
    assert (field["东渡"].half_days, field["东渡"].half_days_gone) == (42, 30)
    assert (field["西溪"].half_days, field["西溪"].half_days_gone) == (42 - 5, 30 - 5)
    (row,) = figures.by_territory(cast.xixi, [], cycle.pk)
    assert float(row.all.expected) == pytest.approx(4 * 25 / 37)
    Posting.objects.create(user=cast.zhao, territory=cast.xixi, role="rep", during=period(None))
    roll_up_cycles(night=TODAY)
    assert CycleField.objects.get(territory=cast.xixi).half_days == 42  # somebody else works while he is off


def test_a_promise_kept_late_is_not_on_time_whether_by_page_or_program(cast: Cast) -> None:
    """Only a file does not say when it was."""
    first, due, night = date(2025, 1, 1), date(2025, 1, 10), date(2025, 1, 20)
    cycle = Cycle.objects.create(line=cast.line, during=period(first, date(2025, 1, 31)), opened_on=first)
    visit = Visit.objects.create(
        maker=cast.lin, line=cast.line, territory=cast.xixi, on=due, known_on=due, channel="phone", state="reported"
    )
    Attendee.objects.create(visit=visit, customer=cast.chen.customer, territory=cast.xixi)
    for kind, job in (("material", ""), ("visit", "token rounds_ab12"), ("call", "import follow_ups")):
        made = FollowUp.objects.create(visit=visit, customer=cast.chen.customer, kind=kind, due_on=due, state="open")
        with acting(cast.lin.pk, job=job):
            FollowUp.objects.filter(pk=made.pk).update(state="done")
    stood = FollowUp.objects.create(visit=visit, customer=cast.chen.customer, kind="meeting", due_on=due, state="done")
    with acting(cast.lin.pk):  # worded anew after its day
        FollowUp.objects.filter(pk=stood.pk).update(text="两份")
    roll_up_cycles(night=night)
    assert CycleRollup.objects.aggregate(all=Sum("promises"), kept=Sum("kept")) == {"all": 4, "kept": 2}
    wanted = dict.fromkeys(("territory", "alone", "role", "kind", "place_kind", "tier", "q")) | {"show": "kept"}
    told = promises(cast.zheng, list(CycleNight.objects.filter(cycle=cycle)), wanted)
    assert sorted(promise.kind for promise in told) == ["call", "meeting"]


def test_the_night_counts_before_it_forgets(cast: Cast) -> None:
    names = [name for name, _do in nightly.STEPS]
    assert names.index("call targets") < names.index("dashboard rollups") < names.index("retention")
    nightly.run_night(TODAY)
    assert CycleNight.objects.get().night == TODAY
    assert CycleRollup.objects.aggregate(n=Sum("customers")) == {"n": 5}
    assert not TierMove.objects.exists()
