"""Readers of environment variables that refuse nonsense instead of guessing."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ImproperlyConfigured

_WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def _refuse(name: str, value: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}={value!r} is not understood. Expected: {expected}.")


def text(name: str, default: str | None = None) -> str:
    """The value, or the default. Without a default the variable must be set."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. ./dev sets it; in production the environment must.")
    return value


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        return _WORDS[value.lower()]
    except KeyError:
        raise _refuse(name, value, "1 or 0") from None


def whole_number(name: str, default: int, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise _refuse(name, value, f"a whole number from {low} to {high}")
    return int(value)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise _refuse(name, value, "one of " + ", ".join(allowed))
    return value


def several(name: str, default: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Words with commas between them, or `none`."""
    words = tuple(word.strip() for word in text(name, default).split(","))
    if words == ("none",):
        return ()
    if unknown := set(words) - set(allowed):
        raise _refuse(name, ", ".join(sorted(unknown)), "none, or some of " + ", ".join(allowed))
    return words


def mail(name: str) -> dict[str, object]:
    """Django's settings for `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or nothing."""
    value = os.environ.get(name, "").strip()
    if not value:
        return {}
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        # The value may hold a password: the message must not repeat it.
        raise ImproperlyConfigured(f"{name} is not understood. Expected: smtp://user:password@host:587 or smtps://….")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": unquote(parts.hostname),
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1"},
    }


def time_zone(name: str, default: str) -> ZoneInfo:
    value = text(name, default)
    if value not in available_timezones():
        raise _refuse(name, value, "an IANA time zone such as Asia/Shanghai")
    return ZoneInfo(value)


def origin(name: str, default: str) -> str:
    """`https://crm.example.com`: scheme, host and port only."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        raise _refuse(name, value, "scheme, host and port only, such as https://crm.example.com")
    return value


def postgres(name: str, default: str | None = None, **options: str) -> dict[str, Any]:
    """Django's settings for `postgresql://user:password@host:port/database?sslmode=require`; what the address says
    goes before `options`."""
    value = text(name, default)
    parts = urlsplit(value)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        # The value holds a password: the message must not repeat it.
        raise ImproperlyConfigured(
            f"{name} is not understood. Expected: postgresql://user:password@host:port/database."
        )
    options |= dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "crm.base.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "OPTIONS": options,
    }
