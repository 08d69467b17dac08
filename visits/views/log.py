"""Logging a visit."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import LOGS_VISITS, today_of
from accounts.templatetags.rounds import in_a_row
from crm.base import clock
from crm.base.commands import OtherBodySameId, Receipt
from customers.queries import listed
from visits import queries
from visits.actions import VisitRefused, log_visit
from visits.forms import VisitForm

LONGEST_SEARCH = 80  # characters
DRAFT_LIVES = 3 * 24 * 60 * 60  # seconds


@require_http_methods(["GET", "HEAD", "POST"])
def whom(request: HttpRequest) -> HttpResponse:
    """Somebody who was not planned. POST gives the hits alone, as one types: names then stand in no address."""
    user = request.user
    assert isinstance(user, User)
    if not user.has_role(*LOGS_VISITS):
        raise PermissionDenied
    words = request.POST if request.method == "POST" else request.GET
    text = " ".join(words.get("q", "").split())[:LONGEST_SEARCH]
    found = queries.found(user, text, today_of(user, clock.now())) if text else None
    template = "visits/_found.html" if request.method == "POST" else "visits/whom.html"
    answer = render(request, template, {"text": text, "found": found, "searching": True})
    answer["Cache-Control"] = "private, no-store"
    return answer


def log(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, at = request.user, clock.now()
    assert isinstance(user, User)
    if request.method == "POST":
        form = VisitForm(request.POST, customer=pk)
        if form.is_valid() and (receipt := _stored(user, form, at)):
            return _say_so(request, user, pk, receipt)
    elif not user.has_role(*LOGS_VISITS):
        raise PermissionDenied
    on = today_of(user, at)
    customer = get_object_or_404(listed(user).select_related("person", "institution"), pk=pk)
    if request.method != "POST":
        form = VisitForm.blank(customer=pk, today=on, talked=queries.talked_last(user, pk))
    place, colleagues = queries.around(user, pk, on)
    form.offer(queries.products_for(user), queries.named(colleagues), queries.leaders_of(user))
    context = {"form": form, "customer": customer, "place": place, "on": on}
    return render(request, "visits/log.html", context, status=422 if form.errors else 200)


def _stored(user: User, form: VisitForm, at: datetime) -> Receipt | None:
    """The receipt, or None with the reason in the form."""
    try:
        return log_visit(actor=user, report=form.report(), at=at)
    except VisitRefused as refused:
        form.refuse(refused)
    except OtherBodySameId as known:
        form.renew(str(known))
    return None


def _say_so(request: HttpRequest, user: User, pk: UUID, receipt: Receipt) -> HttpResponse:
    """Back to the customer, or, where it is another's by now, to Today."""
    closed = receipt.result["reminders_closed"]
    sentences = [_("Visit saved.")]
    if closed:
        sentences.append(ngettext("%d reminder is done.", "%d reminders are done.", closed) % closed)
    messages.success(request, in_a_row(sentences))
    seen = listed(user).filter(pk=pk).exists()
    answer = redirect("customer", pk=pk) if seen else redirect("today")
    forget_draft(answer, receipt.object_id)
    return answer


def forget_draft(answer: HttpResponse, visit: UUID | None) -> None:
    """What is stored needs no draft on the device any more: static/js/drafts.js reads it."""
    name = "__Host-saved" if settings.SESSION_COOKIE_SECURE else "saved"
    answer.set_cookie(name, str(visit), max_age=DRAFT_LIVES, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax")
