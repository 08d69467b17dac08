"""The reminders that a night makes, each once, with its reason."""

from datetime import date, timedelta

from django.db import connection

from visits.actions.due import CLOSE_PROMISES

REMINDER_LEAD = timedelta(days=2)  # a night makes those of the two days ahead; pages filter by today
PAPER_LEAD = timedelta(days=30)  # papers and consent take time to renew
BIRTHDAY_LEAD = timedelta(days=7)
REVIEW_LEAD = timedelta(days=3)
PASSED_BY = timedelta(days=14)  # after so long a birthday or a move is no news any more

_INTO = """
INSERT INTO visits_reminder (kind, customer_id, territory_id, line_id, source_id, due_on, reason, state, made_on)
"""

_IS_THERE = "c.merged_into_id IS NULL AND (c.ended_on IS NULL OR c.ended_on > %(on)s)"
# Served by the partial index customer_gone.
_GONE = f"""SELECT c.id FROM customers_customer c
    WHERE (c.merged_into_id IS NOT NULL OR c.ended_on IS NOT NULL) AND NOT ({_IS_THERE})"""

# First what is due and not asked for yet, a handful of many, so that only these are looked at closer. A status that a
# visit is changing is waited for, and then read anew: what was visited is not due any more.
# They are locked in the order in which visits lock them (due._HOLD), so that neither waits for the other in a circle.
# Served by the partial indexes status_by_due and follow_up_open_by_due: cost follows what is due, not what is stored.
_VISITS_DUE = f"""
WITH news AS MATERIALIZED (
    SELECT cs.id FROM customers_customerstatus cs
    WHERE cs.next_due_on <= %(until)s AND cs.territory_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM visits_reminder r WHERE r.kind = 'visit_due' AND r.state = 'open'
                      AND r.customer_id = cs.customer_id AND r.line_id = cs.line_id)
      AND NOT EXISTS (SELECT FROM ({_GONE}) gone WHERE gone.id = cs.customer_id)
)
{_INTO}
SELECT 'visit_due', cs.customer_id,
       cs.territory_id, cs.line_id, cs.line_id, cs.next_due_on,
       jsonb_strip_nulls(jsonb_build_object('tier', nullif(cs.tier, ''), 'last_visit_on', cs.last_visit_on)),
       'open', %(on)s
FROM news JOIN customers_customerstatus cs ON cs.id = news.id
WHERE cs.next_due_on <= %(until)s AND cs.territory_id IS NOT NULL
ORDER BY cs.id
FOR NO KEY UPDATE OF cs
ON CONFLICT DO NOTHING
"""
_PROMISES = f"""{_INTO}
SELECT 'promise', f.customer_id, cs.territory_id, cs.line_id, f.id, f.due_on,
       jsonb_build_object('step', f.kind, 'promised_on', v."on"), 'open', %(on)s
FROM visits_followup f JOIN visits_visit v ON v.id = f.visit_id AND v.state = 'reported'
JOIN customers_customerstatus cs ON cs.customer_id = f.customer_id AND cs.line_id = v.line_id
JOIN customers_customer c ON c.id = f.customer_id AND {_IS_THERE}
WHERE f.state = 'open' AND f.due_on <= %(until)s AND cs.territory_id IS NOT NULL
ORDER BY f.id
ON CONFLICT DO NOTHING
"""

# The newest birthday of a person that was not withdrawn, on the days ahead; who was born on 29 February is
# thought of on the 28th. Served by fact_birthdays.
_BIRTHDAYS = f"""{_INTO}
SELECT 'birthday', f.person_id, cs.territory_id, cs.line_id, f.person_id, ahead.day::date, '{{}}', 'open', %(on)s
FROM generate_series(%(on)s::date, %(birthdays_until)s::date, interval '1 day') AS ahead (day)
JOIN customers_fact f ON f.key = 'birthday' AND f.withdrawn_on IS NULL AND (
    f.value = to_char(ahead.day, 'MM-DD')
    OR f.value = '02-29' AND to_char(ahead.day, 'MM-DD') = '02-28'
       AND to_char(ahead.day + interval '1 day', 'DD') = '01')
JOIN customers_customerstatus cs ON cs.customer_id = f.person_id AND cs.territory_id IS NOT NULL
JOIN customers_customer c ON c.id = f.person_id AND {_IS_THERE}
WHERE NOT EXISTS (SELECT FROM customers_fact newer WHERE newer.person_id = f.person_id AND newer.key = 'birthday'
                  AND newer.withdrawn_on IS NULL AND newer.learned_on > f.learned_on)
ON CONFLICT DO NOTHING
"""

# A paper that ends and that nothing follows. One that ended long before the first night is no news. A consent is asked
# for anew only while it holds: one that was withdrawn has ended, and nobody asks again.
_PAPERS = f"""{_INTO}
SELECT '{{kind}}', cs.customer_id, cs.territory_id, cs.line_id, p.id, upper(p.during) - 1,
       jsonb_build_object('{{what}}', p.{{what}}), 'open', %(on)s
FROM {{table}} p
JOIN customers_customerstatus cs ON cs.customer_id = p.{{of}}_id AND cs.territory_id IS NOT NULL
JOIN customers_customer c ON c.id = cs.customer_id AND {_IS_THERE}
WHERE upper(p.during) BETWEEN %(on)s::date {{since}} AND %(papers_until)s::date + 1
  AND NOT EXISTS (SELECT FROM {{table}} next WHERE (next.{{of}}_id, next.{{what}}) = (p.{{of}}_id, p.{{what}})
                  AND (upper_inf(next.during) OR upper(next.during) > upper(p.during)))
ON CONFLICT DO NOTHING
"""
_LICENCES = _PAPERS.format(kind="licence", table="customers_licence", of="institution", what="kind", since="- 60")
_CONSENTS = _PAPERS.format(kind="consent", table="customers_consent", of="person", what="purpose", since="+ 1")

_REVIEWS = f"""{_INTO}
SELECT 'target_review', t.customer_id, cs.territory_id, cs.line_id, t.id, upper(t.during),
       jsonb_build_object('measure', t.measure), 'open', %(on)s
FROM visits_target t JOIN accounts_territory ground ON ground.id = t.territory_id
JOIN customers_customerstatus cs ON (cs.customer_id, cs.line_id) = (t.customer_id, ground.line_id)
WHERE upper(t.during) BETWEEN %(on)s::date - 60 AND %(reviews_until)s AND t.review = '' AND cs.territory_id IS NOT NULL
ON CONFLICT DO NOTHING
"""

# Somebody works elsewhere since a few days, wherever the news came from.
_MOVES = f"""{_INTO}
SELECT 'customer_moved', a.person_id, cs.territory_id, cs.line_id, a.id, lower(a.during), '{{}}', 'open', %(on)s
FROM customers_affiliation a
JOIN customers_customerstatus cs ON cs.customer_id = a.person_id AND cs.territory_id IS NOT NULL
WHERE a.is_primary AND a.during @> %(on)s::date AND lower(a.during) > %(moved_after)s
  AND EXISTS (SELECT FROM customers_affiliation before
              WHERE before.person_id = a.person_id AND before.is_primary AND before.institution_id <> a.institution_id
                AND upper(before.during) <= lower(a.during))
ON CONFLICT DO NOTHING
"""

# Of whoever is gone nothing is asked any more.
_DISMISS = f"""
WITH gone AS MATERIALIZED ({_GONE})
UPDATE visits_reminder r SET state = 'dismissed' FROM gone WHERE r.state = 'open' AND r.customer_id = gone.id
"""

# What was renewed, looked back on, or has passed by is asked for no more.
_CLOSE = """
UPDATE visits_reminder r SET state = CASE WHEN r.kind IN ('birthday', 'tier_moved', 'customer_moved')
                                          THEN 'dismissed' ELSE 'done' END
WHERE r.state = 'open' AND CASE r.kind
    WHEN 'licence' THEN NOT EXISTS (
        SELECT FROM customers_licence p WHERE p.id = r.source_id AND upper(p.during) - 1 = r.due_on)
        OR EXISTS (SELECT FROM customers_licence p JOIN customers_licence next
            ON (next.institution_id, next.kind) = (p.institution_id, p.kind)
            AND (upper_inf(next.during) OR upper(next.during) > upper(p.during)) WHERE p.id = r.source_id)
    WHEN 'consent' THEN NOT EXISTS (
        SELECT FROM customers_consent p WHERE p.id = r.source_id AND upper(p.during) - 1 = r.due_on)
        OR EXISTS (SELECT FROM customers_consent p JOIN customers_consent next
            ON (next.person_id, next.purpose) = (p.person_id, p.purpose)
            AND (upper_inf(next.during) OR upper(next.during) > upper(p.during)) WHERE p.id = r.source_id)
    WHEN 'target_review' THEN NOT EXISTS (
        SELECT FROM visits_target t WHERE t.id = r.source_id AND t.review = '' AND upper(t.during) = r.due_on)
    WHEN 'birthday' THEN r.due_on < %(moved_after)s
    WHEN 'tier_moved' THEN r.due_on < %(moved_after)s
    WHEN 'customer_moved' THEN r.due_on < %(moved_after)s
    ELSE false END
"""


def make_reminders(*, on: date) -> dict[str, int]:
    """The reminders of the night of `on`, each once. A missed night is made up: nothing is due twice."""
    params = {
        "on": on,
        "until": on + REMINDER_LEAD,
        "birthdays_until": on + BIRTHDAY_LEAD,
        "papers_until": on + PAPER_LEAD,
        "reviews_until": on + REVIEW_LEAD,
        "moved_after": on - PASSED_BY,
        "some": None,
    }
    made = {
        "visits_due": _VISITS_DUE,
        "promises": _PROMISES,
        "birthdays": _BIRTHDAYS,
        "licences": _LICENCES,
        "consents": _CONSENTS,
        "target_reviews": _REVIEWS,
        "customers_moved": _MOVES,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLOSE_PROMISES, params)
        cursor.execute(_DISMISS, params)
        cursor.execute(_CLOSE, params)
        figures = {}
        for kind, statement in made.items():
            cursor.execute(statement, params)
            figures[kind] = cursor.rowcount
    return figures
