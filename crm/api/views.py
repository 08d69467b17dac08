"""The addresses of a resource: its list, one of its rows, and what every request goes through."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from accounts.queries import today_of
from crm.api import bodies, limits, reading
from crm.api.problems import Problem
from crm.api.registry import Resource
from crm.api.tokens import TokenAuthentication
from crm.base import clock

_JSON = JSONRenderer()
_PARSERS, _AUTHENTICATORS, _NEGOTIATOR = [bodies.JsonParser()], [TokenAuthentication()], DefaultContentNegotiation()


class Endpoint(APIView):
    """What every address of the API has in common."""

    http_method_names = ["get", "head", "post", "put", "patch"]
    resource: Resource | None = None
    allowance: limits.Allowance | None = None
    format_kwarg = None

    def scope_of(self, method: str | None) -> str:
        """The scope that this method asks for; empty: none beyond a valid token."""
        if self.resource is None:
            return ""
        return f"{self.resource.scope}:{'read' if method in ('GET', 'HEAD') else 'write'}"

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        return Request(
            request,
            parsers=_PARSERS,
            authenticators=_AUTHENTICATORS,
            negotiator=_NEGOTIATOR,
            parser_context=self.get_parser_context(request),
        )

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who asks, how often, in which form, whether he may. There are no versions and suffixes to find out."""
        self.perform_authentication(request)
        self.allowance = limits.take(request.auth)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.check_permissions(request)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        if request.META.get("HTTP_ACCEPT", "*/*") == "*/*":  # who takes everything gets JSON without a debate
            return _JSON, _JSON.media_type
        return super().perform_content_negotiation(request, force)

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers() if self.allowance else {}).items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "private, no-cache" if answer.status_code < 400 else "no-store")
        patch_vary_headers(answer, ("Accept-Language", "Authorization"))
        if answer.status_code >= 400 and self.allowance:  # not for whoever has no token
            bodies.drop_rest(request._request)
        return answer

    @property
    def user(self) -> User:
        user = self.request.user
        assert isinstance(user, User)
        return user

    @property
    def token(self) -> ApiToken:
        token: ApiToken = self.request.auth
        return token

    def words(self) -> Mapping[str, list[str]]:
        """The parameters of the address, as often as each stands there."""
        return dict(self.request.query_params.lists())

    def unless_seen(self, text: str, etag: str = "") -> HttpResponse:
        """`text` (JSON) with its ETag; 304 for whoever has just that."""
        body = text.encode()
        etag = etag or f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        if is_among(etag, self.request.META.get("HTTP_IF_NONE_MATCH")):
            return HttpResponse(status=304, headers={"ETag": etag})
        return HttpResponse(body, "application/json", headers={"ETag": etag})


class Lists(Endpoint):
    """GET of a resource's rows."""

    resource: Resource = None  # type: ignore[assignment]

    def get(self, request: Request) -> HttpResponse:
        wanted = reading.wanted_list(self.resource, self.words())
        page = reading.page(self.resource, wanted, self.user, today_of(self.user, clock.now()))
        following = f'"{page.next}"' if page.next else "null"
        return self.unless_seen(f'{{"items":{page.items},"next":{following}}}')


class Ones(Endpoint):
    """GET of one row."""

    resource: Resource = None  # type: ignore[assignment]

    def get(self, request: Request, pk: Any) -> HttpResponse:
        found = self.found(pk, reading.wanted_one(self.resource, self.words()))
        return self.unless_seen(found.text, found.etag)

    def found(self, pk: Any, wanted: reading.Wanted | None = None) -> reading.One:
        return find(self.resource, pk, self.user, wanted)


def find(resource: Resource, pk: Any, user: User, wanted: reading.Wanted | None = None) -> reading.One:
    """Raises Problem for what is absent and for what is not the user's to see."""
    wanted = wanted or reading.wanted_one(resource, {})
    found = reading.one(resource, pk, wanted, user, today_of(user, clock.now()))
    if found is None:
        raise Problem("not_found")
    return found


def is_among(etag: str, said: str | None) -> bool:
    """Whether a header of a condition names `etag`. Proxies and our own compression make it a weak one."""
    if said is None:
        return False
    named = [one.strip().removeprefix("W/") for one in said.split(",")]
    return etag in named or "*" in named


class Unknown(Endpoint):
    """Whatever else lies under the API's address: not found, said as everything is said here."""

    http_method_names = [*Endpoint.http_method_names, "delete", "options", "trace"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Problem("not_found")
