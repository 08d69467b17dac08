"""Many rows of one table, written by two at once: both lock them in one order, so that neither waits for the other."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest
from django.db.models import Case, F, Value, When

from crm.base.actor import acting
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Alignment, CustomerStatus, PotentialEstimate
from segmentation.actions import compute_tiers
from tests.access.house import TOMORROW
from tests.at_once.company import Company, in_a_queue
from tests.cast import SINCE, TODAY, institution, person
from visits.actions import refresh_due, refresh_visited
from visits.models import CallTarget

PEOPLE = 150
LATER = TODAY + timedelta(40)  # in no cycle, and on another ground
Deed = Callable[[int], object]


@pytest.fixture(scope="module")
def people(company: Company) -> list[UUID]:
    """Of one hospital; the keys of their statuses follow in another order than their own."""
    house = company.house
    branch = house.branches["xixi"]
    hospital = institution("同仁医院", "hospital")
    for ground, during in ((branch.territory, period(SINCE, TODAY)), (house.ground["dongdu"], period(TOMORROW))):
        Alignment.objects.create(customer=hospital.customer, territory=ground, line=branch.line, during=during)
    found = [person(f"人{number}", hospital).pk for number in range(PEOPLE)]
    for pk in random.Random(5).sample(found, PEOPLE):
        refresh_alignment(on=TODAY, customers=[pk])
    shared = {"cycle": branch.cycle, "territory": branch.territory, "tier": "A", "visits_due": 2}
    CallTarget.objects.bulk_create(CallTarget(customer_id=pk, **shared) for pk in found)
    PotentialEstimate.objects.bulk_create(
        PotentialEstimate(customer_id=pk, patients_per_day=5, openness=1, known_on=SINCE) for pk in found
    )
    return found


def _visits(people: list[UUID]) -> Deed:
    def visit(_time: int) -> None:
        with acting(None, job="test"):
            refresh_visited(customers=people, on=TODAY)

    return visit


def _due(_people: list[UUID]) -> Deed:
    return lambda time: refresh_due(on=(TODAY, LATER)[time % 2])


def _alignment(_people: list[UUID]) -> Deed:
    return lambda time: refresh_alignment(on=(LATER, TODAY)[time % 2])


def _tiers(people: list[UUID]) -> Deed:
    halves = people[::2], people[1::2]

    def tiers(time: int) -> None:
        many = Case(When(customer__in=halves[time % 2], then=Value(80)), default=Value(5))
        PotentialEstimate.objects.filter(customer__in=people).update(patients_per_day=many)
        compute_tiers(night=TOMORROW)

    return tiers


WRITERS = {"visits": _visits, "due dates": _due, "alignment": _alignment, "tiers": _tiers}
# Tiers are written by one night at a time.
PAIRS = [pair for pair in product(WRITERS, repeat=2) if pair != ("tiers", "tiers")]


@pytest.mark.parametrize("pair", PAIRS, ids=" then ".join)
def test_two_who_write_statuses_wait_for_each_other_in_one_order(
    company: Company, people: list[UUID], pair: tuple[str, str]
) -> None:
    """Both begin while a third one holds the second of the rows: who locked the later ones first would now be waited
    for."""
    deeds = [WRITERS[name](people) for name in pair]
    for deed in deeds:
        deed(0)
    rows = CustomerStatus.objects.filter(customer__in=people)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    shuffled = random.Random(7).sample(keys, PEOPLE)
    for key in shuffled:  # that they lie in the order of their keys is nothing to count on
        rows.filter(pk=key).update(last_visit_on=F("last_visit_on"))
    lock = f"SELECT FROM customers_customerstatus WHERE id = {keys[1]} FOR NO KEY UPDATE"
    came = in_a_queue(lock, [lambda: deeds[0](1), lambda: deeds[1](1)])
    assert not [one for one in came if isinstance(one, Exception)], came
