"""Reading sets of customers. What is due and why stands on higher floors: see `Cycle`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import NullIf

from accounts.models import User
from accounts.queries import below, lines_of
from customers.forms import COMPLETE, NO_TIER
from customers.models import Affiliation, Consent, Customer, RoleAssignment
from customers.queries.completeness import completeness_of
from customers.queries.search import matching

Key = tuple[UUID, UUID]  # customer, line


@dataclass(frozen=True)
class Cycle:
    """What the floor of visits knows of customers: which of them a word of the address means, and
    (visits made, visits due) of each in the cycle of a date. The roof hands it to the pages."""

    words: Mapping[str, Any]
    narrow: Callable[[QuerySet[Customer], str, date], QuerySet[Customer]]
    figures: Callable[[Iterable[UUID], date], dict[Key, tuple[int, int]]]


def listed(user: User) -> QuerySet[Customer]:
    """The customers that `user` sees today, a row for each of his lines in which he sees them, with
    the facts of that line: tier, provisional, territory_name, last_visit_on, next_due_on."""
    in_line = Q(statuses__line__in=lines_of(user))
    seen = in_line & Q(statuses__territory__in=below(user.territory_ids()))
    if user.sees_unheld():
        seen |= in_line & Q(statuses__territory=None) | Q(statuses=None)
    return (
        Customer.objects.for_user(user)
        .current()
        .filter(seen)  # one join; what follows speaks of its row by the names below, never by `statuses` again
        .annotate(
            status_id=F("statuses__pk"),
            tier=NullIf(F("statuses__tier"), Value("")),
            provisional=F("statuses__provisional"),
            line_id=F("statuses__line"),
            line_name=F("statuses__line__name"),
            territory_id=F("statuses__territory"),
            territory_name=F("statuses__territory__name"),
            last_visit_on=F("statuses__last_visit_on"),
            next_due_on=F("statuses__next_due_on"),
        )
    )


def narrowed(rows: QuerySet[Customer], wanted: Mapping[str, Any], on: date) -> QuerySet[Customer]:
    """The rows that the address asks for, but for `due` and `cycle`. `institution` is one that the reader sees."""
    if wanted["q"]:
        rows = rows.filter(_found(wanted["q"], on))
    if tier := wanted["tier"]:
        rows = rows.filter(Q(tier=None if tier == NO_TIER else tier))
    if wanted["kind"]:
        rows = rows.filter(kind=wanted["kind"])
    if wanted["role"]:
        holds = RoleAssignment.objects.filter(person=OuterRef("pk"), role=wanted["role"], during__contains=on)
        rows = rows.filter(Exists(holds))
    if kind := wanted["place_kind"]:
        of_kind = _at(on).filter(is_primary=True, institution__kind=kind)
        rows = rows.filter(Q(institution__kind=kind) | Exists(of_kind))
    if wanted["institution"]:
        rows = rows.filter(Exists(_at(on).filter(institution=wanted["institution"])))
    if wanted["complete"]:
        least, most = COMPLETE[wanted["complete"]]
        rows = with_completeness(rows, on).filter(Q(completeness__range=(least, most)))
    if territory := wanted["territory"]:
        alone = Q(territory_id=territory)
        rows = rows.filter(alone if wanted["alone"] else Q(territory_id__in=below([territory])))
    return rows


def _at(on: date) -> QuerySet[Affiliation]:
    """Where the customer of a row works."""
    return Affiliation.objects.filter(person=OuterRef("pk"), during__contains=on)


def _found(words: str, on: date) -> Q:
    """By name, sound, initials, end of the phone number or a whole external id (docs/search.md), of the
    customer or of the institution at which he works."""
    found = matching(Customer.objects.all(), words)
    places = Affiliation.objects.filter(
        during__contains=on, is_primary=True, institution__customer__in=found.values("pk")
    ).values("person")
    return Q(pk__in=found.values("pk")) | Q(pk__in=places)


def due_filters(on: date) -> dict[str, Q]:
    """The tabs of the list, by their word in the address."""
    return {
        "overdue": Q(next_due_on__lt=on),
        "week": Q(next_due_on__lte=on + timedelta(days=6 - on.weekday())),
        "never": Q(last_visit_on=None),
    }


def with_consent_to_calls(rows: QuerySet[Customer], on: date) -> QuerySet[Customer]:
    agreed = Consent.objects.filter(person=OuterRef("pk"), purpose=Consent.Purpose.PHONE, during__contains=on)
    return rows.annotate(may_be_called=Exists(agreed))


def with_completeness(rows: QuerySet[Customer], on: date) -> QuerySet[Customer]:
    return rows.annotate(completeness=completeness_of(on))


def dress(customers: list[Customer], on: date, *, roles: bool, cycle: Cycle | None) -> list[Customer]:
    """Give each row its affiliation, and what of roles and cycle is wanted, each read once for all rows."""
    ids = {customer.pk for customer in customers}
    places = {a.person_id: a for a in affiliations(ids, on).filter(is_primary=True)}
    labels = _role_labels(ids, on) if roles else {}
    made_and_due = cycle.figures(ids, on) if cycle else {}
    for customer in customers:
        customer.place = places.get(customer.pk)  # type: ignore[attr-defined]
        customer.role_labels = labels.get(customer.pk, [])  # type: ignore[attr-defined]
        customer.made_and_due = made_and_due.get((customer.pk, customer.line_id))  # type: ignore[attr-defined]
    return customers


def _role_labels(people: Iterable[UUID], on: date) -> dict[UUID, list[str]]:
    """The strongest role first, each once."""
    labels: dict[UUID, list[str]] = {}
    roles = RoleAssignment.objects.filter(person__in=people, during__contains=on)
    for role in roles.order_by("-strength", "role", "pk"):
        label = role.get_role_display()
        if label not in labels.setdefault(role.person_id, []):
            labels[role.person_id].append(label)
    return labels


def place_of_row(customer: Customer) -> str:
    """Where somebody of the list works; what an institution is."""
    place = customer.place  # type: ignore[attr-defined]
    if place:
        return " · ".join(filter(None, [place.institution.customer.name, place.department, place.position]))
    return customer.institution.get_kind_display() if customer.kind == Customer.Kind.INSTITUTION else ""


def affiliations(people: Iterable[UUID], on: date) -> QuerySet[Affiliation]:
    """Where these people work on `on`, the primary place first."""
    return (
        Affiliation.objects.filter(person__in=people, during__contains=on)
        .select_related("institution__customer")
        .order_by("-is_primary", "pk")
    )
