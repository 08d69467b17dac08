"""Entering a customer, changing it, and ending it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.templatetags.rounds import day
from crm.base.ids import uuid7
from crm.base.toasts import Undo, tell
from customers.actions import persons
from customers.forms.editing import EndForm, InstitutionForm, NewInstitutionForm, NewPersonForm, PersonForm
from customers.models import Customer, Department
from customers.queries import affiliations
from customers.queries.ground import own_ground
from customers.views.shared import (
    Choice,
    EditPage,
    Ending,
    asks_whom,
    carried_out,
    choose,
    chosen,
    keeper,
    kept_or_404,
    opened,
    show,
    typed,
)

INSTITUTION, PERSON = Customer.Kind.INSTITUTION, Customer.Kind.PERSON


def new_person(request: HttpRequest) -> HttpResponse:
    """Where he works, then who he is."""
    user, on = keeper(request)
    form = opened(request, NewPersonForm, id=uuid7(), first=on)
    known: list[Customer] = []

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("department", "position", "first")}
        try:
            persons.create_person(
                actor=user, id=data["id"], facts=form.facts(), institution=data["other"], today=on,
                anew="anew" in request.POST, **words,
            )  # fmt: skip
        except persons.Known as found:
            known.extend(found.customers)
            raise

    if not asks_whom(request) and carried_out(form, enter):
        tell(request, _("%s is entered.") % form.cleaned_data["name"])
        return redirect("customer", pk=form.cleaned_data["id"])
    place = chosen(request, user, INSTITUTION)
    if place is None and asks_whom(request):
        choice = Choice(
            _("Where does the new person work?"), INSTITUTION, reverse("person-new"), reverse("customers"),
            _("Customers"), _("A person is held by the territory of the institution."), typed=typed(request, form),
            missing=(reverse("institution-new"), _("It is missing: enter the institution first")),
        )  # fmt: skip
        return choose(request, user, on, choice)
    at = place.pk if place else None
    form.initial["other"] = at
    page = EditPage(
        title=_("New person"),
        back=reverse("customers"),
        back_word=_("Customers"),
        submit=_("Enter this person"),
        lead=_("Works at %s.") % place.name if place else "",
        choose_again=_("Choose another institution"),
        departments=departments_of(at),
        known=_with_places(known, on),
    )
    return show(request, form, page)


def new_institution(request: HttpRequest) -> HttpResponse:
    user, on = keeper(request)
    ground = own_ground(user).order_by("name", "pk")
    form = NewInstitutionForm(request.POST or None, initial={"id": uuid7(), "first": on}, ground=ground)
    known: list[Customer] = []

    def enter(data: dict[str, Any]) -> None:
        try:
            persons.create_institution(
                actor=user, id=data["id"], facts=form.facts(), territory=data["territory"], first=data["first"],
                today=on, anew="anew" in request.POST,
            )  # fmt: skip
        except persons.Known as found:
            known.extend(found.customers)
            raise

    if request.method == "POST" and carried_out(form, enter):
        tell(request, _("%s is entered.") % form.cleaned_data["name"])
        return redirect("customer", pk=form.cleaned_data["id"])
    page = EditPage(
        title=_("New institution"),
        back=reverse("customers"),
        back_word=_("Customers"),
        submit=_("Enter this institution"),
        known=known,
    )
    return show(request, form, page)


def departments_of(institution: UUID | None) -> list[str]:
    """Offered as one types; any other is made."""
    return list(Department.objects.filter(institution=institution).order_by("name").values_list("name", flat=True))


def _with_places(known: list[Customer], on: date) -> list[Customer]:
    places = {place.person_id: place for place in affiliations([one.pk for one in known], on)} if known else {}
    for one in known:
        one.place = places.get(one.pk)  # type: ignore[attr-defined]
    return known


def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a customer's own form says; and until when it is a customer."""
    user, on = keeper(request)
    customer = kept_or_404(user, pk)
    if request.method == "POST" and ("end" in request.POST or "reopen" in request.POST):
        return _end(request, user, customer, on)
    if customer.ended_on:
        return show(request, None, _page(customer, _ending(customer, None)))
    before = persons.seen_of(customer)
    form = (PersonForm if customer.kind == PERSON else InstitutionForm)(request.POST or None, initial=before)

    def say(data: dict[str, Any]) -> None:
        facts: Any = form.facts()
        if customer.kind == PERSON:
            persons.change_person(actor=user, person=pk, version=data["version"], facts=facts)
        else:
            persons.change_institution(actor=user, institution=pk, version=data["version"], facts=facts)

    if request.method == "POST" and carried_out(form, say):
        now = Customer.objects.get(pk=pk)
        again = {name: "" if before[name] is None else str(before[name]) for name in form.fields if name in before}
        undo = Undo(reverse("customer-change", args=[pk]), again | {"version": str(now.version)})
        tell(request, _("%s is saved.") % now.name, undo)
        return redirect("customer", pk=pk)
    return show(request, form, _page(customer, _ending(customer, EndForm(prefix="end", initial={"last": on}))))


def _end(request: HttpRequest, user: User, customer: Customer, on: date) -> HttpResponse:
    address = reverse("customer-change", args=[customer.pk])
    if "reopen" in request.POST:
        persons.end_customer(actor=user, customer=customer.pk, version=None, last=None, today=on)
        tell(request, _("%s is a customer again.") % customer.name)
        return redirect("customer", pk=customer.pk)
    form = EndForm(request.POST, prefix="end")

    def end(data: dict[str, Any]) -> None:
        persons.end_customer(actor=user, customer=customer.pk, version=None, last=data["last"], today=on)

    if carried_out(form, end):
        undo = Undo(address, {"reopen": "1"})
        tell(request, _("%(name)s is no customer after %(day)s.")
             % {"name": customer.name, "day": day(form.cleaned_data["last"])}, undo)  # fmt: skip
        return redirect("customer", pk=customer.pk)
    asking = (PersonForm if customer.kind == PERSON else InstitutionForm)(initial=persons.seen_of(customer))
    return show(request, asking, _page(customer, _ending(customer, form)))


def _ending(customer: Customer, form: EndForm | None) -> Ending:
    if customer.ended_on:
        last = day(customer.ended_on - timedelta(days=1))
        return Ending(form, _("No customer any more"), "", _("Was a customer until %s.") % last, _("A customer again"))
    lead = _("Closed, retired, passed away: it leaves lists and plans. What was said and done stays.")
    return Ending(form, _("No customer any more?"), _("End"), lead)


def _page(customer: Customer, ending: Ending) -> EditPage:
    return EditPage(
        title=_("Change %s") % customer.name,
        back=reverse("customer", args=[customer.pk]),
        back_word=customer.name,
        submit=_("Save"),
        ending=ending,
    )
