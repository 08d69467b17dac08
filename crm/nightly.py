"""The night: what it does, in which order. The night of D runs as D begins, on facts known before D."""

from datetime import date
from typing import Any

from accounts.actions import refresh_ground
from crm.base import clock, jobs
from crm.base.actor import acting
from crm.base.models import JobRun
from customers.actions import refresh_alignment
from sales.actions import roll_up
from segmentation.actions import compute_tiers, open_call_targets
from visits.actions import make_reminders, open_cycles, refresh_due

NAME = "night"


def turn_day(on: date) -> dict[str, Any]:
    """What begins or ends takes effect: time passing fires no trigger. A night made up for the past
    leaves the current columns at today's."""
    current = max(on, clock.company_date(clock.now()))
    with acting(None, job=f"night {on}"):
        refresh_ground(on=current)
        return {"customers_moved": refresh_alignment(on=current)}


def roll_up_sales(on: date) -> dict[str, Any]:
    with acting(None, job=f"night {on}"):
        return roll_up(before=on)


def tier(on: date) -> dict[str, Any]:
    return compute_tiers(night=on)


def set_call_targets(on: date) -> dict[str, Any]:
    with acting(None, job=f"night {on}"):
        open_cycles(on=on)
        opened = open_call_targets(on=on)
        return {**opened, "due_dates_changed": refresh_due(on=on)}


def remind(on: date) -> dict[str, Any]:
    with acting(None, job=f"night {on}"):
        return make_reminders(on=on)


STEPS: list[jobs.Step] = [
    ("day turn", turn_day),
    ("sales rollup", roll_up_sales),
    ("tiers", tier),
    ("call targets", set_call_targets),
    ("reminders", remind),
]


def run_night(on: date) -> JobRun | None:
    """Do what is left of the night of `on`. None: another process is at it."""
    return jobs.run(NAME, on, STEPS)
