"""What every answer says to the browser, errors included; the content security policy is django-csp's."""

from collections.abc import Callable

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
    """Middleware, the outermost: headers where nobody further in has said another."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for header, value in _ALWAYS.items():
            response.headers.setdefault(header, value)
        return response

    return middleware
