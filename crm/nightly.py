"""The night: what it does, in which order, and which nights are due.

The night of D runs as D begins, on facts known before D. docs/nights.md tells an administrator about it.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from accounts.actions import refresh_ground
from crm.base import clock, jobs, retention
from crm.base.actor import acting
from crm.base.models import JobRun
from crm.imports.keeping import sweep
from customers.actions import refresh_alignment
from sales.actions import roll_up
from segmentation.actions import compute_tiers, open_call_targets, remind_of_moves, roll_up_cycles
from visits.actions import make_reminders, move_reminders, open_cycles, refresh_due

log = logging.getLogger(__name__)

NAME = "night"
NIGHTS_MADE_UP = 31  # how many missed nights are made up; of a longer silence the newest
EXPIRING = [
    retention.COMMAND_BODIES,
    retention.SESSIONS,
    retention.nights(NAME),
    retention.IMPORT_FILES,
    retention.IMPORTS,
    retention.Expiring("session_places", "usersessions_usersession", "created_at < %(before)s"),
    retention.Expiring("sign_ins", "accounts_signinevent", "at < %(before)s"),
    retention.Expiring("attempts", "accounts_attempts", "last_at < %(before)s"),
]


class EarlierNightMissing(Exception):
    """A night that the clock wanted before this one is not done. Nothing was begun."""

    def __init__(self, on: date) -> None:
        super().__init__(f"The night of {on} is not done yet; it comes first.")


def turn_day(on: date) -> dict[str, Any]:
    """What begins or ends takes effect: time passing fires no trigger. A night made up for the past
    leaves the current columns at today's."""
    current = max(on, clock.company_date(clock.now()))
    with acting(None, job=f"night {on}"):
        refresh_ground(on=current)
        return {"customers_moved": refresh_alignment(on=current), "reminders_moved": move_reminders()}


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
        return make_reminders(on=on) | remind_of_moves(on=on)


def roll_up_dashboards(on: date) -> dict[str, Any]:
    return roll_up_cycles(night=on)


def retain(on: date) -> dict[str, Any]:
    """Delete what has had its time. After a night asked for long afterwards, the rollup is first brought
    back to what the newest night knew: that one is in force."""
    newest = JobRun.objects.filter(name=NAME, state=JobRun.State.DONE, on__gt=on).order_by("-on").first()
    if newest:
        roll_up_sales(newest.on)
    today = clock.company_date(clock.now())
    gone = retention.obey(on=min(on, today), tables=EXPIRING, job=f"night {on}")
    return gone | {"files_removed": sweep(clock.now())}


STEPS: list[jobs.Step] = [
    ("day turn", turn_day),
    ("sales rollup", roll_up_sales),
    ("tiers", tier),
    ("call targets", set_call_targets),
    ("reminders", remind),
    ("dashboard rollups", roll_up_dashboards),
    ("retention", retain),
]


def run_night(on: date) -> JobRun | None:
    """Do what is left of the night of `on`. None: another process is at one. Raises EarlierNightMissing."""
    earlier = earlier_night(on)
    if earlier:
        raise EarlierNightMissing(earlier)
    return jobs.run(NAME, on, STEPS, read_by={"sales rollup": "tiers"})


def earlier_night(on: date) -> date | None:
    """The first night before `on` that the clock wanted and that is not done."""
    run = _left_over().filter(scheduled=True, on__lt=on).first()
    return run.on if run else None


def want_missed_nights(at: datetime) -> None:
    """Want every night from the last one that the clock wanted up to the one that is due now.

    Nights that somebody asked for do not move that line: asking for one of last year makes up none of the
    months since, and asking for one ahead skips none. The first night of an installation is the newest.
    """
    local = at.astimezone(settings.COMPANY_TIME_ZONE)
    due = local.date() if local.hour >= settings.NIGHT_HOUR else local.date() - timedelta(days=1)
    wanted = JobRun.objects.filter(name=NAME, scheduled=True, on__lte=due).order_by("-on").first()
    missed = (due - wanted.on).days if wanted else 1
    if missed > NIGHTS_MADE_UP:
        log.warning("%d nights were missed; the newest %d of them are made up", missed, NIGHTS_MADE_UP)
    if missed > 0:
        back = range(min(missed, NIGHTS_MADE_UP))
        jobs.schedule(NAME, [due - timedelta(days=days) for days in reversed(back)])


def do_due_nights(at: datetime) -> None:
    """Do what is not done, oldest first. A night that fails or waits holds up the later ones, which build
    on it; one that somebody asked for holds up none."""
    jobs.report_silent(NAME, at)
    for run in _left_over():
        if not try_night(run, at) and run.scheduled:
            return


def try_night(run: JobRun, at: datetime) -> bool:
    """Do a night unless it pauses after a failure or another process is at it. True: it is done."""
    pause = jobs.pauses_until(run)
    if pause and pause > at:
        return False
    try:
        return run_night(run.on) is not None
    except EarlierNightMissing as missing:
        log.warning("night %s waits: %s", run.on, missing)
    except Exception:  # noqa: S110 - jobs has logged it and noted it in the run
        pass
    return False


def _left_over() -> QuerySet[JobRun]:
    return JobRun.objects.filter(name=NAME).exclude(state=JobRun.State.DONE).order_by("on")
