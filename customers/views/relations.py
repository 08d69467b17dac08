"""Roles, influence and places of work: entered, changed from a day on, ended."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import User
from accounts.queries import products_sold
from accounts.templatetags.rounds import day
from crm.base.editing import Editing, sent
from crm.base.ids import uuid7
from crm.base.periods import last_day
from crm.base.refusals import Refused
from crm.base.toasts import Undo, tell
from customers.actions import affiliations, relations
from customers.forms.editing import (
    AffiliationForm,
    EndForm,
    LinkForm,
    NewAffiliationForm,
    NewLinkForm,
    NewRoleForm,
    RoleForm,
)
from customers.models import Affiliation, Customer
from customers.views.editing import departments_of
from customers.views.shared import (
    Choice,
    EditPage,
    Ending,
    asks_whom,
    carried_out,
    choose,
    chosen,
    home,
    keeper,
    kept_or_404,
    opened,
    part_of,
    show,
    typed,
)

INSTITUTION, PERSON = Customer.Kind.INSTITUTION, Customer.Kind.PERSON
TAKE_BACK = "take-back"
PEOPLE, PROFILE = "people", "profile"  # parts of a customer's page


def _person(user: User, pk: UUID) -> Customer:
    return kept_or_404(user, pk, kind=PERSON, ended_on=None)


def back_to(customer: Customer, part: str) -> dict[str, Any]:
    return {"back": part_of(customer.pk, part), "back_word": customer.name}


def way_back(name: str, data: Mapping[str, Any], on: date) -> Undo | None:
    """What begins today can be taken back; what began before is ended."""
    begins = data["first"] and data["first"] >= on
    return Undo(reverse(name, args=[data["id"]]), {TAKE_BACK: "1"}) if begins else None


def new_role(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, on = keeper(request)
    form = NewRoleForm(request.POST or None, initial={"id": uuid7(), "first": on}, products=products_sold(user))

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("id", "role", "product", "strength", "evidence", "first", "last")}
        relations.set_role(actor=user, person=pk, today=on, **words)

    if request.method == "POST" and carried_out(form, enter):
        tell(request, _("The role is saved."), way_back("role-change", form.cleaned_data, on))
        return redirect(part_of(pk, PEOPLE))
    person = _person(user, pk)
    return show(
        request, form, EditPage(title=_("New role: %s") % person.name, submit=_("Save"), **back_to(person, PEOPLE))
    )


def new_influence(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is at the other end, then what ties them."""
    user, on = keeper(request)
    form = opened(request, NewLinkForm, id=uuid7(), first=on)

    def enter(data: dict[str, Any]) -> None:
        ends = (pk, data["other"]) if data["sways"] else (data["other"], pk)
        words = {name: data[name] for name in ("id", "kind", "weight", "evidence", "first", "last")}
        relations.set_influence(actor=user, influencer=ends[0], influenced=ends[1], today=on, **words)

    if not asks_whom(request) and carried_out(form, enter):
        tell(request, _("The tie is saved."), way_back("influence-change", form.cleaned_data, on))
        return redirect(part_of(pk, PEOPLE))
    person, address = _person(user, pk), reverse("influence-new", args=[pk])
    other = chosen(request, user, PERSON)
    if asks_whom(request) and (other is None or other.pk == pk):
        title = _("Who sways %(name)s, or follows?") % {"name": person.name}
        around = {"leave_out": pk, "typed": typed(request, form), **back_to(person, PEOPLE)}
        return choose(request, user, on, Choice(title, PERSON, address, **around))
    form.introduce(person.name, other)
    names = {"one": person.name, "other": other.name if other else "—"}
    page = EditPage(
        title=_("Influence: %(one)s and %(other)s") % names,
        submit=_("Save"),
        choose_again=_("Choose another person"),
        **back_to(person, PEOPLE),
    )
    return show(request, form, page)


def new_affiliation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which institution, then as what."""
    user, on = keeper(request)
    form = opened(request, NewAffiliationForm, id=uuid7(), first=on, stays=False)

    def enter(data: dict[str, Any]) -> None:
        words = {name: data[name] for name in ("id", "department", "position", "is_primary", "first", "last")}
        stays = bool(data["stays"])
        affiliations.affiliate(actor=user, person=pk, institution=data["other"], stays=stays, today=on, **words)

    if not asks_whom(request) and carried_out(form, enter):
        moved = form.cleaned_data["is_primary"]
        tell(
            request,
            _("The place of work is saved."),
            None if moved else way_back("affiliation-change", form.cleaned_data, on),
        )
        return home(user, pk, PROFILE)
    person, address = _person(user, pk), reverse("affiliation-new", args=[pk])
    place = chosen(request, user, INSTITUTION)
    if place is None and asks_whom(request):
        title = _("Where does %(name)s work?") % {"name": person.name}
        lead = _("You can choose what lies in your ground. Who went elsewhere: end the present place instead.")
        around = {"lead": lead, "typed": typed(request, form), **back_to(person, PROFILE)}
        return choose(request, user, on, Choice(title, INSTITUTION, address, **around))
    form.begin(place, Affiliation.objects.filter(person=pk, is_primary=True, during__contains=on).exists())
    page = EditPage(
        title=_("%(name)s at %(institution)s") % {"name": person.name, "institution": place.name if place else "—"},
        submit=_("Save"),
        choose_again=_("Choose another institution"),
        departments=departments_of(place.pk if place else None),
        **back_to(person, PROFILE),
    )
    return show(request, form, page)


class DatedChange(View):
    """A dated row: what it says from a day on, and until when."""

    http_method_names = ["get", "head", "post"]
    name: ClassVar[str] = ""  # of the address
    part: ClassVar[str] = PEOPLE

    # What a relation says of itself

    def rows(self) -> QuerySet[Any]:
        """Those that the reader may change."""
        raise NotImplementedError

    def owner(self) -> Customer:
        """To whose page it leads back."""
        raise NotImplementedError

    def seen(self) -> dict[str, Any]:
        raise NotImplementedError

    def form(self, *args: Any, **more: Any) -> Editing:
        raise NotImplementedError

    def say(self, data: dict[str, Any]) -> Any:
        """Returns the row that holds from then on."""
        raise NotImplementedError

    def end(self, last: date | None) -> None:
        raise NotImplementedError

    def take_back(self) -> None:
        raise NotImplementedError

    def page(self) -> EditPage:
        raise NotImplementedError

    def ending_lead(self) -> str:
        return _("What it was until then stays readable.")

    def may_undo(self, data: dict[str, Any]) -> bool:
        return True

    # What follows from it

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user, self.on = keeper(request)
        self.row = get_object_or_404(self.rows(), pk=kwargs["pk"])
        self.before = self.seen()
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self._shown(self._asking(), self._ending())

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if TAKE_BACK in request.POST:
            return self._taken_back()
        if "end" in request.POST:
            return self._ended()
        if "reopen" in request.POST:
            return self._reopened()
        form = self._asking(request.POST)
        owner, began = self.owner().pk, self.row.during.lower
        changed: list[Any] = []
        if carried_out(form, lambda data: changed.append(self.say(data))):
            self._tell_of(form, changed[0], began)
            return home(self.user, owner, self.part)
        return self._shown(form, self._ending())

    def _asking(self, sent_data: Any = None) -> Editing:
        began = self.row.during.lower
        first = max(self.on, began) if began else self.on
        return self.form(sent_data, initial={"first": first} | self.before)

    def _tell_of(self, form: Editing, changed: Any, began: date | None) -> None:
        """With a way back: what it said before, from the same day on."""
        before = {"first": form.cleaned_data["first"]} | self.before
        fields = {name: sent(form.fields[name], value) for name, value in before.items() if name in form.fields}
        fields.pop("was")
        undo = Undo(reverse(self.name, args=[changed.pk]), fields)
        tell(self.request, _("The change is saved."), undo if self.may_undo(form.cleaned_data) else None)

    def _ended(self) -> HttpResponse:
        form = EndForm(self.request.POST, prefix="end")
        owner, before = self.owner().pk, last_day(self.row.during)
        if carried_out(form, lambda data: self.end(data["last"])):
            fields = {"reopen": before.isoformat() if before else ""}
            last = day(form.cleaned_data["last"])
            tell(self.request, _("It ends with %s.") % last, Undo(reverse(self.name, args=[self.row.pk]), fields))
            return home(self.user, owner, self.part)
        return self._shown(self._asking(), form)

    def _reopened(self) -> HttpResponse:
        """The way back from an end."""
        try:
            last = date.fromisoformat(self.request.POST["reopen"]) if self.request.POST["reopen"] else None
        except ValueError as nonsense:
            raise BadRequest from nonsense
        return self._done(lambda: self.end(last), _("It goes on as before."))

    def _taken_back(self) -> HttpResponse:
        def take_back() -> None:
            with suppress(ObjectDoesNotExist):  # sent twice: it is taken back already
                self.take_back()

        return self._done(take_back, _("It is taken back."))

    def _done(self, do: Callable[[], None], sentence: str) -> HttpResponse:
        """What a way back does, or why it is none any more."""
        owner = self.owner().pk
        try:
            do()
        except Refused as refused:
            messages.error(self.request, str(refused))
        except ObjectDoesNotExist as gone:  # since the page was opened
            raise Http404 from gone
        else:
            tell(self.request, sentence)
        return home(self.user, owner, self.part)

    def _ending(self) -> EndForm:
        began = self.row.during.lower
        return EndForm(prefix="end", initial={"last": max(self.on, began) if began else self.on})

    def _shown(self, form: Editing, ending: EndForm) -> HttpResponse:
        page = self.page()
        page.ending = Ending(ending, _("No longer so?"), _("End"), self.ending_lead())
        began = self.row.during.lower
        since = _("So since %s.") % day(began) if began else ""
        page.lead = since if not page.lead else page.lead
        return show(self.request, form, page)


class RoleChange(DatedChange):
    name = "role-change"

    def rows(self) -> QuerySet[Any]:
        return relations.changeable_roles(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.person.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return relations.seen_of_role(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        return RoleForm(*args, products=products_sold(self.user, self.row.product_id), **more)

    def say(self, data: dict[str, Any]) -> Any:
        return relations.change_role(actor=self.user, role_id=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        relations.end_role(actor=self.user, role_id=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        relations.take_back_role(actor=self.user, role_id=self.row.pk, today=self.on)

    def page(self) -> EditPage:
        person = self.owner()
        return EditPage(title=_("Role: %s") % person.name, submit=_("Save"), **back_to(person, self.part))


class InfluenceChange(DatedChange):
    name = "influence-change"

    def rows(self) -> QuerySet[Any]:
        return relations.changeable_links(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.influencer.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return relations.seen_of_link(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        return LinkForm(*args, **more)

    def say(self, data: dict[str, Any]) -> Any:
        return relations.change_influence(actor=self.user, link_id=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        relations.end_influence(actor=self.user, link_id=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        relations.take_back_influence(actor=self.user, link_id=self.row.pk, today=self.on)

    def page(self) -> EditPage:
        person = self.owner()
        names = {"other": self.row.influenced.customer.name, "one": person.name}
        return EditPage(title=_("%(other)s follows %(one)s") % names, submit=_("Save"), **back_to(person, self.part))


class AffiliationChange(DatedChange):
    name = "affiliation-change"
    part = PROFILE

    def rows(self) -> QuerySet[Any]:
        return affiliations.changeable_affiliations(self.user)

    def owner(self) -> Customer:
        customer: Customer = self.row.person.customer
        return customer

    def seen(self) -> dict[str, Any]:
        return affiliations.seen_of_affiliation(self.row)

    def form(self, *args: Any, **more: Any) -> Editing:
        return AffiliationForm(*args, **more)

    def say(self, data: dict[str, Any]) -> Any:
        return affiliations.change_affiliation(actor=self.user, affiliation=self.row.pk, today=self.on, **data)

    def end(self, last: date | None) -> None:
        affiliations.end_affiliation(actor=self.user, affiliation=self.row.pk, last=last, today=self.on)

    def take_back(self) -> None:
        affiliations.take_back_affiliation(actor=self.user, affiliation=self.row.pk, today=self.on)

    def may_undo(self, data: dict[str, Any]) -> bool:
        return bool(data["is_primary"] == self.before["is_primary"])

    def ending_lead(self) -> str:
        if self.before["is_primary"]:
            return _("Who has no primary place of work any more is held by nobody: only operations see such people.")
        return super().ending_lead()

    def page(self) -> EditPage:
        person, place = self.owner(), self.row.institution.customer
        return EditPage(
            title=_("%(name)s at %(institution)s") % {"name": person.name, "institution": place.name},
            submit=_("Save"),
            departments=departments_of(place.pk),
            **back_to(person, self.part),
        )
