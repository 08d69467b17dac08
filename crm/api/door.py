"""The way of a program's request past all that only browsers need: sessions, forms, messages, the second step."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

from crm.base.methods import is_for_programs

Answer = Callable[[HttpRequest], HttpResponseBase]


def answer_programs(get_response: Answer) -> Answer:
    """Middleware: who asks the API is judged by his token alone; no cookie is looked at, no session is read."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if not is_for_programs(request.path_info):
            return get_response(request)
        request.resolver_match = resolve(request.path_info)
        view, args, kwargs = request.resolver_match
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    return middleware
