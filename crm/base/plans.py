"""What the planner of PostgreSQL can't know."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MANY = 100


@contextmanager
def whole_sets(cursor: Any, *, rows: int = MANY) -> Iterator[None]:
    """Statements of this transaction join `rows` and more by hash. Tables that were filled a moment ago have no
    statistics yet: expecting a handful, a plan would look up row by row, and take minutes where a hash takes a
    blink. Statements with an index lookup for each row inside are not for here."""
    if rows < MANY:
        yield
        return
    cursor.execute("SET LOCAL enable_nestloop = off")
    yield
    cursor.execute("SET LOCAL enable_nestloop = on")  # an error takes it back with the transaction
