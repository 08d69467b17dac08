"""Long jobs: a JobRun is claimed by one process at a time, runs step by step, and resumes after a death.

The claim is an advisory lock of the database session that also does the work: when the process, its
connection or the server dies, the lock is free and nothing more can be written in the job's name.
"""

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import F

from crm.base.beside import beside
from crm.base.clock import now
from crm.base.locks import Claim, ClaimLost, claimed
from crm.base.models import JobRun

log = logging.getLogger(__name__)

Step = tuple[str, Callable[[date], dict[str, Any]]]
"""A step's name and what it does for a business date; it returns figures to show. Steps are safe to repeat."""

BEAT_SECONDS = 15.0
SILENT_AFTER = timedelta(minutes=10)  # a run that claims to work and shows no life for so long is reported
LONGEST_PAUSE = timedelta(minutes=30)

# A beat says that the work goes on, not only that its process breathes: a statement began or ended since
# the last one, or the database is busy for it. Waiting for somebody's lock or for a hung client is no work.
_BEAT = """
UPDATE base_jobrun SET heartbeat_at = %(at)s, silent_since = NULL
WHERE id = %(run)s AND state = 'running' AND (%(stirred)s OR EXISTS (
    SELECT FROM pg_stat_activity WHERE pid = %(backend)s AND state = 'active'
        AND coalesce(wait_event_type, '') NOT IN ('Lock', 'Client')))
"""


def _insert(name: str, days: Iterable[date], scheduled: bool = False) -> None:
    rows = [JobRun(name=name, on=day, scheduled=scheduled) for day in days]
    JobRun.objects.bulk_create(rows, ignore_conflicts=True)


def schedule(name: str, days: list[date]) -> None:
    """What the clock wants: these runs, all at once, so that no process sees a later one alone."""
    _insert(name, days, scheduled=True)
    JobRun.objects.filter(name=name, on__in=days, scheduled=False).update(scheduled=True)


def want(name: str, on: date) -> JobRun:
    """What somebody asks for: the run of `name` for `on`, at once. A failed or dead one waits for no pause."""
    _insert(name, [on])
    run = JobRun.objects.filter(name=name, on=on)
    run.filter(state=JobRun.State.FAILED).update(state=JobRun.State.WANTED)
    # A page asks for this, too: in a transaction a pooler cannot give the lock and its return to two sessions.
    with transaction.atomic(), claimed(name) as claim:
        if claim:
            run.filter(state=JobRun.State.RUNNING).update(state=JobRun.State.WANTED)
    return run.get()


def want_again(run: JobRun) -> None:
    """A finished run from the start: its steps are safe to repeat and write what is different now."""
    run.state, run.steps = JobRun.State.WANTED, []
    run.save(update_fields=["state", "steps"])


def pauses_until(run: JobRun) -> datetime | None:
    """A run that failed or died is begun again 1, 2, 4, 8, 16, then every 30 minutes after its last sign of
    life; it is never given up. None: it waits for nothing."""
    if run.state not in (JobRun.State.FAILED, JobRun.State.RUNNING) or run.heartbeat_at is None:
        return None
    pause = timedelta(minutes=2 ** min(run.attempts - 1, 10))
    return run.heartbeat_at + min(pause, LONGEST_PAUSE)


def report_silent(name: str, at: datetime) -> None:
    """Note and log, once, a run whose process holds the lock without a sign of life. Whoever does not
    hold the lock is dead, and is simply begun again."""
    running = JobRun.objects.filter(name=name, state=JobRun.State.RUNNING)
    silent = list(running.filter(heartbeat_at__lt=at - SILENT_AFTER, silent_since=None))
    if not silent or running.filter(heartbeat_at__gte=at - SILENT_AFTER).exists():
        return
    with claimed(name) as claim:
        if claim:
            return
    for run in silent:
        JobRun.objects.filter(pk=run.pk, heartbeat_at=run.heartbeat_at).update(silent_since=run.heartbeat_at)
        log.error("%s %s: holds its lock, but no sign of life since %s", run.name, run.on, run.heartbeat_at)


def run(name: str, on: date, steps: list[Step], *, read_by: dict[str, str] | None = None) -> JobRun | None:
    """Do what is left of the run. None: another process is at it. A finished run is returned as it is.

    `read_by` names steps whose work another run may replace, with the step right after them that reads it:
    a run that goes on after a death before that one was done does them again.
    """
    with claimed(name) as claim:
        if claim is None:
            return None
        _insert(name, [on])
        run = JobRun.objects.get(name=name, on=on)
        if run.state == JobRun.State.DONE:
            return run
        _note(
            run,
            state=JobRun.State.RUNNING,
            attempts=F("attempts") + 1,
            started_at=run.started_at or now(),
            silent_since=None,
            error="",
        )
        try:
            with beside("heartbeat", partial(_beat, run.pk, claim), BEAT_SECONDS):
                finished = {step["name"] for step in run.steps}
                finished -= {step for step, reader in (read_by or {}).items() if reader not in finished}
                run.steps = [step for step in run.steps if step["name"] in finished]
                for step_name, do in steps:
                    if step_name not in finished:
                        _run_step(run, step_name, do)
            _note(run, state=JobRun.State.DONE, finished_at=now(), silent_since=None)
        except Exception as failure:
            _say_failed(run, failure)
            raise
    run.refresh_from_db()
    return run


def _note(run: JobRun, **changes: Any) -> None:
    JobRun.objects.filter(pk=run.pk).update(heartbeat_at=now(), **changes)


def _say_failed(run: JobRun, failure: Exception) -> None:
    """The text of a database error may hold values of rows: the type is enough for the page, and the
    frames for the log. When the claim is lost the row stays as it is: it may be somebody else's by now."""
    frames = "".join(traceback.format_tb(failure.__traceback__))
    log.error("%s %s: failed with %s\n%s", run.name, run.on, type(failure).__name__, frames)
    with suppress(Error, ClaimLost):
        _note(run, state=JobRun.State.FAILED, error=type(failure).__name__)


def _run_step(run: JobRun, name: str, do: Callable[[date], dict[str, Any]]) -> None:
    started = time.monotonic()
    result = do(run.on)
    run.steps.append({"name": name, "seconds": round(time.monotonic() - started, 3), "result": result})
    _note(run, steps=run.steps)
    log.info("%s %s: %s done", run.name, run.on, name)


def _beat(run: int, claim: Claim) -> None:
    stirred, claim.stirred = claim.stirred, False
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, {"at": now(), "run": run, "stirred": stirred, "backend": claim.backend})
