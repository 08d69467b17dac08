"""A company in a database of its own, whose writers come in sessions of their own."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client

from accounts.models import User
from accounts.views.guards import SEEN, SINCE
from tests.access.conftest import ASIDE
from tests.access.house import House
from tests.cast import NOON

Deed = Callable[[], Any]
# What begins to write; a lock (FOR UPDATE) does not.
_WRITES = re.compile(r"INSERT INTO|DELETE FROM|(?<!FOR )(?<!KEY )UPDATE ")
_ASIDE = re.compile("|".join(ASIDE))
_LONGEST = 60  # seconds for all that is done at once


@dataclass
class Company:
    house: House

    def user(self, name: str) -> User:
        found = self.house.actors[name]
        assert found
        return found

    def clients(self, actor: str, number: int) -> list[Client]:
        """As many windows of one browser, in which an actor is signed in."""
        first = Client()
        if user := User.objects.filter(username=actor).first():
            first.force_login(user)
            session = first.session
            session[SINCE] = session[SEEN] = NOON.isoformat()
            session.save()
        windows = [Client(raise_request_exception=False) for _number in range(number)]
        for window in windows:
            window.cookies.load(first.cookies)
        return windows


@contextmanager
def standing_on(database: str) -> Iterator[None]:
    """What this process asks, it asks of `database`."""
    before = connection.settings_dict["NAME"]
    _move_to(database)
    try:
        yield
    finally:
        _move_to(before)


def _move_to(database: str) -> None:
    for alias in ("default", "owner"):
        assert not connections[alias].in_atomic_block
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = database


class _Session(Thread):
    """Somebody who writes in a session of his own, and what came of it: what was returned, or raised."""

    def __init__(self, deed: Deed) -> None:
        super().__init__(daemon=True)
        self.deed = deed
        self.came: Any = TimeoutError()

    def run(self) -> None:
        try:
            self.came = self.deed()
        except Exception as error:
            self.came = error
        finally:
            connections.close_all()


def at_once(deeds: Sequence[Deed], *, meet: float = 0) -> list[Any]:
    """What came of each. `meet`: each waits before it writes for the first time, so many seconds at most, until all
    others have read what they go by, too."""
    barrier = Barrier(len(deeds))

    def meeting(deed: Deed) -> Deed:
        waited = not meet

        def wait(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
            nonlocal waited
            if not waited and _WRITES.search(str(sql)) and not _ASIDE.search(str(sql)):
                waited = True
                with suppress(BrokenBarrierError):  # the other one waits for this one, or is done
                    barrier.wait(meet)
            return execute(sql, params, many, context)

        def do() -> Any:
            with connection.execute_wrapper(wait):
                return deed()

        return do

    sessions = [_Session(meeting(deed)) for deed in deeds]
    for session in sessions:
        session.start()
    return _ended(sessions)


def in_a_queue(lock: str, deeds: Sequence[Deed]) -> list[Any]:
    """What came of each: they begin one after the other, while `lock` (a statement) is held, and go on when it is
    let go."""
    sessions = [_Session(deed) for deed in deeds]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(lock)
        for session in sessions:
            session.start()
            end = time.monotonic() + _LONGEST
            while session.is_alive() and _waiting() < sum(one.is_alive() for one in sessions):
                assert time.monotonic() < end
                time.sleep(0.01)
    return _ended(sessions)


def _waiting() -> int:
    """How many sessions wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock'"""
        )
        return int(cursor.fetchone()[1])


def _ended(sessions: Sequence[_Session]) -> list[Any]:
    end = time.monotonic() + _LONGEST
    for session in sessions:
        session.join(max(0, end - time.monotonic()))
    return [session.came for session in sessions]


def rows() -> dict[str, int]:
    """How many rows stand in every table, but those that every request writes."""
    tables = [table for table in connection.introspection.table_names() if table not in ASIDE]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables))
        return dict(cursor.fetchall())
