"""What needs committed rows: the heartbeat from its own connection, and a claim that is lost."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from crm.base import jobs
from crm.base.locks import ClaimLost
from crm.base.models import JobRun

TODAY = date(2026, 11, 21)
BEAT = 0.05


@pytest.fixture(autouse=True)
def committed(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "BEAT_SECONDS", BEAT)
    with django_db_blocker.unblock():
        yield
        connection.close()
        JobRun.objects.filter(name="try").delete()


def beats(during: Any) -> bool:
    """Does the heartbeat move while a step does this?"""
    seen: list[Any] = []
    watcher = connections["default"].copy()

    def look() -> Any:
        with watcher.cursor() as cursor:
            cursor.execute("SELECT heartbeat_at FROM base_jobrun WHERE name = 'try'")
            return cursor.fetchone()[0]

    def step(on: date) -> dict[str, Any]:
        time.sleep(4 * BEAT)  # what was done before the step counts once
        seen.append(look())
        during()
        seen.append(look())
        return {}

    jobs.run("try", TODAY, [("only", step)])
    watcher.close()
    return seen[0] != seen[1]


def test_the_heart_beats_through_a_long_statement() -> None:
    def statement() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [20 * BEAT])

    assert beats(statement)


def test_the_heart_stops_when_the_process_hangs() -> None:
    assert not beats(lambda: time.sleep(20 * BEAT))


def test_the_heart_stops_while_the_step_waits_for_a_lock() -> None:
    """The wait ends by its timeout; the last beat lies before it."""
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(77)")
    since: list[float] = []

    def step(on: date) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [int(40 * BEAT * 1000)])
            with pytest.raises(OperationalError, match="timeout"):
                cursor.execute("SELECT pg_advisory_lock(77)")
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SELECT clock_timestamp() - heartbeat_at FROM base_jobrun WHERE name = 'try'")
            since.append(cursor.fetchone()[0].total_seconds())
        return {}

    jobs.run("try", TODAY, [("only", step)])
    other.close()
    assert since[0] > 20 * BEAT


def test_a_run_that_lost_its_session_writes_nothing_on_the_next_one() -> None:
    """Django reconnects silently; without the lock that would be work in another's name."""

    def careless(on: date) -> dict[str, Any]:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE base_jobrun SET error = 'written without the lock' WHERE name = 'try'")
        return {}

    with pytest.raises(ClaimLost):
        jobs.run("try", TODAY, [("only", careless)])
    run = JobRun.objects.get(name="try")
    assert (run.state, run.error, run.steps) == ("running", "", [])
    again = jobs.run("try", TODAY, [("only", lambda on: {})])
    assert again
    assert (again.state, again.attempts) == ("done", 2)
