"""How far products have come into an institution: entered, said anew from a day on, ended."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.queries import products_sold
from crm.base.editing import Editing
from crm.base.ids import uuid7
from crm.base.toasts import tell
from customers.models import Customer
from customers.views.relations import DatedChange, back_to, way_back
from customers.views.shared import EditPage, carried_out, keeper, kept_or_404, part_of, show
from sales import actions
from sales.forms import ListingForm, NewListingForm

PLAN = "plan"  # the part of a customer's page


def new_listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    products = products_sold(user)
    form = NewListingForm(request.POST or None, initial={"id": uuid7(), "first": on}, products=products)

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("id", "product", "state", "evidence", "first", "last")}
        actions.begin_listing(actor=user, institution=pk, today=on, **words)

    if request.method == "POST" and carried_out(form, enter):
        tell(request, _("The listing is saved."), way_back("listing-change", form.cleaned_data, on))
        return redirect(part_of(pk, PLAN))
    owner = kept_or_404(user, pk, kind=Customer.Kind.INSTITUTION, ended_on=None)
    title = _("New listing: %s") % owner.name
    return show(request, form, EditPage(title=title, submit=_("Save"), **back_to(owner, PLAN)))


class ListingChange(DatedChange):
    name = "listing-change"
    part = PLAN

    def rows(self) -> QuerySet[Any]:
        return actions.changeable_listings(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.institution.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return actions.seen_of_listing(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        return ListingForm(*args, **more)

    def say(self, data: dict[str, Any]) -> Any:
        return actions.change_listing(actor=self.user, listing=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        actions.end_listing(actor=self.user, listing=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        actions.take_back_listing(actor=self.user, listing=self.row.pk, today=self.on)

    def ending_lead(self) -> str:
        return _("For a temporary purchase that ran out. A refusal or a delisting is a state of its own, above.")

    def page(self) -> EditPage:
        owner = self.owner()
        names = {"product": self.row.product.name, "name": owner.name}
        return EditPage(title=_("%(product)s at %(name)s") % names, submit=_("Save"), **back_to(owner, self.part))
