"""Files of who works where, and of which territory holds whom."""

from django.utils.translation import gettext_lazy as _

from accounts.exchange import FROM, TO
from crm.base.exchange.columns import Flag, Text
from crm.base.exchange.copies import KEY, NUMBER
from crm.base.exchange.kinds import Alone, Derived, Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage
from customers.actions import refresh_alignment
from customers.exchange.places import add_departments
from customers.exchange.shared import (
    CUSTOMER,
    DURING,
    INSTITUTION,
    OF_PERSON,
    ONE_CUSTOMER,
    PERIOD,
    customer_columns,
)


def _refresh_alignment(stage: Stage) -> None:
    refresh_alignment(on=stage.today)


def _write_affiliations(stage: Stage) -> None:
    add_departments(stage)
    stage.upsert(
        "customers_affiliation",
        {
            "person_id": "s.person",
            "institution_id": "s.institution",
            "department": "s.department",
            "position": "s.position",
            "is_primary": 's."primary"',
            **DURING,
        },
    )


AFFILIATIONS = Kind(
    name="affiliations",
    title=_("Affiliations"),
    columns=(
        OF_PERSON,
        Reference(name="institution", help=_("works where"), to="institution", required=True),
        Text(name="department", help=_("in which department"), max_length=120),
        Text(name="position", help=_("as what"), max_length=120),
        Flag(name="primary", help=_("the main place of work; one at a time"), default="1"),
        FROM,
        TO,
        KEY,
    ),
    key=("person", "institution", "department", "from"),
    current=f"""
        SELECT id AS row_id, person_id AS person, institution_id AS institution, department, position,
               is_primary AS "primary", {PERIOD}
        FROM customers_affiliation
    """,
    alone=(Alone(("person",), '{row}."primary"'), Alone(("person", "institution", "department"))),
    write=_write_affiliations,
    after=_refresh_alignment,
    carries=("customers.Affiliation",),
)


def _write_alignment(stage: Stage) -> None:
    stage.upsert(
        "customers_alignment",
        {
            "customer_id": "s.customer",
            "territory_id": "s.territory",
            "line_id": "s.line_id",
            **DURING,
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
        NUMBER,
    ),
    key=("customer", "territory", "from"),
    derived=(
        CUSTOMER,
        Derived("line_id", "uuid", "(SELECT t.line_id FROM accounts_territory t WHERE t.id = s.territory)"),
    ),
    row_id="bigint",
    current=f"""
        SELECT al.id AS row_id, al.customer_id AS customer, {customer_columns("al.customer_id")},
               al.territory_id AS territory, al.line_id, {PERIOD}
        FROM customers_alignment al
    """,
    checks=(ONE_CUSTOMER,),
    alone=(Alone(("customer", "line_id")),),
    write=_write_alignment,
    after=_refresh_alignment,
    carries=("customers.Alignment",),
)
