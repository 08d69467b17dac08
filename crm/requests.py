"""A line of the log for each request: which page, how it ended, how long it took, for which user id, and of
a program by which token. Neither its
address, which may hold a search or a secret, nor what was sent."""

import logging
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponseBase

from crm.base.logs import current
from crm.metrics import REQUESTS

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]


def follow(get_response: Answer) -> Answer:
    """Middleware, outermost but for the headers: every line that is written meanwhile has the request's id, which the
    answer names, too."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started, number = time.monotonic(), uuid4().hex
        token = current.set({"request": number})
        try:
            response = get_response(request)
            seconds = time.monotonic() - started
            response.headers.setdefault("X-Request-Id", number)
            level = logging.ERROR if response.status_code >= 500 else logging.INFO
            facts = _facts(request, response, seconds)
            log.log(level, "request", extra={"facts": facts})
            REQUESTS.labels(facts["route"], facts["method"], response.status_code).observe(seconds)
            return response
        finally:
            current.reset(token)

    return middleware


def _facts(request: HttpRequest, response: HttpResponseBase, seconds: float) -> dict[str, Any]:
    user = getattr(request, "_cached_user", None)  # whoever nobody asked for is not fetched for the log
    token = getattr(request, "token", None)
    return {
        "method": request.method if request.method in METHODS else "OTHER",
        "route": route(request),
        "status": response.status_code,
        "ms": round(seconds * 1000),
        **({"user": str(user.pk)} if user is not None and user.pk else {}),
        **({"user": str(token.user_id), "token": token.begins} if token is not None else {}),
    }


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def route(request: HttpRequest) -> str:
    """The name of the page; of what is none (a file, a wrong address), nothing that was typed."""
    match = request.resolver_match
    return (match.url_name or match.route) if match else "-"
