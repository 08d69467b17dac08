"""Pages of operations: who shall hold a customer."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from accounts.models import Territory, User
from accounts.queries import operated, today_of, tree
from accounts.templatetags.rounds import in_a_row
from accounts.views.setup import FormPage, for_operations, operator, show_form
from crm.base import clock
from crm.base.toasts import tell
from customers.actions.alignment import align as give
from customers.forms import AlignForm
from customers.models import Alignment, Customer
from customers.queries import affiliations
from customers.queries.ground import alignable
from customers.queries.search import matching

MOST = 30  # hits that one looks over


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@for_operations
def choose(request: HttpRequest) -> HttpResponse:
    """Whom to give to a territory."""
    user = operator(request)
    on = today_of(user, clock.now())
    wished = _id(request.GET.get("territory", ""))
    territory = operated(user).filter(pk=wished).first() if wished else None
    wanted = " ".join(request.GET.get("q", "").split())[:80]
    found = list(_candidates(user, territory, wanted, on)) if wanted else []
    places = {a.person_id: a for a in affiliations([c.pk for c in found], on).filter(is_primary=True)}
    rows = [(customer, places.get(customer.pk), _address(customer, territory)) for customer in found[:MOST]]
    context = {"territory": territory, "wanted": wanted, "rows": rows, "more": len(found) > MOST}
    return render(request, "setup/choose_customer.html", context)


def _candidates(user: User, territory: Territory | None, wanted: str, on: date) -> Any:
    seen = Customer.objects.for_user(user).current()
    if territory:
        seen = seen.filter(pk__in=alignable(user, territory.line_id, on).values("pk"))
    return matching(seen, wanted).order_by("kind", "pinyin", "pk")[: MOST + 1]


def _address(customer: Customer, territory: Territory | None) -> str:
    address = reverse("align-customer", args=[customer.pk])
    return f"{address}?{urlencode({'territory': territory.pk})}" if territory else address


@for_operations
def align(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give one customer to a territory from a day on."""
    user = operator(request)
    on = today_of(user, clock.now())
    customer = get_object_or_404(Customer.objects.for_user(user).current(), pk=pk)
    start = {"first": on, "territory": request.GET.get("territory", "")}
    form = AlignForm(request.POST or None, nodes=tree(user, on), initial=start)

    made: list[Alignment] = []

    def act(data: dict[str, Any]) -> None:
        days = {"first": data["first"], "last": data["last"], "today": on}
        made.append(give(actor=user, customer=customer, territory=data["territory"], **days))

    if request.method == "POST" and form.carried_out(act):
        territory = made[0].territory
        tell(request, _("%(territory)s holds %(customer)s from that day on.")
             % {"territory": territory.name, "customer": customer.name})  # fmt: skip
        return redirect("territory", pk=territory.pk)
    page = FormPage(
        customer.name,
        reverse("align"),
        _("Another customer"),
        _("Give to this territory"),
        lead=_lead(customer, on),
    )
    return show_form(request, form, page)


def _lead(customer: Customer, on: date) -> str:
    if customer.kind == Customer.Kind.INSTITUTION:
        sentence = _(
            "The people whose primary place of work it is go with it, but for those with a territory of their own."
        )
    else:
        sentence = _("An exception: this person no longer goes with the institution.")
    rows = Alignment.objects.filter(customer=customer, during__contains=on).select_related("territory")
    held = pgettext("between things", ", ").join(row.territory.name for row in rows)
    return in_a_row([sentence, _("Today its own territory is %s.") % held]) if held else sentence
