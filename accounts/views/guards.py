"""Middleware of the doors: how long a session lives, who must set up a second step, what a refused attempt sees."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.attempts import TooManyAttempts
from accounts.actions.doors import What, note
from accounts.models import User
from accounts.views.visitor import visitor_of
from crm.base import clock

Answer = Callable[[HttpRequest], HttpResponseBase]

SINCE, SEEN = "rounds.since", "rounds.seen"  # keys in the session: signed in, last request that was noted
_NOTED_EVERY = timedelta(minutes=5)
_BEFORE_THE_SECOND_STEP = {
    "account_reauthenticate", "language", "sign-in", "sign-out", "mfa_index", "mfa_activate_totp",
    "mfa_add_webauthn",
}  # fmt: skip


def limit_sessions(get_response: Answer) -> Answer:
    """A session ends when it was idle, or when it is old. What it was is written into it every few minutes only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            now = clock.now()
            since, seen = (_moment(request, key) for key in (SINCE, SEEN))
            idle = timedelta(seconds=settings.SESSION_COOKIE_AGE)
            if (seen and now - seen > idle) or (since and now - since > settings.SESSION_LONGEST):
                note(What.TIMED_OUT, visitor_of(request), at=now, user=request.user.pk)
                logout(request)
            elif not seen or not since or now - seen > _NOTED_EVERY:
                request.session[SINCE] = (since or now).isoformat()
                request.session[SEEN] = now.isoformat()
        return get_response(request)

    return middleware


def _moment(request: HttpRequest, key: str) -> datetime | None:
    said = request.session.get(key)
    return datetime.fromisoformat(said) if said else None


class LeadToSignIn(LoginRequiredMiddleware):
    """Who is not signed in is led to the door; who sent something by a form reads there that it was not saved."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        # A script that asks as one types has lost nothing; a browser too old to say how it asks may have.
        if request.method == "POST" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate":
            messages.error(request, _("You are not signed in any more, so what you sent was not saved. Send it again."))
        return super().handle_no_permission(request, view_func)


def lead_to_second_step(get_response: Answer) -> Answer:
    """Who has a role that needs a second step and none set up sees nothing before he has."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_view(request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        page = request.resolver_match.url_name if request.resolver_match else ""
        if page in _BEFORE_THE_SECOND_STEP or not isinstance(request.user, User) or not lacks_second_step(request.user):
            return None
        return redirect("mfa_index")

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def needs_second_step(user: User) -> bool:
    return bool(settings.MFA_ROLES) and user.has_role(*settings.MFA_ROLES)


def lacks_second_step(user: User) -> bool:
    return needs_second_step(user) and not second_steps(user)


def second_steps(user: User) -> int:
    """How many he could sign in with; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=user.pk, type__in=kinds).count()


def refuse_attempts(get_response: Answer) -> Answer:
    """What was tried too often is answered with when to try again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooManyAttempts):
            return None
        wait = {"seconds": exception.seconds, "minutes": -(-exception.seconds // 60)}
        if exception.seconds < 90:
            words = ngettext("%(seconds)s second", "%(seconds)s seconds", wait["seconds"]) % wait
        else:
            words = ngettext("%(minutes)s minute", "%(minutes)s minutes", wait["minutes"]) % wait
        answer = render(request, "429.html", {"wait": words}, status=429)
        answer.headers["Retry-After"] = str(exception.seconds)
        return answer

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
