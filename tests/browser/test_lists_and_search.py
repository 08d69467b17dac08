"""Lists and the search box, as fingers and keys meet them."""

import csv
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}


@pytest.fixture
def desk(house: House, open_browser: Any, sign_in: Any) -> Any:
    page = open_browser(DESK, locale="en-GB")
    sign_in(page, house.url, house.users["rep"])
    return page


def asked(page: Any) -> list[str]:
    """What the page asks of the search from now on."""
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or request.url) if "/search/" in request.url else 0
    )
    return sent


def test_control_k_finds_by_initials_and_enter_opens(desk: Any) -> None:
    sent = asked(desk)
    name = desk.locator(".next h2").inner_text()
    desk.keyboard.press("Control+k")
    desk.keyboard.type(name)
    desk.locator(".hit").first.wait_for()
    assert violations(desk) == []
    assert len(sent) == 1, "one request for all letters"
    assert "q=" not in desk.url
    desk.keyboard.press("ArrowDown")
    assert desk.evaluate("document.activeElement.className") == "hit"
    desk.keyboard.press("ArrowUp")
    assert desk.evaluate("document.activeElement.id") == "search-for"
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/*/")
    expect(desk.locator("h1")).to_contain_text(name)


def test_enter_before_the_answer_waits_for_it(desk: Any) -> None:
    name = desk.locator(".next h2").inner_text()
    desk.keyboard.press("Control+k")
    desk.keyboard.type(name)
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/customers/*/")
    expect(desk.locator("h1")).to_contain_text(name)


def test_escape_closes_and_gives_the_focus_back(desk: Any) -> None:
    opener = desk.locator("a.find")
    opener.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#search")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#search")).to_be_hidden()
    expect(opener).to_be_focused()


def test_nothing_is_asked_while_an_input_method_composes(desk: Any) -> None:
    sent = asked(desk)
    desk.locator(".next h2").wait_for()
    desk.keyboard.press("Control+k")
    desk.locator("#search-for:focus").wait_for()
    devtools = desk.context.new_cdp_session(desk)
    for letters in ("c", "ch", "che", "chen"):
        devtools.send("Input.imeSetComposition", {"text": letters, "selectionStart": 1, "selectionEnd": 1})
        desk.wait_for_timeout(200)
    assert sent == []
    devtools.send("Input.insertText", {"text": "陈"})
    desk.locator(".hit").first.wait_for()
    assert [text.startswith("q=%E9%99%88") for text in sent] == [True]


def test_search_works_without_scripts(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, java_script_enabled=False)
    sign_in(page, house.url, house.users["rep"])
    page.locator("a.find").click()
    page.fill("#search-for", "li")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=li")
    assert page.locator(".hit").count() > 1


@pytest.mark.parametrize("address", ["/customers/", "/visits/"])
def test_a_row_is_a_card_that_fits_at_360(house: House, open_browser: Any, sign_in: Any, address: str) -> None:
    page = open_browser(NARROW)
    sign_in(page, house.url, house.users["manager"])
    page.goto(house.url + address)
    expect(page.locator("thead")).to_be_hidden()
    assert page.locator("tbody tr").first.evaluate("it => getComputedStyle(it).display") == "grid"
    page.locator("label[for=more-filters]").click()
    expect(page.locator(".filter-menus .pill").first).to_be_visible()
    for target in page.locator(".pill:visible, .btn:visible, .bottombar a:visible, .iconbtn:visible").all():
        assert target.bounding_box()["height"] >= 43.5, target.inner_text()  # 44 px for a thumb
    assert violations(page) == []


def test_a_view_is_kept_by_thumb_and_its_end_can_be_undone(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, locale="en-GB")
    sign_in(page, house.url, house.users["manager"])
    page.goto(f"{house.url}/customers/?tier=A")
    page.locator(".tab-row summary").click()
    page.fill("#view-name", "My A")
    page.locator(".tab-row .btn-primary").click()
    expect(page.locator(".tabs [aria-current]")).to_have_text("My A")
    page.goto(f"{house.url}/customers/")
    page.get_by_role("link", name="My A").click()
    assert "tier=A" in page.url
    page.locator(".tab-row summary").click()
    page.locator("form[action$='/delete/'] button").click()
    page.locator(".tell button").click()
    page.locator(".tell button").wait_for()
    expect(page.locator(".tabs [aria-current]")).to_have_text("My A")


def test_a_file_has_as_many_rows_as_the_list_says(desk: Any) -> None:
    desk.locator(".topnav a[href='/customers/']").click()
    count = int(re.sub(r"\D", "", desk.locator(".tabs [aria-current] .n").inner_text()))
    desk.locator(".page-head summary", has_text=re.compile("Export|导出")).click()
    with desk.expect_download() as download:
        desk.locator("a[download][href*=csv]").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) - 1 == count


def test_menus_close_and_the_network_is_missed(desk: Any) -> None:
    desk.goto(desk.url + "customers/")
    summary = desk.locator(".filter-menus summary").first
    summary.click()
    expect(desk.locator("details.menu[open]")).to_have_count(1)
    desk.keyboard.press("Escape")
    expect(desk.locator("details.menu[open]")).to_have_count(0)
    expect(summary).to_be_focused()
    expect(desk.locator("[data-offline]")).to_be_hidden()
    desk.context.set_offline(True)
    desk.locator("[data-offline]").wait_for()
    assert violations(desk) == []
    desk.context.set_offline(False)
    desk.locator("[data-offline]").wait_for(state="hidden")
