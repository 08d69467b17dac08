"""Who knocks at a door: his address, his browser, and whether the device is known."""

import ipaddress
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

from accounts.actions.doors import Visitor
from accounts.models import User

_DEVICE = "rounds.device"
_KNOWN_FOR = 180 * 24 * 60 * 60


def visitor_of(request: HttpRequest) -> Visitor:
    address = address_of(request)
    device, device_of = _device(request)
    return Visitor(address, _network(address), request.headers.get("User-Agent", ""), device, device_of)


def address_of(request: HttpRequest) -> str | None:
    """Whoever spoke to the outermost of our own proxies; without proxies, to us. What stands further left in
    X-Forwarded-For anybody can write."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        way = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        said = way[-min(settings.TRUSTED_PROXIES, len(way))] or said
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)  # a socket for both writes 1.2.3.4 as ::ffff:1.2.3.4


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """This device has let `user` in: his attempts here count apart from those of strangers."""
    device, device_of = _device(request)
    if device_of != user.pk:
        device = get_random_string(22)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([user.pk.hex, device], salt=_DEVICE),
        max_age=_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> tuple[str, UUID | None]:
    try:
        user, device = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_DEVICE, max_age=_KNOWN_FOR
        )
        return str(device), UUID(user)
    except (signing.BadSignature, ValueError, TypeError):
        return "", None


def _network(address: str | None) -> str:
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address
