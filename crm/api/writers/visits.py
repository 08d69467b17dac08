"""Visits, logged and amended by their makers; reminders, answered."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from rest_framework import serializers

from accounts.queries import LOGS_VISITS
from crm.api.resources.customers import EXAMPLE_PERSON
from crm.api.resources.ground import EXAMPLE_PRODUCT
from crm.api.resources.visits import EXAMPLE_VISIT
from crm.api.shapes import Body, Code, Day, Key, Line, Text
from crm.api.writing import Asked, Entered, Writer
from crm.base.ids import uuid7
from customers.models import Customer
from visits.actions import Amendment, NextStep, NotHeld, VisitReport, amend_visit, log_visit
from visits.actions.amend import promise_of
from visits.actions.judging import LENGTHS, MESSAGE_LENGTH, MOST_PEOPLE, MOST_PRODUCTS, STEP_LENGTH
from visits.actions.report import TEXTS
from visits.models import FollowUp, Visit, VisitProduct


class Talk(Body):
    product = Key(help_text="What was talked about.")
    reaction = Code([("", ""), *VisitProduct.Reaction.choices], required=False, default="", help_text="How it went.")
    message = Line(MESSAGE_LENGTH, required=False, default="", help_text="The key message.")


class Step(Body):
    kind = Code(FollowUp.Kind.choices, help_text="What is promised.")
    due_on = Day(help_text="By when: at most a year ahead.")
    text = Text(STEP_LENGTH, required=False, default="", help_text="In words.")


class VisitOther(Body):
    on = Day(help_text="The day on which it took place, at most three days ago.")
    customers = serializers.ListField(
        child=Key(), min_length=1, max_length=MOST_PEOPLE, help_text="Who was met; the promise is the first one's."
    )
    channel = Code(Visit.Channel.choices, required=False, help_text="How; left out: face to face.")
    place = Key(
        required=False,
        allow_null=True,
        help_text="An institution of your territory, or where somebody met works; left out: where the first one works.",
    )
    products = serializers.ListField(
        child=Talk(), max_length=MOST_PRODUCTS, required=False, help_text="What was talked about, in its order."
    )
    purpose = Text(LENGTHS["purpose"], required=False, help_text="What for.")
    needs = Text(LENGTHS["needs"], required=False, help_text="What is needed.")
    objections = Text(LENGTHS["objections"], required=False, help_text="What was objected.")
    materials = Text(LENGTHS["materials"], required=False, help_text="What was left there.")
    competitors = Text(LENGTHS["competitors"], required=False, help_text="What others do.")
    note = Text(LENGTHS["note"], required=False, help_text="Note.")
    joint_with = Key(required=False, allow_null=True, help_text="The manager who came along.")
    next_step = Step(required=False, allow_null=True, help_text="What was promised.")


class VisitNew(VisitOther):
    id = Key(help_text="Made by you, a UUIDv7 by preference: the same id and body again changes nothing.")


class VisitAmended(VisitOther):
    reason = Line(300, help_text="Why it is amended. Always needed.")
    state = Code([("void", "void")], required=False, help_text="It did not take place after all.")


def _log(asked: Asked) -> Entered:
    report = _report(VisitReport(id=asked.values["id"], on=asked.values["on"], customers=[]), asked.values)
    _refuse_outside(asked, report)
    receipt = log_visit(actor=asked.user, report=report, at=asked.at)
    return Entered(receipt.object_id, receipt.again)


def _refuse_outside(asked: Asked, report: VisitReport) -> None:
    """Postings say who may be visited; a token of a subtree means less than they do."""
    if asked.narrowed:
        inside = Customer.objects.for_user(asked.user).filter(pk__in=report.customers).count()
        if inside < len(set(report.customers)):
            raise NotHeld


def _report(before: VisitReport, values: Any) -> VisitReport:
    """`before` with what is given over it."""
    given = {name: values[name] for name in ("on", "customers", "channel", "place", "joint_with") if name in values}
    given |= {name: values[name] for name in TEXTS if name in values}
    if "products" in values:
        given["products"] = [(one["product"], one["reaction"]) for one in values["products"]]
        given["messages"] = {one["product"]: one["message"] for one in values["products"] if one["message"]}
    if "next_step" in values:
        step = values["next_step"]
        given["next_step"] = NextStep(**step) if step else None
    return replace(before, **given)


def _amend(asked: Asked, pk: UUID) -> UUID:
    visit = Visit.objects.prefetch_related("attendees", "products").get(pk=pk, maker=asked.user)
    if asked.values.get("reason") is None:
        raise serializers.ValidationError({"reason": serializers.Field.default_error_messages["required"]})
    void = asked.values.get("state") == Visit.State.VOID
    report = None if void else _report(_stored(visit), asked.values)
    if report:
        _refuse_outside(asked, report)
    amendment = Amendment(
        id=uuid7(),
        visit=pk,
        version=int(asked.state) if asked.state else visit.version,
        reason=asked.values["reason"],
        report=report,
    )
    amend_visit(actor=asked.user, amendment=amendment, at=asked.at)
    return pk


def _stored(visit: Visit) -> VisitReport:
    talked = sorted(visit.products.all(), key=lambda one: one.position)
    step = promise_of(visit)
    return VisitReport(
        id=visit.pk,
        on=visit.on,
        customers=[one.customer_id for one in sorted(visit.attendees.all(), key=lambda one: one.pk)],
        channel=visit.channel,
        place=visit.place_id,
        products=[(one.product_id, one.reaction) for one in talked],
        messages={one.product_id: one.message for one in talked if one.message},
        next_step=NextStep(kind=step.kind, due_on=step.due_on, text=step.text) if step else None,
        joint_with=visit.joint_with_id,
        **{name: getattr(visit, name) for name in TEXTS},
    )


_EXAMPLE = {
    "on": "2026-11-20",
    "customers": [EXAMPLE_PERSON],
    "channel": "face_to_face",
    "products": [{"product": EXAMPLE_PRODUCT, "reaction": "interested", "message": "一天一次"}],
    "note": "想看第二年的数据。",
    "next_step": {"kind": "material", "due_on": "2026-11-27", "text": "带第二年的数据"},
}

VISIT_WRITER = Writer(
    new=VisitNew,
    enter=_log,
    other=VisitAmended,
    change=_amend,
    roles=LOGS_VISITS,
    pointers={"next_step_on": "next_step/due_on"},
    example={"id": EXAMPLE_VISIT, **_EXAMPLE},
    change_example={"note": "想看第二年的数据，另要一份样本。", "reason": "补充需求"},
)
