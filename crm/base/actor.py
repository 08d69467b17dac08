"""Who writes. Triggers store the actor of the transaction, else the database's `session_user`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

_door = ContextVar("door", default="")
_NAME = "SELECT set_config('rounds.actor', %(actor)s, true), set_config('rounds.job', %(job)s, true)"
_NAME_ALONE = f"{_NAME}, pg_advisory_xact_lock(hashtextextended(%(command)s, 1))"


@contextmanager
def through(door: str) -> Iterator[None]:
    """What is written in here on somebody's behalf carries `door` as its job, such as the token of a program."""
    before = _door.set(door)
    try:
        yield
    finally:
        _door.reset(before)


@contextmanager
def acting(actor: UUID | None, *, job: str = "", command: UUID | None = None) -> Iterator[None]:
    """One transaction whose writes carry `actor` (a user's id) and `job` (what runs on nobody's behalf). Of two that
    carry the same `command` at one moment the second waits here for the first, before it has read anything."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            named = {"actor": str(actor or ""), "job": job or _door.get(), "command": str(command)}
            cursor.execute(_NAME if command is None else _NAME_ALONE, named)
        yield
