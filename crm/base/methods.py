"""What may be asked of an address. Pages are read and forms are sent; nothing here answers to more."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

OFFERED = ("GET", "HEAD", "POST")
_PROGRAMS = "/api/"
_THEIR_PAGES = ("/api/", "/api/openapi.json")  # the documentation, for people who are signed in


def is_for_programs(path: str) -> bool:
    """Whether programs ask there. They say for themselves what they answer to, and what is not there."""
    return path.startswith(_PROGRAMS) and path not in _THEIR_PAGES


def refuse_other_methods(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a view that looks for POST alone would answer to DELETE as to GET, and one of Django's forms takes
    PUT for POST."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in OFFERED or is_for_programs(request.path_info):
            return get_response(request)
        return HttpResponseNotAllowed(OFFERED)

    return middleware
