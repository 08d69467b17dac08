"""Dated rows that follow each other: saying something else from a day on."""

from copy import copy
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from crm.base.refusals import Refused


def make_room(rows: QuerySet[Any], first: date, today: date, field: str) -> list[Any]:
    """End what `rows` say on the day before `first`. What is planned for later gives way: it never was in force.
    What begins on `first` itself is corrected. Returns copies of what was in force on `first`. Raises Refused where
    something in force would vanish from the past."""
    standing = rows.filter(Q(during__endswith__gt=first) | Q(during__upper_inf=True)).order_by("during")
    ended: list[Any] = []
    gone: list[Any] = []
    for row in standing:
        began = row.during.lower
        if began and first < began <= today:
            raise Refused(_("Since %s something else is in force; choose a later day.") % began.isoformat(), field)
        (ended if began is None or began < first else gone).append(row)
    before = [copy(row) for row in (*ended, *gone) if first in row.during]
    if gone:
        rows.filter(pk__in=[row.pk for row in gone]).delete()
    for row in ended:
        row.during = DateRange(row.during.lower, first)
        row.save(update_fields=["during"])
    return before


def end_with(row: Any, last: date | None, field: str) -> None:
    """Let a row end with `last`; None: it is in force until further notice. Raises Refused."""
    first = row.during.lower
    if last and first and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), field)
    row.during = period(first, last)
    row.save(update_fields=["during"])


def say_anew(row: Any, first: date, last: date | None, **values: Any) -> Any:
    """From `first` to `last` a row says something else. What it said before that day stays; on the day of its
    beginning it is corrected. Returns what is said from then on. Raises Refused."""
    began, ended = row.during.lower, last_day(row.during)
    if began and first < began:
        raise Refused(_("This began on %s; choose that day or a later one.") % began.isoformat(), "first")
    if ended and first > ended:
        raise Refused(_("This ended on %s; choose that day or an earlier one.") % ended.isoformat(), "first")
    if last and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), "last")
    if first != began:
        row.during = DateRange(began, first)
        row.save(update_fields=["during"])
        row.pk, row._state.adding = uuid7(), True
    for name, value in values.items():
        setattr(row, name, value)
    row.during = period(first, last)
    row.save()
    return row


def take_back(row: Any, today: date) -> None:
    """Take back what was not yet in force for a whole day: it was entered by mistake. Raises Refused."""
    if row.during.lower is None or row.during.lower < today:
        raise Refused(_("This has begun; end it instead."))
    row.delete()
