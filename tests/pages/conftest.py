"""A world with tiers, a cycle and reminders around the cast, and clients that are signed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils.translation import trans_real

from accounts.models import User
from accounts.views.guards import SEEN, SINCE
from crm.base.periods import month_start, period
from customers.models import Customer, CustomerStatus
from segmentation.models import TierAssignment, TierPolicy, TierPolicyVersion
from tests.cast import NOON, TODAY, Cast
from visits.models import CallTarget, Cycle, Reminder

MONTH = month_start(TODAY)
DOCUMENT = {
    "name": "Potential",
    "territory": "crm:CN",
    "measure": "potential",
    "months": 12,
    "customers": ["person", "institution"],
}
REASON = {
    "rule": "pareto",
    "measure": "units",
    "currency": "",
    "first_month": "2024-01-01",
    "end_month": "2025-12-01",
    "shares": {"A": 50, "B": 85},
    "volume": 40,
    "before": 214,
    "total": 1000,
    "rank": 12,
    "members": 1000,
}


@pytest.fixture(scope="session", autouse=True)
def words() -> None:
    """Compiled translations, also where an earlier test asked for them before they were there."""
    call_command("words")
    vars(trans_real)["_translations"].clear()


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def time_machine_to() -> Callable[[date], Any]:
    """Noon of another day, for the length of a `with`."""
    return lambda day: time_machine.travel(NOON.replace(year=day.year, month=day.month, day=day.day), tick=False)


@dataclass
class World:
    cast: Cast
    cycle: Cycle
    version: TierPolicyVersion
    clients: dict[Any, Client] = field(default_factory=dict)

    def client(self, user: User) -> Client:
        """A browser in which `user` is signed in."""
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
            session = self.clients[user.pk].session  # as if it was noted just now: not in the first counted request
            session[SINCE] = session[SEEN] = NOON.isoformat()
            session.save()
        return self.clients[user.pk]

    def give(
        self,
        customer: Customer,
        tier: str,
        *,
        provisional: bool = False,
        last: date | None = None,
        due: date | None = None,
        visits: int = 0,
    ):
        """A tier with its reason, dates, and a target in the running cycle."""
        status = CustomerStatus.objects.get(customer=customer)
        status.tier, status.provisional, status.last_visit_on, status.next_due_on = tier, provisional, last, due
        status.save()
        if tier:
            TierAssignment.objects.create(
                customer=customer,
                line=self.cast.line,
                version=self.version,
                tier=tier,
                provisional=provisional,
                during=period(MONTH),
                reason=REASON,
            )
        if visits:
            assert status.territory
            CallTarget.objects.create(
                cycle=self.cycle, customer=customer, territory=status.territory, tier=tier, visits_due=visits
            )
        return status

    def remind(self, customer: Customer, due: date) -> Reminder:
        status = CustomerStatus.objects.get(customer=customer)
        assert status.territory
        return Reminder.objects.create(
            kind="visit_due", customer=customer, territory=status.territory, line=self.cast.line,
            source_id=self.cast.line.pk, due_on=due, made_on=due, reason={"tier": status.tier},
        )  # fmt: skip


@pytest.fixture
def world(cast: Cast) -> World:
    cycle = Cycle.objects.create(line=cast.line, during=period(MONTH, date(2026, 11, 30)), opened_on=MONTH)
    policy = TierPolicy.objects.create(customers="both", territory=cast.china)
    version = TierPolicyVersion.objects.create(
        policy=policy, number=1, name="Potential", document=DOCUMENT, during=period(MONTH)
    )
    return World(cast, cycle, version)
