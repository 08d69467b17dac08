"""A rep's day and a manager's look, in a real browser against a real server."""

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, ZOOMED, violations
from tests.houses import House

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}
SETTINGS = [  # pages with what their address asks for; all pages in all dresses: tests/browser/test_every_page.py
    pytest.param("en", "light", NARROW, id="en-light-narrow"),
    pytest.param("zh-hans", "dark", DESK, id="zh-dark-desk"),
]


def test_in_a_low_window_the_buttons_below_leave_three_quarters_to_the_page(
    house: House, open_browser: Any, sign_in: Any
) -> None:
    page = open_browser(ZOOMED)
    sign_in(page, house.url, house.users["rep"])
    expect(page.locator(".dock .btn-primary")).to_be_visible()
    assert page.locator(".foot").evaluate("it => it.offsetHeight") <= ZOOMED["height"] / 4


def test_a_rep_sees_what_is_due_logs_the_visit_and_it_goes(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, locale="en-GB")
    sign_in(page, house.url, house.users["rep"])
    due = page.locator(".next h2")
    customer = due.inner_text()
    address = due.locator("a").get_attribute("href")
    page.locator(".dock .btn-primary").click()
    expect(page.locator("h1")).to_contain_text(customer)
    page.locator(".talk label.choice").first.click()
    page.locator(".reaction:visible label").nth(1).click()
    page.fill("#id_note", "Asked for the dosing data.")
    page.locator("footer .btn-primary").click()
    page.wait_for_url(f"**{address}")
    expect(page.locator(".tell")).to_be_visible()
    expect(page.locator(".event").first).to_contain_text("Asked for the dosing data.")
    pk = address.strip("/").split("/")[-1]
    assert house.rows("SELECT count(*) FROM visits_visit WHERE note = %s", "Asked for the dosing data.") == [(1,)]
    assert house.rows("SELECT count(*) FROM visits_reminder WHERE customer_id = %s AND kind = 'visit_due' AND state = 'open'", pk) == [(0,)]  # fmt: skip  # noqa: E501
    page.goto(house.url)
    assert page.locator(f'a[href="{address}"]', has_text=customer).count() == len(
        house.rows("SELECT 1 FROM visits_reminder WHERE customer_id = %s AND state = 'open'", pk)
    )


def test_a_refused_visit_leads_to_its_mistake(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/")
    page.locator(".row-link").first.click()
    page.locator(".dock .btn-primary").click()
    page.fill("#id_on", (date.today() + timedelta(3)).isoformat())  # noqa: DTZ011
    page.locator("footer .btn-primary").click()
    summary = page.locator("[data-attention]")
    expect(summary).to_be_focused()
    assert violations(page) == []
    summary.locator("a").first.click()
    expect(page.locator("#id_on")).to_have_attribute("aria-describedby", "id_on_error")
    expect(page.locator("#id_on_error")).to_be_visible()


def test_the_form_works_without_scripts(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, java_script_enabled=False)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/?sort=-due")
    address = page.locator(".row-link").first.get_attribute("href")
    page.goto(f"{house.url}{address}visits/new/")
    page.locator("footer .btn-primary").click()
    expect(page).to_have_url(house.url + address)


def test_a_phone_shows_one_part_of_a_customer_at_a_time(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, java_script_enabled=False)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/?kind=person")
    page.locator(".row-link").first.click()
    parts = {"timeline": "#timeline-head", "profile": "#coordinates", "people": "#influence", "plan": "#plan-head"}
    shown = ["timeline", *parts]
    for step, part in enumerate(shown):
        if step:
            page.click(f'.part-tabs a[href="#{part}"]')
        expect(page.locator(parts[part])).to_be_visible()
        assert [name for name, head in parts.items() if page.locator(head).is_visible()] == [part]
        expect(page.locator(".dock .btn-primary")).to_be_visible()


def test_a_rep_writes_down_what_he_learned_and_takes_it_back(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, locale="en-GB")
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/?kind=person&sort=tier")
    page.locator(".row-link").first.click()
    page.click('.part-tabs a[href="#profile"]')
    page.locator("a[href$='facts/new/']").click()
    page.locator("a[href$='facts/school/']").click()
    page.fill("#id_value", "砚城医学院分校")
    page.locator("footer .btn-primary").click()
    expect(page.locator("#school")).to_contain_text("砚城医学院分校")  # in the part that one came from
    page.locator(".tell .btn").click()
    expect(page.locator("#coordinates")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("砚城医学院分校")
    assert house.rows(
        "SELECT count(*) FROM customers_fact WHERE value = %s AND withdrawn_on IS NULL", "砚城医学院分校"
    ) == [(0,)]


@pytest.mark.parametrize(("language", "theme", "size"), SETTINGS)
def test_every_page_is_accessible(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: dict[str, int]
) -> None:
    page = open_browser(size, color_scheme=theme)
    page.goto(f"{house.url}/sign-in/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")
    found = {"sign in": violations(page)}
    for role, addresses in {
        "rep": ["/", "/customers/", "/customers/?q=zzzz", "/account/", "/tiers/", "/customers/nobody", "/search/?q=li"],
        "manager": ["/customers/?tier=A", "/tiers/", "/visits/", "/visits/?since=2026-12-01&until=2026-01-01"],
    }.items():
        page.context.clear_cookies(name="session")
        sign_in(page, house.url, house.users[role])
        page.goto(f"{house.url}/account/")
        if page.locator("html").get_attribute("lang") != language:
            page.click(f"button[value={language}]")
        for address in addresses:
            page.goto(house.url + address)
            found[f"{role} {address}"] = violations(page)
        for kind in ("person", "institution"):
            page.goto(f"{house.url}/customers/?kind={kind}")
            first = page.locator(".row-link").first.get_attribute("href")
            for part in ("", "#profile", "#people", "#plan"):
                page.goto(house.url + first + part)
                found[f"{role} {kind} {part}"] = violations(page)
            page.goto(f"{house.url}{first}facts/potential/")
            found[f"{role} potential {kind}"] = violations(page)
            if kind == "person":
                for form in ("new/", "style/", "wechat/", "consents/new/"):
                    page.goto(f"{house.url}{first}facts/{form}")
                    found[f"{role} {form}"] = violations(page)
            page.goto(f"{house.url}{first}visits/new/")
            found[f"{role} log {kind}"] = violations(page)
    assert {where: said for where, said in found.items() if said} == {}
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 246, 243)", "dark": "rgb(17, 19, 21)"}[theme]
