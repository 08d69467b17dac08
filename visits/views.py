"""What is due today, and logging a visit."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Posting, User
from accounts.queries import SUPERVISORS, today_of
from accounts.templatetags.rounds import in_a_row
from crm.base import clock
from crm.base.commands import OtherBodySameId, Receipt
from customers.queries import listed
from visits import queries
from visits.actions import VisitRefused, log_visit
from visits.forms import VisitForm

PAGE = 50


def today(request: HttpRequest) -> HttpResponse:
    """A rep's day; everybody else starts elsewhere."""
    user = request.user
    assert isinstance(user, User)
    if not user.has_role(Posting.Role.REP):
        return redirect("tiers" if user.has_role(*SUPERVISORS) else "customers")
    on = today_of(user, clock.now())
    reminders = queries.due_for(user, on)
    counts = queries.due_counts(reminders, on)
    paginator = Paginator(reminders, PAGE)
    paginator.count = counts["all"]
    page = paginator.get_page(request.GET.get("page"))
    rows = queries.with_places(page.object_list, on)
    stops = rows[1:] if page.number == 1 else rows  # the first stands by itself
    context = {
        "on": on,
        "counts": counts,
        "page": page,
        "rows": rows,
        "now": [reminder for reminder in stops if reminder.due_on <= on],
        "coming": [reminder for reminder in stops if reminder.due_on > on],
        "made_today": queries.made_on(user, on),
    }
    return render(request, "visits/today.html", context)


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
