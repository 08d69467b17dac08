"""A rep sets a role, changes and ends it, and ties two people, on a phone in Chinese and without scripts."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.browser.test_setup import speak
from tests.houses import House

pytestmark = pytest.mark.browser

PERSON = "/customers/?kind=person"
INSTITUTION = "SELECT institution_id::text FROM customers_affiliation WHERE person_id = %s AND is_primary LIMIT 1"


def open_person(page: Any, house: House, language: str = "zh-hans") -> str:
    """Signed in already: the page of the first person, whose address is returned."""
    speak(page, house.url, language)
    page.goto(house.url + PERSON)
    address: str = page.locator(".row-link").first.get_attribute("href")
    page.goto(house.url + address)
    return address


def roles_of(house: House, address: str) -> list[tuple[Any, ...]]:
    person = address.strip("/").split("/")[-1]
    return house.rows(
        """SELECT strength, evidence, lower(during), upper(during) FROM customers_roleassignment
           WHERE person_id = %s AND evidence LIKE '屏幕%%' ORDER BY 3""",
        person,
    )


def somebody_else(house: House, address: str) -> str:
    """The name of another person whom the same territory holds."""
    person = address.strip("/").split("/")[-1]
    others = house.rows(
        """SELECT c.name FROM customers_customer c JOIN customers_customerstatus s ON s.customer_id = c.id
           WHERE c.kind = 'person' AND c.ended_on IS NULL AND c.merged_into_id IS NULL AND c.id <> %s
             AND s.territory_id =
               (SELECT territory_id FROM customers_customerstatus WHERE customer_id = %s LIMIT 1)
           ORDER BY c.id LIMIT 1""",
        person,
        person,
    )
    return str(others[0][0])


def test_a_role_is_set_changed_and_ended(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, locale="zh-CN")
    sign_in(page, house.url, house.users["rep"])
    address = open_person(page, house)
    page.click("[href='#people']")
    page.click("text=添加角色")
    assert violations(page) == []
    page.select_option("#id_role", "influencer")
    page.select_option("#id_product", index=1)
    page.select_option("#id_strength", "2")
    page.fill("#id_evidence", "屏幕上说的")
    page.fill("#id_first", (date.today() - timedelta(9)).isoformat())  # noqa: DTZ011
    page.click("main .btn-primary")
    page.wait_for_url(f"**{address}#people")
    row = page.locator(".fact", has_text="屏幕上说的")
    row.locator("a").last.click()
    assert violations(page) == []
    page.select_option("#id_strength", "5")
    page.click("main .btn-primary")
    page.wait_for_selector(".tell button")
    assert [strength for strength, *_rest in roles_of(house, address)] == [2, 5]
    page.locator(".fact", has_text="屏幕上说的").locator("a").last.click()
    page.fill("#id_end-last", "")
    page.click("button[name=end]")
    expect(page.locator("[data-attention]")).to_be_focused()
    assert violations(page) == []
    page.locator(".notice-bad a").first.click()
    page.fill("#id_end-last", date.today().isoformat())  # noqa: DTZ011
    page.click("button[name=end]")
    page.wait_for_selector(".tell button")
    assert roles_of(house, address)[-1][3] == date.today() + timedelta(1)  # noqa: DTZ011


def test_a_tie_is_found_as_one_types_and_saved(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, locale="zh-CN")
    sign_in(page, house.url, house.users["rep"])
    address = open_person(page, house)
    page.click("[href='#people']")
    page.locator("a", has_text="添加影响关系").first.click()
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.method) if request.url.endswith("/influence/new/") else None
    )
    field = page.locator("#search-for")
    field.dispatch_event("compositionstart")
    field.evaluate("it => { it.value = 'li'; it.dispatchEvent(new InputEvent('input', {isComposing: true})); }")
    page.wait_for_timeout(400)
    assert asked == []
    written = "(it, name) => { it.value = name; it.dispatchEvent(new CompositionEvent('compositionend')); }"
    field.evaluate(written, somebody_else(house, address))
    page.wait_for_selector(".hit")
    assert asked == ["POST"]
    assert violations(page) == []
    name = page.locator(".hit b").first.inner_text()
    page.locator(".hit").first.click()
    expect(page.locator("h1")).to_contain_text(name)
    assert violations(page) == []
    page.select_option("#id_kind", "friend")
    page.select_option("#id_weight", "800")
    page.fill("#id_evidence", "屏幕上看到的")
    page.click("main .btn-primary")
    page.wait_for_url(f"**{address}#people")
    expect(page.locator("#people")).to_contain_text(name)
    assert house.rows("SELECT weight FROM customers_influencelink WHERE evidence = '屏幕上看到的'") == [(800,)]
    page.click(".tell button")
    page.wait_for_selector(".tell")
    assert house.rows("SELECT weight FROM customers_influencelink WHERE evidence = '屏幕上看到的'") == []


def test_it_works_without_scripts(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, java_script_enabled=False)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/new/person/")
    page.fill("#search-for", "医院")
    page.press("#search-for", "Enter")
    page.locator(".hit").first.click()
    page.fill("#id_name", "甄无稿")
    page.click("main .btn-primary")
    assert house.rows("SELECT kind, version FROM customers_customer WHERE name = '甄无稿'") == [("person", 1)]
    page.goto(f"{house.url}/customers/new/person/")
    page.fill("#search-for", "医院")
    page.press("#search-for", "Enter")
    page.locator(".hit").first.click()
    page.fill("#id_name", "甄无稿")
    page.click("main .btn-primary")
    expect(page.locator(".known .pick")).to_have_count(1)
    page.click("button[name=anew]")
    assert house.rows("SELECT count(*) FROM customers_customer WHERE name = '甄无稿'") == [(2,)]


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "dark", PHONE), ("zh-hans", "light", DESK)])
def test_two_editors_see_both_and_choose(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: Any
) -> None:
    pages = [open_browser(size, color_scheme=theme) for _editor in range(2)]
    for page in pages:
        sign_in(page, house.url, house.users["rep"])
        address = open_person(page, house, language)
        page.goto(f"{house.url}{address}change/")
        assert violations(page) == []
    quick, slow = pages
    quick.fill("#id_title", f"甲 {language}")
    quick.fill("#id_specialty", f"丙 {language}")
    quick.click("main .btn-primary")
    slow.fill("#id_title", "乙" * 60)
    slow.click("main .btn-primary")
    expect(slow.locator(".both .version")).to_have_count(2)
    assert violations(slow) == []
    slow.locator(".both input[value=stored]").check()
    slow.click("main .panel-foot .btn-primary")
    slow.wait_for_url(f"**{address}")
    person = address.strip("/").split("/")[-1]
    stored = house.rows("SELECT title, specialty FROM customers_person WHERE customer_id = %s", person)
    assert stored == [(f"甲 {language}", f"丙 {language}")]
    assert violations(slow) == []


def test_enter_never_says_that_somebody_is_new(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, locale="en-GB")
    sign_in(page, house.url, house.users["rep"])
    address = open_person(page, house, "en")
    name, (at,) = somebody_else(house, address), house.rows(INSTITUTION, address.strip("/").split("/")[-1])[0]
    named = "SELECT count(*) FROM customers_customer WHERE name = %s"
    before = house.rows(named, name)
    page.goto(f"{house.url}/customers/new/person/?other={at}")
    page.fill("#id_name", name)
    for _time in range(2):
        page.locator("#id_name").press("Enter")
        page.get_by_role("heading", name="Is it one of these?").wait_for()
    assert house.rows(named, name) == before
