"""Which nights are due, in which order, after which pause; and what a run says of its own life."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from crm import nightly
from crm.base import clock, jobs
from crm.base.models import JobRun

AT = datetime(2026, 11, 21, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = AT.date()
PRIVATE = "陈望舒 13800000000"
pytestmark = pytest.mark.django_db


def night(back: int, **more: Any) -> JobRun:
    defaults: dict[str, Any] = {"state": "done", "scheduled": True}
    return JobRun.objects.create(name="night", on=TODAY - timedelta(days=back), **defaults | more)


def wanted() -> list[int]:
    """The nights that are not done, as days back, oldest first."""
    left = JobRun.objects.filter(name="night").exclude(state="done").order_by("on")
    return [(TODAY - run.on).days for run in left]


def test_the_first_night_of_an_installation_is_the_newest() -> None:
    nightly.want_missed_nights(AT)
    assert wanted() == [0]


def test_before_its_hour_the_night_of_today_is_not_due() -> None:
    night(2)
    nightly.want_missed_nights(AT.replace(hour=1))
    assert wanted() == [1]


@pytest.mark.parametrize(("missed", "made_up"), [(0, 0), (1, 1), (3, 3), (31, 31), (100, 31)])
def test_missed_nights_are_made_up_to_a_limit(missed: int, made_up: int) -> None:
    night(missed)
    nightly.want_missed_nights(AT)
    nightly.want_missed_nights(AT)
    assert wanted() == list(reversed(range(made_up)))


def test_a_night_that_somebody_asked_for_makes_up_none_and_skips_none() -> None:
    night(346, scheduled=False)
    night(-10, scheduled=False)
    nightly.want_missed_nights(AT)
    assert wanted() == [0]


def test_a_night_that_was_done_by_hand_is_not_done_again() -> None:
    night(2)
    night(1, scheduled=False)
    nightly.want_missed_nights(AT)
    assert wanted() == [0]
    assert JobRun.objects.filter(scheduled=True).count() == 3


@pytest.mark.parametrize(("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (99, 30)])
@pytest.mark.parametrize("state", ["failed", "running"])
def test_pauses_grow(attempts: int, minutes: int, state: str) -> None:
    run = night(0, state=state, attempts=attempts, heartbeat_at=AT)
    assert jobs.pauses_until(run) == AT + timedelta(minutes=minutes)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The nights that ran, as days back; that of two days ago fails."""
    done: list[int] = []

    def step(on: date) -> dict[str, Any]:
        done.append((TODAY - on).days)
        if done[-1] == 2:
            raise RuntimeError(PRIVATE)
        return {}

    monkeypatch.setattr(nightly, "STEPS", [("only", step)])
    return done


def test_a_failed_night_holds_up_the_later_ones_until_it_is_done(ran: list[int], caplog: Any) -> None:
    night(4)
    nightly.want_missed_nights(AT)
    nightly.do_due_nights(AT)
    assert ran == [3, 2]
    nightly.do_due_nights(clock.now())
    assert ran == [3, 2]
    with pytest.raises(nightly.EarlierNightMissing):
        nightly.run_night(TODAY)
    JobRun.objects.update(heartbeat_at=AT - timedelta(days=1))
    nightly.do_due_nights(clock.now())
    assert ran == [3, 2, 2]
    assert "RuntimeError" in caplog.text
    assert PRIVATE not in caplog.text


def test_one_that_somebody_asked_for_holds_up_none(ran: list[int]) -> None:
    night(1)
    jobs.want("night", TODAY - timedelta(days=2))
    nightly.want_missed_nights(AT)
    nightly.do_due_nights(AT)
    assert ran == [2, 0]


def test_whoever_asks_again_need_not_wait_for_the_pause() -> None:
    for state in ("failed", "running"):
        run = night(0, state=state, attempts=3, heartbeat_at=clock.now())
        assert jobs.want("night", TODAY).state == "wanted"
        run.delete()


@pytest.fixture
def elsewhere() -> Any:
    """Another session that has claimed the nights."""
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('night', 2))")
        yield other
        # Let go before leaving: the server notices a closed session only a moment later.
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('night', 2))")
    other.close()


def test_a_claimed_night_without_a_sign_of_life_is_reported_once(elsewhere: Any, caplog: Any) -> None:
    last = AT - timedelta(minutes=11)
    run = night(0, state="running", attempts=1, heartbeat_at=last)
    for _ in range(2):
        nightly.do_due_nights(AT)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.silent_since) == ("running", 1, last)
    assert caplog.text.count("no sign of life") == 1
    assert jobs.want("night", TODAY).state == "running"


def test_a_living_night_is_not_reported(elsewhere: Any) -> None:
    run = night(0, state="running", attempts=1, heartbeat_at=AT - timedelta(minutes=9))
    nightly.do_due_nights(AT)
    run.refresh_from_db()
    assert run.silent_since is None


def test_a_dead_night_is_not_reported_but_done(ran: list[int]) -> None:
    run = night(0, state="running", attempts=1, heartbeat_at=AT - timedelta(minutes=11))
    nightly.do_due_nights(AT)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.silent_since, ran) == ("done", 2, None, [0])
