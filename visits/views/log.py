"""Logging a visit."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Posting, User
from accounts.queries import today_of
from accounts.templatetags.rounds import in_a_row
from crm.base import clock
from crm.base.commands import OtherBodySameId, Receipt
from customers.queries import listed
from visits import queries
from visits.actions import VisitRefused, log_visit
from visits.forms import VisitForm


def log(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, at = request.user, clock.now()
    assert isinstance(user, User)
    products = queries.products_for(user)
    if request.method == "POST":
        form = VisitForm(request.POST, customer=pk, products=products)
        if form.is_valid() and (receipt := _stored(user, form, at)):
            return _say_so(request, user, pk, receipt)
    elif not user.has_role(Posting.Role.REP, Posting.Role.MANAGER):
        raise PermissionDenied
    else:
        form = VisitForm.blank(customer=pk, products=products, today=today_of(user, at))
    customer = get_object_or_404(listed(user).select_related("person", "institution"), pk=pk)
    place, colleagues = queries.around(user, pk, today_of(user, at))
    form.offer_colleagues(colleagues)
    context = {"form": form, "customer": customer, "place": place, "on": today_of(user, at), "products": products}
    return render(request, "visits/log.html", context, status=422 if form.errors else 200)


def _stored(user: User, form: VisitForm, at: datetime) -> Receipt | None:
    """The receipt, or None with the reason in the form."""
    try:
        place = queries.place_of(form.customer, form.cleaned_data["on"])
        return log_visit(actor=user, report=form.report(place), at=at)
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
    return redirect("customer", pk=pk) if seen else redirect("today")
