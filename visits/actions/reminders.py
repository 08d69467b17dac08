"""The reminders that a night makes."""

from datetime import date, timedelta

from django.db import connection

from visits.actions.due import CLOSE_PROMISES

REMINDER_LEAD = timedelta(days=2)  # a night makes those of the two days ahead; pages filter by today

# A status that a visit is changing is waited for, and then read anew: what was visited is not due any more.
# Served by the partial indexes status_by_due and follow_up_open_by_due: cost follows what is due, not what is stored.
_REMIND_DUE = """
INSERT INTO visits_reminder (kind, customer_id, territory_id, line_id, source_id, due_on, reason, state, made_on)
SELECT 'visit_due', cs.customer_id,
       cs.territory_id, cs.line_id, cs.line_id, cs.next_due_on,
       jsonb_strip_nulls(jsonb_build_object('tier', nullif(cs.tier, ''), 'last_visit_on', cs.last_visit_on)),
       'open', %(on)s
FROM customers_customerstatus cs
WHERE cs.next_due_on <= %(until)s AND cs.territory_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM visits_reminder r WHERE r.kind = 'visit_due' AND r.state = 'open'
                  AND r.customer_id = cs.customer_id AND r.line_id = cs.line_id)
ORDER BY cs.customer_id
FOR NO KEY UPDATE OF cs
ON CONFLICT DO NOTHING
"""
_REMIND_PROMISES = """
INSERT INTO visits_reminder (kind, customer_id, territory_id, line_id, source_id, due_on, reason, state, made_on)
SELECT 'promise', f.customer_id, cs.territory_id, cs.line_id, f.id, f.due_on,
       jsonb_build_object('step', f.kind, 'promised_on', v."on"), 'open', %(on)s
FROM visits_followup f JOIN visits_visit v ON v.id = f.visit_id AND v.state = 'reported'
JOIN customers_customerstatus cs ON cs.customer_id = f.customer_id AND cs.line_id = v.line_id
WHERE f.state = 'open' AND f.due_on <= %(until)s AND cs.territory_id IS NOT NULL
ORDER BY f.id
ON CONFLICT DO NOTHING
"""


def make_reminders(*, on: date) -> dict[str, int]:
    """The reminders of the night of `on`, each once. A missed night is made up: nothing is due twice."""
    params = {"on": on, "until": on + REMINDER_LEAD, "some": None}
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_PROMISES, params)
        cursor.execute(_REMIND_DUE, params)
        due = cursor.rowcount
        cursor.execute(_REMIND_PROMISES, params)
        return {"visits_due": due, "promises": cursor.rowcount}
