"""The way of a program's request past all that only browsers need: sessions, forms, files, the second step."""

import logging
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from django.utils.translation import activate, get_language, get_language_from_request
from django.utils.translation import gettext as _

from crm.api.problems import Problem, document
from crm.base.methods import is_for_programs

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]


def answer_programs(get_response: Answer) -> Answer:
    """Middleware: who asks the API is judged by his token alone; no cookie is looked at, no session is read. What the
    middleware behind this one does for pages and is of use to programs, too, is done here."""
    ask = SecurityMiddleware(GZipMiddleware(_answer))

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_for_programs(request.path_info):
            return get_response(request)
        activate(get_language_from_request(request))
        answer = ask(request) if _is_for_us(request) else document(_other_host())
        assert isinstance(answer, HttpResponse)
        return _finished(answer)

    return middleware


def _is_for_us(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        log.warning("A program asked for a host that is none of ours.")
        return False
    return True


def _other_host() -> Problem:
    return Problem("malformed", _("Rounds has another name than the header “Host” says."))


def _answer(request: HttpRequest) -> HttpResponseBase:
    request.resolver_match = resolve(request.path_info)
    view, args, kwargs = request.resolver_match
    answer: HttpResponseBase = view(request, *args, **kwargs)
    return answer


def _finished(answer: HttpResponse) -> HttpResponse:
    answer.headers.setdefault("Content-Language", get_language() or "")
    answer.headers.setdefault("Content-Length", str(len(answer.content)))
    return answer
