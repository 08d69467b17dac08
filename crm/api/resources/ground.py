"""Territories and products."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from accounts.models import Product, User
from accounts.queries import below, lines_of
from crm.api.registry import ID, TEXT, YES_NO, Field, Filter, Order, Resource, listed, or_null

EXAMPLE_TERRITORY = "0198a7c2-51f0-7b60-8c11-2f4e5a6b7c80"
EXAMPLE_LINE = "0198a7c2-4d00-7a10-9d30-1b2c3d4e5f60"
EXAMPLE_PRODUCT = "0198a7c2-6a10-7c90-8e21-3d4e5f607182"
_EXTERNAL_IDS = """coalesce((SELECT json_agg(json_build_object('source', e.source, 'external_id', e.external_id)
    ORDER BY e.source, e.external_id) FROM base_externalid e WHERE e.kind = {kind} AND e.object_id = {key}), '[]')"""


def external_ids(kind: str, key: str, example: str, source: str = "erp") -> Field:
    """The names that other systems have for what `key` (SQL) names, of `kind` (SQL)."""
    said = [{"source": source, "external_id": example}]
    shape = listed(source=TEXT, external_id=TEXT)
    return Field("external_ids", _EXTERNAL_IDS.format(kind=kind, key=key), shape, "How other systems name it.", said)


def _ground(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {"territories": below(user.territory_ids())}


TERRITORIES = Resource(
    name="territories",
    one="territory",
    tag="Ground",
    scope="ground",
    help="The tree in which customers lie, as far as today's postings of the user reach.",
    rows="accounts_territory t",
    where="t.id IN {territories}",
    seen=_ground,
    key="t.id",
    state="""left(md5(row(t.name, t.own_time_zone, t.own_jurisdiction, t.line_id, ARRAY(
        SELECT row(p.parent_id, p.during)::text FROM accounts_territoryparent p WHERE p.territory_id = t.id
        ORDER BY p.during))::text), 16)""",
    fields=(
        Field("id", "t.id", ID, "The key; it never changes.", EXAMPLE_TERRITORY),
        Field("name", "t.name", TEXT, "Its name.", "西溪"),
        Field("line", "t.line_id", ID, "The product line whose tree it stands in.", EXAMPLE_LINE),
        Field(
            "parent",
            """(SELECT p.parent_id FROM accounts_territoryparent p WHERE p.territory_id = t.id
                AND p.during @> %(today)s::date AND p.parent_id IN {territories})""",
            or_null(ID),
            "What it stands under today; null at the top of what the token sees.",
            "0198a7c2-51f0-7b60-8c11-2f4e5a6b7c00",
        ),
        Field("time_zone", "t.time_zone", TEXT, "Where its people work; empty: the company's zone.", "Asia/Shanghai"),
        Field("jurisdiction", "t.jurisdiction", TEXT, "Whose law holds, as two capitals.", "CN"),
        external_ids("'territory'", "t.id", "T-17"),
    ),
    filters=(
        Filter("name", "t.name = %(value)s", TEXT, "Of exactly this name."),
        Filter("line", "t.line_id = %(value)s::uuid", ID, "Of this product line."),
        Filter(
            "below",
            """t.id IN (SELECT b.descendant_id FROM accounts_territorypath b
                        WHERE b.ancestor_id = %(value)s::uuid AND b.depth > 0)""",
            ID,
            "Anywhere under this territory.",
        ),
    ),
    orders={"name": Order((("t.name", "text"),))},
)


def _sold(user: User) -> Mapping[str, QuerySet[Any, Any]]:
    return {"products": Product.objects.filter(line__in=lines_of(user)).values("pk")}


PRODUCTS = Resource(
    name="products",
    one="product",
    tag="Ground",
    scope="ground",
    help="What the product lines of the user sell.",
    rows="accounts_product p",
    where="p.id IN {products}",
    seen=_sold,
    key="p.id",
    state="left(md5(row(p.name, p.unit, p.is_active)::text), 16)",
    fields=(
        Field("id", "p.id", ID, "The key.", EXAMPLE_PRODUCT),
        Field("name", "p.name", TEXT, "Its name.", "诺泽平"),
        Field("line", "p.line_id", ID, "The product line that carries it.", EXAMPLE_LINE),
        Field("unit", "p.unit", TEXT, "What its units count.", "盒"),
        Field("is_active", "p.is_active", YES_NO, "Whether it is sold, so that new visits may name it.", True),
        external_ids("'product'", "p.id", "SKU-4"),
    ),
    filters=(
        Filter("line", "p.line_id = %(value)s::uuid", ID, "Of this product line."),
        Filter("is_active", "p.is_active = %(value)s", YES_NO, "Sold, or not any more."),
    ),
    orders={"name": Order((("p.name", "text"),))},
)
