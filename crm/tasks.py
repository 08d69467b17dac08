"""Celery tasks: named by what they do, they take dates and call one function. Safe to run twice."""

from datetime import date, timedelta

from celery import shared_task
from django.conf import settings

from crm.base import clock, jobs
from crm.base.models import JobRun
from crm.nightly import NAME, run_night

NIGHTS_MADE_UP = 31  # how far back missed nights are made up


@shared_task(name="run a night")
def run_the_night(on: str) -> None:
    run_night(date.fromisoformat(on))


@shared_task(name="look for work that is due")
def tick() -> None:
    """Each minute: want the nights that are due, oldest first, and wake a worker for what is not done."""
    now = clock.now().astimezone(settings.COMPANY_TIME_ZONE)
    if now.hour >= settings.NIGHT_HOUR:
        _want_nights(now.date())
    for run in JobRun.objects.filter(name=NAME).exclude(state=JobRun.State.DONE).order_by("on"):
        run_night(run.on)


def _want_nights(today: date) -> None:
    last = JobRun.objects.filter(name=NAME, on__lt=today).order_by("-on").values_list("on", flat=True).first()
    missed = min((today - last).days, NIGHTS_MADE_UP) if last else 1
    for back in reversed(range(missed)):
        jobs.want(NAME, today - timedelta(days=back))
