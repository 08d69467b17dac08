"""What every answer says to the browser: over the whole map of addresses, over errors, over refusals."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests import houses
from tests.cast import Cast

POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "font-src 'self'", "worker-src 'self'", "manifest-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
    "base-uri 'none'",
}  # fmt: skip
OPEN = {
    "sign-in", "account_login", "mfa_authenticate", "mfa_login_webauthn", "account_inactive", "sign-out",
    "account_logout", "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "language", "calendar",
}  # fmt: skip


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield entry.name or "", prefix + str(entry.pattern)


def _address(route: str) -> str:
    """Some address of this route; a UUID, number or key that nobody has will do."""
    for pattern, value in {
        "<uuid:pk>": str(uuid4()),
        "<key:pk>": str(uuid4()),
        "<int:pk>": "7",
        "<str:source>/<path:external_id>": "erp/7",
        "<slug:secret>": "a-secret-that-nobody-has",
        "<slug:name>": "persons",
        "<slug:key>": "style",
        "<slug:on>": "2026-11-21",
        "<slug:form>": "csv",
        r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$": "password/new/abc-def/",
    }.items():
        route = route.replace(pattern, value)
    assert not set("<>^$(") & set(route), f"say here what {route} may look like"
    return "/" + route


def check(answer: Any, where: str) -> None:
    policy = {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}
    assert policy == POLICY, where
    assert "no-store" in answer.headers["Cache-Control"], where
    assert answer.headers["X-Content-Type-Options"] == "nosniff", where
    assert answer.headers["X-Frame-Options"] == "DENY", where
    assert answer.headers["Referrer-Policy"] == "same-origin", where
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"], where


ROUTES = list(_routes(get_resolver()))


@override_settings(API_WRONG_TOKENS_A_MINUTE=1_000_000)
def test_every_address_is_guarded_and_asks_for_a_sign_in(cast: Cast) -> None:
    assert len(ROUTES) > 30
    for name, route in ROUTES:
        for method in ("get", "post", "head", "options", "delete"):
            answer = getattr(Client(), method)(_address(route))
            check(answer, f"{method} {route}")
            if route.startswith("api/v1/"):  # opened by tokens alone
                assert answer.status_code == 401, f"{method} {route}"
            elif method in ("options", "delete"):
                assert answer.status_code == 405, route
            elif name not in OPEN:
                assert answer.status_code == 302, route
                assert answer.headers["Location"].startswith("/sign-in/"), route


@override_settings(API_WRONG_TOKENS_A_MINUTE=1_000_000)
def test_every_address_is_guarded_for_who_is_signed_in(cast: Cast) -> None:
    for user in (cast.lin, cast.operations):
        for _name, route in ROUTES:
            for method in ("get", "post"):
                client = Client(raise_request_exception=False)
                client.force_login(user)
                answer = getattr(client, method)(_address(route))
                check(answer, f"{method} {route}")
                assert answer.status_code < 500, route


def test_errors_are_guarded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(cast.lin)
    seen = {}
    for wanted, answer in {
        404: strict.get("/nowhere/"),
        403: strict.post("/sign-out/"),
        400: strict.get("/", headers={"host": "evil.example"}),
        405: strict.get("/language/"),
    }.items():
        check(answer, str(wanted))
        seen[wanted] = answer.status_code
    for _attempt in range(6):
        answer = Client().post("/sign-in/", {"username": "lin", "password": "wrong"})
    check(answer, "429")
    seen[429] = answer.status_code

    def broken(*args: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("crm.health.JsonResponse", broken)
    answer = strict.get("/healthz")
    check(answer, "500")
    assert seen | {500: answer.status_code} == {code: code for code in (400, 403, 404, 405, 429, 500)}


def test_over_https_the_way_there_is_guarded_too(db: None) -> None:
    with override_settings(SECURE_SSL_REDIRECT=True):
        client = Client(raise_request_exception=False)
        answer = client.get("/")
        check(answer, "redirect")
        assert answer.headers["Location"].startswith("https://")
        answer = client.get("/", headers={"host": "evil.example"})
        check(answer, "refused host")
        assert answer.status_code == 400


def test_static_files_may_be_kept_but_have_the_policy(client: Client) -> None:
    answer = client.get("/static/css/tokens.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address",
    ["/sign-up/", "/signup/", "/accounts/signup/", "/accounts/login/", "/account/email/", "/account/connections/",
     "/accounts/", "/accounts/2fa/", "/password/set-first/"],
)  # fmt: skip
def test_there_is_no_other_door(address: str, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.lin)
    assert client.get(address).status_code == 404


PRODUCTION = {
    "ORIGIN": "https://crm.example.com",
    "BEHIND_PROXY": "1",
    "SECRET_KEY": "Zq3-v8TnR0uX6yKc1HsLwE9dJfGbM2aPoI7VtU5xNrQ4hYkCzW",
    "MAIL_URL": "smtp://user:password@mail.example.com:587",
}


def _python(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    database = houses.environment(houses.template())
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=houses.ROOT, env=os.environ | database | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.tooling
def test_the_deployment_check_has_nothing_to_say() -> None:
    command = ("manage.py", "check", "--deploy", "--fail-level", "DEBUG", "--database", "default")
    done = _python("-W", "ignore::UserWarning", *command, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout
    assert done.stderr == ""
    assert _python(*command).returncode == 1  # http on localhost is no deployment: the check does look


COOKIES = """
import django; django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEVICE_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
      s.SECURE_HSTS_SECONDS, ",".join(s.MFA_ROLES), s.EMAIL_BACKEND.split(".")[-2], s.TRUSTED_PROXIES)
"""


@pytest.mark.tooling
def test_what_follows_from_the_origin() -> None:
    assert _python("-c", COOKIES, **PRODUCTION).stdout.split() == [
        "__Host-session", "__Host-csrf", "__Host-device", "True", "True", "31536000", "operations,compliance",
        "smtp", "1",
    ]  # fmt: skip
    assert _python("-c", COOKIES).stdout.split() == [
        "session", "csrf", "device", "False", "False", "0", "console", "0",
    ]  # fmt: skip
    refused = _python("-c", COOKIES, ROUNDS_MFA_ROLES="operations,chief")
    assert "ROUNDS_MFA_ROLES='chief' is not understood" in refused.stderr
    refused = _python("-c", COOKIES, MAIL_URL="user:secret@mail")
    assert "secret" not in refused.stderr
