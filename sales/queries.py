"""Reading how far products have come."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from accounts.queries import lines_of
from customers.models import Customer
from sales.models import Listing

_GOOD, _UNDER_WAY = (Listing.State.LISTED,), (Listing.State.REQUESTED, Listing.State.COMMITTEE)
_REFUSED = (Listing.State.REFUSED, Listing.State.DELISTED)


@dataclass
class Way:
    """How far a product has come into an institution: the state of today, and those before it, the first one first."""

    product: str
    now: Listing
    before: list[Listing] = field(default_factory=list)

    @property
    def chip(self) -> str:
        if self.now.state in _REFUSED:
            return "bad"
        if self.now.state in _GOOD:
            return "ok"
        return "due" if self.now.state in _UNDER_WAY else ""


def facts(customer: Customer, user: User, on: date) -> dict[str, Any]:
    """For the page of an institution: the way in of each product of the user's lines."""
    if customer.kind != Customer.Kind.INSTITUTION:
        return {}
    steps = (
        Listing.objects.filter(institution=customer.pk, product__line__in=lines_of(user))
        .exclude(during__startswith__gt=on)
        .select_related("product")
        .order_by("product__name", "product", "during")
    )
    ways: dict[Any, Way] = {}
    for step in steps:
        if way := ways.get(step.product_id):
            way.before.append(way.now)
            way.now = step
        else:
            ways[step.product_id] = Way(step.product.name, step)
    return {"ways": list(ways.values())}
