"""What the page of one customer shows of this floor: lines, places, roles, influence, people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import lines_of
from customers.models import Affiliation, Customer, CustomerStatus, InfluenceLink, RoleAssignment
from customers.queries.lists import affiliations

PEOPLE = 50  # of an institution, on its page


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at an institution, as its page lists people."""

    place: Affiliation
    tier: str
    provisional: bool
    next_due_on: date | None


@dataclass(frozen=True)
class Tie:
    """An influence link seen from one end. Outside the user's ground `customer` is None and `who` names nobody."""

    who: str
    customer: Customer | None
    tier: str
    kind: str
    weight: str


def about(customer: Customer, user: User, on: date) -> dict[str, Any]:
    if customer.kind == Customer.Kind.INSTITUTION:
        people = list(_people_at(customer, user, on))
        statuses = _statuses(user, [customer.pk, *(a.person_id for a in people)])
        return {
            "statuses": statuses.get(customer.pk, []),
            "people": [_colleague(place, statuses.get(place.person_id, [])) for place in people],
        }
    links = list(
        InfluenceLink.objects.filter(
            Q(influencer=customer.pk) | Q(influenced=customer.pk), during__contains=on
        ).order_by("-weight", "pk")
    )
    others = {_other(link, customer) for link in links}
    places: dict[UUID, list[Affiliation]] = {}
    for place in affiliations({customer.pk, *others}, on):
        places.setdefault(place.person_id, []).append(place)
    statuses = _statuses(user, [customer.pk, *others])
    ties = [_tie(link, customer, places, statuses) for link in links]
    return {
        "statuses": statuses.get(customer.pk, []),
        "places": places.get(customer.pk, []),
        "roles": RoleAssignment.objects.filter(person=customer.pk, during__contains=on)
        .select_related("product")
        .order_by("-strength", "role", "pk"),
        "followers": len({link.influenced_id for link in links} - {customer.pk}),
        "sways": [tie for tie, link in zip(ties, links, strict=True) if link.influencer_id == customer.pk],
        "swayed_by": [tie for tie, link in zip(ties, links, strict=True) if link.influenced_id == customer.pk],
    }


def _colleague(place: Affiliation, statuses: list[CustomerStatus]) -> Colleague:
    if not statuses:
        return Colleague(place, "", False, None)
    return Colleague(place, statuses[0].tier, statuses[0].provisional, statuses[0].next_due_on)


def _other(link: InfluenceLink, customer: Customer) -> UUID:
    return link.influenced_id if link.influencer_id == customer.pk else link.influencer_id


def _statuses(user: User, ids: Iterable[UUID]) -> dict[UUID, list[CustomerStatus]]:
    """By customer, of those that `user` sees, in his lines."""
    seen = Customer.objects.for_user(user).filter(pk__in=list(ids)).values("pk")
    found: dict[UUID, list[CustomerStatus]] = {}
    for status in (
        CustomerStatus.objects.filter(customer__in=seen, line__in=lines_of(user))
        .select_related("customer", "line", "territory")
        .order_by("line__name", "pk")
    ):
        found.setdefault(status.customer_id, []).append(status)
    return found


def _tie(
    link: InfluenceLink,
    customer: Customer,
    places: dict[UUID, list[Affiliation]],
    statuses: dict[UUID, list[CustomerStatus]],
) -> Tie:
    other = _other(link, customer)
    kind, weight = link.get_kind_display(), f"{link.weight / 1000:.2g}"
    if seen := statuses.get(other):
        return Tie(seen[0].customer.name, seen[0].customer, seen[0].tier, kind, weight)
    here = {place.institution_id for place in places.get(customer.pk, [])}
    theirs = places.get(other, [])
    if theirs and theirs[0].institution_id in here:
        where = _("%(position)s at the same institution")
    else:
        where = _("%(position)s at another institution")
    position = (theirs and theirs[0].position) or _("A person")
    return Tie(where % {"position": position}, None, "", kind, "")


def _people_at(institution: Customer, user: User, on: date) -> Iterable[Affiliation]:
    return (
        Affiliation.objects.filter(
            institution=institution.pk,
            during__contains=on,
            person__customer__in=Customer.objects.for_user(user).current().values("pk"),
        )
        .select_related("person__customer")
        .order_by("department", "person__customer__name", "pk")[:PEOPLE]
    )
