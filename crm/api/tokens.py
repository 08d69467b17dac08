"""Who asks: a token in the Authorization header, and nothing else. No cookie, no address opens the API."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.actions.opening import find_token
from accounts.models import ApiToken, User
from accounts.views.visitor import visitor_of
from crm.api import limits
from crm.api.problems import Problem
from crm.base import clock

_LONGEST = 200  # characters of a header that may be a token


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer rounds_…`. What is wrong with it is not said: absent, forged, expired, revoked and a
    user who may not sign in look the same."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken]:
        said = _plain(request).META.get("HTTP_AUTHORIZATION", "")
        word, _space, secret = said.partition(" ")
        token = None
        if word.lower() == "bearer" and len(secret) <= _LONGEST and secret.isascii():
            token = find_token(secret.strip(), clock.now())
        if token is None:
            left = limits.count_guess(visitor_of(_plain(request)).network)
            said = _("Send a valid token: “Authorization: Bearer rounds_…”.")
            raise Problem("not_authenticated", said, headers=left.headers())
        _plain(request).token = token  # type: ignore[attr-defined]  # for the line of the log, crm/requests.py
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Rounds"'


def _plain(request: Request) -> HttpRequest:
    inner = request._request
    assert isinstance(inner, HttpRequest)
    return inner


class MayUse(BasePermission):
    """The token's scopes hold what the view asks for with this method."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token: ApiToken = request.auth
        asked: str = view.scope_of(request.method)
        if asked and asked not in token.scopes:
            raise Problem("not_allowed", _("The token lacks the scope %s.") % asked)
        return True
