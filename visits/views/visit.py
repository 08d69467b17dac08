"""One visit: what it says, what it said before, and amending it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.queries import today_of, zone_of
from crm.base import clock
from crm.base.commands import OtherBodySameId
from crm.base.conflicts import differences
from crm.base.toasts import tell
from customers.models import Customer
from customers.queries import told
from visits import queries
from visits.actions import ChangedMeanwhile, VisitRefused, amend_visit
from visits.actions.amend import report_of
from visits.actions.report import TEXTS
from visits.forms import AmendForm
from visits.models import Attendee, FollowUp, Visit, VisitProduct
from visits.views.log import forget_draft

SUBJECTS = {
    Visit: gettext_lazy("Visit"),
    Attendee: gettext_lazy("Person met"),
    VisitProduct: gettext_lazy("Product"),
    FollowUp: gettext_lazy("Next step"),
}


@require_safe
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(_visits(user), pk=pk)
    context = {
        "visit": found,
        "others": found.met - len(found.people),
        "products": found.products.select_related("product").order_by("position", "pk"),
        "promises": found.follow_ups.order_by("due_on", "pk"),
        "texts": [
            (getattr(Visit, name).field.verbose_name, getattr(found, name)) for name in TEXTS if getattr(found, name)
        ],
        "on": today_of(user, clock.now()),
        "is_void": found.state == Visit.State.VOID,
        "may_amend": found.maker_id == user.pk and found.state == Visit.State.REPORTED,
    }
    return render(request, "visits/visit.html", context)


def _visits(user: User) -> Any:
    return queries.told(Visit.objects.for_user(user), user).select_related(
        "maker", "place__customer", "line", "territory", "joint_with"
    )


@require_safe
def visit_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it was before each amendment, for whoever sees the visit."""
    user = request.user
    assert isinstance(user, User)
    found = get_object_or_404(_visits(user), pk=pk)
    known = (found, found.maker, found.line, found.territory)
    rows = told.tell(queries.history_of(pk), pk, user, SUBJECTS, known)
    with timezone.override(zone_of(user)):
        return render(request, "visits/history.html", {"visit": found, "rows": rows})


def amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Its maker says it anew, with a reason; or that it did not take place."""
    user, at = request.user, clock.now()
    assert isinstance(user, User)
    met = Attendee.objects.filter(visit=OuterRef("pk")).order_by("pk").values("customer")
    mine = Visit.objects.for_user(user).reported().filter(maker=user).annotate(people=ArraySubquery(met))
    found = get_object_or_404(mine, pk=pk)
    people: list[UUID] = found.people  # type: ignore[attr-defined]
    conflict = None
    if request.method == "POST":
        form = AmendForm(request.POST, customer=people[0])
        if form.is_valid():
            try:
                return _amended(request, user, found, form, at)
            except VisitRefused as refused:
                form.refuse(refused)
            except OtherBodySameId as known:
                form.renew(str(known))
            except ChangedMeanwhile as quicker:
                conflict = quicker
    else:
        form = AmendForm.of(found, people)
    customer = Customer.objects.for_user(user).filter(pk=people[0]).first()
    if customer is None:
        raise Http404
    on = today_of(user, at)
    place, colleagues = queries.around(user, customer.pk, on)
    # What stands there stays choosable, whatever changed since: a box that is not shown would be sent as empty.
    stands = dict(queries.met_at(user, pk))
    offered = queries.named(colleagues) | stands
    form.offer(queries.products_for(user, pk), offered, queries.leaders_of(user, found.joint_with_id))
    context: dict[str, Any] = {"form": form, "visit": found, "customer": customer, "place": place, "on": on}
    if conflict:
        beside = [one for one in offered if one in stands and one != people[0]]
        stored = report_of(conflict.visit) | {"reason": conflict.visit.amendment, "also_met": beside}
        context["conflict"] = {
            "sentence": str(conflict),
            "differences": differences(form, stored),
            "leave": reverse("visit", args=[pk]),
        }
        form.look_again(conflict.visit)
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "visits/amend.html", context, status=status)


def _amended(request: HttpRequest, user: User, found: Visit, form: AmendForm, at: datetime) -> HttpResponse:
    void = "void" in request.POST
    amend_visit(actor=user, amendment=form.amendment(found, void=void), at=at)
    tell(request, _("The visit is void.") if void else _("The visit is amended."))
    answer = redirect("visit", pk=found.pk)
    forget_draft(answer, form.cleaned_data["id"])
    return answer
