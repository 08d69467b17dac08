"""Dated rows that follow each other: saying something else from a day on."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.base.periods import period
from crm.base.refusals import Refused


def make_room(rows: QuerySet[Any], first: date, today: date, field: str) -> None:
    """End what `rows` say on the day before `first`. What is planned for later gives way: it never was in force.
    What begins on `first` itself is corrected. Raises Refused where something in force would vanish from the past."""
    later = rows.filter(during__startswith__gt=first, during__startswith__lte=today).order_by("during").first()
    if later:
        raise Refused(
            _("Since %s something else is in force; choose a later day.") % later.during.lower.isoformat(), field
        )
    rows.filter(during__startswith__gte=first).delete()
    for row in rows.filter(during__contains=first):
        row.during = DateRange(row.during.lower, first)
        row.save(update_fields=["during"])


def end_with(row: Any, last: date | None, field: str) -> None:
    """Let a row end with `last`; None: it is in force until further notice. Raises Refused."""
    first = row.during.lower
    if last and first and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), field)
    row.during = period(first, last)
    row.save(update_fields=["during"])
