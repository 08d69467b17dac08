"""Pages of operations: products and holidays."""

from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.actions import goods as actions
from accounts.forms.setup import HolidayFilter, HolidayForm, ProductFilter, ProductForm
from accounts.models import Holiday, Line, Product
from accounts.queries import house_lines, operated, operated_lines, runs_house
from accounts.views.setup import Beside, FormPage, OperationsList, for_the_house, operator, show_form
from crm.base.lists import Act, Column
from crm.base.refusals import Refused, mark_of
from crm.base.toasts import Undo, tell


class ProductList(OperationsList):
    """What the lines of the reader carry."""

    name = "products"
    title = gettext_lazy("Products")
    searched = gettext_lazy("Name")
    hint = gettext_lazy("Name")
    form_class = ProductFilter
    tabs = "active"
    first_sort = "name"
    add, add_word = "product-new", gettext_lazy("New product")
    why = gettext_lazy("Visits are about products: one that is not here cannot be logged, targeted or sold.")
    nothing_yet = "setup/_nothing.html"
    columns = (
        Column("name", gettext_lazy("Product"), attrgetter("name"), sort=("name",), card="title"),
        Column("line", gettext_lazy("Product line"), attrgetter("line.name"), sort=("line__name", "name"), card="line"),
        Column("unit", gettext_lazy("Unit"), attrgetter("unit"), sort=("unit", "name"), card="line"),
        Column(
            "active",
            gettext_lazy("Sold"),
            lambda row: _("Yes") if row.is_active else _("No"),
            short=gettext_lazy("Sold"),
            card="end",
        ),
    )

    @cached_property
    def lines(self) -> list[Line]:
        return list(operated_lines(self.user))

    def offered_columns(self) -> list[Column]:
        return [column for column in self.columns if column.name != "line" or len(self.lines) > 1]

    def rows(self) -> QuerySet[Product]:
        return Product.objects.filter(line__in=self.lines)

    def narrow(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        return rows.filter(name__icontains=self.wanted["q"]) if self.wanted["q"] else rows

    def tab_conditions(self) -> dict[str, Q]:
        return {"1": Q(is_active=True), "0": Q(is_active=False)}

    def complete(self, rows: QuerySet[Product]) -> QuerySet[Product]:
        return rows.select_related("line")

    def link(self, row: Product) -> str:
        return reverse("product", args=[row.pk]) if self.may_add() else ""

    @cached_property
    def _leads(self) -> bool:
        return runs_house(self.user)

    def may_add(self) -> bool:
        return self._leads


class HolidayList(OperationsList):
    """Holidays of the countries in which the reader runs ground."""

    name = "holidays"
    title = gettext_lazy("Holidays")
    searched = gettext_lazy("Name")
    hint = gettext_lazy("Name")
    form_class = HolidayFilter
    tabs = "works"
    first_sort = "-on"
    add, add_word = "holiday-new", gettext_lazy("New holiday")
    why = gettext_lazy("Until they are here, every day from Monday to Friday counts as worked.")
    nothing_yet = "setup/_nothing.html"
    columns = (
        Column("on", gettext_lazy("Date"), attrgetter("on"), sort=("on",), card="end"),
        Column("name", gettext_lazy("Name"), attrgetter("name"), sort=("name",), card="title"),
        Column("country", gettext_lazy("Country"), attrgetter("jurisdiction"), sort=("jurisdiction",), card="line"),
        Column(
            "works",
            gettext_lazy("That day"),
            lambda row: _("Is worked") if row.works else _("Nobody works"),
            card="line",
        ),
    )

    def rows(self) -> QuerySet[Holiday]:
        return Holiday.objects.filter(jurisdiction__in=operated(self.user).values("jurisdiction"))

    def narrow(self, rows: QuerySet[Holiday]) -> QuerySet[Holiday]:
        return rows.filter(name__icontains=self.wanted["q"]) if self.wanted["q"] else rows

    def tab_conditions(self) -> dict[str, Q]:
        return {"0": Q(works=False), "1": Q(works=True)}

    @cached_property
    def _leads(self) -> bool:
        return runs_house(self.user)

    def may_add(self) -> bool:
        return self._leads

    @cached_property
    def action(self) -> Act | str:
        return "setup/_holiday_action.html" if self._leads else ""


@for_the_house
def new_product(request: HttpRequest) -> HttpResponse:
    user = operator(request)
    form = ProductForm(request.POST or None, lines=house_lines(user).order_by("name"))
    made: list[Product] = []

    def create(data: dict[str, Any]) -> None:
        made.append(actions.create_product(actor=user, name=data["name"], unit=data["unit"], line=data["line"]))

    if request.method == "POST" and form.carried_out(create):
        tell(request, _("Product “%s” is entered.") % made[0].name, _switch(made[0]))
        return redirect("products")
    page = FormPage(_("New product"), reverse("products"), _("Products"), _("Create product"))
    return show_form(request, form, page)


def _switch(product: Product) -> Undo:
    """The way back from a change of whether it is sold."""
    return Undo(reverse("product-active", args=[product.pk]), {"active": "0" if product.is_active else "1"})


@for_the_house
def product(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another name or unit."""
    user = operator(request)
    found = get_object_or_404(Product.objects.filter(line__in=house_lines(user)), pk=pk)
    before = {"name": found.name, "unit": found.unit}
    form = ProductForm(request.POST or None, initial=before | {"was": mark_of(*actions.seen_of(found))})
    if request.method == "POST" and form.carried_out(
        lambda data: actions.change_product(actor=user, product=found, **data)
    ):
        changed = Product.objects.get(pk=pk)
        undo = Undo(reverse("product", args=[pk]), before | {"was": mark_of(*actions.seen_of(changed))})
        tell(request, _("Product “%s” is saved.") % changed.name, undo)
        return redirect("products")
    stored = Product.objects.get(pk=pk)
    if form.overtaken:
        form.renew(mark_of(*actions.seen_of(stored)))
    words = _("Not sold any more") if stored.is_active else _("Sold again")
    page = FormPage(
        stored.name,
        reverse("products"),
        _("Products"),
        _("Save product"),
        now=[(_("Name"), stored.name), (_("Unit"), stored.unit or "—")],
        beside=Beside(reverse("product-active", args=[pk]), words, {"active": "0" if stored.is_active else "1"}),
    )
    return show_form(request, form, page)


@for_the_house
@require_POST
def set_product_active(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = operator(request)
    found = get_object_or_404(Product.objects.filter(line__in=house_lines(user)), pk=pk)
    found.is_active = request.POST.get("active") == "1"
    actions.set_product_active(actor=user, product=found, active=found.is_active)
    words = (
        _("“%s” can be chosen again.")
        if found.is_active
        else _("“%s” can't be chosen any more; what was said of it stays.")
    )
    tell(request, words % found.name, _switch(found))
    return redirect("products")


@for_the_house
def new_holiday(request: HttpRequest) -> HttpResponse:
    user = operator(request)
    codes = operated(user).exclude(jurisdiction="").values_list("jurisdiction", flat=True)
    form = HolidayForm(request.POST or None, countries=sorted(set(codes)))
    made: list[Holiday] = []

    def add(data: dict[str, Any]) -> None:
        values = {word: data[word] for word in ("on", "name", "jurisdiction")}
        made.append(actions.add_holiday(actor=user, works=data["works"] == "1", **values))

    if request.method == "POST" and form.carried_out(add):
        tell(request, _("“%s” is entered.") % made[0].name, Undo(reverse("holiday-remove", args=[made[0].pk])))
        return redirect("holidays")
    page = FormPage(_("New holiday"), reverse("holidays"), _("Holidays"), _("Enter holiday"))
    return show_form(request, form, page)


@for_the_house
@require_POST
def remove_holiday(request: HttpRequest, pk: int) -> HttpResponse:
    user = operator(request)
    found = get_object_or_404(Holiday, pk=pk, jurisdiction__in=operated(user).values("jurisdiction"))
    fields = {"on": found.on.isoformat(), "name": found.name, "jurisdiction": found.jurisdiction}
    try:
        actions.remove_holiday(actor=user, holiday=found)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        undo = Undo(reverse("holiday-new"), fields | {"works": "1" if found.works else ""})
        tell(request, _("“%s” is removed.") % found.name, undo)
    return redirect("holidays")
