"""Files of what belongs to an institution."""

from django.utils.translation import gettext_lazy as _

from accounts.exchange import FROM, TO
from crm.base.exchange.columns import Code, Column, Day, Number, Text
from crm.base.exchange.copies import KEY
from crm.base.exchange.kinds import Alone, Check, Kind, Rising
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.exchange.shared import DURING, OF_INSTITUTION, PERIOD
from customers.models import Licence, TradeFile


def add_departments(stage: Stage) -> None:
    """The departments that staged affiliations name and their institutions do not have yet."""
    stage.run(
        """INSERT INTO customers_department (id, institution_id, name)
           SELECT gen_random_uuid(), institution, department FROM stage
           WHERE verdict <> 'same' AND department <> '' GROUP BY institution, department
           ON CONFLICT (institution_id, name) DO NOTHING"""
    )


def _write_departments(stage: Stage) -> None:
    stage.upsert(
        "customers_department",
        {
            "institution_id": "s.institution",
            "name": "s.name",
            "head_id": "s.head",
            "outpatients_per_day": "s.outpatients_per_day",
        },
        on_update={"parent_id": "NULL"},
    )
    stage.run(
        """UPDATE customers_department d SET parent_id = p.id FROM stage s
           JOIN customers_department p ON p.institution_id = s.institution AND p.name = s.part_of
           WHERE s.verdict <> 'same' AND d.id = s.row_id"""
    )


DEPARTMENTS = Kind(
    name="departments",
    title=_("Departments"),
    columns=(
        OF_INSTITUTION,
        Text(name="name", help=_("name"), required=True, max_length=120),
        Text(name="part_of", help=_("name of the department of which it is a part"), max_length=120),
        Reference(name="head", help=_("who heads it"), to="person"),
        Number(name="outpatients_per_day", help=_("outpatients a day"), low=0, high=10**6, sql="integer"),
        KEY,
    ),
    key=("institution", "name"),
    current="""
        SELECT d.id AS row_id, d.institution_id AS institution, d.name, coalesce(p.name, '') AS part_of,
               d.head_id AS head, d.outpatients_per_day
        FROM customers_department d LEFT JOIN customers_department p ON p.id = d.parent_id
    """,
    whole=True,
    checks=(
        Check(
            "part_of",
            """s.part_of <> '' AND NOT EXISTS (SELECT FROM customers_department d
                   WHERE d.institution_id = s.institution AND d.name = s.part_of)
               AND NOT EXISTS (SELECT FROM stage o WHERE o.institution = s.institution AND o.name = s.part_of)""",
            _("{value} is no department of this institution."),
            "s.part_of",
        ),
        Check("part_of", "s.part_of = s.name", _("A department is no part of itself.")),
    ),
    rising=Rising(
        "part_of", "{row}.institution || '/' || {row}.name", "{row}.institution || '/' || nullif({row}.part_of, '')"
    ),
    write=_write_departments,
    carries=("customers.Department",),
)


def _write_licences(stage: Stage) -> None:
    stage.upsert(
        "customers_licence", {"institution_id": "s.institution", "kind": "s.kind", "number": "s.number", **DURING}
    )


LICENCES = Kind(
    name="licences",
    title=_("Licences"),
    columns=(
        OF_INSTITUTION,
        Code(name="kind", help=_("which paper"), required=True, of=Licence.Kind),
        Text(name="number", help=_("its number"), required=True, max_length=120),
        FROM,
        TO,
        KEY,
    ),
    key=("institution", "kind", "number", "from"),
    current=f"SELECT id AS row_id, institution_id AS institution, kind, number, {PERIOD} FROM customers_licence",
    alone=(Alone(("institution", "kind", "number")),),
    write=_write_licences,
    carries=("customers.Licence",),
)


_TRADE: tuple[Column, ...] = (
    Text(name="principal", help=_("who runs it"), max_length=120),
    Number(name="floor_area", help=_("floor area in m²"), low=0, high=10**6, sql="integer"),
    Number(name="staff", help=_("how many work there"), low=0, high=10**6, sql="integer"),
    Day(name="opened_on", help=_("opened on")),
    Day(name="customer_since", help=_("our customer since")),
    Text(name="medicine_habits", help=_("medicine habits"), max_length=1000),
    Text(name="selling_power", help=_("selling power"), max_length=1000),
    Text(name="potential", help=_("potential"), max_length=1000),
    Text(name="business_ideas", help=_("business ideas"), max_length=1000),
    Text(name="shelf_lines", help=_("our lines on the shelf"), max_length=1000),
    Text(name="competitors", help=_("competitors"), max_length=1000),
    Text(name="cooperation", help=_("co-operation"), max_length=1000),
    Text(name="sell_through", help=_("sell-through"), max_length=1000),
    Text(name="problems", help=_("problems"), max_length=1000),
    Text(name="strengths", help=_("strengths"), max_length=1000),
    Text(name="counter_measures", help=_("counter-measures"), max_length=1000),
    Code(name="credit", help=_("credit standing"), of=TradeFile.Credit),
    Number(name="credit_days", help=_("credit terms in days"), low=0, high=3650, sql="smallint"),
)


def _key_by_institution(stage: Stage) -> None:
    stage.run("UPDATE stage SET new_id = institution")


def _write_trade_files(stage: Stage) -> None:
    stage.upsert("customers_tradefile", {c.name: f"s.{c.name}" for c in _TRADE}, pk="institution_id")


TRADE_FILES = Kind(
    name="trade_files",
    title=_("Trade files"),
    columns=(OF_INSTITUTION, *_TRADE),
    key=("institution",),
    current=f"""
        SELECT institution_id AS row_id, institution_id AS institution, {", ".join(c.name for c in _TRADE)}
        FROM customers_tradefile
    """,
    prepare=_key_by_institution,
    write=_write_trade_files,
    carries=("customers.TradeFile",),
)
