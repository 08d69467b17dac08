"""What may be asked of an address. Pages are read and forms are sent; nothing here answers to more."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

OFFERED = ("GET", "HEAD", "POST")
PROGRAMS = "/api/v1/"  # which say for themselves what they answer to


def refuse_other_methods(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a view that looks for POST alone would answer to DELETE as to GET, and one of Django's forms takes
    PUT for POST."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in OFFERED or request.path_info.startswith(PROGRAMS):
            return get_response(request)
        return HttpResponseNotAllowed(OFFERED)

    return middleware
