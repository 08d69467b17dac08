"""Writes over customers."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import connection

# Statuses are locked in the order of their ids, as visits and nights lock them, and new ones come after those that are
# there, in one order, too: nobody waits for another in a ring. What nobody holds falls due for nobody.
_HELD = """
WITH held AS MATERIALIZED (
    SELECT * FROM customers_held(%(on)s) WHERE %(some)s::uuid[] IS NULL OR customer_id = ANY (%(some)s::uuid[])
), locked AS MATERIALIZED (
    SELECT cs.id, h.territory_id FROM customers_customerstatus cs
    LEFT JOIN held h ON (h.customer_id, h.line_id) = (cs.customer_id, cs.line_id)
    WHERE (%(some)s::uuid[] IS NULL OR cs.customer_id = ANY (%(some)s::uuid[]))
      AND cs.territory_id IS DISTINCT FROM h.territory_id
    ORDER BY cs.id FOR NO KEY UPDATE OF cs
), moved AS (
    UPDATE customers_customerstatus cs SET territory_id = l.territory_id,
        next_due_on = CASE WHEN l.territory_id IS NOT NULL THEN cs.next_due_on END
    FROM locked l WHERE l.id = cs.id
    RETURNING 1
), begun AS (
    INSERT INTO customers_customerstatus (customer_id, line_id, territory_id, tier, provisional)
    SELECT h.customer_id, h.line_id, h.territory_id, '', false FROM held h
    WHERE (SELECT count(*) FROM locked) >= 0 AND NOT EXISTS (
        SELECT FROM customers_customerstatus cs WHERE (cs.customer_id, cs.line_id) = (h.customer_id, h.line_id))
    ORDER BY h.customer_id, h.line_id
    ON CONFLICT (customer_id, line_id) DO UPDATE SET territory_id = excluded.territory_id
    WHERE customers_customerstatus.territory_id IS DISTINCT FROM excluded.territory_id
    RETURNING 1
)
SELECT (SELECT count(*) FROM moved) + (SELECT count(*) FROM begun)
"""


def refresh_alignment(*, on: date, customers: Iterable[UUID] | None = None) -> int:
    """Bring the stored territory of these customers (None: all) in step with the alignments and
    affiliations in force on `on`. Writes differences only; returns how many."""
    with connection.cursor() as cursor:
        some = None if customers is None else [str(customer) for customer in customers]
        cursor.execute(_HELD, {"on": on, "some": some})
        return int(cursor.fetchone()[0])
