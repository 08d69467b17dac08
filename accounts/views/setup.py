"""What every page of operations is made of: who may open it, a form on a page, and the page that leads to them all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Posting, User
from accounts.queries import runs_house
from crm.base.lists import ListPage
from crm.base.lists.columns import Words
from crm.base.refusals import Asking

View = Callable[..., HttpResponseBase]

# Page: its address, its word, its icon, what it is for.
CARDS: tuple[tuple[str, Any, str, Any], ...] = (
    ("territories", _("Territories"), "flag", _("The tree, who works where, and which customers each holds")),
    ("users", _("Users and postings"), "people", _("Who may sign in, and as what in which territory")),
    ("products", _("Products"), "list", _("What is talked about and sold")),
    ("cycles", _("Cycles"), "plan", _("The months or quarters for which visits are planned")),
    ("holidays", _("Holidays"), "today", _("Days on which nobody works, and weekends that are worked")),
    ("time-off", _("Time off"), "out", _("Who is away, and why")),
    ("policies", _("Tier policies"), "tiers", _("What makes an A, a B, a C, and from which night on")),
    ("nights", _("Nights"), "clock", _("What ran, what failed, and what is next")),
    ("tokens", _("Tokens"), "key", _("Which programs act for whom, and until when")),
    ("files", _("Files"), "file", _("Bring many rows at once, or take them out")),
)


def operator(request: HttpRequest) -> User:
    """The reader, if today's postings make him operations."""
    user = request.user
    if not isinstance(user, User) or not user.has_role(Posting.Role.OPERATIONS):
        raise PermissionDenied
    return user


def for_operations(view: View) -> View:
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        operator(request)
        return view(request, *args, **kwargs)

    return never_cache(opened)


def for_the_house(view: View) -> View:
    """Of operations, those at a root: what is done there holds for the whole house."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not runs_house(operator(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(opened)


class OperationsList(ListPage):
    """A list that operations alone may open. `add` is the address of what makes another row; `why`, as long as there is
    none, says what it is good for."""

    template = "setup/list.html"
    head_action = "setup/_add.html"
    add = ""
    add_word: Words = ""
    note: Words = ""
    why: Words = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = operator(request)
        return super().get(request, *args, **kwargs)

    def may_add(self) -> bool:
        return bool(self.add)


@dataclass(frozen=True)
class Beside:
    """Another thing that can be done with what a form changes: a form of one button."""

    url: str
    word: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class FormPage:
    """What stands around a form. `now`: what is stored, for whoever was overtaken."""

    title: str
    back: str
    back_word: Words
    submit: str
    lead: Words = ""
    now: Sequence[tuple[Words, Words]] = field(default_factory=list)
    zones: Sequence[str] = ()
    beside: Beside | None = None


def show_form(request: HttpRequest, form: Asking, page: FormPage) -> HttpResponse:
    return render(request, "setup/form.html", {"form": form, "page": page}, status=422 if form.errors else 200)


@require_safe
@for_operations
def setup(request: HttpRequest) -> HttpResponse:
    """Everything that operations keep in order, a card for each."""
    return render(request, "setup/setup.html", {"cards": CARDS})
