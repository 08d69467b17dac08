"""Writes over customers."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection

_HELD = """
WITH held AS (
    SELECT * FROM customers_held(%(on)s) WHERE %(some)s::uuid[] IS NULL OR customer_id = ANY (%(some)s::uuid[])
), lost AS (
    UPDATE customers_customerstatus cs SET territory_id = NULL, next_due_on = NULL
    WHERE cs.territory_id IS NOT NULL AND (%(some)s::uuid[] IS NULL OR cs.customer_id = ANY (%(some)s::uuid[]))
      AND NOT EXISTS (SELECT FROM held h WHERE (h.customer_id, h.line_id) = (cs.customer_id, cs.line_id))
    RETURNING 1
), moved AS (
    INSERT INTO customers_customerstatus (customer_id, line_id, territory_id, tier, provisional)
    SELECT customer_id, line_id, territory_id, '', false FROM held
    ON CONFLICT (customer_id, line_id) DO UPDATE SET territory_id = excluded.territory_id
    WHERE customers_customerstatus.territory_id IS DISTINCT FROM excluded.territory_id
    RETURNING 1
)
SELECT (SELECT count(*) FROM lost) + (SELECT count(*) FROM moved)
"""


def refresh_alignment(*, on: date, customers: Iterable[UUID] | None = None) -> int:
    """Bring the stored territory of these customers (None: all) in step with the alignments and
    affiliations in force on `on`. Writes differences only; returns how many."""
    with connection.cursor() as cursor:
        some = None if customers is None else [str(customer) for customer in customers]
        cursor.execute(_HELD, {"on": on, "some": some})
        return int(cursor.fetchone()[0])
