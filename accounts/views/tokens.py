"""Pages of operations: tokens by which programs act for a user."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import tokens as actions
from accounts.forms.tokens import TokenFilter, TokenForm
from accounts.models import ApiToken, User
from accounts.models.tokens import SCOPES
from accounts.queries import staff, today_of, tree, why_not_managed, zone_of
from accounts.views.setup import FormPage, OperationsList, for_operations, operator, show_form
from crm.base import clock
from crm.base.ids import uuid7
from crm.base.lists import Column
from crm.base.refusals import Refused
from crm.base.toasts import tell

_DAY = timedelta(days=1)


def state_of(token: ApiToken, at: datetime) -> Any:
    if token.revoked_at:
        return _("revoked")
    if token.expires_at <= at:
        return _("expired")
    return _("renewed, ends soon") if token.successor_id else pgettext("of a token", "in force")


class TokenList(OperationsList):
    """The tokens of those whom the reader sees as operations."""

    name = "tokens"
    title = gettext_lazy("Tokens")
    searched = gettext_lazy("What it is for, or whose")
    hint = gettext_lazy("What it is for, or whose")
    form_class = TokenFilter
    tabs = "validity"
    first_sort = "expires"
    add, add_word = "users", gettext_lazy("Choose a user for a new token")
    nothing_yet = "setup/_no_tokens.html"
    note = gettext_lazy("A program shows a token instead of signing in, and may at most what its user may.")
    columns = (
        Column("name", gettext_lazy("What it is for"), attrgetter("name"), sort=("name",), card="title"),
        Column("user", gettext_lazy("Acts for"), attrgetter("user.name"), sort=("user__name",), card="line"),
        Column("begins", gettext_lazy("Begins with"), attrgetter("begins"), card="line"),
        Column("used", gettext_lazy("Last use"), attrgetter("last_used_at"), sort=("last_used_at",), number=True),
        Column("expires", gettext_lazy("Opens until"), attrgetter("expires_at"), sort=("expires_at",), number=True),
        Column("state", gettext_lazy("State"), lambda row: capfirst(state_of(row, clock.now())), card="end"),
        Column("made", gettext_lazy("Made"), attrgetter("created_at"), sort=("created_at",), number=True, usual=False),
    )

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    def rows(self) -> QuerySet[ApiToken]:
        return ApiToken.objects.filter(user__in=staff(self.user))

    def narrow(self, rows: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        text = self.wanted["q"]
        return rows.filter(Q(name__icontains=text) | Q(user__name__icontains=text)) if text else rows

    def tab_conditions(self) -> dict[str, Q]:
        in_force = Q(revoked_at=None, expires_at__gt=self.now)
        return {"open": in_force, "over": ~in_force}

    def complete(self, rows: QuerySet[ApiToken]) -> QuerySet[ApiToken]:
        return rows.select_related("user")

    def link(self, row: ApiToken) -> str:
        return reverse("token", args=[row.pk])


@for_operations
@require_safe
def token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One token: what it opens, and for how long."""
    actor = operator(request)
    found = _found(actor, pk)
    now = clock.now()
    context = {
        "token": found,
        "state": capfirst(state_of(found, now)),
        "opens": not found.revoked_at and found.expires_at > now,
        "renewable": not found.successor_id,
        "scopes": [(scope, SCOPES[scope]) for scope in found.scopes],
        "hindered": why_not_managed(actor, found.user, today_of(actor, now)),
    }
    return render(request, "setup/token.html", context)


def _found(actor: User, pk: UUID) -> ApiToken:
    tokens = ApiToken.objects.filter(user__in=staff(actor)).select_related("user", "territory", "successor")
    return get_object_or_404(tokens, pk=pk)


@sensitive_variables("secret")
@for_operations
def new_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For one user: its secret is in the answer to the form, and nowhere else ever."""
    actor, now = operator(request), clock.now()
    user = get_object_or_404(staff(actor), pk=pk)
    today = today_of(actor, now)
    latest = today + settings.TOKEN_LONGEST - _DAY
    form = TokenForm(request.POST or None, nodes=tree(actor, today), initial={"id": uuid7(), "last": latest})
    made: list[tuple[ApiToken, str]] = []

    def create(data: dict[str, Any]) -> None:
        data.pop("was")
        expires_at = _end_of(data.pop("last"), actor)
        made.append(actions.create_token(actor=actor, user=pk, expires_at=expires_at, at=now, **data))

    if request.method == "POST" and form.carried_out(create):
        return _show(request, *made[0])
    page = FormPage(
        _("New token for “%s”") % user.name,
        reverse("user", args=[pk]),
        user.name,
        _("Make token"),
        lead=_("A program that shows it acts as this user: all that it writes is said to be his."),
    )
    return show_form(request, form, page)


def _end_of(last: date, reader: User) -> datetime:
    return datetime.combine(last + _DAY, time.min, zone_of(reader))


@sensitive_variables("secret")
@for_operations
@require_POST
def renew_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = operator(request)
    found = _found(actor, pk)
    try:
        successor, secret = actions.renew_token(actor=actor, token=found.pk, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("token", pk=pk)
    return _show(request, successor, secret, former=found)


@for_operations
@require_POST
def revoke_token(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = operator(request)
    found = _found(actor, pk)
    try:
        actions.revoke_token(actor=actor, token=found.pk, at=clock.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        tell(request, _("The token “%s” opens nothing any more.") % found.name)
    return redirect("token", pk=pk)


def _show(request: HttpRequest, made: ApiToken, secret: str, former: ApiToken | None = None) -> HttpResponse:
    return render(request, "setup/token_made.html", {"token": made, "secret": secret, "former": former})
