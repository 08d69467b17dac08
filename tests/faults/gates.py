"""Stop a process at a chosen place from outside, by holding a lock that it needs. No product code knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.ground import eventually
from tests.faults.house import House

# For each step of the night a table that it writes, last if it writes several.
WRITES = {
    "day turn": "customers_customerstatus",
    "sales rollup": "sales_salesrollup",
    "tiers": "segmentation_tierassignment",
    "call targets": "visits_calltarget",
    "reminders": "visits_reminder",
    "dashboard rollups": "segmentation_cyclenight",
    "retention": "django_session",
}


class Gate:
    def __init__(self, house: House, statement: str, *parameters: Any) -> None:
        self.house = house
        self.session = house.ground.enter(house.database)
        self.session.autocommit = False
        with self.session.cursor() as cursor:
            cursor.execute(statement, parameters)
        self.backend = self.session.info.backend_pid

    def wait_until_blocked(self) -> int:
        """Until somebody stands before the gate; returns his backend."""

        def blocked() -> int | None:
            found = self.house.sql(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND %s = ANY (pg_blocking_pids(pid))",
                self.backend,
            )
            return found[0][0] if found else None

        return eventually("somebody before the gate", blocked)

    def open(self) -> None:
        self.session.rollback()

    def close(self) -> None:
        self.session.close()


@contextmanager
def gate(house: House, table: str) -> Iterator[Gate]:
    """Nobody writes this table while the gate is shut; everybody may read it."""
    shut = Gate(house, f"LOCK TABLE {table} IN SHARE MODE")
    try:
        yield shut
    finally:
        shut.close()


@contextmanager
def record_gate(house: House) -> Iterator[Gate]:
    """No step is recorded as done: what it did is committed, and the run does not know yet."""
    shut = Gate(house, "SELECT FROM base_jobrun WHERE name = 'night' AND state <> 'done' FOR UPDATE")
    try:
        yield shut
    finally:
        shut.close()
