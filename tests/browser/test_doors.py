"""The doors in a browser: passkeys of a virtual device, an app, and every page in both languages and looks."""

import os
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("ROUNDS_TEST_PICTURES", "")


def _person(house: House, role: str, number: int) -> tuple[str, str]:
    """Another of the demo people than those that other tests use."""
    names = house.rows(
        """SELECT u.username FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
           WHERE p.role = %s AND p.during @> current_date ORDER BY u.username DESC""",
        role,
    )
    return names[number][0], "round-and-round-1"


def _plug_in_device(page: Page) -> tuple[Any, str]:
    """A device with a fingerprint reader, on which every finger fits."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return devtools, device["authenticatorId"]


def _code(secret: str, page: Page) -> str:
    return format_hotp_value(hotp_value(secret, int(page.evaluate("Date.now()")) // 1000 // 30))


def _speak(page: Page, house: House, language: str) -> None:
    """The demo people have a language of their own."""
    page.goto(f"{house.url}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")


def _sign_out(page: Page, house: House) -> None:
    page.goto(f"{house.url}/account/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{house.url}/sign-in/")


def test_a_passkey_opens_without_a_password(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE)
    devtools, device = _plug_in_device(page)
    user = _person(house, "rep", 1)
    sign_in(page, house.url, user)
    _speak(page, house, "en")
    page.goto(f"{house.url}/account/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("#id_name").fill("My phone")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{house.url}/account/security/")
    expect(page.locator("b", has_text="My phone")).to_be_visible()

    _sign_out(page, house)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{house.url}/")
    page.goto(f"{house.url}/account/")
    expect(page.get_by_text(user[0])).to_be_visible()

    # With the password, it is the second step.
    _sign_out(page, house)
    page.fill("#id_username", user[0])
    page.fill("#id_password", user[1])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{house.url}/sign-in/second-step/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{house.url}/")

    # A device without it gets a sentence and stays outside.
    _sign_out(page, house)
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The device gave no passkey")).to_be_visible(timeout=15_000)
    expect(page).to_have_url(f"{house.url}/sign-in/")


def test_a_passkey_is_renamed_confirmed_with_and_removed(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    _plug_in_device(page)
    user = _person(house, "rep", 2)
    sign_in(page, house.url, user)
    _speak(page, house, "en")
    page.goto(f"{house.url}/account/security/passkeys/add/")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{house.url}/account/security/")
    page.get_by_role("link", name="Rename").click()
    page.locator("#id_name").fill("Desk")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("b", has_text="Desk")).to_be_visible()
    page.goto(f"{house.url}/account/confirm/passkey/?next=/account/security/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{house.url}/account/security/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove the passkey").click()
    expect(page.locator("b", has_text="Desk")).to_have_count(0)
    _sign_out(page, house)
    sign_in(page, house.url, user)  # by the password alone


def _look(page: Page, name: str, seen: list[str], faults: dict[str, list[str]]) -> None:
    seen.append(name)
    if found := violations(page):
        faults[name] = found
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(
    ("language", "theme", "size", "number"),
    [("en", "light", DESK, 3), ("zh-hans", "light", PHONE, 4), ("en", "dark", PHONE, 5), ("zh-hans", "dark", DESK, 6)],
)
def test_every_page_of_the_doors_is_accessible(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: Any, number: int
) -> None:
    page = open_browser(size, color_scheme=theme)
    page.context.add_cookies([{"name": "language", "value": language, "url": house.url}])
    username, password = _person(house, "rep", number)
    seen: list[str] = []
    faults: dict[str, list[str]] = {}

    def look(name: str, path: str = "") -> None:
        if path:
            page.goto(house.url + path)
        _look(page, f"{name}-{language}-{theme}", seen, faults)

    look("forgotten", "/password/")
    page.fill("#id_username", f"nobody-{number}")
    page.click("button.btn-primary")
    look("sent")
    look("closed", "/sign-in/closed/")
    look("set", "/password/set/")
    look("no-link", "/password/new/abc-def/")
    link = house.manage("invite", username).stdout.splitlines()[0]
    page.goto(link)
    look("new-password")
    page.fill("#id_password1", "12345678")
    page.fill("#id_password2", "1234567")
    page.click("button.btn-primary")
    look("new-password-refused")
    look("sign-in", "/sign-in/")
    page.fill("#id_username", username)
    page.fill("#id_password", "wrong")
    page.click("form button[type=submit].btn-primary")
    look("sign-in-refused")

    sign_in(page, house.url, (username, password))
    _speak(page, house, language)
    look("account", "/account/")
    look("change-password", "/account/password/")
    look("devices", "/account/devices/")
    look("security", "/account/security/")
    look("add-passkey", "/account/security/passkeys/add/")
    look("add-app", "/account/security/app/")
    secret = page.locator("code.secret").inner_text()
    page.fill("#id_code", "000000")
    page.click("main button.btn-primary")
    look("add-app-refused")
    page.fill("#id_code", _code(secret, page))
    page.click("main button.btn-primary")
    look("codes")
    look("security-set-up", "/account/security/")
    look("new-codes", "/account/security/codes/new/")
    look("remove-app", "/account/security/app/remove/")
    look("confirm", "/account/confirm/?next=/account/")
    look("confirm-code", "/account/confirm/code/?next=/account/")
    page.goto(f"{house.url}/account/")
    page.click("main form button[type=submit].btn-quiet")

    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.click("form button[type=submit].btn-primary")
    look("second-step")
    for _attempt in range(5):
        page.fill("#id_code", "000000")
        page.click("form button[type=submit].btn-primary")
    look("second-step-refused")
    page.fill("#id_code", "000000")
    page.click("form button[type=submit].btn-primary")
    look("too-many")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert faults == {}
    assert len(seen) == 25
