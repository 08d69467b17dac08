"""What every answer says to the browser, errors included."""

from collections.abc import Callable

from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), display-capture=()",
    # Pages hold names of doctors: nothing is left behind in a shared browser. Static files say otherwise themselves.
    "Cache-Control": "no-store",
}


def guard_responses(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, the outermost: headers where nobody further in has said another. The policy of the settings is put
    into words once: django-csp's own middleware does it for every answer, of which none has words of its own."""
    always = {**_ALWAYS, "Content-Security-Policy": build_policy()}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for header, value in always.items():
            response.headers.setdefault(header, value)
        return response

    return middleware
