"""Amend a visit, or make it void: by its maker, with a reason, never silently. What it was stays in the trail."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import clock, commands
from crm.base.ids import uuid7
from visits.actions.due import refresh_visited
from visits.actions.judging import REPORTED_WITHIN, VisitRefused, judge
from visits.actions.report import TEXTS, VisitReport, row_of
from visits.models import Attendee, FollowUp, Visit

REASON_LENGTH = 300


class ChangedMeanwhile(Exception):
    """Somebody amended the visit since it was opened. Nothing was changed."""

    def __init__(self, visit: Visit) -> None:
        super().__init__(_("This visit was amended meanwhile. Nothing was changed: compare, then save again."))
        self.visit = visit


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """`id` is that of the command; `version` the state that the maker saw. The report holds all that is to
    stand there; its id is that of the visit. None: the visit did not take place."""

    id: UUID
    visit: UUID
    version: int
    reason: str
    report: VisitReport | None

    def as_body(self) -> dict[str, Any]:
        said = self.report.as_body() if self.report else None
        return {"visit": self.visit, "version": self.version, "reason": self.reason, "report": said}


def amend_visit(*, actor: User, amendment: Amendment, at: datetime) -> commands.Receipt:
    """Raises Visit.DoesNotExist where it is not the actor's, VisitRefused, ChangedMeanwhile, OtherBodySameId."""
    return commands.execute(
        command_id=amendment.id,
        kind="visit.amend",
        body=amendment.as_body(),
        actor=actor.pk,
        effect=lambda: _amend(actor, amendment, at),
    )


_REPLACE = """
WITH met AS (
    DELETE FROM visits_attendee WHERE visit_id = %(id)s AND NOT customer_id = ANY (%(customers)s::uuid[])
), frozen AS (
    INSERT INTO visits_attendee (visit_id, customer_id, territory_id)
    SELECT %(id)s, m.customer, m.territory
    FROM unnest(%(customers)s::uuid[], %(frozen)s::uuid[]) WITH ORDINALITY AS m (customer, territory, place)
    ORDER BY m.place
    ON CONFLICT (visit_id, customer_id) DO UPDATE SET territory_id = excluded.territory_id
    WHERE visits_attendee.territory_id IS DISTINCT FROM excluded.territory_id
), dropped AS (
    DELETE FROM visits_visitproduct WHERE visit_id = %(id)s AND NOT product_id = ANY (%(products)s::uuid[])
), talked AS (
    INSERT INTO visits_visitproduct (visit_id, product_id, position, reaction, message)
    SELECT %(id)s, p.product, p.place - 1, p.reaction, p.message
    FROM unnest(%(products)s::uuid[], %(reactions)s::text[], %(messages)s::text[])
         WITH ORDINALITY AS p (product, reaction, message, place)
    ORDER BY p.place
    ON CONFLICT (visit_id, product_id) DO UPDATE
    SET (position, reaction, message) = (excluded.position, excluded.reaction, excluded.message)
    WHERE (visits_visitproduct.position, visits_visitproduct.reaction, visits_visitproduct.message)
          IS DISTINCT FROM (excluded.position, excluded.reaction, excluded.message)
), said AS (
    SELECT f.id FROM visits_followup f
    WHERE f.visit_id = %(id)s AND f.state <> 'dismissed' AND f.customer_id = (
        SELECT a.customer_id FROM visits_attendee a WHERE a.visit_id = %(id)s ORDER BY a.id LIMIT 1)
    ORDER BY f.due_on, f.kind, f.id LIMIT 1
), given_up AS (
    UPDATE visits_followup SET state = 'dismissed'
    WHERE visit_id = %(id)s AND state = 'open'
      AND (kind, customer_id) IS DISTINCT FROM (%(step)s, (%(customers)s::uuid[])[1])
      AND (id = (SELECT id FROM said) OR NOT customer_id = ANY (%(customers)s::uuid[]))
), promised AS (
    INSERT INTO visits_followup (id, visit_id, customer_id, kind, due_on, text, state)
    SELECT %(step_id)s, %(id)s, (%(customers)s::uuid[])[1], %(step)s, %(step_on)s::date, %(step_text)s, 'open'
    WHERE %(step)s <> ''
    ON CONFLICT (visit_id, customer_id, kind) DO UPDATE
    SET (due_on, text, state) = (excluded.due_on, excluded.text,
                                 CASE visits_followup.state WHEN 'done' THEN 'done' ELSE 'open' END)
    WHERE (visits_followup.due_on, visits_followup.text) IS DISTINCT FROM (excluded.due_on, excluded.text)
       OR visits_followup.state = 'dismissed'
)
UPDATE visits_visit SET line_id = %(line)s, territory_id = %(territory)s, place_id = %(place)s, "on" = %(on)s,
    channel = %(channel)s, purpose = %(purpose)s, joint_with_id = %(joint_with)s, needs = %(needs)s,
    objections = %(objections)s, materials = %(materials)s, competitors = %(competitors)s, note = %(note)s,
    amendment = %(reason)s, version = version + 1
WHERE id = %(id)s
"""


# The statuses of all that are or were met are held before the visit is: nobody waits for another in a ring. Whoever
# had to wait here reads the visit as it was left, and with it a version that was not the one seen.
HOLD = """
WITH met AS MATERIALIZED (
    SELECT customer_id FROM visits_attendee WHERE visit_id = %(id)s
), waited AS MATERIALIZED (
    SELECT id FROM customers_customerstatus
    WHERE customer_id = ANY (%(customers)s::uuid[] || ARRAY(SELECT customer_id FROM met))
    ORDER BY id FOR NO KEY UPDATE
)
SELECT v.*, (SELECT time_zone FROM accounts_territory WHERE id = v.territory_id) AS time_zone,
       ARRAY(SELECT customer_id FROM met) AS met
FROM visits_visit v
WHERE (SELECT count(*) FROM waited) >= 0 AND v.id = %(id)s AND v.maker_id = %(maker)s
FOR NO KEY UPDATE
"""

_MAKE_VOID = """
WITH given_up AS (
    UPDATE visits_followup SET state = 'dismissed' WHERE visit_id = %(id)s AND state = 'open'
)
UPDATE visits_visit SET state = 'void', amendment = %(reason)s, version = version + 1 WHERE id = %(id)s
"""


def _amend(actor: User, amendment: Amendment, at: datetime) -> tuple[UUID, dict[str, Any]]:
    after = list(amendment.report.customers) if amendment.report else []
    visit = _hold(actor, amendment.visit, after)
    if visit.state == Visit.State.VOID:
        raise VisitRefused("reason", _("This visit is void. Log it anew if it took place after all."))
    if visit.version != amendment.version:
        raise ChangedMeanwhile(visit)
    if not amendment.reason.strip():
        raise VisitRefused("reason", _("Say why, in a few words."))
    if len(amendment.reason) > REASON_LENGTH:
        raise VisitRefused("reason", _("The reason is too long: at most %d characters fit.") % REASON_LENGTH)
    if amendment.report:
        _replace(actor, amendment, visit, at)
    else:
        with connection.cursor() as cursor:
            cursor.execute(_MAKE_VOID, {"id": visit.pk, "reason": amendment.reason})
    refresh_visited(customers={*visit.met, *after}, on=clock.company_date(at), held=True)
    return visit.pk, {"version": amendment.version + 1}


def _hold(actor: User, pk: UUID, customers: list[UUID]) -> Any:
    """The actor's visit, locked, with whom it `met` and the `time_zone` of its territory."""
    found = next(iter(Visit.objects.raw(HOLD, {"id": pk, "maker": actor.pk, "customers": customers})), None)
    if found is None:
        raise Visit.DoesNotExist
    return found


def _replace(actor: User, amendment: Amendment, visit: Any, at: datetime) -> None:
    assert amendment.report
    report = replace(amendment.report, id=visit.pk)
    since = clock.date_in(visit.time_zone, visit.reported_at)
    if report.on == visit.on:  # what was taken later than that, from a file, stays as good as it was
        since = min(since, visit.on + REPORTED_WITHIN)
    ground = judge(actor, report, at, since=since)
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE, row_of(report, ground) | {"reason": amendment.reason, "step_id": uuid7()})


def promise_of(visit: Visit) -> FollowUp | None:
    """The one that an amendment says anew: the earliest to the first one met. Others, which files bring, stay."""
    first = Attendee.objects.filter(visit=visit.pk).order_by("pk").values("customer")[:1]
    kept = visit.follow_ups.filter(customer=Subquery(first)).exclude(state=FollowUp.State.DISMISSED)
    return kept.order_by("due_on", "kind", "pk").first()


def report_of(visit: Visit) -> dict[str, Any]:
    """What stands there now, by the names of the form's fields."""
    step = promise_of(visit)
    talked = list(visit.products.all())
    entries: dict[str, Any] = {name: getattr(visit, name) for name in TEXTS}
    entries |= {f"reaction-{one.product_id}": one.reaction for one in talked}
    entries |= {f"message-{one.product_id}": one.message for one in talked}
    products = [str(one.product_id) for one in talked]
    return entries | {
        "on": visit.on,
        "channel": visit.channel,
        "products": products,
        "order": ",".join(products),
        "joint_with": visit.joint_with_id,
        "next_step": step.kind if step else "",
        "next_step_on": step.due_on if step else None,
        "next_step_text": step.text if step else "",
    }
