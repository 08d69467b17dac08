"""Targets with one customer: agreed, changed, looked back on, given up."""

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
from visits.actions import targets
from visits.forms.targets import NewTargetForm, TargetChangeForm

PLAN = "plan"  # the part of a customer's page


def new_target(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    owner = kept_or_404(user, pk, ended_on=None)
    form = NewTargetForm(
        request.POST or None,
        initial={"id": uuid7(), "first": on},
        offered=targets.offered(owner, on),
        products=products_sold(user),
    )

    def agree(data: dict[str, Any]) -> None:
        words = {name: value for name, value in data.items() if name != "was"}
        targets.agree_target(actor=user, customer=pk, today=on, **words)

    if request.method == "POST" and carried_out(form, agree):
        tell(request, _("The target is saved."), way_back("target-change", form.cleaned_data, on))
        return redirect(part_of(pk, PLAN))
    page = EditPage(
        title=_("New target: %s") % owner.name,
        submit=_("Save"),
        lead=_("Beside the visits of the cycle, which its opening fixes: what you agree on with this customer."),
        **back_to(owner, PLAN),
    )
    return show(request, form, page)


class TargetChange(DatedChange):
    name = "target-change"
    part = PLAN

    def rows(self) -> QuerySet[Any]:
        return targets.changeable_targets(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return targets.seen_of_target(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        products = products_sold(self.user, self.row.product_id)
        return TargetChangeForm(*args, offered=targets.offered(self.row.customer, self.on), products=products, **more)

    def say(self, data: dict[str, Any]) -> Any:
        return targets.change_target(actor=self.user, target=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        targets.end_target(actor=self.user, target=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        targets.take_back_target(actor=self.user, target=self.row.pk, today=self.on)

    def ending_lead(self) -> str:
        return _("Given up before its time: the day until which it counted.")

    def page(self) -> EditPage:
        owner = self.owner()
        return EditPage(title=_("Target: %s") % owner.name, submit=_("Save"), **back_to(owner, self.part))
