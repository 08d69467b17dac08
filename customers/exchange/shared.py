"""What several kinds of files of customers have in common."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.kinds import Check, Derived
from crm.base.exchange.references import Reference
from crm.base.exchange.staging import Stage, q

PERSON = Reference(name="person", help=_("who"), to="person")
INSTITUTION = Reference(name="institution", help=_("which institution"), to="institution")
OF_PERSON = Reference(name="person", help=_("who"), to="person", required=True)
OF_INSTITUTION = Reference(name="institution", help=_("which institution"), to="institution", required=True)
CUSTOMER = Derived("customer", "uuid", "coalesce(s.person, s.institution)")
ONE_CUSTOMER = Check(
    "person",
    "(s.person IS NULL) = (s.institution IS NULL)",
    _("Name either a person or an institution, and only one."),
)
PERIOD = """lower(during) AS "from", upper(during) - 1 AS "to\""""
DURING = {"during": """daterange(s."from", s."to", '[]')"""}


def customer_columns(customer: str) -> str:
    """SQL: `person` and `institution` of a current row, one of them NULL, as the files have them."""
    return f"""(SELECT p.customer_id FROM customers_person p WHERE p.customer_id = {customer}) AS person,
               (SELECT i.customer_id FROM customers_institution i WHERE i.customer_id = {customer}) AS institution"""


def lean(stage: Stage, table: str, pk: str, **columns: str) -> None:
    """Rows of one file may name one another in any order, in batches written one after the other: such a
    reference is noted with its batch and set once all rows are there (`stand`). `columns` maps the table's
    column to the file's."""
    for column, name in columns.items():
        stage.run(
            f"""INSERT INTO leaning SELECT '{column}', row_id, {q(name)} FROM stage
                WHERE verdict <> 'same' AND {q(name)} IS NOT NULL"""
        )
        stage.run(
            f"""UPDATE {table} t SET {column} = NULL FROM stage s
                WHERE s.verdict = 'changed' AND t.{pk} = s.row_id AND s.{q(name)} IS NULL AND t.{column} IS NOT NULL"""
        )


def stand(stage: Stage, table: str, pk: str, *columns: str) -> None:
    """Set what `lean` noted."""
    for column in columns:
        stage.run(
            f"""UPDATE {table} t SET {column} = l.on_id FROM leaning l
                WHERE l.on_column = '{column}' AND t.{pk} = l.row_id AND t.{column} IS DISTINCT FROM l.on_id"""
        )
