"""Who writes. Triggers store the actor of the transaction, else the database's `session_user`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

_door = ContextVar("door", default="")


@contextmanager
def through(door: str) -> Iterator[None]:
    """What is written in here on somebody's behalf carries `door` as its job, such as the token of a program."""
    before = _door.set(door)
    try:
        yield
    finally:
        _door.reset(before)


@contextmanager
def acting(actor: UUID | None, *, job: str = "") -> Iterator[None]:
    """One transaction whose writes carry `actor` (a user's id) and `job` (what runs on nobody's behalf)."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('rounds.actor', %s, true), set_config('rounds.job', %s, true)",
                [str(actor or ""), job or _door.get()],
            )
        yield
