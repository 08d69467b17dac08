"""Who writes. Triggers store the actor of the transaction, else the database's `session_user`."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction


@contextmanager
def acting(actor: UUID | None, *, job: str = "") -> Iterator[None]:
    """One transaction whose writes carry `actor` (a user's id) and `job` (what runs on nobody's behalf)."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('rounds.actor', %s, true), set_config('rounds.job', %s, true)",
                [str(actor or ""), job],
            )
        yield
