"""What is due today, what was done, and logging a visit."""

from datetime import date, datetime
from functools import cached_property
from operator import attrgetter, methodcaller
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.forms import territory_menu
from accounts.models import Posting, User
from accounts.queries import SUPERVISORS, today_of
from accounts.templatetags.rounds import in_a_row
from crm.base import clock
from crm.base.commands import OtherBodySameId, Receipt
from crm.base.lists import Column, ListPage, Menu
from customers.queries import listed
from visits import queries
from visits.actions import VisitRefused, log_visit
from visits.forms import VisitFilter, VisitForm
from visits.models import Visit, VisitProduct

PAGE = 50


def today(request: HttpRequest) -> HttpResponse:
    """A rep's day; everybody else starts elsewhere."""
    user = request.user
    assert isinstance(user, User)
    if not user.has_role(Posting.Role.REP):
        return redirect("team" if user.has_role(*SUPERVISORS) else "customers")
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


def _names(things: list[dict[str, Any]]) -> str:
    return pgettext("between things", ", ").join(thing["name"] for thing in things)


def _who(visit: Visit) -> str:
    return _names(visit.people)  # type: ignore[attr-defined]


def _what(visit: Visit) -> str:
    talked = []
    for product in visit.talked:  # type: ignore[attr-defined]
        reaction = product["reaction"] and VisitProduct.Reaction(product["reaction"]).label
        talked.append({"name": f"{product['name']} · {reaction}" if reaction else product["name"]})
    return _names(talked)


class VisitList(ListPage):
    """What was done: a rep's own visits, a manager's whole ground's."""

    name = "visits"
    title = gettext_lazy("Visits")
    searched = gettext_lazy("Who was met, or where")
    hint = gettext_lazy("Name, pinyin, phone")
    form_class = VisitFilter
    first_sort = "-on"
    nothing_yet = "visits/_none.html"
    columns = (
        Column(
            "on",
            gettext_lazy("Date"),
            attrgetter("on"),
            sort=("on", "reported_at"),
            words=(gettext_lazy("oldest first"), gettext_lazy("newest first")),
            card="end",
        ),
        Column("who", gettext_lazy("Customer"), _who, card="title"),
        Column(
            "place",
            gettext_lazy("Institution"),
            lambda row: row.place.customer.name if row.place else "",
            sort=("place__customer__pinyin", "place__customer__name"),
            card="line",
        ),
        Column("what", gettext_lazy("Products and reactions"), _what, card="line"),
        Column("channel", gettext_lazy("How"), methodcaller("get_channel_display"), sort=("channel",)),
        Column("maker", gettext_lazy("Made by"), attrgetter("maker.name"), sort=("maker__name",), card="line"),
        Column("territory", gettext_lazy("Territory"), attrgetter("territory.name"), sort=("territory__name",)),
        Column("note", gettext_lazy("Note"), attrgetter("note")),
    )

    @cached_property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @cached_property
    def on(self) -> date:
        return today_of(self.user, clock.now())

    @cached_property
    def leads(self) -> bool:
        return self.user.has_role(*SUPERVISORS)

    def form_arguments(self) -> dict[str, Any]:
        return {"makers": queries.makers_below(self.user)}

    def rows(self) -> QuerySet[Visit]:
        return queries.made(self.user)

    def narrow(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        return queries.narrowed(rows, self.wanted)

    def complete(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        return queries.told(rows)

    def link(self, row: Visit) -> str:
        """To the first one who was met: the visit stands in his timeline."""
        people = row.people  # type: ignore[attr-defined]
        return reverse("customer", args=[people[0]["pk"]]) if people else ""

    def shown_columns(self) -> list[Column]:
        return [column for column in self.columns if self.leads or column.name not in ("maker", "territory")]

    def own_menu(self, name: str) -> Menu | None:
        return territory_menu(self, self.user) if name == "territory" else None
