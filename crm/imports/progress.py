"""How far a run is."""

from crm.base.clock import now
from crm.base.models import ImportRun

NOTE_SECONDS = 1.0  # between two notes


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
