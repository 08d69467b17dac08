"""What the page of one customer shows of this floor. Most of it comes with the customer (`opened`)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Window
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import lines_of
from customers.models import Affiliation, Customer, CustomerStatus, InfluenceLink, RoleAssignment
from customers.queries.drawing import drawings
from customers.queries.known import known_of, potential_of
from customers.queries.lists import affiliations
from customers.queries.opened import roles_of
from customers.queries.places import institution_of
from customers.queries.surroundings import Near, Tie, surroundings, with_farther

PEOPLE = 50  # of an institution, on its page


@dataclass(frozen=True)
class Colleague:
    """Somebody who works at an institution, as its page lists people."""

    place: Affiliation
    roles: list[str]
    decides: bool
    tier: str
    provisional: bool
    next_due_on: date | None


def about(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """Of a customer that was `opened`."""
    context = {"potential": potential_of(customer), "may_keep": customer.may_keep}  # type: ignore[attr-defined]
    if customer.kind == Customer.Kind.INSTITUTION:
        return context | institution_of(customer, on) | _people(customer, user, on)
    return context | known_of(customer, on) | _ties(customer, user, on) | {"roles": roles_of(customer)}


def _people(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """Who works at an institution, and which of them decide what comes into it."""
    places = list(_people_at(customer, user, on))
    statuses = _statuses(user, [customer.pk, *(place.person_id for place in places)])
    people = [_colleague(place, statuses.get(place.person_id, [])) for place in places]
    return {
        "statuses": statuses.get(customer.pk, []),
        "people": people,
        "people_known": places[0].known if places else 0,  # type: ignore[attr-defined]
        "deciders": [one for one in people if one.decides],
    }


def _ties(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """Where a person works, whom he sways and who sways him."""
    of_it = InfluenceLink.objects.filter(Q(influencer=customer.pk) | Q(influenced=customer.pk), during__contains=on)
    links = list(with_farther(of_it, customer, user, on))
    others = {_other(link, customer) for link in links}
    places: dict[UUID, list[Affiliation]] = {}
    for place in affiliations({customer.pk, *others}, on):
        places.setdefault(place.person_id, []).append(place)
    statuses = _statuses(user, [customer.pk, *others])
    ties = [_tie(link, customer, places, statuses) for link in links]
    both = sorted(zip(ties, links, strict=True), key=lambda pair: pair[0].rank)
    sways = [tie for tie, link in both if link.influencer_id == customer.pk]
    swayed_by = [tie for tie, link in both if link.influenced_id == customer.pk]
    held = statuses.get(customer.pk, [])
    around = surroundings(Near(customer.name, customer.pk, held[0].tier if held else ""), sways, swayed_by)
    return {
        "statuses": held,
        "places": places.get(customer.pk, []),
        "ties": len(ties),
        "followers": len({link.influenced_id for link in links} - {customer.pk}),
        "followed": len({link.influencer_id for link in links} - {customer.pk}),
        "closest": around.closest if around else "",
        "drawings": drawings(around) if around else [],
        "sways": sways,
        "swayed_by": swayed_by,
    }


def _colleague(place: Affiliation, statuses: list[CustomerStatus]) -> Colleague:
    codes: list[str] = place.role_codes  # type: ignore[attr-defined]
    status = statuses[0] if statuses else None
    return Colleague(
        place=place,
        roles=[str(RoleAssignment.Role(code).label) for code in codes],
        decides=RoleAssignment.Role.DECISION_MAKER in codes,
        tier=status.tier if status else "",
        provisional=bool(status and status.provisional),
        next_due_on=status.next_due_on if status else None,
    )


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
    kind = link.get_kind_display()
    if seen := statuses.get(other):
        who, tier = seen[0].customer, seen[0].tier
        tie = Tie(who.name, kind, link.pk, other, who, tier, link.weight)
        follows = link.influencer_id == customer.pk
        return replace(tie, farther=link.farther, known=link.known) if follows else tie  # type: ignore[attr-defined]
    here = {place.institution_id for place in places.get(customer.pk, [])}
    theirs = places.get(other, [])
    if theirs and theirs[0].institution_id in here:
        where = _("%(position)s at the same institution")
    else:
        where = _("%(position)s at another institution")
    position = (theirs and theirs[0].position) or _("A person")
    return Tie(where % {"position": position}, kind, link.pk, other)


def _people_at(institution: Customer, user: User, on: date) -> Iterable[Affiliation]:
    """The first of them by department, each with his roles, and how many there are (`known`)."""
    roles = RoleAssignment.objects.filter(person=OuterRef("person"), during__contains=on)
    return (
        Affiliation.objects.filter(
            institution=institution.pk,
            during__contains=on,
            person__customer__in=Customer.objects.for_user(user).current().values("pk"),
        )
        .select_related("person__customer")
        .annotate(
            known=Window(Count("pk")),
            role_codes=ArraySubquery(roles.order_by("role").values("role").distinct()),
        )
        .order_by("department", "person__customer__name", "pk")[:PEOPLE]
    )
