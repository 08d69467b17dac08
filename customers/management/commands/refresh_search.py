"""Fill the search columns of all customers anew: after an upgrade, or after rows were written by SQL."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand
from django.db import connection

from customers.queries.keys import KEYS_BETWEEN, SEARCH_COLUMNS, search_columns

BATCH = 5_000
_FIRST = UUID(int=0)
# A name that was changed since it was read got its columns then.
_WRITE = """
UPDATE customers_customer c
SET folded = n.folded, pinyin = n.pinyin, initials = n.initials, other_pinyin = n.other_pinyin, keys = n.keys
FROM (SELECT id, name, folded, pinyin, initials, other_pinyin, string_to_array(joined, %s) AS keys
      FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
           AS u (id, name, folded, pinyin, initials, other_pinyin, joined)) n
WHERE c.id = n.id AND c.name = n.name AND (c.folded, c.pinyin, c.initials, c.other_pinyin, c.keys)
      IS DISTINCT FROM (n.folded, n.pinyin, n.initials, n.other_pinyin, n.keys)
"""


class Command(BaseCommand):
    help = "Fills the search columns of customers whose name says otherwise; in batches, safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{refresh_search()} customers changed")


def refresh_search(batch: int = BATCH) -> int:
    """Write the columns that differ from what the names say; returns how many rows did."""
    changed, last = 0, _FIRST
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, name, kind FROM customers_customer WHERE id > %s ORDER BY id LIMIT %s", [last, batch]
            )
            rows = cursor.fetchall()
            if not rows:
                return changed
            follows = [search_columns(name, kind) for _id, name, kind in rows]
            columns = [[values[column] for values in follows] for column in SEARCH_COLUMNS[:-1]]
            joined = [KEYS_BETWEEN.join(values["keys"]) for values in follows]
            ids, names = [row[0] for row in rows], [row[1] for row in rows]
            cursor.execute(_WRITE, [KEYS_BETWEEN, ids, names, *columns, joined])
            changed, last = changed + cursor.rowcount, rows[-1][0]
