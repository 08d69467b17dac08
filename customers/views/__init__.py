"""Pages about customers. What higher floors know of them comes in from the roof (crm.urls)."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.forms import territory_menu
from accounts.models import User
from accounts.queries import LOGS_VISITS, SUPERVISORS, lines_of, runs_house, today_of, zone_of
from accounts.views.lists import OwnList
from crm.base import clock
from crm.base.addresses import addresses_of
from crm.base.lists import Act, Column, Menu, Option, asked_page
from customers import queries
from customers.forms import CustomerFilter
from customers.models import Customer
from customers.queries import told
from customers.queries.ground import KEEPERS
from customers.views.columns import COLUMNS

HISTORY_PAGE = 25  # transactions

Facts = Callable[[Customer, User, date], dict[str, Any]]
"""What a floor adds to the page of one customer."""


class CustomerList(OwnList):
    """Whom the reader sees today, a row for each of his lines. `cycle` comes from the floor of visits."""

    name = "customers"
    title = _("Customers")
    searched = _("Name or institution")
    hint = _("Name, pinyin, phone")
    form_class = CustomerFilter
    tabs = "due"
    first_sort = "due"
    head_action = "customers/_new.html"
    nothing_yet = "customers/_none.html"
    columns = COLUMNS

    @property
    def cycle(self) -> queries.Cycle:
        cycle: queries.Cycle = self.kwargs["cycle"]
        return cycle

    def form_arguments(self) -> dict[str, Any]:
        return {"cycle_words": self.cycle.words}

    def may_enter(self) -> bool:
        return self.user.has_role(*KEEPERS)

    def may_import(self) -> bool:
        return runs_house(self.user)

    def rows(self) -> QuerySet[Customer]:
        return queries.listed(self.user)

    @cached_property
    def institution(self) -> Customer | None:
        """The one at which people are looked for, if the reader sees it."""
        return Customer.objects.for_user(self.user).filter(pk=self.wanted["institution"], kind="institution").first()

    def narrow(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        if self.wanted["institution"] and not self.institution:
            return rows.none()
        rows = queries.narrowed(rows, self.wanted, self.on)
        if self.sorted_by.name == "completeness" and not self.wanted["complete"]:
            rows = queries.with_completeness(rows, self.on)
        return self.cycle.narrow(rows, self.wanted["cycle"], self.on) if self.wanted["cycle"] else rows

    def tab_conditions(self) -> dict[str, Q]:
        return queries.due_filters(self.on)

    def complete(self, rows: QuerySet[Customer]) -> QuerySet[Customer]:
        rows = rows.select_related("person", "institution")
        if self.shows("completeness") and "completeness" not in rows.query.annotations:
            rows = queries.with_completeness(rows, self.on)
        return queries.with_consent_to_calls(rows, self.on) if self.shows("phone") else rows

    def dress(self, rows: list[Customer]) -> list[Customer]:
        return queries.dress(
            rows, self.on, roles=self.shows("roles"), cycle=self.cycle if self.shows("cycle") else None
        )

    def tie_break(self) -> list[Any]:
        return ["pk", F("status_id")]

    @cached_property
    def _address(self) -> Callable[[UUID], str]:
        return addresses_of("customer")

    def link(self, row: Customer) -> str:
        return self._address(row.pk)

    @cached_property
    def action(self) -> Act | str:
        if not self.user.has_role(*LOGS_VISITS):
            return ""
        form = addresses_of("log-visit")
        return Act(_("Log visit"), lambda customer: form(customer.pk), attrgetter("name"))

    def offered_columns(self) -> list[Column]:
        idle = set()
        if not self.user.has_role(*SUPERVISORS):
            idle.add("territory")
        if len(lines_of(self.user)) < 2:
            idle.add("line")
        return [column for column in self.columns if column.name not in idle]

    def own_menu(self, name: str) -> Menu | None:
        if name == "institution" and self.wanted["institution"]:
            every = Option(_("All"), self.address(institution=None))
            return Menu(name, _("Institution"), self.institution.name if self.institution else "—", [every])
        return territory_menu(self, self.user) if name == "territory" else None


@require_safe
def customer(request: HttpRequest, pk: UUID, facts: Sequence[Facts]) -> HttpResponse:
    """Who, which tier and why, what is due, what was done. Absent and foreign look the same."""
    user = request.user
    assert isinstance(user, User)
    on = today_of(user, clock.now())
    seen = queries.opened(user, on)
    found = seen.filter(pk=pk).first()
    if found is None:
        successor = seen.filter(Q(merged=pk) | Q(merged__merged=pk)).first()
        if successor is None:
            raise Http404
        return redirect("customer", pk=successor.pk)
    context = {"customer": found, "on": on, "several_lines": len(lines_of(user)) > 1}
    context["may_read_history"] = found.is_supervised  # type: ignore[attr-defined]
    context["may_change"] = found.may_keep and not found.ended_on  # type: ignore[attr-defined]
    context |= queries.about(found, user, on)
    if context["may_change"] and found.kind == Customer.Kind.INSTITUTION:
        is_medical = found.institution.is_medical
        context |= {"may_add_departments": is_medical, "may_change_trade_file": not is_medical}
    for known in facts:
        context |= known(found, user, on)
    return render(request, "customers/customer.html", context)


@require_safe
def history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who changed what of a customer, and when, the newest first; for those who supervise it."""
    user = request.user
    assert isinstance(user, User)
    found = Customer.objects.for_user(user).filter(pk=pk).first()
    if found is None or not told.may_read(user, pk):
        raise Http404
    page = Paginator(told.transactions(pk), HISTORY_PAGE).get_page(asked_page(request))
    context = {"customer": found, "page": page, "rows": told.tell(list(page.object_list), pk, user)}
    with timezone.override(zone_of(user)):
        return render(request, "customers/history.html", context)
