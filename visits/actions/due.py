"""Last visit, next due date and cycles, over one customer or all: set-based, differences only."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection

from crm.base import prepared
from crm.base.plans import MANY, whole_sets

# A visit that somebody decided to skip is due again on the day that was said then (visits.actions.answers).
_SKIPPED = """
    SELECT customer_id, line_id, max(postponed_to) AS until FROM visits_reminder
    WHERE kind = 'visit_due' AND state = 'dismissed'
      AND (%(some)s::uuid[] IS NULL OR customer_id = ANY (%(some)s::uuid[]))
    GROUP BY customer_id, line_id
"""

# Interval = floor(days of the cycle / visits due), at least one day.
_DUE_ON = """CASE
    WHEN cs.territory_id IS NULL OR coalesce(t.visits_due, 0) = 0 THEN NULL
    ELSE greatest(t.skipped_until, CASE
        WHEN {last} IS NULL THEN lower(t.during)
        ELSE {last} + greatest(1, (upper(t.during) - lower(t.during)) / t.visits_due) END)
END"""

# A customer with targets in a later cycle than that of %(on)s is left alone: a night made up for the past
# does not undo today's plan.
_PLANNED = f"""
    SELECT cs2.id, plan.visits_due, plan.during, skipped.until AS skipped_until, EXISTS (
        SELECT FROM visits_cycle later WHERE later.line_id = cs2.line_id AND lower(later.during) > %(on)s
        AND later.opened_on IS NOT NULL) AS goes_on
    FROM customers_customerstatus cs2
    LEFT JOIN (
        SELECT ct.customer_id, ct.visits_due, c.line_id, c.during FROM visits_calltarget ct
        JOIN visits_cycle c ON c.id = ct.cycle_id WHERE c.during @> %(on)s::date
    ) plan ON plan.customer_id = cs2.customer_id AND plan.line_id = cs2.line_id
    LEFT JOIN ({_SKIPPED}) skipped ON (skipped.customer_id, skipped.line_id) = (cs2.customer_id, cs2.line_id)
    WHERE (%(some)s::uuid[] IS NULL OR cs2.customer_id = ANY (%(some)s::uuid[]))
"""

# What changes is locked in the order in which visits lock (_HOLD). Reads the row's own columns, which are the newest
# even when the statement had to wait for a visit.
_DUE = f"""
WITH t AS MATERIALIZED (
    SELECT t.* FROM ({_PLANNED}) t JOIN customers_customerstatus cs ON cs.id = t.id
    WHERE NOT t.goes_on AND cs.next_due_on IS DISTINCT FROM {_DUE_ON.format(last="cs.last_visit_on")}
    ORDER BY cs.id FOR NO KEY UPDATE OF cs
)
UPDATE customers_customerstatus cs SET next_due_on = {_DUE_ON.format(last="cs.last_visit_on")}
FROM t
WHERE t.id = cs.id AND cs.next_due_on IS DISTINCT FROM {_DUE_ON.format(last="cs.last_visit_on")}
"""

# Before anything is read: whoever waits here for the night (or for another visit) then sees what it wrote.
_HOLD = """
SELECT FROM customers_customerstatus WHERE customer_id = ANY (%(some)s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""

# A promise whose follow-up is kept, dismissed, moved to another day or void is not reminded of any more.
CLOSE_PROMISES = """
UPDATE visits_reminder r SET state = 'done'
WHERE r.kind = 'promise' AND r.state = 'open' AND (%(some)s::uuid[] IS NULL OR r.customer_id = ANY (%(some)s::uuid[]))
  AND NOT EXISTS (SELECT FROM visits_followup f JOIN visits_visit v ON v.id = f.visit_id AND v.state = 'reported'
                  WHERE f.id = r.source_id AND f.customer_id = r.customer_id AND f.state = 'open'
                    AND f.due_on = r.due_on)
"""

# The newest reported visit of each customer, by line, what is due after it, and the reminders that it answers. The
# rows of the statuses are held (_HOLD). What is counted is how many visits due were answered.
_SETTLE = f"""
WITH latest AS MATERIALIZED (
    SELECT DISTINCT ON (a.customer_id, v.line_id) a.customer_id, v.line_id, v.id, v."on" AS on_day
    FROM visits_attendee a JOIN visits_visit v ON v.id = a.visit_id
    WHERE a.customer_id = ANY (%(some)s::uuid[]) AND v.state = 'reported'
    ORDER BY a.customer_id, v.line_id, v."on" DESC, v.reported_at DESC, v.id DESC
), new AS MATERIALIZED (
    SELECT cs.id, cs.customer_id, cs.line_id, latest.id AS visit_id, latest.on_day AS last_visit_on,
           CASE WHEN t.goes_on THEN cs.next_due_on ELSE {_DUE_ON.format(last="latest.on_day")} END AS next_due_on
    FROM ({_PLANNED}) t JOIN customers_customerstatus cs ON cs.id = t.id
    LEFT JOIN latest ON (latest.customer_id, latest.line_id) = (cs.customer_id, cs.line_id)
), settled AS (
    UPDATE customers_customerstatus cs SET last_visit_on = new.last_visit_on, next_due_on = new.next_due_on FROM new
    WHERE new.id = cs.id AND (cs.last_visit_on, cs.next_due_on) IS DISTINCT FROM (new.last_visit_on, new.next_due_on)
), kept AS ({CLOSE_PROMISES}{{reopened}})
UPDATE visits_reminder r SET state = 'done', closed_by_visit = new.visit_id FROM new
WHERE r.kind = 'visit_due' AND r.state = 'open' AND r.customer_id = ANY (%(some)s::uuid[])
  AND (new.customer_id, new.line_id) = (r.customer_id, r.line_id) AND new.last_visit_on IS NOT NULL
  AND (new.next_due_on IS NULL OR new.next_due_on > r.due_on)
"""

# A visit that was voided, or is no longer this customer's, answers nothing: its reminder opens again, unless
# another one is open by now.
_REOPENED = """
), reopened AS (
    UPDATE visits_reminder r SET state = 'open', closed_by_visit = NULL FROM new
    WHERE r.kind = 'visit_due' AND r.state = 'done' AND r.customer_id = ANY (%(some)s::uuid[])
      AND (new.customer_id, new.line_id) = (r.customer_id, r.line_id) AND new.next_due_on <= r.due_on
      AND NOT EXISTS (SELECT FROM visits_visit v JOIN visits_attendee a ON a.visit_id = v.id
                      WHERE v.id = r.closed_by_visit AND v.state = 'reported' AND a.customer_id = r.customer_id)
      AND NOT EXISTS (SELECT FROM visits_reminder o WHERE o.kind = 'visit_due' AND o.state = 'open'
                      AND (o.customer_id, o.line_id) = (r.customer_id, r.line_id))
"""
_ONE_MORE, _CHANGED = _SETTLE.format(reopened=""), _SETTLE.format(reopened=_REOPENED)

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


def refresh_visited(*, customers: Iterable[UUID], on: date, only_more: bool = False, held: bool = False) -> int:
    """After visits to these customers came, changed or went: last visit, next due, and the reminders that
    they answer. Returns how many reminders were closed. `only_more`: there is one visit more and nothing else,
    and, as with `held`, the caller holds the customers' statuses."""
    params: dict[str, Any] = {"some": list(customers), "on": on}
    rows = len(params["some"])
    with connection.cursor() as cursor:
        ask = cursor.execute if rows >= MANY else partial(_ask_of_few, cursor)
        if not (only_more or held):
            hold_statuses(customers)
        with whole_sets(cursor, rows=rows):
            ask(_ONE_MORE if only_more else _CHANGED, params)
            closed = int(cursor.rowcount)
    return closed


def _ask_of_few(cursor: Any, statement: str, params: dict[str, Any]) -> None:
    """With a plan that is kept, and knows that they are named."""
    prepared.execute(cursor, statement.replace("%(some)s::uuid[] IS NULL OR ", ""), params)


def hold_statuses(customers: Iterable[UUID]) -> None:
    """The first lock of whoever changes visits or reminders: nobody waits for another in a ring."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"some": [str(customer) for customer in customers]})


def move_reminders() -> int:
    """Hand open reminders to the territories that hold their customers now."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_REMINDERS)
        return int(cursor.rowcount)


def refresh_due(*, on: date, customers: Iterable[UUID] | None = None) -> int:
    """The next due date of these customers (None: all) by the targets of the cycle of `on`; differences only."""
    some = None if customers is None else [str(customer) for customer in customers]
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"on": on, "some": some})
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
