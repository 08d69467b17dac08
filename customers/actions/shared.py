"""What the writes over people and their relations have in common."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NoReturn
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import products_sold
from crm.base.models import Rule
from crm.base.refusals import Refused
from customers.models import Affiliation, Customer
from customers.queries.ground import kept

LAW = Rule.NO_DOCTOR_COUNTS
SINCE_AT_MOST = timedelta(days=36_525)  # a hundred years
AHEAD_AT_MOST = timedelta(days=366)  # further ahead nobody knows where somebody will work
NOW_OR_BEFORE = timedelta(0)  # what people decide and whom they sway is known, not planned


def check_words(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """What a form offers and how long its texts are, a program may still get wrong. Raises Refused."""
    known = {field.name: field for owner in (Customer, Affiliation, model) for field in owner._meta.fields}
    for name, value in values.items():
        if isinstance(value, str) and "\x00" in value:
            raise Refused(_("holds a character that can't be seen; type it anew."), name)
        try:
            known[name].clean(value, None)
        except ValidationError as error:
            raise Refused(" ".join(error.messages), name) from error


def day_in_reach(day: date, today: date, field: str, ahead: timedelta = AHEAD_AT_MOST) -> None:
    """Neither a slip of the finger in the past nor one in the future. Raises Refused."""
    if day < today - SINCE_AT_MOST:
        raise Refused(_("This day lies more than a hundred years ago; check the year."), field)
    if day > today + ahead:
        if ahead:
            raise Refused(_("This day lies more than a year ahead; choose an earlier one."), field)
        raise Refused(_("This day lies in the future; choose today or an earlier one."), field)


def period_in_reach(
    first: date | None,
    last: date | None,
    today: date,
    *,
    begins: timedelta = AHEAD_AT_MOST,
    ends: timedelta = AHEAD_AT_MOST,
) -> None:
    """Both days in reach, `begins` and `ends` ahead at most, and in their order. Raises Refused."""
    if first:
        day_in_reach(first, today, "first", begins)
    if last:
        day_in_reach(last, today, "last", ends)
    if first and last and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), "last")


def own_product(actor: User, product: UUID | None) -> None:
    """Raises Refused where no line of the actor's sells it."""
    if product and not products_sold(actor).filter(pk=product).exists():
        raise Refused(_("Choose a product that your line sells."), "product")


def own_person(actor: User, person: UUID, institution: UUID | None = None) -> None:
    """That the actor may change this person, who is locked: changes of one person's relations follow each other. With
    `institution`: and that this is one of his ground. Raises Customer.DoesNotExist, Refused."""
    wanted = {person: Customer.Kind.PERSON, **({institution: Customer.Kind.INSTITUTION} if institution else {})}
    rows = kept(actor).current().filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True)
    own = {customer.pk for customer in rows if customer.kind == wanted[customer.pk]}
    if person not in own:
        raise Customer.DoesNotExist
    if institution and institution not in own:
        refuse_place()


def own_place(actor: User, institution: UUID) -> None:
    """Raises Refused where it is no institution of the actor's ground."""
    if not kept(actor).current().filter(pk=institution, kind=Customer.Kind.INSTITUTION).exists():
        refuse_place()


def refuse_place() -> NoReturn:
    raise Refused(_("Choose an institution of your own ground."), "institution")


# The tail of a statement that stores where somebody works; a department that is not there yet is made.
STORE_PLACE = """
department AS (
    INSERT INTO customers_department (id, institution_id, name)
    SELECT %(department_id)s, %(institution)s, %(department)s WHERE %(department)s <> ''
    ON CONFLICT (institution_id, name) DO NOTHING
)
INSERT INTO customers_affiliation (id, person_id, institution_id, department, position, is_primary, during)
VALUES (%(affiliation)s, %(person)s, %(institution)s, %(department)s, %(position)s, %(is_primary)s, %(during)s)
"""
