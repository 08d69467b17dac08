"""Dated rows. A period is a half-open range of days in the database; files and pages show its last day."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

_DAY = timedelta(days=1)


def period(first: date | None, last: date | None = None) -> DateRange:
    """From `first` to `last`, both included; None is open."""
    return DateRange(first, None if last is None else last + _DAY)


def last_day(during: DateRange) -> date | None:
    return None if during.upper is None else during.upper - _DAY


def month_start(day: date, months: int = 0) -> date:
    """First day of the month `months` after (or, negative, before) the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
