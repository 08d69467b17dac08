"""Files of institutions and persons."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Currency, Day, Money, Number, Reading, Text
from crm.base.exchange.copies import LIVED, Moment
from crm.base.exchange.kinds import Check, Kind, Rising
from crm.base.exchange.references import Key, Reference
from crm.base.exchange.staging import Stage
from crm.base.exchange.table import BadFile
from crm.base.locks import take_turns
from customers.actions.places import BELONGING
from customers.exchange.shared import lean, stand
from customers.models import Institution, Person
from customers.queries.keys import KEYS_BETWEEN, SEARCH_COLUMNS, search_columns

ENDED = Day(name="ended_on", help=_("no customer any more from this day on"))
# Merging is more than a pointer: every row of the merged one moves. A copy brings rows that have moved.
_MERGED_BY_HAND = Check(
    "merged_into",
    f"""s.merged_into IS NOT NULL AND {LIVED}
        AND NOT EXISTS (SELECT FROM customers_customer c WHERE c.id = s.row_id AND c.merged_into_id = s.merged_into)""",
    _("Merging moves all that belongs to a customer, which a file can't do; leave the column out."),
)
# Of copies: how often people edited the row, and since when it is known.
VERSION = Number(name="version", help=_("edits so far"), low=1, default="1", kept=False, copy=True)
CREATED = Moment(name="created_at", help=_("known since"), kept=False, copy=True)


@dataclass(frozen=True, kw_only=True)
class CustomerName(Text):
    """A name, staged with the search columns that follow from it."""

    of: str

    @property
    def staged(self) -> list[tuple[str, str]]:
        return [(self.name, self.sql), *((column, "text") for column in SEARCH_COLUMNS)]

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        [name] = super().values(cell, row, reading)
        follows = search_columns(name or "", self.of)
        return [name, *(follows[column] for column in SEARCH_COLUMNS[:-1]), KEYS_BETWEEN.join(follows["keys"])]


def _write_customer(stage: Stage, kind: str) -> None:
    follows = {column: f"s.{column}" for column in SEARCH_COLUMNS}
    stage.upsert(
        "customers_customer",
        {
            "name": "s.name",
            **follows,
            "keys": f"string_to_array(s.keys, '{KEYS_BETWEEN}')",
            "ended_on": "s.ended_on",
        },
        on_insert={"kind": f"'{kind}'", "version": "s.version", "created_at": "coalesce(s.created_at, now())"},
        on_update={"version": "t.version + 1"},
    )
    lean(stage, "customers_customer", "id", merged_into_id="merged_into")


def _stand(stage: Stage) -> None:
    stand(stage, "customers_customer", "id", "merged_into_id")


_FACTS_OF_INSTITUTION = (
    "kind",
    "level",
    "grade",
    "address",
    "distribution_tier",
    "latitude",
    "longitude",
    "outpatients_per_day",
    "patient_groups",
    "patient_means",
    "annual_purchases",
    "purchases_currency",
    "culture",
)


def _write_institutions(stage: Stage) -> None:
    _write_customer(stage, "institution")
    stage.upsert("customers_institution", {name: f"s.{name}" for name in _FACTS_OF_INSTITUTION}, pk="customer_id")
    lean(stage, "customers_institution", "customer_id", parent_id="parent")


# What somebody moved since the file was checked.
_RING = """
WITH RECURSIVE moved AS (
    SELECT l.row_id, l.on_id FROM leaning l JOIN customers_institution i ON i.customer_id = l.row_id
    WHERE l.on_column = 'parent_id' AND i.parent_id IS DISTINCT FROM l.on_id
), walk AS (
    SELECT row_id, on_id AS at FROM moved
    UNION
    SELECT w.row_id, coalesce(m.on_id, i.parent_id) FROM walk w
    JOIN customers_institution i ON i.customer_id = w.at LEFT JOIN moved m ON m.row_id = w.at WHERE w.at <> w.row_id
)
SELECT FROM walk WHERE at = row_id LIMIT 1
"""


def _stand_institutions(stage: Stage) -> None:
    take_turns(BELONGING)
    if stage.run(_RING):
        sentence = _(
            "Somebody moved institutions meanwhile, and with this file they would close a ring; load it again."
        )
        raise BadFile(str(sentence))
    _stand(stage)
    stand(stage, "customers_institution", "customer_id", "parent_id")


INSTITUTIONS = Kind(
    name="institutions",
    title=_("Institutions"),
    entity="institution",
    table="customers_institution",
    pk="customer_id",
    columns=(
        Key(name="id", help=_("id of the institution in the source"), to="institution"),
        CustomerName(name="name", help=_("name"), required=True, of="institution"),
        Code(name="kind", help=_("what it is"), required=True, of=Institution.Kind),
        Number(name="level", help=_("3 tertiary, 2 secondary, 1 primary"), low=1, high=3, sql="smallint"),
        Code(name="grade", help=_("grade within the level"), choices=("a", "b", "c")),
        Text(name="address", help=_("address"), max_length=300),
        Reference(
            name="parent", help=_("headquarters of a branch, supplier of a second-tier distributor"), to="institution"
        ),
        Number(name="distribution_tier", help=_("of a distributor: 1 or 2"), low=1, high=2, sql="smallint"),
        Number(name="latitude", help=_("degrees north"), low=-90, high=90, decimals=6, sql="integer"),
        Number(name="longitude", help=_("degrees east"), low=-180, high=180, decimals=6, sql="integer"),
        Number(name="outpatients_per_day", help=_("outpatients a day"), low=0, high=10**6, sql="integer"),
        Text(name="patient_groups", help=_("main patient groups"), max_length=300),
        Code(name="patient_means", help=_("means of its patients"), of=Institution.Means),
        Money(
            name="annual_purchases",
            help=_("medicine purchases a year"),
            low=0,
            high=10**13,
            currency="purchases_currency",
        ),
        Currency(name="purchases_currency", help=_("currency of the purchases")),
        Text(name="culture", help=_("inner culture"), max_length=1000),
        ENDED,
        Reference(name="merged_into", help=_("the institution that it was merged into"), to="institution"),
        VERSION,
        CREATED,
    ),
    key=("id",),
    current="""
        SELECT i.customer_id AS row_id, i.customer_id AS id, c.name, i.kind, i.level, i.grade, i.address,
               i.parent_id AS parent, i.distribution_tier, i.latitude, i.longitude, i.outpatients_per_day,
               i.patient_groups, i.patient_means, i.annual_purchases, i.purchases_currency, i.culture,
               c.ended_on, c.merged_into_id AS merged_into, c.version, c.created_at
        FROM customers_institution i JOIN customers_customer c ON c.id = i.customer_id
    """,
    unwritten=("version", "created_at"),
    checks=(
        _MERGED_BY_HAND,
        Check("latitude", "(s.latitude IS NULL) <> (s.longitude IS NULL)", _("needs its longitude, and the reverse.")),
        Check(
            "distribution_tier",
            "s.distribution_tier IS NOT NULL AND s.kind <> 'distributor'",
            _("belongs to distributors only."),
        ),
        Check(
            "purchases_currency",
            "s.annual_purchases IS NOT NULL AND s.purchases_currency = ''",
            _("is needed where there are amounts."),
        ),
        Check("parent", "s.parent = s.row_id", _("An institution does not belong to itself.")),
    ),
    rising=Rising("parent", "{row}.row_id", "{row}.parent"),
    write=_write_institutions,
    after=_stand_institutions,
    carries=("customers.Customer", "customers.Institution"),
)


def _write_persons(stage: Stage) -> None:
    _write_customer(stage, "person")
    facts = ("honorific", "title", "specialty", "gender", "phone")
    stage.upsert("customers_person", {fact: f"s.{fact}" for fact in facts}, pk="customer_id")


PERSONS = Kind(
    name="persons",
    title=_("Persons"),
    entity="person",
    table="customers_person",
    pk="customer_id",
    columns=(
        Key(name="id", help=_("id of the person in the source"), to="person"),
        CustomerName(name="name", help=_("name"), required=True, of="person"),
        Text(name="honorific", help=_("form of address"), max_length=60),
        Text(name="title", help=_("professional title"), max_length=120),
        Text(name="specialty", help=_("specialty"), max_length=120),
        Code(name="gender", help=_("gender"), of=Person.Gender),
        Text(name="phone", help=_("phone"), max_length=32),
        ENDED,
        Reference(name="merged_into", help=_("the person that he was merged into"), to="person"),
        VERSION,
        CREATED,
    ),
    key=("id",),
    current="""
        SELECT p.customer_id AS row_id, p.customer_id AS id, c.name,
               p.honorific, p.title, p.specialty, p.gender, p.phone, c.ended_on, c.merged_into_id AS merged_into,
               c.version, c.created_at
        FROM customers_person p JOIN customers_customer c ON c.id = p.customer_id
    """,
    unwritten=("version", "created_at"),
    checks=(_MERGED_BY_HAND,),
    write=_write_persons,
    after=_stand,
    carries=("customers.Customer", "customers.Person"),
)
