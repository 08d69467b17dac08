"""The language, the account page, saved views, and the frame of every page; the doors are beside this file."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.models import Posting, SavedView, User
from accounts.queries import LOGS_VISITS, SUPERVISORS, sign_ins
from crm.base.lists import list_pages
from crm.base.toasts import Undo, tell

OWN_NAMES = (("en", "English"), ("zh-hans", "简体中文"))  # a language is offered in its own words

BAR = 5  # places at the bottom of a phone
APART = "key"  # the icon of pages that are found, but stand in no menu

# Section: its page, its word, its icon, the roles that see it (none: everybody), its other pages.
SECTIONS: tuple[tuple[str, Any, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("today", gettext_lazy("Today"), "today", (Posting.Role.REP,), ()),
    ("team", gettext_lazy("Team"), "team", SUPERVISORS, ("team-customers", "team-calls", "team-promises")),
    (
        "customers",
        gettext_lazy("Customers"),
        "people",
        (),
        (
            *("customer", "customer-history", "log-visit", "log-whom", "person-new", "institution-new"),
            *("customer-change", "role-new", "role-change", "influence-new", "influence-change"),
            *("affiliation-new", "affiliation-change", "licence-new", "licence-change"),
            *("department-new", "department-change", "trade-file", "parent-change"),
            *("listing-new", "listing-change", "target-new", "target-change"),
        ),
    ),
    ("visits", gettext_lazy("Visits"), "list", (), ("visit", "visit-history", "amend-visit")),
    ("tiers", gettext_lazy("Tiers"), "tiers", SUPERVISORS, ()),
    ("moves", gettext_lazy("Moves"), "moves", (Posting.Role.MANAGER,), ()),
    (
        "files",
        gettext_lazy("Files"),
        "file",
        (Posting.Role.OPERATIONS,),
        ("import-new", "kind", "import", "exports", "export"),
    ),
    (
        "setup",
        gettext_lazy("Setup"),
        "pen",
        (Posting.Role.OPERATIONS,),
        (
            *(
                "territories",
                "territory",
                "territory-new",
                "territory-change",
                "territory-move",
                "align",
                "align-customer",
            ),
            *("users", "user", "user-new", "user-change", "user-invite", "user-sign-ins"),
            *("posting-new", "posting-end", "time-off"),
            *("products", "product", "product-new", "holidays", "holiday-new", "cycles", "cycles-plan"),
            *("policies", "policy-version", "policy-publish", "nights", "night", "tokens", "token", "user-token"),
        ),
    ),
    ("account", gettext_lazy("My account"), APART, (), ()),
)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language, from now on and on every device of a signed-in user."""
    wanted = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())):
        back = reverse(settings.LOGIN_REDIRECT_URL)
    response = HttpResponseRedirect(back)
    if wanted in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            actions.speak(actor=request.user, language=wanted)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=365 * 24 * 60 * 60,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who is signed in, with which postings; language and sign-out."""
    return render(request, "accounts/account.html")


@require_safe
def own_sign_ins(request: HttpRequest) -> HttpResponse:
    """What happened at one's own doors."""
    user = request.user
    assert isinstance(user, User)
    return render(request, "accounts/sign_ins.html", sign_ins(user))


def _may_be_named(request: HttpRequest) -> str:
    name = " ".join(request.POST.get("name", "").split())
    return "".join(filter(str.isprintable, name))[: SavedView.LONGEST_NAME]


def _back_to(view: SavedView) -> HttpResponse:
    return redirect(f"{reverse(view.list_name)}?{view.query}")


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep how a list is looked at, under a name."""
    user, name = request.user, _may_be_named(request)
    assert isinstance(user, User)
    list_name, query = request.POST.get("list", ""), request.POST.get("query", "")
    if list_name not in list_pages() or not query.isprintable() or not 0 < len(query) <= SavedView.LONGEST_QUERY:
        raise BadRequest
    wanted = SavedView(list_name=list_name, name=name, query=query)
    if not name:
        messages.error(request, _("The view was not saved: give it a name."))
        return _back_to(wanted)
    try:
        view = actions.save_view(actor=user, list_name=list_name, name=name, query=query)
    except actions.TooManyViews as refused:
        messages.error(request, str(refused))
        return _back_to(wanted)
    undo = Undo(reverse("delete-view", args=[view.pk]))
    tell(request, _("View “%s” is saved.") % name, undo)
    return _back_to(view)


@require_POST
def rename_view(request: HttpRequest, pk: int) -> HttpResponse:
    user, name = request.user, _may_be_named(request)
    assert isinstance(user, User)
    view = get_object_or_404(user.saved_views, pk=pk)
    if not name:
        messages.error(request, _("The view keeps its name: no other was given."))
    elif name != view.name:
        actions.rename_view(actor=user, view=view, name=name)
        undo = Undo(reverse("rename-view", args=[pk]), {"name": view.name})
        tell(request, _("The view is now called “%s”.") % name, undo)
    return _back_to(view)


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    view = get_object_or_404(user.saved_views, pk=pk)
    actions.delete_view(actor=user, view=view)
    again = {"list": view.list_name, "name": view.name, "query": view.query}
    tell(request, _("View “%s” is deleted.") % view.name, Undo(reverse("save-view"), again))
    return redirect(view.list_name)


def speak_users_language(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: what a signed-in user chose goes before cookie and browser."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = request.user.language if isinstance(request.user, User) else ""
        if chosen in dict(settings.LANGUAGES) and chosen != translation.get_language():
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        return get_response(request)

    return middleware


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the languages, and what the user's roles open."""
    context: dict[str, Any] = {"languages": OWN_NAMES, "company": settings.COMPANY_NAME}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    page = (request.resolver_match and request.resolver_match.url_name) or ""
    sections = [section for section in sections_of(user, page) if section["main"]]
    return context | {
        "sections": sections,
        "bar": _bar(sections),
        "initial": _initial(user.name),
        "may_log": user.has_role(*LOGS_VISITS),
    }


def _initial(name: str) -> str:
    """The first letter that can be seen."""
    return next(filter(str.isalnum, name), name[:1]).upper()


def _bar(sections: list[dict[str, Any]]) -> dict[str, Any]:
    """The sections on a phone: what does not fit stands behind the last place."""
    fit = len(sections) if len(sections) <= BAR else BAR - 1
    more = sections[fit:]
    return {"first": sections[:fit], "more": more, "in_more": any(section["active"] for section in more)}


def sections_of(user: User, page: str = "") -> list[dict[str, Any]]:
    """What the user's roles open; `page` is where he is. The last ones stand in no menu."""
    return [
        {"url": url, "word": word, "icon": icon, "active": page == url or page in others, "main": icon != APART}
        for url, word, icon, roles, others in SECTIONS
        if not roles or user.has_role(*roles)
    ]
