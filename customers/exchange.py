"""Files of customers and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.exchange import FROM, TO
from crm.base.exchange.columns import Code, Day, Flag, Number, Reading, Text
from crm.base.exchange.kinds import Alone, Check, Derived, Kind
from crm.base.exchange.references import Key, Reference
from crm.base.exchange.staging import Stage
from customers.actions import refresh_alignment
from customers.models import InfluenceLink, Institution, Person, RoleAssignment
from customers.queries.keys import KEYS_BETWEEN, SEARCH_COLUMNS, search_columns

PERSON = Reference(name="person", help=_("who"), to="person")
INSTITUTION = Reference(name="institution", help=_("which institution"), to="institution")
CUSTOMER = Derived("customer", "uuid", "coalesce(s.person, s.institution)")
ONE_CUSTOMER = Check(
    "person",
    "(s.person IS NULL) = (s.institution IS NULL)",
    _("Name either a person or an institution, and only one."),
)
_PERIOD = """lower(during) AS "from", upper(during) - 1 AS "to\""""
_DURING = {"during": """daterange(s."from", s."to", '[]')"""}


def customer_columns(customer: str) -> str:
    """SQL: `person` and `institution` of a current row, one of them NULL, as the files have them."""
    return f"""(SELECT p.customer_id FROM customers_person p WHERE p.customer_id = {customer}) AS person,
               (SELECT i.customer_id FROM customers_institution i WHERE i.customer_id = {customer}) AS institution"""


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
        {"name": "s.name", **follows, "keys": f"string_to_array(s.keys, '{KEYS_BETWEEN}')"},
        on_insert={"kind": f"'{kind}'", "version": "1", "created_at": "now()"},
        on_update={"version": "t.version + 1"},
    )


def _write_institutions(stage: Stage) -> None:
    _write_customer(stage, "institution")
    stage.upsert(
        "customers_institution",
        {"kind": "s.kind", "level": "s.level", "grade": "s.grade", "address": "s.address"},
        pk="customer_id",
    )


INSTITUTIONS = Kind(
    name="institutions",
    title=_("Institutions"),
    entity="institution",
    table="customers_institution",
    pk="customer_id",
    columns=(
        Key(name="id", help=_("id of the institution in the source"), to="institution"),
        CustomerName(name="name", help=_("name"), required=True, of="institution"),
        Code(name="kind", help=_("what it is"), required=True, choices=tuple(Institution.Kind.values)),
        Number(name="level", help=_("3 tertiary, 2 secondary, 1 primary"), low=1, high=3, sql="smallint"),
        Code(name="grade", help=_("grade within the level"), choices=("a", "b", "c")),
        Text(name="address", help=_("address"), max_length=300),
    ),
    key=("id",),
    current="""
        SELECT i.customer_id AS row_id, i.customer_id AS id, c.name, i.kind, i.level, i.grade, i.address
        FROM customers_institution i JOIN customers_customer c ON c.id = i.customer_id
    """,
    write=_write_institutions,
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
        Code(name="gender", help=_("gender"), choices=tuple(Person.Gender.values)),
        Text(name="phone", help=_("phone"), max_length=32),
    ),
    key=("id",),
    current="""
        SELECT p.customer_id AS row_id, p.customer_id AS id, c.name,
               p.honorific, p.title, p.specialty, p.gender, p.phone
        FROM customers_person p JOIN customers_customer c ON c.id = p.customer_id
    """,
    write=_write_persons,
)


def _refresh_alignment(stage: Stage) -> None:
    refresh_alignment(on=stage.today)


def _write_affiliations(stage: Stage) -> None:
    stage.upsert(
        "customers_affiliation",
        {
            "person_id": "s.person",
            "institution_id": "s.institution",
            "department": "s.department",
            "position": "s.position",
            "is_primary": 's."primary"',
            **_DURING,
        },
    )


AFFILIATIONS = Kind(
    name="affiliations",
    title=_("Affiliations"),
    columns=(
        Reference(name="person", help=_("who"), to="person", required=True),
        Reference(name="institution", help=_("works where"), to="institution", required=True),
        Text(name="department", help=_("in which department"), max_length=120),
        Text(name="position", help=_("as what"), max_length=120),
        Flag(name="primary", help=_("the main place of work; one at a time"), default="1"),
        FROM,
        TO,
    ),
    key=("person", "institution", "department", "from"),
    current=f"""
        SELECT id AS row_id, person_id AS person, institution_id AS institution, department, position,
               is_primary AS "primary", {_PERIOD}
        FROM customers_affiliation
    """,
    alone=(Alone(("person",), '{row}."primary"'), Alone(("person", "institution", "department"))),
    write=_write_affiliations,
    after=_refresh_alignment,
)


def _write_alignment(stage: Stage) -> None:
    stage.upsert(
        "customers_alignment",
        {
            "customer_id": "s.customer",
            "territory_id": "s.territory",
            "line_id": "s.line_id",
            **_DURING,
        },
    )


ALIGNMENT = Kind(
    name="alignment",
    title=_("Alignment"),
    columns=(
        INSTITUTION,
        Reference(name="person", help=_("a person held apart from the institution"), to="person"),
        Reference(name="territory", help=_("held by which territory"), to="territory", required=True),
        FROM,
        TO,
    ),
    key=("customer", "territory", "from"),
    derived=(
        CUSTOMER,
        Derived("line_id", "uuid", "(SELECT t.line_id FROM accounts_territory t WHERE t.id = s.territory)"),
    ),
    row_id="bigint",
    current=f"""
        SELECT al.id AS row_id, al.customer_id AS customer, {customer_columns("al.customer_id")},
               al.territory_id AS territory, al.line_id, {_PERIOD}
        FROM customers_alignment al
    """,
    checks=(ONE_CUSTOMER,),
    alone=(Alone(("customer", "line_id")),),
    write=_write_alignment,
    after=_refresh_alignment,
)


def _write_roles(stage: Stage) -> None:
    stage.upsert(
        "customers_roleassignment",
        {
            "person_id": "s.person",
            "role": "s.role",
            "product_id": "s.product",
            "strength": "s.strength",
            "evidence": "s.evidence",
            **_DURING,
        },
    )


ROLES = Kind(
    name="roles",
    title=_("Roles"),
    columns=(
        Reference(name="person", help=_("who"), to="person", required=True),
        Code(name="role", help=_("decides what"), required=True, choices=tuple(RoleAssignment.Role.values)),
        Reference(name="product", help=_("for which product; empty: for all"), to="product"),
        Number(name="strength", help=_("1 weak to 5 strong"), low=1, high=5, default="3", sql="smallint"),
        Text(name="evidence", help=_("what shows it"), max_length=500),
        FROM,
        TO,
    ),
    key=("person", "role", "product", "from"),
    current=f"""
        SELECT id AS row_id, person_id AS person, role, product_id AS product, strength, evidence, {_PERIOD}
        FROM customers_roleassignment
    """,
    alone=(Alone(("person", "role", "product")),),
    write=_write_roles,
)


def _write_influence(stage: Stage) -> None:
    stage.upsert(
        "customers_influencelink",
        {
            "influencer_id": "s.influencer",
            "influenced_id": "s.influenced",
            "kind": "s.kind",
            "weight": "s.weight",
            "evidence": "s.evidence",
            **_DURING,
        },
    )


INFLUENCE = Kind(
    name="influence",
    title=_("Influence"),
    columns=(
        Reference(name="influencer", help=_("who sways"), to="person", required=True),
        Reference(name="influenced", help=_("who is swayed"), to="person", required=True),
        Code(name="kind", help=_("by way of what"), required=True, choices=tuple(InfluenceLink.Kind.values)),
        Number(name="weight", help=_("0 none to 1 full"), low=0, high=1, decimals=3, default="1", sql="smallint"),
        Text(name="evidence", help=_("what shows it"), max_length=500),
        FROM,
        TO,
    ),
    key=("influencer", "influenced", "kind", "from"),
    current=f"""
        SELECT id AS row_id, influencer_id AS influencer, influenced_id AS influenced, kind, weight, evidence, {_PERIOD}
        FROM customers_influencelink
    """,
    checks=(Check("influenced", "s.influencer = s.influenced", _("Nobody influences himself.")),),
    alone=(Alone(("influencer", "influenced", "kind")),),
    write=_write_influence,
)


def _write_potentials(stage: Stage) -> None:
    stage.upsert(
        "customers_potentialestimate",
        {
            "customer_id": "s.customer",
            "patients_per_day": "s.patients_per_day",
            "openness": "s.openness",
            "known_on": "s.known_on",
        },
    )


POTENTIALS = Kind(
    name="potentials",
    title=_("Potential"),
    columns=(
        PERSON,
        INSTITUTION,
        Code(
            name="patients_per_day",
            help=_("upper end of the band of suitable patients a day"),
            required=True,
            choices=("0", "5", "10", "20", "40", "80"),
            sql="smallint",
        ),
        Code(name="openness", help=_("1 low to 3 high"), required=True, choices=("1", "2", "3"), sql="smallint"),
        Day(name="known_on", help=_("known from this day on"), required=True),
    ),
    key=("customer", "known_on"),
    derived=(CUSTOMER,),
    row_id="bigint",
    current=f"""
        SELECT e.id AS row_id, e.customer_id AS customer, {customer_columns("e.customer_id")},
               e.patients_per_day, e.openness, e.known_on
        FROM customers_potentialestimate e
    """,
    checks=(ONE_CUSTOMER,),
    write=_write_potentials,
    only="c.known_on <= %(on)s",
)
