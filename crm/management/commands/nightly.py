"""./dev manage nightly --on DATE: run a night through a real Celery worker."""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from kombu.exceptions import OperationalError

from crm.base import clock, jobs
from crm.base.models import JobRun
from crm.celery import app
from crm.nightly import NAME, STEPS, EarlierNightMissing, earlier_night, try_night
from crm.tasks import run_the_night

ANSWER_SECONDS = 5
LOOK_SECONDS = 0.2
FIRST_YEAR = 1900


class Command(BaseCommand):
    help = f"Run the night of a date: {', '.join(name for name, _do in STEPS)}. Twice is once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the night of this date (default: today's)")
        parser.add_argument("--again", action="store_true", help="do a night that is done once more")
        parser.add_argument("--timeout", type=int, default=3600, help="give up waiting after so many seconds")

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.company_date(clock.now())
        on = options["on"] or today
        if on > today:
            raise CommandError(f"The night of {on} has not begun: today is {today}.", returncode=2)
        if earlier := earlier_night(on):
            raise CommandError(str(EarlierNightMissing(earlier)), returncode=2)
        if on.year < FIRST_YEAR:
            raise CommandError(f"There was no night of {on} here.", returncode=2)
        started = time.monotonic()
        run = jobs.want(NAME, on)
        already = run.state == JobRun.State.DONE and not options["again"]
        if already:
            self.stderr.write(f"The night of {on} was done before; these are its figures. --again does it once more.")
        elif run.state == JobRun.State.DONE:
            jobs.want_again(run)
        if run.state != JobRun.State.DONE:
            run = self._do(run, options["timeout"])
        for step in run.steps:
            self.stderr.write(f"{step['name']}: {json.dumps(step['result'], ensure_ascii=False)} ({step['seconds']} s)")
        line = {
            "job": NAME,
            "on": on.isoformat(),
            "state": run.state,
            "already": already,
            "steps": {step["name"]: step["result"] for step in run.steps},
            "seconds": round(time.monotonic() - started, 3),
        }
        print(json.dumps(line, ensure_ascii=False))
        if run.state != JobRun.State.DONE:
            sys.exit(2)

    def _do(self, run: JobRun, timeout: int) -> JobRun:
        """By a worker. The night stands in the database: where no Redis can wake one, this process does it."""
        try:
            with _worker():
                run_the_night.delay(run.on.isoformat())
                return self._wait(run, timeout)
        except OperationalError:
            self.stderr.write("Redis does not answer: the night runs in this process.")
            try_night(run, clock.now())
            return self._wait(run, timeout)

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
        [*command, "--without-gossip", "--without-mingle"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"LOG_LEVEL": "WARNING"},
        stdout=sys.stderr.fileno(),
    )
    try:
        yield
    finally:
        own.terminate()
        own.wait(timeout=60)
