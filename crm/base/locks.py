"""Locks that the database holds for a process and lets go when the process dies."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_SPACE = 2  # seed of the hash: keeps these keys apart from those of commands


@contextmanager
def alone(name: str, *, wait: bool = False) -> Iterator[bool]:
    """True while this process is the only one to do `name`; with `wait`, once it is."""
    function = "pg_advisory_lock" if wait else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, %s))", [name, _SPACE])
        held = wait or cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [name, _SPACE])
