"""Log a visit: the one way in for form, file of a phone, and program."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Posting, Product, TerritoryPath, User
from crm.base import clock, commands
from customers.models import Customer, Institution
from visits.actions.due import refresh_visited
from visits.models import Attendee, FollowUp, Visit, VisitProduct

NOTE_LENGTH, STEP_LENGTH = 4000, 500


class VisitRefused(Exception):
    """A visit that can't be stored. `field` is the form's field; the text says what to do. Nothing was changed."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class NotHeld(VisitRefused):
    """No posting of the maker held one of these customers on that day."""

    def __init__(self) -> None:
        super().__init__(
            "customers",
            _("On that day this customer was not in your territory. Check the date, or ask your manager."),
        )


@dataclass(frozen=True, kw_only=True)
class NextStep:
    kind: str
    due_on: date
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitReport:
    """What the maker says of a visit. `id` is made where it is written down: a second send changes nothing."""

    id: UUID
    on: date
    customers: Sequence[UUID]
    channel: str = Visit.Channel.FACE_TO_FACE
    place: UUID | None = None
    products: Sequence[tuple[UUID, str]] = field(default=())  # (product, reaction), in the order of the talk
    note: str = ""
    next_step: NextStep | None = None

    def as_body(self) -> dict[str, Any]:
        step = self.next_step
        return {
            "id": str(self.id),
            "on": self.on.isoformat(),
            "customers": [str(customer) for customer in self.customers],
            "channel": self.channel,
            "place": str(self.place) if self.place else None,
            "products": [[str(product), reaction] for product, reaction in self.products],
            "note": self.note,
            "next_step": [step.kind, step.due_on.isoformat(), step.text] if step else None,
        }


def log_visit(*, actor: User, report: VisitReport, at: datetime) -> commands.Receipt:
    """Store a visit once for ever. Raises VisitRefused (NotHeld), commands.OtherBodySameId."""
    return commands.execute(
        command_id=report.id,
        kind="visit.log",
        body=report.as_body(),
        actor=actor.pk,
        effect=lambda: _store(actor, report, at),
    )


def _store(actor: User, report: VisitReport, at: datetime) -> tuple[UUID, dict[str, Any]]:
    _check_words(report)
    posting, frozen = _posting_for(actor, report)
    if report.on > clock.date_in(posting.territory.time_zone, at):
        raise VisitRefused("on", _("A visit can't lie in the future. Enter the day on which it took place."))
    if report.next_step and report.next_step.due_on < report.on:
        raise VisitRefused("next_step_on", _("The next step can't lie before the visit."))
    if report.place and not Institution.objects.filter(pk=report.place).exists():
        raise VisitRefused("place", _("This place is not known."))
    _check_products(report, posting)
    visit = Visit.objects.create(
        id=report.id,
        maker=actor,
        line_id=posting.territory.line_id,
        territory_id=posting.territory_id,
        place_id=report.place,
        on=report.on,
        channel=report.channel,
        note=report.note,
        known_on=clock.company_date(at),
    )
    Attendee.objects.bulk_create(
        Attendee(visit=visit, customer_id=customer, territory_id=frozen[customer]) for customer in report.customers
    )
    VisitProduct.objects.bulk_create(
        VisitProduct(visit=visit, product_id=product, reaction=reaction, position=position)
        for position, (product, reaction) in enumerate(report.products)
    )
    if report.next_step:
        FollowUp.objects.create(
            visit=visit,
            customer_id=report.customers[0],
            kind=report.next_step.kind,
            due_on=report.next_step.due_on,
            text=report.next_step.text,
        )
    closed = refresh_visited(customers=report.customers, on=clock.company_date(at))
    return visit.pk, {"reminders_closed": closed}


def _check_words(report: VisitReport) -> None:
    """What a form offers, a program may still get wrong."""
    if not report.customers:
        raise VisitRefused("customers", _("Say whom you met."))
    if len(set(report.customers)) < len(report.customers):
        raise VisitRefused("customers", _("Somebody is named twice."))
    known = Customer.objects.filter(pk__in=report.customers, merged_into=None)
    if known.filter(Q(ended_on=None) | Q(ended_on__gt=report.on)).count() < len(report.customers):
        raise NotHeld
    if report.channel not in Visit.Channel.values:
        raise VisitRefused("channel", _("This way of visiting is not known."))
    if any(reaction and reaction not in VisitProduct.Reaction.values for _product, reaction in report.products):
        raise VisitRefused("products", _("This reaction is not known."))
    if len(report.note) > NOTE_LENGTH:
        raise VisitRefused("note", _("The note is too long: at most %d characters fit.") % NOTE_LENGTH)
    step = report.next_step
    if step and (step.kind not in FollowUp.Kind.values or len(step.text) > STEP_LENGTH):
        raise VisitRefused("next_step", _("The next step is not known, or its text is too long."))
    if Visit.objects.filter(pk=report.id).exists():
        raise commands.OtherBodySameId


def _posting_for(actor: User, report: VisitReport) -> tuple[Posting, dict[UUID, UUID]]:
    """The posting under which the visit was made, and each customer's territory on that day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, territory_id FROM customers_held(%s) WHERE customer_id = ANY (%s::uuid[])",
            [report.on, [str(customer) for customer in report.customers]],
        )
        held = cursor.fetchall()
    postings = (
        Posting.objects.filter(
            user=actor, role__in=[Posting.Role.REP, Posting.Role.MANAGER], during__contains=report.on
        )
        .select_related("territory")
        .order_by("-role", "id")  # a rep's own territory before a manager's subtree
    )
    for posting in postings:
        below = set(TerritoryPath.objects.filter(ancestor=posting.territory_id).values_list("descendant", flat=True))
        frozen = {customer: territory for customer, territory in held if territory in below}
        if set(report.customers) <= frozen.keys():
            return posting, frozen
    raise NotHeld


def _check_products(report: VisitReport, posting: Posting) -> None:
    asked = {product for product, _reaction in report.products}
    known = Product.objects.filter(pk__in=asked, line=posting.territory.line_id).count()
    if known < len(asked) or len(asked) < len(report.products):
        raise VisitRefused("products", _("One of the products is not carried in this line, or is named twice."))
