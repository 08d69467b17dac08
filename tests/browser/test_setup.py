"""Operations go through Setup in a real browser: create, post, refuse, undo; every page is accessible."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

LONG = "一个名字很长很长的辖区" * 10


def speak(page: Any, url: str, language: str) -> None:
    page.goto(f"{url}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "dark", PHONE), ("zh-hans", "light", DESK)])
def test_every_page_of_setup_is_accessible(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: Any
) -> None:
    page = open_browser(size, color_scheme=theme)
    sign_in(page, house.url, house.users["operations"])
    speak(page, house.url, language)
    leaf = house.rows("SELECT descendant_id FROM accounts_territorypath WHERE depth = 3 ORDER BY 1 LIMIT 1")[0][0]
    rep = house.rows("SELECT user_id FROM accounts_posting WHERE role = 'rep' ORDER BY 1 LIMIT 1")[0][0]
    posting = house.rows("SELECT id FROM accounts_posting WHERE user_id = %s LIMIT 1", rep)[0][0]
    customer = house.rows("SELECT customer_id FROM customers_alignment ORDER BY 1 LIMIT 1")[0][0]
    product = house.rows("SELECT id FROM accounts_product ORDER BY 1 LIMIT 1")[0][0]
    version = house.rows("SELECT id FROM segmentation_tierpolicyversion ORDER BY 1 LIMIT 1")[0][0]
    night = house.rows('SELECT "on" FROM base_jobrun ORDER BY 1 DESC LIMIT 1')[0][0]
    addresses = [
        "", "territories/", "territories/?q=zzz", "territories/new/", f"territories/{leaf}/",
        f"territories/{leaf}/change/", f"territories/{leaf}/move/", "alignment/", "alignment/?q=wang",
        f"alignment/{customer}/", "users/", "users/new/", f"users/{rep}/", f"users/{rep}/change/",
        f"users/{rep}/tokens/new/", "tokens/", "../api/", f"users/{rep}/postings/new/",
        f"postings/{posting}/end/", "time-off/", "products/", "products/new/",
        f"products/{product}/", "holidays/", "holidays/new/", "cycles/", "cycles/plan/", "policies/",
        f"policies/{version}/", "policies/publish/", "nights/", f"nights/{night}/",
    ]  # fmt: skip
    found = {}
    for address in addresses:
        page.goto(f"{house.url}/setup/{address}")
        found[address] = violations(page)
        if address.endswith(("new/", "plan/", "publish/")):
            texts = page.locator("main input[type=text], main input[type=month], main textarea").locator("visible=true")
            for text in texts.all():
                text.fill("")
            page.click("main .panel button[type=submit].btn-primary")
            expect(page.locator("[data-attention]").first, address).to_be_visible()
            found[f"{address}, refused"] = violations(page)
    assert {where: said for where, said in found.items() if said} == {}


def test_a_policy_is_tried_and_what_it_asks_follows_its_measure(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE)
    sign_in(page, house.url, house.users["operations"])
    speak(page, house.url, "en")
    version = house.rows("SELECT id FROM segmentation_tierpolicyversion WHERE products = '{}' ORDER BY 1 LIMIT 1")[0][0]
    page.goto(f"{house.url}/setup/policies/publish/?version={version}")
    page.select_option("#id_measure", "potential")
    expect(page.locator("#id_currency")).to_be_hidden()
    page.select_option("#id_measure", "revenue")
    page.click("label[for=id_customers_1]")  # institutions
    page.click("[name=try]")
    expect(page.locator("[data-attention]")).to_contain_text("Currency: Say in which currency")
    page.fill("#id_currency", "cny")
    page.fill("#id_share_a", "30")
    page.click("[name=try]")
    tried = page.locator("#tried")
    expect(tried).to_contain_text("Nothing was published")
    expect(tried).to_be_focused()
    assert violations(page) == []
    figures = [row.locator("td").first.inner_text().split()[-1] for row in tried.locator("tbody tr").all()]
    *tiers, everybody = (int(figure.replace(",", "")) for figure in figures)
    assert sum(tiers) == everybody > 0
    assert page.input_value("#id_share_a") == "30"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_territory_with_a_long_name_and_a_posting(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE)
    sign_in(page, house.url, house.users["operations"])
    speak(page, house.url, "en")
    page.goto(f"{house.url}/setup/territories/new/")
    page.fill("#id_name", LONG)
    page.select_option("#id_parent", index=3)
    page.click("main .btn-primary")
    page.wait_for_selector(".tell")
    assert violations(page) == []
    page.goto(f"{house.url}/setup/territories/")
    assert violations(page) == []
    page.click(f"text={LONG}")
    page.click("text=Change")
    page.fill("#id_name", "短")
    page.click("main .btn-primary")
    page.click(".tell button")
    page.wait_for_selector(".tell")
    assert house.rows("SELECT count(*) FROM accounts_territory WHERE name = %s", LONG) == [(1,)]
