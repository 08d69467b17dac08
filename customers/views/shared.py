"""What the pages share on which people enter and change customers: who may, whom it is about, a form and what
stands around it, and choosing somebody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import today_of
from crm.base import clock
from crm.base.commands import OtherBodySameId
from crm.base.lists.columns import Words
from crm.base.refusals import Asking
from customers.forms.editing import EndForm, Entering
from customers.models import Customer
from customers.queries import affiliations
from customers.queries.ground import KEEPERS, may_change
from customers.queries.search import find

LONGEST_SEARCH = 80  # characters
HITS = 8  # that one looks over without scrolling
ANOTHER = "another"  # sent to choose anew, with what was typed
TAKEN = "taken"  # sent with who was chosen then, and what was typed

F = TypeVar("F", bound=Entering)


@dataclass
class Ending:
    """The second form of a page: until when something is so; or without a form a button, which says `again` and sends
    `sends`, such as that it goes on."""

    form: EndForm | None
    title: Words
    word: Words
    lead: Words = ""
    again: Words = ""
    sends: str = "reopen"


@dataclass
class EditPage:
    """What stands around a form."""

    title: str
    back: str
    submit: Words
    back_word: Words = ""
    lead: Words = ""
    ending: Ending | None = None
    departments: Sequence[str] = ()
    known: Sequence[Customer] = ()  # who it may be
    choose_again: str = ""


def keeper(request: HttpRequest) -> tuple[User, date]:
    """Who keeps customers in order, and his today."""
    user = request.user
    if not isinstance(user, User) or not user.has_role(*KEEPERS):
        raise PermissionDenied
    return user, today_of(user, clock.now())


def kept_or_404(user: User, pk: UUID, **more: Any) -> Customer:
    """A customer that `user` may change. Absent and foreign look the same."""
    seen = Customer.objects.for_user(user).filter(merged_into=None).select_related("person", "institution")
    customer = get_object_or_404(seen, pk=pk, **more)
    if not may_change(user, customer.pk):
        raise PermissionDenied
    return customer


def carried_out(form: Asking, do: Callable[[dict[str, Any]], object]) -> bool:
    """Do what a form asks for. False: it says why not."""
    try:
        return form.carried_out(do)
    except OtherBodySameId as known:
        assert isinstance(form, Entering)
        form.renew_id(str(known))
        return False
    except ObjectDoesNotExist as gone:  # since the page was opened
        raise Http404 from gone


def show(request: HttpRequest, form: Asking | None, page: EditPage) -> HttpResponse:
    ending = page.ending.form if page.ending else None
    refused = [one for one in (form, ending) if one and one.errors]
    context = {"form": form, "page": page, "refused": refused[0] if refused else None}
    return render(request, "customers/form.html", context, status=422 if refused else 200)


def part_of(pk: UUID, part: str) -> str:
    """The address of a part of a customer's page: on a phone one part shows at a time."""
    return f"{reverse('customer', args=[pk])}#{part}"


def home(user: User, pk: UUID, part: str) -> HttpResponse:
    """Back to the customer, or, where it is another's by now, to the list."""
    seen = Customer.objects.for_user(user).filter(pk=pk).exists()
    return redirect(part_of(pk, part) if seen else "customers")


@dataclass
class Choice:
    """Whom a page needs before it can ask for more: `address` is that page, which is then asked for `other`."""

    title: str
    kind: str
    address: str
    back: str
    back_word: Words
    lead: Words = ""
    leave_out: UUID | None = None
    typed: Mapping[str, str] = field(default_factory=dict)  # what is kept while one chooses
    nobody: Words = ""  # the word of a button that chooses nothing
    missing: tuple[str, Words] | None = None  # where one enters who can't be found, and the word of that link

    @property
    def searched(self) -> str:
        return _("People") if self.kind == Customer.Kind.PERSON else _("Institutions")

    @property
    def hint(self) -> str:
        if self.kind == Customer.Kind.PERSON:
            return _("Name, pinyin, initials, last digits of the phone")
        return _("Name, pinyin, initials")


def chosen(request: HttpRequest, user: User, kind: str) -> Customer | None:
    """Who was chosen, if `user` sees him."""
    if ANOTHER in request.POST:
        return None
    words = request.POST if request.method == "POST" else request.GET
    try:
        wanted = UUID(words.get("other", ""))
    except ValueError:
        return None
    return Customer.objects.for_user(user).current().filter(pk=wanted, kind=kind).first()


def asks_whom(request: HttpRequest) -> bool:
    """Whether somebody is still to be chosen, or was chosen just now: as one types, the search posts nothing but the
    text. A form whose choice is gone by now stays, so that nothing typed is lost."""
    return request.method != "POST" or any(word in request.POST for word in ("q", ANOTHER, TAKEN))


def typed(request: HttpRequest, form: Entering) -> dict[str, str]:
    """What was typed before somebody else is chosen: it travels in bodies, never in an address."""
    return {name: request.POST[name] for name in form.fields if name in request.POST and name != "other"}


def opened(request: HttpRequest, kind: type[F], **first: Any) -> F:
    """The form as it was sent; or, while one chooses, as it was left."""
    if not asks_whom(request):
        return kind(request.POST)
    form = kind(initial=first)
    form.initial.update(typed(request, form))
    return form


def choose(request: HttpRequest, user: User, on: date, choice: Choice) -> HttpResponse:
    """The search on a page of its own; POST gives the hits alone: names then stand in no address."""
    words = request.POST if request.method == "POST" else request.GET
    text = " ".join(words.get("q", "").split())[:LONGEST_SEARCH]
    found = [one for one in find(user, text, HITS + 1, kind=choice.kind) if one.pk != choice.leave_out][:HITS]
    places = {place.person_id: place for place in affiliations([one.pk for one in found], on).filter(is_primary=True)}
    hits = [(one, places.get(one.pk)) for one in found]
    is_page = request.method != "POST" or ANOTHER in request.POST or TAKEN in request.POST
    template = "customers/choose.html" if is_page else "customers/_hits.html"
    keeps = bool(choice.typed) or ANOTHER in request.GET
    context = {"choice": choice, "text": text, "hits": hits, "searching": True, "keeps": keeps}
    answer = render(request, template, context)
    answer["Cache-Control"] = "private, no-store"
    return answer
