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

# Interval = floor(days of the cycle / visits due), at least one day. A customer with targets in a later
# cycle than that of %(on)s is left alone: a night made up for the past does not undo today's plan.
_DUE = """
UPDATE customers_customerstatus cs SET next_due_on = wanted.due_on
FROM (
    SELECT cs2.id, CASE
        WHEN cs2.territory_id IS NULL OR coalesce(t.visits_due, 0) = 0 THEN NULL
        WHEN cs2.last_visit_on IS NULL THEN lower(t.during)
        ELSE cs2.last_visit_on + greatest(1, (upper(t.during) - lower(t.during)) / t.visits_due)
    END AS due_on
    FROM customers_customerstatus cs2
    LEFT JOIN (
        SELECT ct.customer_id, ct.visits_due, c.line_id, c.during FROM visits_calltarget ct
        JOIN visits_cycle c ON c.id = ct.cycle_id WHERE c.during @> %(on)s::date
    ) t ON t.customer_id = cs2.customer_id AND t.line_id = cs2.line_id
    WHERE (%(some)s::uuid[] IS NULL OR cs2.customer_id = ANY (%(some)s::uuid[]))
      AND NOT EXISTS (
          SELECT FROM visits_cycle later
          WHERE later.line_id = cs2.line_id AND lower(later.during) > %(on)s AND later.opened_on IS NOT NULL)
) wanted
WHERE wanted.id = cs.id AND cs.next_due_on IS DISTINCT FROM wanted.due_on
"""

_CLOSE_VISIT_DUE = """
UPDATE visits_reminder r SET state = 'done', closed_by_visit = %(visit)s
FROM customers_customerstatus cs
WHERE r.kind = 'visit_due' AND r.state = 'open' AND r.customer_id = ANY (%(some)s::uuid[])
  AND (cs.customer_id, cs.line_id) = (r.customer_id, r.line_id) AND cs.last_visit_on IS NOT NULL
  AND (cs.next_due_on IS NULL OR cs.next_due_on > r.due_on)
"""


def refresh_visited(*, customers: Iterable[UUID], on: date, visit: UUID | None = None) -> int:
    """After visits to these customers: last visit, next due, and the reminders that they answer.
    Returns how many reminders were closed."""
    params: dict[str, Any] = {"some": [str(customer) for customer in customers], "on": on, "visit": visit}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_VISITS, params)
        cursor.execute(_DUE, params)
        cursor.execute(_CLOSE_VISIT_DUE, params)
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
