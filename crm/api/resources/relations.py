"""Dated facts about persons: where they work, what they decide, whom they sway. Both days of a period are included."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from crm.api.registry import DAY, ID, NUMBER, TEXT, YES_NO, Field, Filter, Resource, one_of, or_null
from crm.api.resources.customers import EXAMPLE_INSTITUTION, EXAMPLE_PERSON, is_meant
from customers.models import Customer, InfluenceLink, RoleAssignment

EXAMPLE_ROW = "0198a7c4-1a10-7f40-8c63-708192a3b4c5"
EXAMPLE_OTHER = "0198a7c3-0c30-7f40-9c63-708192031425"


def _seen(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {"customers": Customer.objects.for_user(user).values("pk")}


def during(example: str = "2025-01-01") -> tuple[Field, Field]:
    return (
        Field("first", "lower(r.during)", or_null(DAY), "The first day; null: since ever.", example),
        Field("last", "upper(r.during) - 1", or_null(DAY), "The last day; null: until further notice.", None),
    )


ON = Filter("on", "r.during @> %(value)s::date", DAY, "In force on that day.")
_PERSON = Filter("person", is_meant("r.person_id"), ID, "Of this person.")


def _state(*columns: str) -> str:
    return f"left(md5(row({', '.join(f'r.{column}' for column in columns)}, r.during)::text), 16)"


AFFILIATIONS = Resource(
    name="affiliations",
    one="affiliation",
    tag="Relations",
    scope="customers",
    help="Where persons work. The primary place decides who holds the person.",
    rows="customers_affiliation r",
    where="r.person_id IN {customers}",
    seen=_seen,
    key="r.id",
    state=_state("department", "position", "is_primary"),
    fields=(
        Field("id", "r.id", ID, "The key.", EXAMPLE_ROW),
        Field("person", "r.person_id", ID, "Who.", EXAMPLE_PERSON),
        Field("institution", "r.institution_id", ID, "Where.", EXAMPLE_INSTITUTION),
        Field("department", "r.department", TEXT, "Department.", "心内科"),
        Field("position", "r.position", TEXT, "Position.", "主任"),
        Field("is_primary", "r.is_primary", YES_NO, "Whether he works there first of all.", True),
        *during(),
    ),
    filters=(
        _PERSON,
        Filter("institution", is_meant("r.institution_id"), ID, "At this institution."),
        Filter("is_primary", "r.is_primary = %(value)s", YES_NO, "Primary places, or further ones."),
        ON,
    ),
)

ROLES = Resource(
    name="roles",
    one="role",
    tag="Relations",
    scope="customers",
    help="What persons decide: they prescribe, let in, or sway others; of one product or of all.",
    rows="customers_roleassignment r",
    where="r.person_id IN {customers}",
    seen=_seen,
    key="r.id",
    state=_state("role", "product_id", "strength", "evidence"),
    fields=(
        Field("id", "r.id", ID, "The key.", EXAMPLE_ROW),
        Field("person", "r.person_id", ID, "Who.", EXAMPLE_PERSON),
        Field("role", "r.role", one_of(RoleAssignment.Role.values), "What he decides.", "decision_maker"),
        Field("product", "r.product_id", or_null(ID), "Of which product; null: of all.", None),
        Field("strength", "r.strength", NUMBER, "From 1 (weak) to 5 (strong).", 4),
        Field("evidence", "r.evidence", TEXT, "What shows it.", "药事会委员"),
        *during(),
    ),
    filters=(
        _PERSON,
        Filter("role", "r.role = %(value)s", one_of(RoleAssignment.Role.values), "Of this role."),
        Filter("product", "r.product_id = %(value)s::uuid", ID, "Of this product."),
        ON,
    ),
)

INFLUENCE = Resource(
    name="influence",
    one="influence link",
    tag="Relations",
    scope="customers",
    help="Who sways whom, of persons that the user sees both.",
    rows="customers_influencelink r",
    where="r.influencer_id IN {customers} AND r.influenced_id IN {customers}",
    seen=_seen,
    key="r.id",
    state=_state("kind", "weight", "evidence"),
    fields=(
        Field("id", "r.id", ID, "The key.", EXAMPLE_ROW),
        Field("influencer", "r.influencer_id", ID, "Who sways.", EXAMPLE_PERSON),
        Field("influenced", "r.influenced_id", ID, "Whom.", EXAMPLE_OTHER),
        Field("kind", "r.kind", one_of(InfluenceLink.Kind.values), "How.", "advice"),
        Field("weight", "r.weight", NUMBER, "How strongly, in thousandths: 0 to 1000.", 700),
        Field("evidence", "r.evidence", TEXT, "What shows it.", "常一起会诊"),
        *during(),
    ),
    filters=(
        Filter("influencer", is_meant("r.influencer_id"), ID, "Whom this person sways."),
        Filter("influenced", is_meant("r.influenced_id"), ID, "Who sways this person."),
        Filter("kind", "r.kind = %(value)s", one_of(InfluenceLink.Kind.values), "Of this kind."),
        ON,
    ),
)
