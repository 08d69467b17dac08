"""Files of tier policies and tiers. Both are decided in Rounds: they come in with a copy only."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Day, Flag, Number, Text
from crm.base.exchange.copies import COPIED, NUMBER, STAYS, Document, Key36, Moment
from crm.base.exchange.kinds import Alone, Check, Derived, Kind
from crm.base.exchange.references import Reference, References
from crm.base.exchange.staging import Stage
from customers.exchange import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns
from segmentation.models import TierPolicy
from segmentation.models.document import MEASURES

_POLICY_ROW = """(SELECT p.id FROM segmentation_tierpolicy p
                  WHERE p.territory_id = s.territory AND p.customers = s.customers)"""


def _write_policies(stage: Stage) -> None:
    stage.run(
        """INSERT INTO segmentation_tierpolicy (id, territory_id, customers)
           SELECT DISTINCT ON (territory, customers)
                  coalesce(nullif(policy_row, '')::uuid, gen_random_uuid()), territory, customers
           FROM stage WHERE verdict <> 'same' ORDER BY territory, customers, number
           ON CONFLICT (territory_id, customers) DO NOTHING"""
    )
    stage.insert(
        "segmentation_tierpolicyversion",
        {
            "policy_id": _POLICY_ROW,
            "number": "s.number",
            "name": "s.name",
            "document": "s.document",
            "products": "s.products",
            # One that another replaced before its first night was never in force.
            "during": """CASE WHEN s.replaced THEN 'empty'::daterange ELSE daterange(s."from", s."to", '[]') END""",
            "published_by": "s.published_by",
            "published_at": "s.published_at",
        },
    )


POLICIES = Kind(
    name="policies",
    title=_("Tier policies"),
    columns=(
        Reference(name="territory", help=_("for which territory and all below it"), to="territory", required=True),
        Code(name="customers", help=_("for whom"), required=True, of=TierPolicy.Customers),
        Number(name="number", help=_("which version"), required=True, low=1, high=10**6, sql="integer"),
        Text(name="name", help=_("name"), required=True, max_length=120),
        Document(name="document", help=_("the policy itself (docs/policies.md)"), required=True),
        References(name="products", help=_("the products that it names"), to="product"),
        Day(name="from", help=_("first night")),
        Day(name="to", help=_("last night; empty: until further notice")),
        Flag(name="replaced", help=_("1: replaced before its first night"), default="0"),
        Reference(name="published_by", help=_("who published it"), to="user"),
        Moment(name="published_at", help=_("when"), required=True),
        Key36(name="policy_row", help=_("key of the policy"), kept=False, copy=True),
        NUMBER,
    ),
    key=("territory", "customers", "number"),
    row_id="bigint",
    unwritten=("policy_row",),
    current="""
        SELECT v.id AS row_id, p.territory_id AS territory, p.customers, v.number, v.name, v.document, v.products,
               lower(v.during) AS "from", upper(v.during) - 1 AS "to", isempty(v.during) AS replaced,
               v.published_by, v.published_at, p.id::text AS policy_row
        FROM segmentation_tierpolicyversion v JOIN segmentation_tierpolicy p ON p.id = v.policy_id
    """,
    alone=(Alone(("territory", "customers"), "NOT {row}.replaced"),),
    write=_write_policies,
    judged=(COPIED, STAYS),
    carries=("segmentation.TierPolicy", "segmentation.TierPolicyVersion"),
)


def _write_tiers(stage: Stage) -> None:
    stage.insert(
        "segmentation_tierassignment",
        {
            "customer_id": "s.customer",
            "line_id": "s.line_id",
            "version_id": "s.version_id",
            "tier": "s.tier",
            "provisional": "s.provisional",
            "during": """daterange(s."from", s."to", '[]')""",
            "reason": _REASON,
        },
    )


# What `segmentation.actions.tiering` writes: the frame follows from the version and the first night.
_REASON = """(
    SELECT jsonb_build_object(
        'rule', coalesce(v.document ->> 'rule', 'pareto'), 'measure', s.measure,
        'currency', coalesce(v.document ->> 'currency', ''),
        'shares', coalesce(v.document -> 'shares', '{"A": 50, "B": 85}'),
        'first_month', (date_trunc('month', s."from") - make_interval(months => (v.document ->> 'months')::int))::date,
        'end_month', date_trunc('month', s."from")::date,
        'volume', s.volume, 'before', s.before, 'total', s.total, 'rank', s.rank, 'members', s.members)
    FROM segmentation_tierpolicyversion v WHERE v.id = s.version_id)"""


def _show_tiers(stage: Stage) -> None:
    """The tier in force on every list."""
    stage.run(
        """WITH locked AS MATERIALIZED (
               SELECT cs.id, a.tier, a.provisional FROM customers_customerstatus cs
               JOIN segmentation_tierassignment a ON (a.customer_id, a.line_id) = (cs.customer_id, cs.line_id)
               WHERE upper_inf(a.during) AND (cs.tier, cs.provisional) IS DISTINCT FROM (a.tier, a.provisional)
               ORDER BY cs.id FOR NO KEY UPDATE OF cs
           )
           UPDATE customers_customerstatus cs SET tier = l.tier, provisional = l.provisional
           FROM locked l WHERE l.id = cs.id"""
    )


TIERS = Kind(
    name="tiers",
    title=_("Tiers"),
    columns=(
        PERSON,
        INSTITUTION,
        Text(name="line", help=_("in which line"), required=True, max_length=32),
        Code(name="tier", help=_("tier"), required=True, choices=("A", "B", "C")),
        Flag(name="provisional", help=_("without facts so far"), default="0"),
        Day(name="from", help=_("in force from"), required=True),
        Day(name="to", help=_("last day; empty: until further notice")),
        Text(name="policy", help=_("by which policy")),
        Number(name="version", help=_("and which version of it"), required=True, low=1, sql="integer"),
        Code(name="measure", help=_("by what"), required=True, choices=MEASURES),
        Number(name="volume", help=_("the customer's own volume when the tier began"), required=True),
        Number(name="before", help=_("volume of all that ranked before"), required=True),
        Number(name="total", help=_("volume of all"), required=True),
        Number(name="rank", help=_("place"), required=True),
        Number(name="members", help=_("of how many"), required=True),
        Reference(name="territory", help=_("territory of the policy"), to="territory", required=True),
        Code(
            name="customers",
            help=_("for whom the policy is"),
            required=True,
            of=TierPolicy.Customers,
        ),
        NUMBER,
    ),
    key=("line", "from", "rank", "customer"),
    derived=(
        CUSTOMER,
        Derived("line_id", "uuid", "(SELECT l.id FROM accounts_line l WHERE l.code = s.line)"),
        Derived(
            "version_id",
            "bigint",
            f"""(SELECT v.id FROM segmentation_tierpolicyversion v
                 WHERE v.number = s.version AND v.policy_id = {_POLICY_ROW})""",
        ),
    ),
    row_id="bigint",
    current=f"""
        SELECT a.id AS row_id, a.customer_id AS customer, {customer_columns("a.customer_id")}, l.code AS line,
               a.tier, a.provisional, lower(a.during) AS "from", upper(a.during) - 1 AS "to",
               v.name AS policy, v.number AS version,
               a.reason ->> 'measure' AS measure, (a.reason ->> 'volume')::numeric AS volume,
               (a.reason ->> 'before')::numeric AS before, (a.reason ->> 'total')::numeric AS total,
               (a.reason ->> 'rank')::bigint AS rank, (a.reason ->> 'members')::bigint AS members,
               p.territory_id AS territory, p.customers
        FROM segmentation_tierassignment a JOIN accounts_line l ON l.id = a.line_id
        JOIN segmentation_tierpolicyversion v ON v.id = a.version_id
        JOIN segmentation_tierpolicy p ON p.id = v.policy_id
        WHERE NOT isempty(a.during)
    """,
    checks=(
        ONE_CUSTOMER,
        Check("line", "s.line_id IS NULL", _("{value} is not a line; import it first."), "s.line"),
        Check("version", "s.version_id IS NULL", _("is no version of this policy; load policies first.")),
    ),
    alone=(Alone(("customer", "line")),),
    write=_write_tiers,
    after=_show_tiers,
    judged=(COPIED, STAYS),
    carries=("segmentation.TierAssignment",),
)
