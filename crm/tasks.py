"""Celery tasks: named by what they do, they take dates and call one function. Safe to run twice.

What is due stands in the database. A message only wakes a worker: lost, late or doubled ones change
nothing. A task does not fail with the night: the run says what went wrong, and the tick tries it again.
"""

from datetime import date

from celery import shared_task

from crm import nightly
from crm.base import clock
from crm.base.models import JobRun
from crm.imports import runs


@shared_task(name="run a night")
def run_the_night(on: str) -> None:
    """The night that somebody asked for, if it is still wanted and no failure makes it pause."""
    run = JobRun.objects.filter(name=nightly.NAME, on=date.fromisoformat(on)).exclude(state=JobRun.State.DONE).first()
    if run:
        nightly.try_night(run, clock.now())


@shared_task(name="look for work that is due")
def tick() -> None:
    """Each minute: want the nights that are due and do, oldest first, what is not done; then the imports
    that no process works on."""
    at = clock.now()
    nightly.want_missed_nights(at)
    nightly.do_due_nights(at)
    runs.work_off()
