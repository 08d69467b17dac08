"""What belongs to an institution: entered, changed, ended."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base.editing import Editing, sent
from crm.base.ids import uuid7
from crm.base.refusals import Refused
from crm.base.toasts import Undo, tell
from customers.actions import places
from customers.forms.places import DepartmentForm, LicenceForm, NewDepartmentForm, NewLicenceForm, TradeFileForm
from customers.models import Customer, Department, TradeFile
from customers.views.relations import PROFILE, DatedChange, back_to, way_back
from customers.views.shared import (
    ANOTHER,
    Choice,
    EditPage,
    Ending,
    carried_out,
    choose,
    keeper,
    kept_or_404,
    part_of,
    show,
)

REMOVE = "remove"


def _institution(user: User, pk: UUID) -> Customer:
    return kept_or_404(user, pk, kind=Customer.Kind.INSTITUTION, ended_on=None)


def change_parent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What an institution belongs to is chosen, or that it belongs to none."""
    user, on = keeper(request)
    owner = _institution(user, pk)
    if request.method == "POST" and not ("q" in request.POST or ANOTHER in request.POST):
        return _belongs(request, user, pk)
    parent = owner.institution.parent
    seen = parent and Customer.objects.for_user(user).filter(pk=parent.pk).exists()
    choice = Choice(
        _("What does %(name)s belong to?") % {"name": owner.name},
        Customer.Kind.INSTITUTION,
        reverse("parent-change", args=[pk]),
        lead=_("Belongs to %s now.") % parent.customer.name if parent and seen else "",
        leave_out=pk,
        typed={"was": places.mark_of_parent(parent.pk if parent else None)},
        nobody=_("Belongs to none") if parent else "",
        **back_to(owner, PROFILE),
    )
    return choose(request, user, on, choice)


def _belongs(request: HttpRequest, user: User, pk: UUID) -> HttpResponse:
    """With a way back, where what it belonged to is seen."""
    other = request.POST.get("other", "")
    try:
        parent = UUID(other) if other else None
    except ValueError as nonsense:
        raise BadRequest from nonsense
    try:
        before = places.set_parent(actor=user, institution=pk, parent=parent, was=request.POST.get("was", ""))
    except Customer.DoesNotExist as gone:
        raise Http404 from gone
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("parent-change", pk=pk)
    may_undo = before is None or Customer.objects.for_user(user).filter(pk=before).exists()
    fields = {"other": str(before or ""), "was": places.mark_of_parent(parent)}
    tell(request, _("The change is saved."), Undo(request.path, fields) if may_undo else None)
    return redirect(part_of(pk, PROFILE))


def new_licence(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    form = NewLicenceForm(request.POST or None, initial={"id": uuid7()})

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("id", "kind", "number", "first", "last")}
        places.add_licence(actor=user, institution=pk, today=on, **words)

    if request.method == "POST" and carried_out(form, enter):
        tell(request, _("The licence is saved."), way_back("licence-change", form.cleaned_data, on))
        return redirect(part_of(pk, PROFILE))
    owner = _institution(user, pk)
    title = _("New licence: %s") % owner.name
    return show(request, form, EditPage(title=title, submit=_("Save"), **back_to(owner, PROFILE)))


class LicenceChange(DatedChange):
    name = "licence-change"
    part = PROFILE

    def rows(self) -> QuerySet[Any]:
        return places.changeable_licences(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.institution.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return places.seen_of_licence(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        return LicenceForm(*args, **more)

    def say(self, data: dict[str, Any]) -> Any:
        return places.change_licence(actor=self.user, licence=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        places.end_licence(actor=self.user, licence=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        places.take_back_licence(actor=self.user, licence=self.row.pk, today=self.on)

    def ending_lead(self) -> str:
        return _("Given back or withdrawn: the day until which it was good.")

    def page(self) -> EditPage:
        owner = self.owner()
        title = _("%(licence)s: %(name)s") % {"licence": self.row.get_kind_display(), "name": owner.name}
        lead = _("Here mistakes are corrected. A renewed licence is entered as a new one.")
        return EditPage(title=title[0].upper() + title[1:], submit=_("Save"), lead=lead, **back_to(owner, self.part))


def new_department(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    form = NewDepartmentForm(
        request.POST or None,
        initial={"id": uuid7()},
        wholes=places.possible_wholes(pk),
        heads=places.possible_heads(user, pk, on),
    )

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("id", "name", "parent", "head", "outpatients")}
        places.add_department(actor=user, institution=pk, today=on, **words)

    if request.method == "POST" and carried_out(form, enter):
        undo = Undo(reverse("department-change", args=[form.cleaned_data["id"]]), {REMOVE: "1"})
        tell(request, _("The department is saved."), undo)
        return redirect(part_of(pk, PROFILE))
    owner = _institution(user, pk)
    title = _("New department: %s") % owner.name
    return show(request, form, EditPage(title=title, submit=_("Save"), **back_to(owner, PROFILE)))


def change_department(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    row = get_object_or_404(places.changeable_departments(user), pk=pk)
    owner = row.institution.customer
    if request.method == "POST" and REMOVE in request.POST:
        return _removed(request, user, row)
    before = places.seen_of_department(row)
    heads = _heads(user, row, on)
    wholes = places.possible_wholes(owner.pk, pk)
    form = DepartmentForm(request.POST or None, initial=before, wholes=wholes, heads=heads)

    def say(data: dict[str, Any]) -> None:
        places.change_department(actor=user, department=pk, today=on, **data)

    if request.method == "POST" and carried_out(form, say):
        again = {name: sent(form.fields[name], before[name]) for name in form.fields if name != "was"}
        tell(request, _("%s is saved.") % form.cleaned_data["name"], Undo(request.path, again))
        return redirect(part_of(owner.pk, PROFILE))
    lead = _("Entered by mistake? One in which nobody ever worked can be taken away.")
    ending = Ending(None, _("There is no such department?"), "", lead, _("Take it away"), REMOVE)
    page = EditPage(title=row.name, submit=_("Save"), ending=ending, **back_to(owner, PROFILE))
    return show(request, form, page)


def _heads(user: User, row: Department, on: date) -> list[Customer] | None:
    """Who may head it, and who does. None where that is somebody whom `user` does not see."""
    heads = list(places.possible_heads(user, row.institution_id, on))
    if row.head is None or row.head.pk in {one.pk for one in heads}:
        return heads
    seen = Customer.objects.for_user(user).filter(pk=row.head.pk).exists()
    return [row.head.customer, *heads] if seen else None


def _removed(request: HttpRequest, user: User, row: Department) -> HttpResponse:
    """With a way back: it is entered anew."""
    owner = row.institution.customer
    try:
        gone = places.remove_department(actor=user, department=row.pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("department-change", pk=row.pk)
    except Department.DoesNotExist:  # sent twice: it is taken away already
        gone = row
    said = {"name": gone.name, "parent": gone.parent_id, "head": gone.head_id, "outpatients": gone.outpatients_per_day}
    again = {"id": str(uuid7())} | {name: "" if value is None else str(value) for name, value in said.items()}
    tell(request, _("%s is taken away.") % gone.name, Undo(reverse("department-new", args=[owner.pk]), again))
    return redirect(part_of(owner.pk, PROFILE))


def trade_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known of a trade account, in four parts."""
    user, on = keeper(request)
    owner = _institution(user, pk)
    if owner.institution.is_medical:
        raise Http404
    before = places.seen_of_trade_file(TradeFile.objects.filter(institution=pk).first())
    form = TradeFileForm(request.POST or None, initial=before)

    def write(data: dict[str, Any]) -> None:
        places.write_trade_file(actor=user, institution=pk, today=on, **data)

    if request.method == "POST" and carried_out(form, write):
        again = {name: sent(form.fields[name], before[name]) for name in places.TRADE_FIELDS}
        tell(request, _("The trade file is saved."), Undo(request.path, again))
        return redirect(part_of(pk, PROFILE))
    title = _("Trade file: %s") % owner.name
    return show(request, form, EditPage(title=title, submit=_("Save"), **back_to(owner, PROFILE)))
