"""Managers' pages may read from a replica of the database, as long as it follows closely.

Only what runs inside `from_replica` does; everything else, and every write, is the primary's. A replica that lags,
fails or is gone is left alone for a while, and the page is made from the primary instead.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

log = logging.getLogger(__name__)

ALIAS = "replica"
LOOK_EVERY, LEFT_ALONE_FOR = 5.0, 30.0  # seconds
_LAGS = """
SELECT coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn
                OR now() - pg_last_xact_replay_timestamp() <= make_interval(secs => %s), false)
"""
_reads: ContextVar[bool] = ContextVar("reads from the replica", default=False)

View = TypeVar("View", bound=Callable[..., Any])


class Router:
    """Django's reads inside `from_replica`; writes always to the primary, whatever a row was read from."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if _reads.get() else None

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "default" if ALIAS in settings.DATABASES else None

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool | None:
        return True if {one._state.db, other._state.db} <= {"default", ALIAS} else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


def connection_for_reading() -> BaseDatabaseWrapper:
    """For statements of our own."""
    return connections[ALIAS] if _reads.get() else connections[DEFAULT_DB_ALIAS]


def from_replica(view: View) -> View:
    """A page that only reads, made from the replica where there is a good one."""

    @wraps(view)
    def reading(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.method not in ("GET", "HEAD") or not _state.is_good():
            return view(request, *args, **kwargs)
        token = _reads.set(True)
        try:
            return view(request, *args, **kwargs)
        except OperationalError as trouble:
            _state.leave_alone(trouble)
        finally:
            _reads.reset(token)
        return view(request, *args, **kwargs)

    return cast(View, reading)


class _State:
    """What this process knows of the replica."""

    def __init__(self) -> None:
        self.good, self.look_again = False, 0.0

    def is_good(self) -> bool:
        if ALIAS not in settings.DATABASES:
            return False
        if time.monotonic() >= self.look_again:
            self.look_again = time.monotonic() + LOOK_EVERY
            self._look()
        return self.good

    def leave_alone(self, trouble: Exception) -> None:
        connections[ALIAS].close()
        self.good, self.look_again = False, time.monotonic() + LEFT_ALONE_FOR
        log.warning("the replica is left alone: %s", type(trouble).__name__)

    def _look(self) -> None:
        """It has all that the primary has, or what it has last is young enough."""
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_wal_lsn()::text")
                primary = cursor.fetchone()[0]
            with connections[ALIAS].cursor() as cursor:
                cursor.execute(_LAGS, [primary, settings.REPLICA_MAY_LAG])
                good = bool(cursor.fetchone()[0])
        except Error as trouble:
            self.leave_alone(trouble)
            return
        if self.good and not good:
            log.warning("the replica lags; pages come from the primary")
        self.good = good


_state = _State()
