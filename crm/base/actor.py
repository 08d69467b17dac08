"""Who writes. Triggers store the actor of the transaction, else the database's `session_user`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

_door = ContextVar("door", default="")
_names: ContextVar[tuple[str, str] | None] = ContextVar("names", default=None)  # actor and job of the transaction
_NAME = "SELECT set_config('rounds.actor', %(actor)s, true), set_config('rounds.job', %(job)s, true)"
_NAME_IN_TURN = f"{_NAME}, pg_advisory_xact_lock(hashtextextended(%(turn)s, 1))"


@contextmanager
def through(door: str) -> Iterator[None]:
    """What is written in here on somebody's behalf carries `door` as its job, such as the token of a program."""
    before = _door.set(door)
    try:
        yield
    finally:
        _door.reset(before)


@contextmanager
def acting(actor: UUID | None, *, job: str = "", turn: object = "") -> Iterator[None]:
    """One transaction whose writes carry `actor` (a user's id) and `job` (what runs on nobody's behalf); within
    another one a part of it, after which the writes carry what they did before. Of two that ask for the same `turn` (an
    id, a name) at one moment the second waits here for the first, before it has read anything."""
    names, outer = (str(actor or ""), job or _door.get()), _names.get()
    with transaction.atomic():
        if names != outer or turn:
            _name(names, turn)
        before = _names.set(names)
        try:
            yield
        finally:
            _names.reset(before)
        if outer is not None and outer != names:
            _name(outer)


def _name(names: tuple[str, str], turn: object = "") -> None:
    with connection.cursor() as cursor:
        params = dict(zip(("actor", "job"), names, strict=True))
        cursor.execute(_NAME_IN_TURN if turn else _NAME, params | {"turn": str(turn)})
