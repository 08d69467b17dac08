"""Long jobs: a JobRun is claimed by one process at a time, runs step by step, and resumes after a death."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F

from crm.base.clock import now
from crm.base.models import JobRun

log = logging.getLogger(__name__)

Step = tuple[str, Callable[[date], dict[str, Any]]]
"""A step's name and what it does for a business date; it returns figures to show. Steps are safe to repeat."""


def want(name: str, on: date) -> JobRun:
    """The run of `name` for `on`, made if it is not there yet; a failed one is wanted again."""
    JobRun.objects.bulk_create([JobRun(name=name, on=on)], ignore_conflicts=True)
    JobRun.objects.filter(name=name, on=on, state=JobRun.State.FAILED).update(state=JobRun.State.WANTED)
    return JobRun.objects.get(name=name, on=on)


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """True while this process is the only one to run `name`. The database lets go when the process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 2))", [name])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 2))", [name])


def run(name: str, on: date, steps: list[Step]) -> JobRun | None:
    """Do what is left of the run. None: another process is at it. A finished run is returned as it is."""
    with _alone(name) as alone:
        if not alone:
            return None
        run = want(name, on)
        if run.state == JobRun.State.DONE:
            return run
        JobRun.objects.filter(pk=run.pk).update(
            state=JobRun.State.RUNNING,
            attempts=F("attempts") + 1,
            started_at=run.started_at or now(),
            heartbeat_at=now(),
            error="",
        )
        try:
            finished = {step["name"] for step in run.steps}
            for step_name, do in steps:
                if step_name not in finished:
                    _run_step(run, step_name, do)
        except Exception as failure:
            # The text of a database error may hold values of rows: the type is enough for the page.
            JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.FAILED, error=type(failure).__name__)
            raise
        JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.DONE, finished_at=now())
    run.refresh_from_db()
    return run


def _run_step(run: JobRun, name: str, do: Callable[[date], dict[str, Any]]) -> None:
    started = time.monotonic()
    result = do(run.on)
    run.steps.append({"name": name, "seconds": round(time.monotonic() - started, 3), "result": result})
    JobRun.objects.filter(pk=run.pk).update(steps=run.steps, heartbeat_at=now())
    log.info("%s %s: %s done", run.name, run.on, name)
