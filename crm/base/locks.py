"""Locks that the database holds for a process and lets go when the process dies."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import Error, connection

_SPACE, _TURNS = 2, 7  # seeds of the hash: keep these keys apart from those of commands

# A connection whose other end vanished gives its lock back within two minutes, one whose process was
# killed at once, even in the middle of a statement. PostgreSQL's own answer to both is "after hours".
_NOTICE_DEATH = """
SELECT set_config('client_connection_check_interval', '2s', false), set_config('tcp_keepalives_idle', '60', false),
       set_config('tcp_keepalives_interval', '15', false), set_config('tcp_keepalives_count', '4', false)
"""


class ClaimLost(Exception):
    """The session that held the lock is gone; another process may be at the job. Nothing more was written."""


class Claim:
    """The right to do a job, good for as long as one database session lives.

    Django reconnects silently after a loss; every statement of the job passes here, so that none of them
    runs on a session without the lock.
    """

    def __init__(self) -> None:
        self._session = connection.connection
        self.backend: int = self._session.info.backend_pid
        self.stirred = True

    def holds(self) -> bool:
        return connection.connection is self._session and not self._session.closed

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if connection.connection is not self._session:
            raise ClaimLost
        self.stirred = True
        try:
            return execute(sql, params, many, context)
        finally:
            self.stirred = True


def take_turns(name: str) -> None:
    """Until this transaction ends nobody else goes on from here by this `name`. What is read from here on, he left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, _TURNS])


@contextmanager
def claimed(name: str, *, wait: bool = False) -> Iterator[Claim | None]:
    """A claim while this process is the only one to do what is called `name`, else None; with `wait`, once it is.
    Who holds it may claim it again."""
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, %s))", [name, _SPACE])
        held = wait or cursor.fetchone()[0]
        if held:
            cursor.execute(_NOTICE_DEATH)
    if not held:
        yield None
        return
    claim = Claim()
    try:
        with connection.execute_wrapper(claim):
            yield claim
    finally:
        try:
            if claim.holds():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [name, _SPACE])
        except Error:
            connection.close()  # a session that lives on would keep the lock
