"""Log a visit: the one way in for form, file of a phone, and program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from crm.base import clock, commands, prepared
from crm.base.ids import uuid7
from visits.actions.due import refresh_visited
from visits.actions.judging import Ground, judge
from visits.models import Visit

TEXTS = ("purpose", "needs", "objections", "materials", "competitors", "note")


@dataclass(frozen=True, kw_only=True)
class NextStep:
    kind: str
    due_on: date
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitReport:
    """What the maker says of a visit. `id` is made where it is written down: a second send changes nothing.
    Without a `place` it is where the first one met works, if one meets there in person."""

    id: UUID
    on: date
    customers: Sequence[UUID]
    channel: str = Visit.Channel.FACE_TO_FACE
    place: UUID | None = None
    products: Sequence[tuple[UUID, str]] = field(default=())  # (product, reaction), in the order of the talk
    messages: Mapping[UUID, str] = field(default_factory=dict)  # the key message of a product
    note: str = ""
    next_step: NextStep | None = None
    purpose: str = ""
    needs: str = ""
    objections: str = ""
    materials: str = ""
    competitors: str = ""
    joint_with: UUID | None = None

    def as_body(self) -> dict[str, Any]:
        step = self.next_step
        body = {
            "id": self.id,
            "on": self.on,
            "customers": self.customers,
            "channel": self.channel,
            "place": self.place,
            "products": self.products,
            "note": self.note,
            "next_step": [step.kind, step.due_on, step.text] if step else None,
        }
        # What came later stands there only if it says something: what was sent before is still the same.
        more: dict[str, Any] = {name: getattr(self, name) for name in TEXTS if name != "note"}
        more["messages"] = {str(product): text for product, text in self.messages.items() if text}
        more["joint_with"] = self.joint_with
        return body | {name: value for name, value in more.items() if value}


def log_visit(*, actor: User, report: VisitReport, at: datetime) -> commands.Receipt:
    """Store a visit once for ever. Raises VisitRefused (NotHeld), commands.OtherBodySameId."""
    return commands.execute(
        command_id=report.id,
        kind="visit.log",
        body=report.as_body(),
        actor=actor.pk,
        effect=lambda: _store(actor, report, at),
    )


# One statement, however many were met and however much was talked about.
_STORE = """
WITH visit AS (
    INSERT INTO visits_visit (id, maker_id, line_id, territory_id, place_id, "on", channel, purpose, joint_with_id,
                              needs, objections, materials, competitors, note, state, known_on, reported_at, version,
                              amendment)
    VALUES (%(id)s, %(maker)s, %(line)s, %(territory)s, %(place)s, %(on)s, %(channel)s, %(purpose)s, %(joint_with)s,
            %(needs)s, %(objections)s, %(materials)s, %(competitors)s, %(note)s, 'reported', %(known_on)s,
            %(at)s, 1, '')
), met AS (
    INSERT INTO visits_attendee (visit_id, customer_id, territory_id)
    SELECT %(id)s, m.customer, m.territory
    FROM unnest(%(customers)s::uuid[], %(frozen)s::uuid[]) WITH ORDINALITY AS m (customer, territory, place)
    ORDER BY m.place
), talked AS (
    INSERT INTO visits_visitproduct (visit_id, product_id, position, reaction, message)
    SELECT %(id)s, p.product, p.place - 1, p.reaction, p.message
    FROM unnest(%(products)s::uuid[], %(reactions)s::text[], %(messages)s::text[])
         WITH ORDINALITY AS p (product, reaction, message, place)
    ORDER BY p.place
)
INSERT INTO visits_followup (id, visit_id, customer_id, kind, due_on, text, state)
SELECT %(step_id)s, %(id)s, (%(customers)s::uuid[])[1], %(step)s::text, %(step_on)s::date, %(step_text)s, 'open'
WHERE %(step)s::text <> ''
"""


def _store(actor: User, report: VisitReport, at: datetime) -> tuple[UUID, dict[str, Any]]:
    ground = judge(actor, report, at)
    if ground.is_stored:
        raise commands.OtherBodySameId
    on = clock.company_date(at)
    with connection.cursor() as cursor:
        prepared.execute(cursor, _STORE, row_of(report, ground) | {"maker": actor.pk, "known_on": on, "at": at})
    closed = refresh_visited(customers=report.customers, on=on, only_more=True)
    return report.id, {"reminders_closed": closed}


def row_of(report: VisitReport, ground: Ground) -> dict[str, Any]:
    """What a visit is stored as, as parameters."""
    step = report.next_step
    return {
        **{name: getattr(report, name) for name in TEXTS},
        "id": report.id,
        "line": ground.line,
        "territory": ground.territory,
        "place": ground.place,
        "on": report.on,
        "channel": report.channel,
        "joint_with": report.joint_with,
        "customers": list(report.customers),
        "frozen": [ground.frozen[customer] for customer in report.customers],
        "products": [product for product, _reaction in report.products],
        "reactions": [reaction for _product, reaction in report.products],
        "messages": [report.messages.get(product, "") for product, _reaction in report.products],
        "step_id": uuid7(),
        "step": step.kind if step else "",
        "step_on": step.due_on if step else None,
        "step_text": step.text if step else "",
    }
