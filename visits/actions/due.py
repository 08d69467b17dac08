"""Last visit, next due date and cycles, over one customer or all: set-based, differences only."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

# The newest reported visit of each customer, by line.
_LAST_VISITS = """
UPDATE customers_customerstatus cs SET last_visit_on = latest.on_day
FROM (SELECT cs2.id, max(v."on") AS on_day FROM customers_customerstatus cs2
      LEFT JOIN visits_attendee a ON a.customer_id = cs2.customer_id
      LEFT JOIN visits_visit v ON v.id = a.visit_id AND v.line_id = cs2.line_id AND v.state = 'reported'
      WHERE cs2.customer_id = ANY (%(some)s::uuid[]) GROUP BY cs2.id) latest
WHERE latest.id = cs.id AND cs.last_visit_on IS DISTINCT FROM latest.on_day
"""

# Interval = floor(days of the cycle / visits due), at least one day. Reads the row's own columns, which are
# the newest even when the statement had to wait for a visit that is being logged.
_DUE_ON = """CASE
    WHEN cs.territory_id IS NULL OR coalesce(t.visits_due, 0) = 0 THEN NULL
    WHEN cs.last_visit_on IS NULL THEN lower(t.during)
    ELSE cs.last_visit_on + greatest(1, (upper(t.during) - lower(t.during)) / t.visits_due)
END"""

# A customer with targets in a later cycle than that of %(on)s is left alone: a night made up for the past
# does not undo today's plan.
_DUE = f"""
UPDATE customers_customerstatus cs SET next_due_on = {_DUE_ON}
FROM (
    SELECT cs2.id, plan.visits_due, plan.during
    FROM customers_customerstatus cs2
    LEFT JOIN (
        SELECT ct.customer_id, ct.visits_due, c.line_id, c.during FROM visits_calltarget ct
        JOIN visits_cycle c ON c.id = ct.cycle_id WHERE c.during @> %(on)s::date
    ) plan ON plan.customer_id = cs2.customer_id AND plan.line_id = cs2.line_id
    WHERE (%(some)s::uuid[] IS NULL OR cs2.customer_id = ANY (%(some)s::uuid[]))
      AND NOT EXISTS (
          SELECT FROM visits_cycle later
          WHERE later.line_id = cs2.line_id AND lower(later.during) > %(on)s AND later.opened_on IS NOT NULL)
) t
WHERE t.id = cs.id AND cs.next_due_on IS DISTINCT FROM {_DUE_ON}
"""

# Before anything is read: whoever waits here for the night (or for another visit) then sees what it wrote.
_HOLD = """
SELECT FROM customers_customerstatus WHERE customer_id = ANY (%(some)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""

# A visit that was voided, or is no longer this customer's, answers nothing: its reminder opens again, unless
# another one is open by now.
_REOPEN_VISIT_DUE = """
UPDATE visits_reminder r SET state = 'open', closed_by_visit = NULL
FROM customers_customerstatus cs
WHERE r.kind = 'visit_due' AND r.state = 'done' AND r.customer_id = ANY (%(some)s::uuid[])
  AND (cs.customer_id, cs.line_id) = (r.customer_id, r.line_id) AND cs.next_due_on <= r.due_on
  AND NOT EXISTS (SELECT FROM visits_visit v JOIN visits_attendee a ON a.visit_id = v.id
                  WHERE v.id = r.closed_by_visit AND v.state = 'reported' AND a.customer_id = r.customer_id)
  AND NOT EXISTS (SELECT FROM visits_reminder o WHERE o.kind = 'visit_due' AND o.state = 'open'
                  AND (o.customer_id, o.line_id) = (r.customer_id, r.line_id))
"""

_CLOSE_VISIT_DUE = """
UPDATE visits_reminder r SET state = 'done', closed_by_visit = (
    SELECT v.id FROM visits_visit v JOIN visits_attendee a ON a.visit_id = v.id
    WHERE a.customer_id = r.customer_id AND v.line_id = r.line_id AND v.state = 'reported'
    ORDER BY v."on" DESC, v.reported_at DESC, v.id DESC LIMIT 1)
FROM customers_customerstatus cs
WHERE r.kind = 'visit_due' AND r.state = 'open' AND r.customer_id = ANY (%(some)s::uuid[])
  AND (cs.customer_id, cs.line_id) = (r.customer_id, r.line_id) AND cs.last_visit_on IS NOT NULL
  AND (cs.next_due_on IS NULL OR cs.next_due_on > r.due_on)
"""

# A promise whose follow-up is kept, dismissed, moved to another day or void is not reminded of any more.
CLOSE_PROMISES = """
UPDATE visits_reminder r SET state = 'done'
WHERE r.kind = 'promise' AND r.state = 'open' AND (%(some)s::uuid[] IS NULL OR r.customer_id = ANY (%(some)s::uuid[]))
  AND NOT EXISTS (SELECT FROM visits_followup f JOIN visits_visit v ON v.id = f.visit_id AND v.state = 'reported'
                  WHERE f.id = r.source_id AND f.customer_id = r.customer_id AND f.state = 'open'
                    AND f.due_on = r.due_on)
"""

# Reminders belong to whoever holds the customer; on nobody's ground nothing falls due.
_MOVE_REMINDERS = """
WITH gone AS (
    DELETE FROM visits_reminder r USING customers_customerstatus cs
    WHERE r.state = 'open' AND (cs.customer_id, cs.line_id) = (r.customer_id, r.line_id) AND cs.territory_id IS NULL
)
UPDATE visits_reminder r SET territory_id = cs.territory_id FROM customers_customerstatus cs
WHERE r.state = 'open' AND (cs.customer_id, cs.line_id) = (r.customer_id, r.line_id)
  AND cs.territory_id IS NOT NULL AND cs.territory_id <> r.territory_id
"""


def refresh_visited(*, customers: Iterable[UUID], on: date) -> int:
    """After visits to these customers came, changed or went: last visit, next due, and the reminders that
    they answer. Returns how many reminders were closed."""
    params: dict[str, Any] = {"some": [str(customer) for customer in customers], "on": on}
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, params)
        cursor.execute(_LAST_VISITS, params)
        cursor.execute(_DUE, params)
        cursor.execute(_REOPEN_VISIT_DUE, params)
        cursor.execute(CLOSE_PROMISES, params)
        cursor.execute(_CLOSE_VISIT_DUE, params)
        return int(cursor.rowcount)


def move_reminders() -> int:
    """Hand open reminders to the territories that hold their customers now."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_REMINDERS)
        return int(cursor.rowcount)


def refresh_due(*, on: date) -> int:
    """The next due date of every customer by the targets of the cycle of `on`; differences only."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"on": on, "some": None})
        return int(cursor.rowcount)


def open_cycles(*, on: date) -> None:
    """Every line with people has a cycle on `on`: the calendar month, where operations planned none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO visits_cycle (line_id, during)
               SELECT l.id, month.during FROM accounts_line l,
               (SELECT daterange(date_trunc('month', %(on)s::date)::date,
                                 (date_trunc('month', %(on)s::date) + interval '1 month')::date) AS during) month
               WHERE EXISTS (SELECT FROM accounts_territory t WHERE t.line_id = l.id)
                 AND NOT EXISTS (SELECT FROM visits_cycle c WHERE c.line_id = l.id AND c.during && month.during)""",
            {"on": on},
        )
