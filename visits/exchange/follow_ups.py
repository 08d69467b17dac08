"""Files of promises and reminders."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Day, Text
from crm.base.exchange.copies import COPIED, KEY, NUMBER, Document, Key36
from crm.base.exchange.kinds import Check, Derived, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns
from customers.models import Consent, Licence
from visits.actions import refresh_visited
from visits.exchange.shared import too_far_ahead
from visits.models import FollowUp, Reminder, Target


def _write_follow_ups(stage: Stage) -> None:
    stage.upsert(
        "visits_followup",
        {
            "visit_id": "s.visit",
            "customer_id": "s.customer",
            "kind": "s.kind",
            "due_on": "s.due_on",
            "text": "s.text",
            "state": "s.state",
        },
    )
    stage.run("SELECT DISTINCT customer FROM stage WHERE verdict <> 'same'")
    refresh_visited(customers=[row[0] for row in stage.cursor.fetchall()], on=stage.today)


FOLLOW_UPS = Kind(
    name="follow_ups",
    title=_("Promises"),
    columns=(
        Reference(name="visit", help=_("made in which visit"), to="visit", required=True),
        PERSON,
        INSTITUTION,
        Code(name="kind", help=_("what was promised"), required=True, of=FollowUp.Kind),
        Day(name="due_on", help=_("by when"), required=True),
        Text(name="text", help=_("in words"), max_length=500),
        Code(name="state", help=_("open, done or dismissed"), of=FollowUp.State, default="open"),
        KEY,
    ),
    key=("visit", "customer", "kind"),
    derived=(CUSTOMER,),
    current=f"""
        SELECT f.id AS row_id, f.visit_id AS visit, f.customer_id AS customer, {customer_columns("f.customer_id")},
               f.kind, f.due_on, f.text, f.state
        FROM visits_followup f
    """,
    checks=(
        ONE_CUSTOMER,
        Check(
            "person",
            "NOT EXISTS (SELECT FROM visits_attendee a WHERE (a.visit_id, a.customer_id) = (s.visit, s.customer))",
            _("was not met in this visit."),
        ),
        Check(
            "due_on",
            's.due_on < (SELECT v."on" FROM visits_visit v WHERE v.id = s.visit)',
            _("lies before the visit."),
        ),
    ),
    judged=(too_far_ahead("due_on", is_copied="s.rounds_row IS NOT NULL"),),
    write=_write_follow_ups,
    carries=("visits.FollowUp",),
)


def _find_sources(stage: Stage) -> None:
    """What a reminder speaks of: the promise of a visit, the line of a visit due, else what the file says."""
    stage.run("UPDATE stage s SET line_id = (SELECT l.id FROM accounts_line l WHERE l.code = s.line)")
    stage.run(
        """UPDATE stage s SET source = CASE
               WHEN s.kind = 'visit_due' THEN s.line_id::text
               WHEN s.kind = 'promise' THEN coalesce(
                   (SELECT f.id::text FROM visits_followup f WHERE (f.visit_id, f.customer_id, f.kind)
                       = (s.visit, s.customer, s.next_step)), s.source)
               WHEN s.kind IN ('birthday') THEN s.customer::text
               ELSE s.source END"""
    )
    stage.run(
        f"""UPDATE stage s SET row_id = c.row_id, verdict = 'same' FROM ({REMINDERS.current}) c
            WHERE (c.kind, c.customer, c.line, c.source, c.due_on) = (s.kind, s.customer, s.line, s.source, s.due_on)"""
    )


def _write_reminders(stage: Stage) -> None:
    stage.upsert(
        "visits_reminder",
        {
            "kind": "s.kind",
            "customer_id": "s.customer",
            "territory_id": "s.territory",
            "line_id": "s.line_id",
            "source_id": "s.source::uuid",
            "due_on": "s.due_on",
            "reason": "coalesce(s.reason, '{}')",
            "state": "s.state",
            "made_on": "s.made_on",
            "closed_by_visit": "s.closed_by",
            "postponed_to": "s.postponed_to",
            "answer": "s.answer",
        },
    )


def _said(word: str, choices: Iterable[str]) -> str:
    """SQL: the reason names one of these."""
    return f"s.reason->>'{word}' IN ({', '.join(repr(str(choice)) for choice in choices)})"


_ISO_DAY = r"'^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$'"
# What visits.words must find in the reason to say it in a sentence.
_SAYABLE = f"""coalesce(jsonb_typeof(s.reason), 'object') = 'object' AND coalesce(CASE s.kind
    WHEN 'visit_due' THEN s.reason->>'last_visit_on' IS NULL OR s.reason->>'last_visit_on' ~ {_ISO_DAY}
    WHEN 'promise' THEN s.reason->>'promised_on' ~ {_ISO_DAY}
    WHEN 'licence' THEN {_said("kind", Licence.Kind.values)}
    WHEN 'consent' THEN {_said("purpose", Consent.Purpose.values)}
    WHEN 'target_review' THEN {_said("measure", Target.Measure.values)}
    WHEN 'tier_moved' THEN {_said("from", "ABC")} AND {_said("to", "ABC")}
    ELSE true END, false)"""

REMINDERS = Kind(
    name="reminders",
    title=_("Reminders"),
    columns=(
        Code(name="kind", help=_("what for"), required=True, of=Reminder.Kind),
        PERSON,
        INSTITUTION,
        Reference(name="territory", help=_("whose"), to="territory", required=True),
        Text(name="line", help=_("code of the line"), required=True, max_length=32),
        Day(name="due_on", help=_("by when"), required=True),
        Code(name="state", help=_("open, done or dismissed"), required=True, of=Reminder.State),
        Day(name="made_on", help=_("by the night of"), required=True),
        Day(name="postponed_to", help=_("put off until")),
        Text(name="answer", help=_("why it was put off or dismissed"), max_length=300),
        Reference(name="visit", help=_("of a promise: made in which visit"), to="visit"),
        Code(name="next_step", help=_("and what was promised"), of=FollowUp.Kind),
        Reference(name="closed_by", help=_("the visit that answered it"), to="visit"),
        Document(name="reason", help=_("why it was made")),
        Key36(name="source", help=_("key of the row that it speaks of")),
        NUMBER,
    ),
    key=("kind", "customer", "line", "due_on", "source", "visit", "next_step"),
    derived=(CUSTOMER, Derived("line_id", "uuid", "NULL")),
    row_id="bigint",
    current=f"""
        SELECT r.id AS row_id, r.kind, r.customer_id AS customer, {customer_columns("r.customer_id")},
               r.territory_id AS territory, l.code AS line, r.due_on, r.state, r.made_on, r.postponed_to, r.answer,
               f.visit_id AS visit, coalesce(f.kind, '') AS next_step, v.id AS closed_by, r.reason,
               r.source_id::text AS source
        FROM visits_reminder r JOIN accounts_line l ON l.id = r.line_id
        LEFT JOIN visits_followup f ON r.kind = 'promise' AND f.id = r.source_id
        LEFT JOIN visits_visit v ON v.id = r.closed_by_visit
    """,
    prepare=_find_sources,
    checks=(
        ONE_CUSTOMER,
        Check("line", "s.line_id IS NULL", _("{value} is not a line; import it first."), "s.line"),
        Check("reason", f"NOT ({_SAYABLE})", _("does not say what a reminder of this kind tells.")),
        Check("source", "s.source = ''", _("names no row that Rounds knows; load visits and promises first.")),
    ),
    write=_write_reminders,
    judged=(COPIED,),
    only="c.made_on <= %(on)s",
    shown={"source": "CASE WHEN c.kind IN ('visit_due', 'promise', 'birthday') THEN NULL ELSE c.source END"},
    carries=("visits.Reminder",),
)
