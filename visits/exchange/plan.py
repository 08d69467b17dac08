"""Files of cycles, of the visits that customers are due in them, and of targets."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Currency, Day, Number, Text
from crm.base.exchange.copies import COPIED, KEY, LIVED, NUMBER
from crm.base.exchange.kinds import Alone, Check, Derived, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange import CUSTOMER, INSTITUTION, ONE_CUSTOMER, PERSON, customer_columns
from visits.actions import refresh_due
from visits.actions.targets import BARRED
from visits.models import Target

_LINE = Text(name="line", help=_("code of the line"), default="default", max_length=32)
_LINE_ID = Derived("line_id", "uuid", "(SELECT l.id FROM accounts_line l WHERE l.code = s.line)")
_UNKNOWN_LINE = Check("line", "s.line_id IS NULL", _("{value} is not a line; import it first."), "s.line")


def _write_cycles(stage: Stage) -> None:
    stage.upsert(
        "visits_cycle",
        {
            "line_id": "s.line_id",
            "during": """daterange(s."from", s."to", '[]')""",
            "opened_on": "s.opened_on",
        },
    )


CYCLES = Kind(
    name="cycles",
    title=_("Cycles"),
    columns=(
        _LINE,
        Day(name="from", help=_("first day"), required=True),
        Day(name="to", help=_("last day"), required=True),
        Day(name="opened_on", help=_("the night that fixed its targets")),
        NUMBER,
    ),
    key=("line", "from"),
    derived=(_LINE_ID,),
    row_id="bigint",
    current="""
        SELECT c.id AS row_id, l.code AS line, l.id AS line_id, lower(c.during) AS "from",
               upper(c.during) - 1 AS "to", c.opened_on
        FROM visits_cycle c JOIN accounts_line l ON l.id = c.line_id
    """,
    checks=(
        _UNKNOWN_LINE,
        Check(
            "to",
            """EXISTS (SELECT FROM visits_cycle c WHERE c.id = s.row_id AND c.opened_on IS NOT NULL
                       AND upper(c.during) - 1 <> s."to")""",
            _("can't change: the cycle is open and its targets are fixed."),
        ),
        Check(
            "opened_on",
            f"""{LIVED} AND s.opened_on IS DISTINCT FROM
                (SELECT c.opened_on FROM visits_cycle c WHERE c.id = s.row_id)""",
            _("is set by the night that opens the cycle; leave it empty."),
        ),
    ),
    alone=(Alone(("line",)),),
    write=_write_cycles,
    carries=("visits.Cycle",),
)


def _write_call_targets(stage: Stage) -> None:
    stage.upsert(
        "visits_calltarget",
        {
            "cycle_id": "s.cycle_id",
            "customer_id": "s.customer",
            "territory_id": "s.territory",
            "tier": "s.tier",
            "visits_due": "s.visits_due",
        },
    )


def _refresh_due(stage: Stage) -> None:
    refresh_due(on=stage.today)


CALL_TARGETS = Kind(
    name="call_targets",
    title=_("Visits due"),
    columns=(
        _LINE,
        Day(name="cycle", help=_("first day of the cycle"), required=True),
        PERSON,
        INSTITUTION,
        Reference(
            name="territory", help=_("held by which territory when the cycle opened"), to="territory", required=True
        ),
        Code(name="tier", help=_("tier when the cycle opened"), required=True, choices=("A", "B", "C")),
        Number(name="visits_due", help=_("how many visits"), required=True, low=0, high=999, sql="smallint"),
        NUMBER,
    ),
    key=("line", "cycle", "customer"),
    derived=(
        CUSTOMER,
        _LINE_ID,
        Derived(
            "cycle_id",
            "bigint",
            """(SELECT c.id FROM visits_cycle c JOIN accounts_line l ON l.id = c.line_id
                WHERE l.code = s.line AND lower(c.during) = s.cycle)""",
        ),
    ),
    row_id="bigint",
    current=f"""
        SELECT t.id AS row_id, l.code AS line, lower(c.during) AS cycle, t.customer_id AS customer,
               {customer_columns("t.customer_id")}, t.territory_id AS territory, t.tier, t.visits_due
        FROM visits_calltarget t JOIN visits_cycle c ON c.id = t.cycle_id JOIN accounts_line l ON l.id = c.line_id
    """,
    checks=(
        ONE_CUSTOMER,
        _UNKNOWN_LINE,
        Check("cycle", "s.cycle_id IS NULL", _("No cycle of this line begins on {value}."), "s.cycle"),
    ),
    write=_write_call_targets,
    after=_refresh_due,
    judged=(COPIED,),
    only="""EXISTS (SELECT FROM visits_cycle y WHERE lower(y.during) = c.cycle AND y.during @> %(on)s::date)""",
    carries=("visits.CallTarget",),
)


def _write_targets(stage: Stage) -> None:
    stage.upsert(
        "visits_target",
        {
            "territory_id": "s.territory",
            "customer_id": "s.customer",
            "product_id": "s.product",
            "measure": "s.measure",
            "value": "s.value",
            "currency": "s.currency",
            "during": """daterange(s."from", s."to", '[]')""",
            "agreed_on": "s.agreed_on",
            "author_id": "s.author",
            "reason": "s.reason",
            "review": "s.review",
            "next_plan": "s.next_plan",
        },
    )


_BARRED = BARRED.format("s.person", """daterange(s."from", s."to", '[]')""")

TARGETS = Kind(
    name="targets",
    title=_("Targets"),
    columns=(
        Reference(name="territory", help=_("agreed with whose holder"), to="territory", required=True),
        PERSON,
        INSTITUTION,
        Reference(name="product", help=_("for which product; empty: for all"), to="product"),
        Code(name="measure", help=_("of what"), required=True, of=Target.Measure),
        Number(
            name="value",
            help=_("how much; money in the smallest unit of its currency"),
            required=True,
            low=1,
        ),
        Currency(name="currency", help=_("currency of the amount")),
        Day(name="from", help=_("first day"), required=True),
        Day(name="to", help=_("last day"), required=True),
        Day(name="agreed_on", help=_("agreed on"), required=True),
        Reference(name="author", help=_("who of us set it"), to="user"),
        Code(name="reason", help=_("why it was missed"), of=Target.Reason),
        Text(name="review", help=_("what was seen when looking back"), max_length=1000),
        Text(name="next_plan", help=_("what follows"), max_length=1000),
        KEY,
    ),
    key=("territory", "customer", "product", "measure", "from"),
    derived=(CUSTOMER,),
    current=f"""
        SELECT t.id AS row_id, t.territory_id AS territory, t.customer_id AS customer,
               {customer_columns("t.customer_id")}, t.product_id AS product, t.measure, t.value, t.currency,
               lower(t.during) AS "from", upper(t.during) - 1 AS "to", t.agreed_on, t.author_id AS author,
               t.reason, t.review, t.next_plan
        FROM visits_target t
    """,
    checks=(
        Check("person", "s.person IS NOT NULL AND s.institution IS NOT NULL", _("Name one of them, or none.")),
        Check(
            "currency",
            "(s.measure IN ('revenue', 'collected')) <> (s.currency <> '')",
            _("belongs to revenue and collected, and to them only."),
        ),
        Check(
            "measure",
            f"s.measure IN ('units', 'revenue', 'collected') AND EXISTS ({_BARRED})",
            _(
                "CN-NO-DOCTOR-COUNTS: no sales targets for a person who works at a medical institution. "
                "Agree on visits or meetings."
            ),
        ),
    ),
    alone=(Alone(("territory", "customer", "product", "measure")),),
    write=_write_targets,
    carries=("visits.Target",),
)
