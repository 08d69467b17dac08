"""Call targets: how many visits each tier and role is due, fixed when a cycle opens."""

from datetime import date

from django.db import connection

# A person without a role counts as a prescriber, a medical institution as a decision-maker, every other customer as a
# trade account. Of several the one that asks for most decides.
ROLES = """
    SELECT r.person_id AS customer_id, r.role::text AS role FROM customers_roleassignment r
    WHERE r.during @> %(on)s::date
    UNION
    SELECT p.customer_id, 'prescriber' FROM customers_person p WHERE NOT EXISTS (
        SELECT FROM customers_roleassignment r WHERE r.person_id = p.customer_id AND r.during @> %(on)s::date)
    UNION
    SELECT i.customer_id, CASE WHEN i.is_medical THEN 'decision_maker' ELSE 'trade' END FROM customers_institution i
"""

_TARGETS = f"""
WITH opening AS (
    SELECT c.id, c.line_id FROM visits_cycle c WHERE c.during @> %(on)s::date AND c.opened_on IS NULL
), roles AS ({ROLES}), targets AS (
    INSERT INTO visits_calltarget (cycle_id, customer_id, territory_id, tier, visits_due)
    SELECT o.id, cs.customer_id, cs.territory_id, a.tier,
           max((v.document -> 'calls' -> roles.role ->> a.tier)::int)
    FROM opening o
    JOIN customers_customerstatus cs ON cs.line_id = o.line_id AND cs.territory_id IS NOT NULL
    JOIN segmentation_tierassignment a
        ON a.customer_id = cs.customer_id AND a.line_id = cs.line_id AND a.during @> %(on)s::date
    JOIN segmentation_tierpolicyversion v ON v.id = a.version_id
    JOIN roles ON roles.customer_id = cs.customer_id
    GROUP BY o.id, cs.customer_id, cs.territory_id, a.tier
    RETURNING cycle_id
), opened AS (
    UPDATE visits_cycle SET opened_on = %(on)s WHERE id IN (SELECT cycle_id FROM targets)
)
SELECT count(*), count(DISTINCT cycle_id) FROM targets
"""


def open_call_targets(*, on: date) -> dict[str, int]:
    """Open the cycles of `on` that have customers with a tier, and fix their targets. Once per cycle."""
    with connection.cursor() as cursor:
        cursor.execute(_TARGETS, {"on": on})
        targets, cycles = cursor.fetchone()
    return {"targets": targets, "cycles_opened": cycles}
