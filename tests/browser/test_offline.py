"""Without a network nothing that was typed is lost, and the page says what became of it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.browser.test_setup import speak
from tests.houses import House

pytestmark = pytest.mark.browser

NOTE = "He asked twice. 他问了两次"
SAID = {"en": "Not saved yet", "zh-hans": "尚未保存"}
# What has the focus lies wholly on the screen, over whatever else is there.
IN_SIGHT = """() => {
  const {x, y, bottom} = document.activeElement.getBoundingClientRect();
  const over = document.elementFromPoint(x + 8, (y + bottom) / 2);
  return y >= 0 && bottom <= innerHeight && document.activeElement.contains(over);
}"""
DRESSES = [("en", "dark", PHONE), ("zh-hans", "light", DESK)]


def _person(page: Page, house: House, sign_in: Any, language: str, then: str) -> None:
    """The form `then` of somebody whom a rep holds."""
    sign_in(page, house.url, house.users["rep"])
    speak(page, house.url, language)
    page.goto(f"{house.url}/customers/?kind=person&sort=-due")
    page.goto(house.url + str(page.locator(".row-link").nth(3).get_attribute("href")) + then)


@pytest.mark.parametrize(("language", "theme", "size"), DRESSES)
@pytest.mark.parametrize(
    ("then", "field", "button", "stored"),
    [
        ("visits/new/", "#id_note", "footer .btn-primary", "SELECT count(*) FROM visits_visit WHERE note = %s"),
        ("change/", "#id_title", "main .btn-primary", "SELECT count(*) FROM customers_person WHERE title = %s"),
    ],
    ids=["visit", "customer"],
)
def test_what_is_saved_without_a_network_waits_for_it(
    house: House, open_browser: Any, sign_in: Any, then: str, field: str, button: str, stored: str,
    language: str, theme: str, size: Any,
) -> None:  # fmt: skip
    page = open_browser(size, color_scheme=theme)
    _person(page, house, sign_in, language, then)
    address, typed = page.url, f"{NOTE} {language}"
    page.fill(field, typed)
    unsent, offline = page.locator("[data-unsent]"), page.locator("[data-offline]")
    expect(unsent).to_be_hidden()
    page.context.set_offline(True)
    expect(offline).to_be_visible()
    for _time in range(2):
        page.locator(button).click()
        expect(unsent).to_be_focused()
        expect(unsent).to_contain_text(SAID[language])
        page.wait_for_function(IN_SIGHT)
    expect(offline).to_be_hidden()
    expect(page).to_have_url(address)
    expect(page.locator(field)).to_have_value(typed)
    assert violations(page) == []
    page.context.set_offline(False)
    page.wait_for_function("navigator.onLine")
    expect(unsent).to_be_visible()
    assert house.rows(stored, typed) == [(0,)]
    page.locator(button).click()
    expect(page.locator(".tell")).to_be_visible()
    expect(unsent).to_be_hidden()
    assert house.rows(stored, typed) == [(1,)]


def test_a_list_that_is_asked_without_a_network_stays(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/")
    page.context.set_offline(True)
    page.fill("#q", "li")
    page.press("#q", "Enter")
    expect(page.locator("[data-offline]")).to_be_focused()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("li")
    assert violations(page) == []


@pytest.mark.parametrize(("language", "theme", "size"), DRESSES)
@pytest.mark.parametrize("why", ["no network", "no answer"])
def test_a_search_that_is_not_answered_says_so_and_goes_on(
    house: House, open_browser: Any, sign_in: Any, why: str, language: str, theme: str, size: Any
) -> None:
    page = open_browser(size, color_scheme=theme)
    sign_in(page, house.url, house.users["rep"])
    speak(page, house.url, language)
    page.goto(house.url)
    failed = page.locator("[data-failed]")
    page.locator("[data-opens-search]").locator("visible=true").first.click()
    page.locator("#search-for:focus").wait_for()
    if why == "no network":
        page.context.set_offline(True)
    else:
        page.route("**/search/", lambda route: route.fulfill(status=503))
    page.keyboard.type("l")
    expect(failed).to_be_visible()
    expect(failed).to_contain_text({"en": "did not answer", "zh-hans": "没有响应"}[language])
    expect(page.locator("[data-found]")).not_to_have_attribute("aria-busy", "true")
    assert violations(page) == []
    page.unroute_all()
    page.context.set_offline(False)
    page.keyboard.type("i")
    expect(page.locator(".hit").first).to_be_visible()
    expect(failed).to_be_hidden()
