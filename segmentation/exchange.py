"""Files of tiers: out only, for a tier is computed, never typed."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Day, Flag, Number, Text
from crm.base.exchange.kinds import Kind
from customers.exchange import INSTITUTION, PERSON, customer_columns
from segmentation.models.document import MEASURES

TIERS = Kind(
    name="tiers",
    title=_("Tiers"),
    columns=(
        PERSON,
        INSTITUTION,
        Text(name="line", help=_("in which line")),
        Code(name="tier", help=_("tier"), choices=("A", "B", "C")),
        Flag(name="provisional", help=_("without facts so far")),
        Day(name="from", help=_("in force from")),
        Day(name="to", help=_("last day; empty: until further notice")),
        Text(name="policy", help=_("by which policy")),
        Number(name="version", help=_("and which version of it")),
        Code(name="measure", help=_("by what"), choices=MEASURES),
        Number(name="volume", help=_("the customer's own volume when the tier began")),
        Number(name="before", help=_("volume of all that ranked before")),
        Number(name="total", help=_("volume of all")),
        Number(name="rank", help=_("place")),
        Number(name="members", help=_("of how many")),
    ),
    key=("line", "from", "rank", "row_id"),
    row_id="bigint",
    current=f"""
        SELECT a.id AS row_id, {customer_columns("a.customer_id")}, l.code AS line, a.tier, a.provisional,
               lower(a.during) AS "from", upper(a.during) - 1 AS "to", v.name AS policy, v.number AS version,
               a.reason ->> 'measure' AS measure, (a.reason ->> 'volume')::numeric AS volume,
               (a.reason ->> 'before')::numeric AS before, (a.reason ->> 'total')::numeric AS total,
               (a.reason ->> 'rank')::bigint AS rank, (a.reason ->> 'members')::bigint AS members
        FROM segmentation_tierassignment a JOIN accounts_line l ON l.id = a.line_id
        JOIN segmentation_tierpolicyversion v ON v.id = a.version_id
        WHERE NOT isempty(a.during)
    """,
)
