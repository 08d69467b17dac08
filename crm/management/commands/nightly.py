"""./dev manage nightly --on DATE: run a night through a real Celery worker."""

import json
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.base import clock, jobs
from crm.base.models import JobRun
from crm.celery import app
from crm.nightly import NAME
from crm.tasks import run_the_night

ANSWER_SECONDS = 5
LOOK_SECONDS = 0.2


class Command(BaseCommand):
    help = "Run the night of a date: day turn, sales rollup, tiers, call targets, reminders. Twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the night of this date (default: today's)")
        parser.add_argument("--timeout", type=int, default=3600, help="give up waiting after so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or clock.company_date(clock.now())
        started = time.monotonic()
        run = jobs.want(NAME, on)
        if run.state != JobRun.State.DONE:
            with _worker():
                run_the_night.delay(on.isoformat())
                run = self._wait(run, options["timeout"])
        for step in run.steps:
            self.stderr.write(f"{step['name']}: {json.dumps(step['result'], ensure_ascii=False)} ({step['seconds']} s)")
        line = {
            "job": NAME,
            "on": on.isoformat(),
            "state": run.state,
            "steps": {step["name"]: step["result"] for step in run.steps},
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
        if run.state != JobRun.State.DONE:
            sys.exit(2)

    def _wait(self, run: JobRun, timeout: int) -> JobRun:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            run.refresh_from_db()
            if run.state in (JobRun.State.DONE, JobRun.State.FAILED):
                return run
            time.sleep(LOOK_SECONDS)
        self.stderr.write("The night is not finished yet; it goes on in the worker. See the jobs.")
        return run


@contextmanager
def _worker() -> Iterator[None]:
    """The worker that is running, or one of our own if none answers."""
    if app.control.ping(timeout=ANSWER_SECONDS, limit=1):
        yield
        return
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "crm",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "WARNING",
    ]
    own = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle"], cwd=settings.BASE_DIR, stdout=sys.stderr.fileno()
    )
    try:
        yield
    finally:
        own.terminate()
        own.wait(timeout=60)
