"""Files of our ground and goods."""

from django.utils.translation import gettext_lazy as _

from accounts.actions import CircularTerritories, default_line, refresh_ground
from crm.base.exchange.columns import Day, Flag, Jurisdiction, Text, TimeZone
from crm.base.exchange.copies import KEY
from crm.base.exchange.kinds import Alone, Check, Kind
from crm.base.exchange.references import Key, Reference
from crm.base.exchange.staging import Stage
from crm.base.exchange.table import BadFile

_UNKNOWN_LINE = Check(
    "line",
    "s.line <> '' AND NOT EXISTS (SELECT FROM accounts_line l WHERE l.code = s.line)",
    _("{value} is not a line; import it first."),
    "s.line",
)
FROM = Day(name="from", help=_("first day; empty: since ever"))
TO = Day(name="to", help=_("last day; empty: until further notice"), open_end=True)


def _write_lines(stage: Stage) -> None:
    stage.upsert("accounts_line", {"code": "s.code", "name": "s.name"})


LINES = Kind(
    name="lines",
    title=_("Product lines"),
    columns=(
        Text(name="code", help=_("short code of the line"), required=True, max_length=32, pattern="[a-z0-9_-]+"),
        Text(name="name", help=_("name"), required=True, max_length=120),
        KEY,
    ),
    key=("code",),
    current="SELECT id AS row_id, code, name FROM accounts_line",
    write=_write_lines,
    carries=("accounts.Line",),
)


def _settle_line(stage: Stage) -> None:
    """Only a root names its line; a root that names none takes the default one."""
    default_line()
    stage.run("UPDATE stage SET line = 'default' WHERE line = '' AND parent IS NULL")
    stage.run(
        f"""UPDATE stage s SET parent_since = c.parent_since FROM ({TERRITORIES.current}) c
            WHERE c.row_id = s.row_id AND s.parent_since IS NULL AND s.parent IS NOT DISTINCT FROM c.parent"""
    )


_MOVED = """s.verdict <> 'same' AND p.territory_id = s.row_id AND upper_inf(p.during)
            AND p.parent_id IS DISTINCT FROM s.parent"""


def _write_territories(stage: Stage) -> None:
    stage.upsert(
        "accounts_territory",
        {
            "name": "s.name",
            "own_jurisdiction": "s.jurisdiction",
            "own_time_zone": "s.time_zone",
        },
        # A child's line is its root's: refresh_ground sets it where it is new.
        on_insert={
            "line_id": "(SELECT id FROM accounts_line WHERE code = CASE s.line WHEN '' THEN 'default' ELSE s.line END)",
            "jurisdiction": "''",
            "time_zone": "''",
        },
        on_update={
            "line_id": """CASE WHEN s.parent IS NULL THEN (SELECT id FROM accounts_line WHERE code = s.line)
                          ELSE t.line_id END"""
        },
    )
    # A move ends the old parent's row as of the day of the move; one that never took effect goes.
    day = "coalesce(s.parent_since, %(today)s::date)"
    stage.run(f"DELETE FROM accounts_territoryparent p USING stage s WHERE {_MOVED} AND lower(p.during) >= {day}")
    stage.run(
        f"""UPDATE accounts_territoryparent p SET during = daterange(lower(p.during), {day})
            FROM stage s WHERE {_MOVED}"""
    )
    stage.run(
        """UPDATE accounts_territoryparent p SET during = daterange(s.parent_since, NULL) FROM stage s
           WHERE s.verdict = 'changed' AND p.territory_id = s.row_id AND upper_inf(p.during) AND p.parent_id = s.parent
             AND s.parent_since IS DISTINCT FROM lower(p.during)"""
    )
    stage.run(
        """INSERT INTO accounts_territoryparent (territory_id, parent_id, during)
           SELECT s.row_id, s.parent,
                  daterange(coalesce(s.parent_since, CASE s.verdict WHEN 'changed' THEN %(today)s::date END), NULL)
           FROM stage s
           WHERE s.verdict <> 'same' AND s.parent IS NOT NULL AND NOT EXISTS (
               SELECT FROM accounts_territoryparent p WHERE p.territory_id = s.row_id AND upper_inf(p.during))"""
    )


def _refresh_ground(stage: Stage) -> None:
    try:
        refresh_ground(on=stage.today)
    except CircularTerritories as circle:
        raise BadFile(str(circle)) from circle


TERRITORIES = Kind(
    name="territories",
    title=_("Territories"),
    entity="territory",
    table="accounts_territory",
    columns=(
        Key(name="id", help=_("id of the territory in the source"), to="territory"),
        Text(name="name", help=_("name"), required=True, max_length=120),
        Reference(name="parent", help=_("the territory above it; empty: a root"), to="territory"),
        Day(
            name="parent_since",
            help=_("since when; empty: as it is, for a new territory since ever, for a new parent from today"),
            kept=False,
        ),
        Text(name="line", help=_("code of the line; only at a root, empty: the default line"), max_length=32),
        Jurisdiction(name="jurisdiction", help=_("whose law holds; empty: as the territory above")),
        TimeZone(
            name="time_zone",
            help=_("where its people work; empty: as the territory above, at a root the company's"),
        ),
    ),
    key=("id",),
    current="""
        SELECT t.id AS row_id, t.id, t.name, p.parent_id AS parent, lower(p.during) AS parent_since,
               CASE WHEN p.parent_id IS NULL THEN l.code ELSE '' END AS line,
               t.own_jurisdiction AS jurisdiction, t.own_time_zone AS time_zone
        FROM accounts_territory t JOIN accounts_line l ON l.id = t.line_id
        LEFT JOIN accounts_territoryparent p ON p.territory_id = t.id AND upper_inf(p.during)
    """,
    whole=True,
    prepare=_settle_line,
    checks=(
        _UNKNOWN_LINE,
        Check(
            "line",
            "s.line <> '' AND s.parent IS NOT NULL",
            _("is named by the root only; leave it empty here."),
        ),
        Check("parent_since", "s.parent_since IS NOT NULL AND s.parent IS NULL", _("needs a parent.")),
        Check(
            "parent_since",
            """EXISTS (SELECT FROM accounts_territoryparent p WHERE p.territory_id = s.row_id
                       AND NOT upper_inf(p.during) AND p.during && daterange(s.parent_since, NULL))
               AND s.parent IS NOT NULL AND s.parent_since IS NOT NULL""",
            _("lies before the end of an earlier parent."),
        ),
    ),
    write=_write_territories,
    after=_refresh_ground,
    carries=("accounts.Territory",),
)


def _write_former_parents(stage: Stage) -> None:
    stage.upsert(
        "accounts_territoryparent",
        {
            "territory_id": "s.territory",
            "parent_id": "s.parent",
            "during": """daterange(s."from", s."to", '[]')""",
        },
    )


TERRITORY_PARENTS = Kind(
    name="territory_parents",
    title=_("Former parents of territories"),
    columns=(
        Reference(name="territory", help=_("which territory"), to="territory", required=True),
        Reference(name="parent", help=_("under which it stood"), to="territory", required=True),
        FROM,
        Day(name="to", help=_("last day"), required=True),
    ),
    key=("territory", "from"),
    row_id="bigint",
    current="""
        SELECT id AS row_id, territory_id AS territory, parent_id AS parent,
               lower(during) AS "from", upper(during) - 1 AS "to"
        FROM accounts_territoryparent WHERE NOT upper_inf(during)
    """,
    checks=(
        Check("parent", "s.parent = s.territory", _("A territory does not stand under itself.")),
        Check(
            "to",
            """EXISTS (SELECT FROM accounts_territoryparent p WHERE p.territory_id = s.territory
                       AND upper_inf(p.during) AND p.during && daterange(s."from", s."to", '[]'))""",
            _("overlaps the time of the present parent; load territories with their parent_since first."),
        ),
    ),
    alone=(Alone(("territory",)),),
    write=_write_former_parents,
    after=_refresh_ground,
    carries=("accounts.TerritoryParent",),
)


def _write_products(stage: Stage) -> None:
    stage.upsert(
        "accounts_product",
        {
            "name": "s.name",
            "line_id": "(SELECT id FROM accounts_line WHERE code = s.line)",
            "unit": "s.unit",
            "is_active": "s.active",
        },
    )


def _default_product_line(stage: Stage) -> None:
    default_line()
    stage.run("UPDATE stage SET line = 'default' WHERE line = ''")


PRODUCTS = Kind(
    name="products",
    title=_("Products"),
    entity="product",
    table="accounts_product",
    columns=(
        Key(name="id", help=_("id of the product in the source"), to="product"),
        Text(name="name", help=_("name"), required=True, max_length=120),
        Text(name="line", help=_("code of the line; empty: the default line"), max_length=32),
        Text(name="unit", help=_("what its units count, such as boxes"), max_length=32),
        Flag(name="active", help=_("still sold"), default="1"),
    ),
    key=("id",),
    current="""
        SELECT p.id AS row_id, p.id, p.name, l.code AS line, p.unit, p.is_active AS active
        FROM accounts_product p JOIN accounts_line l ON l.id = p.line_id
    """,
    prepare=_default_product_line,
    checks=(_UNKNOWN_LINE,),
    write=_write_products,
    carries=("accounts.Product",),
)
