"""My account → Calendar: the private link, shown once."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.calendars import make_link, revoke_link
from accounts.models import CalendarLink, User
from accounts.views.visitor import visitor_of
from crm.base import clock
from crm.base.toasts import tell


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_link(request: HttpRequest) -> HttpResponse:
    """What there is; POST makes a new link and is the only answer that has it."""
    user = request.user
    assert isinstance(user, User)
    address = ""
    if request.method == "POST":
        secret = make_link(actor=user, visitor=visitor_of(request), at=clock.now())
        address = urljoin(settings.ORIGIN, reverse("calendar", args=[secret]))
    link = CalendarLink.objects.filter(user=user).first()
    context = {"link": link, "address": address, "names": settings.CALENDAR_NAMES}
    return render(request, "accounts/calendar.html", context)


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    revoke_link(actor=user, visitor=visitor_of(request), at=clock.now())
    tell(request, _("The calendar link is revoked: it opens nothing any more."))
    return redirect("calendar-link")
