"""The calendar that a private link opens: what is due, on its day."""

import hashlib
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actions.calendars import reading
from accounts.models import User
from accounts.queries import today_of
from accounts.views.visitor import visitor_of
from crm.base import clock
from crm.base.ics import Event, calendar
from visits import queries
from visits.words import reason

_HOST = urlsplit(settings.ORIGIN).hostname


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Who brings the secret; revoked, unknown and closed are the same 404. Names of customers are in it only where
    CALENDAR_NAMES says so: it leaves the house (docs/decisions/0008)."""
    at = clock.now()
    with reading(secret, visitor_of(request), at=at) as user:
        if user is None:
            raise Http404
        with translation.override(user.language or settings.LANGUAGE_CODE):
            body = calendar(settings.COMPANY_NAME, _events(user, today_of(user, at)))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if tag in request.headers.get("If-None-Match", ""):
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'inline; filename="rounds.ics"'
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _events(user: User, on: date) -> list[Event]:
    """What is overdue stands on today."""
    reminders = [
        _event(f"reminder-{r.pk}", max(r.shows_on, on), r.made_on, reason(r, on), r.customer.name, r.customer_id)
        for r in queries.coming_reminders(user, on)
    ]
    planned = [
        _event(
            f"due-{status.customer_id}-{status.line_id}", due, due - timedelta(days=queries.AHEAD),
            _("Visit due"), status.customer.name, status.customer_id,
        )
        for status in queries.coming_visits(user, on)
        if (due := status.next_due_on)
    ]  # fmt: skip
    return reminders + planned


def _event(key: str, on: date, stamp: date, what: str, name: str, customer: UUID) -> Event:
    url = urljoin(settings.ORIGIN, reverse("customer", args=[customer]))
    return Event(f"{key}@{_HOST}", on, stamp, f"{name} · {what}" if settings.CALENDAR_NAMES else what, url)
