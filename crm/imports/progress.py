"""How far a run is: noted each second by a thread with a connection of its own, because what the load
itself writes is seen by nobody before its transaction ends."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from crm.base.clock import now
from crm.base.models import ImportRun

log = logging.getLogger(__name__)

NOTE_SECONDS = 1.0


class Stopped(Exception):
    """Somebody discarded the run while it was being checked."""


class Progress:
    """What `load` calls with its phase and the rows done in it."""

    def __init__(self, run: ImportRun, expected: dict[str, int | None]) -> None:
        self.run = run.pk
        self.expected = expected  # rows by phase
        self.phase, self.rows, self.first_rows, self.since = "", 0, 0, now()
        self.stopped = False

    def __call__(self, phase: str, rows: int) -> None:
        if self.stopped:
            raise Stopped
        if phase != self.phase:  # it is first told of when some rows are done already
            self.phase, self.first_rows, self.since = phase, rows, now()
        self.rows = rows

    @property
    def rows_a_second(self) -> int | None:
        seconds = (now() - self.since).total_seconds()
        rows = self.rows - self.first_rows
        return round(rows / seconds) if rows and seconds else None

    def note(self) -> None:
        """Store it; notice that the run was discarded."""
        run = ImportRun.objects.filter(pk=self.run)
        noted = run.filter(state__in=[ImportRun.State.CHECKING, ImportRun.State.LOADING]).update(
            phase=self.phase,
            rows_done=self.rows,
            rows_expected=self.expected.get(self.phase),
            phase_started_at=self.since,
            rows_a_second=self.rows_a_second,
            heartbeat_at=now(),
        )
        if not noted and run.filter(state=ImportRun.State.DISCARDED).exists():
            self.stopped = True


@contextmanager
def noted(progress: Progress) -> Iterator[None]:
    """Note the progress while the block runs."""
    over = threading.Event()
    thread = threading.Thread(target=_note_until, args=(progress, over), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def _note_until(progress: Progress, over: threading.Event) -> None:
    while not over.wait(NOTE_SECONDS):
        try:
            connection.close_if_unusable_or_obsolete()
            progress.note()
        except Error as trouble:  # the work finds out by itself; the next note tries again
            log.warning("No progress noted: %s", type(trouble).__name__)
            connection.close()
    connection.close()
