"""The choice of columns, as fingers and keys meet it. axe looks at the open menu in test_every_page.py."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

LISTS = {"manager": "/customers/", "rep": "/visits/", "operations": "/files/"}


def _heads(page: Page) -> list[str]:
    return page.locator("thead th:not(.act-head)").all_inner_texts()


@pytest.mark.parametrize("role", LISTS)
def test_all_columns_fit_on_every_screen(house: House, open_browser: Any, sign_in: Any, role: str) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users[role])
    page.goto(house.url + LISTS[role])
    every = page.locator(".tick input").evaluate_all("them => them.map(it => it.value)")
    page.goto(f"{house.url}{LISTS[role]}?columns={','.join(every)}")
    for size in (DESK, PHONE, {"width": 360, "height": 740}):
        page.set_viewport_size(size)
        assert violations(page) == [], size


def _tick(page: Page, name: str) -> Locator:
    return page.locator(f".tick input[value={name}]")


def _label(page: Page, name: str) -> str:
    return page.locator(f".tick:has(input[value={name}])").inner_text().strip()


def test_a_column_is_taken_away_without_scripts(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, java_script_enabled=False)
    sign_in(page, house.url, house.users["manager"])
    page.goto(f"{house.url}/customers/?tier=A&sort=-name")
    usual = _heads(page)
    page.locator(".menu-columns > summary").click()
    expect(page.locator(".tick :disabled")).to_have_count(1)  # that of the customer
    roles = _label(page, "roles")
    _tick(page, "roles").uncheck()
    page.locator(".menu-columns .btn-primary").click()
    page.wait_for_url(re.compile("columns="))
    assert _heads(page) == [head for head in usual if head != roles] != usual
    assert "tier=A" in page.url
    assert "sort=-name" in page.url
    page.locator(".menu-columns > summary").click()
    page.locator(".menu-columns .btn-text").click()
    page.wait_for_url(lambda url: "columns" not in url)
    assert _heads(page) == usual


def test_a_column_is_added_by_keys(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/visits/")
    page.locator(".menu-columns > summary").focus()
    page.keyboard.press("Enter")
    box = _tick(page, "purpose")
    purpose = _label(page, "purpose")
    assert purpose not in _heads(page)
    for _press in range(20):
        page.keyboard.press("Tab")
        if box.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("columns="))
    assert purpose in _heads(page)


def test_cards_obey_and_the_thumb_reaches_everything(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, has_touch=True, is_mobile=True)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/?kind=person")
    expect(page.locator("tbody .tier").first).to_be_visible()
    page.locator(".menu-columns > summary").tap()
    specialty, roles, last = (_label(page, name) for name in ("specialty", "roles", "last"))
    for name in ("tier", "roles", "specialty"):
        _tick(page, name).tap()
    for target in page.locator(".tick:visible, .menu-columns .btn:visible").all():
        assert target.bounding_box()["height"] >= 43.5, target.inner_text()  # 44 px for a thumb
    assert violations(page) == []
    apply, bar = page.locator(".menu-columns .btn-primary"), page.locator(".bottombar")
    assert apply.bounding_box()["y"] + apply.bounding_box()["height"] < bar.bounding_box()["y"]
    apply.tap()
    page.wait_for_url(re.compile("columns="))
    assert page.locator("tbody .tier").count() == page.locator(f"td[data-label='{roles}']").count() == 0
    for shown in (specialty, last):  # ticked, so on cards too
        expect(page.locator(f"td[data-label='{shown}']:not(.c-none)").first).to_be_visible()
    assert violations(page) == []
