"""Tiers with their reasons."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import Line, User
from accounts.queries import lines_of
from crm.api.registry import ID, NUMBER, YES_NO, Field, Filter, Order, Resource, one_of
from crm.api.resources.customers import EXAMPLE_PERSON, is_meant
from crm.api.resources.ground import EXAMPLE_LINE
from crm.api.resources.relations import ON, during
from customers.models import Customer, CustomerStatus


def _seen(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "customers": Customer.objects.for_user(user).values("pk"),
        "lines": Line.objects.filter(pk__in=lines_of(user)).values("pk"),
    }


_TIER = one_of(CustomerStatus.Tier.values)

TIERS = Resource(
    name="tiers",
    one="tier",
    tag="Tiers",
    scope="tiers",
    help="Which tier a customer had when, and what it followed from. Nights decide; nobody enters a tier.",
    rows="segmentation_tierassignment r JOIN segmentation_tierpolicyversion v ON v.id = r.version_id",
    where="r.customer_id IN {customers} AND r.line_id IN {lines} AND NOT isempty(r.during)",
    seen=_seen,
    key="r.id",
    key_shape=NUMBER,
    state="left(md5(row(r.tier, r.during)::text), 16)",
    fields=(
        Field("id", "r.id", NUMBER, "The key.", 4711),
        Field("customer", "r.customer_id", ID, "Whose.", EXAMPLE_PERSON),
        Field("line", "r.line_id", ID, "In which product line.", EXAMPLE_LINE),
        Field("tier", "r.tier", _TIER, "A, B or C.", "A"),
        Field("provisional", "r.provisional", YES_NO, "Whether data were missing.", False),
        Field("policy", "v.policy_id", ID, "The policy that decided.", "0198a7c2-7b10-7d20-8f31-4e5f60718293"),
        Field("policy_version", "v.number", NUMBER, "And which version of it.", 2),
        Field(
            "reason",
            "r.reason",
            {"type": "object"},
            "The figures when it began.",
            {"measure": "units", "volume": 40, "rank": 12, "members": 1000, "before": 214, "total": 1000},
        ),
        *during("2026-11-01"),
    ),
    filters=(
        Filter("customer", is_meant("r.customer_id"), ID, "Of this customer."),
        Filter("line", "r.line_id = %(value)s::uuid", ID, "In this product line."),
        Filter("tier", "r.tier = %(value)s", _TIER, "A, B or C."),
        ON,
    ),
    orders={"customer": Order((("r.customer_id", "uuid"),))},
)
