"""Whom a night moved to another tier: told once to whoever holds the customer."""

from datetime import date

from django.db import connection

# Served by tier_by_beginning: what began on this very night, against what ended as it began.
_REMIND = """
INSERT INTO visits_reminder (kind, customer_id, territory_id, line_id, source_id, due_on, reason, state, made_on)
SELECT 'tier_moved', a.customer_id, cs.territory_id, cs.line_id, cs.line_id, %(on)s,
       jsonb_build_object('from', before.tier, 'to', a.tier), 'open', %(on)s
FROM segmentation_tierassignment a
JOIN segmentation_tierassignment before ON (before.customer_id, before.line_id) = (a.customer_id, a.line_id)
    AND upper(before.during) = lower(a.during) AND before.tier <> a.tier
JOIN customers_customerstatus cs ON (cs.customer_id, cs.line_id) = (a.customer_id, a.line_id)
WHERE lower(a.during) = %(on)s AND cs.territory_id IS NOT NULL
ON CONFLICT DO NOTHING
"""


def remind_of_moves(*, on: date) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_REMIND, {"on": on})
        return {"tiers_moved": cursor.rowcount}
