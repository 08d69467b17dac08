"""What may be asked of an address. Pages are read and forms are sent; nothing here answers to more."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

OFFERED = ("GET", "HEAD", "POST")


def refuse_other_methods(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a view that looks for POST alone would answer to DELETE as to GET, and one of Django's forms takes
    PUT for POST."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return get_response(request) if request.method in OFFERED else HttpResponseNotAllowed(OFFERED)

    return middleware
