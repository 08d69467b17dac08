"""Business dates. The clock is read at the edge (view, task, command) and handed on as `at` or `on`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    return timezone.now()


def date_in(zone: str | ZoneInfo, at: datetime) -> date:
    """The calendar date at `at` in `zone`; an empty zone is the company's."""
    if isinstance(zone, str):
        zone = ZoneInfo(zone) if zone else settings.COMPANY_TIME_ZONE
    return at.astimezone(zone).date()


def company_date(at: datetime) -> date:
    return date_in(settings.COMPANY_TIME_ZONE, at)
