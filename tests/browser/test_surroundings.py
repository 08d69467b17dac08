"""The picture of whom a person follows and who follows him, on a desk and on a phone: who is asked for, who is read."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.browser.test_setup import speak
from tests.houses import House

pytestmark = pytest.mark.browser

SLIM: ViewportSize = {"width": 360, "height": 740}
# Of those whom the rep sees, the one with the most people around him.
HUB = """SELECT one::text FROM (SELECT influencer_id AS one FROM customers_influencelink WHERE during @> current_date
         UNION ALL SELECT influenced_id FROM customers_influencelink WHERE during @> current_date) AS ends
         JOIN customers_customerstatus s ON s.customer_id = one
         JOIN accounts_posting p ON p.territory_id = s.territory_id AND p.during @> current_date AND p.role = 'rep'
         JOIN accounts_user u ON u.id = p.user_id
         WHERE u.username = %s GROUP BY one ORDER BY count(*) DESC, one LIMIT 1"""
# What sticks out of the drawing or its box, and letters that are not of the size that they should be.
FAULTS = """svg => {
  const frame = svg.getBoundingClientRect(), said = [];
  for (const text of svg.querySelectorAll("text")) {
    const box = text.getBoundingClientRect(), what = text.textContent;
    const node = text.closest("g[transform]:has(> rect, > a > rect)")?.querySelector("rect").getBoundingClientRect();
    if (box.left < frame.left || box.right > frame.right + 1) said.push("outside: " + what);
    if (box.top < frame.top - 2 || box.bottom > frame.bottom + 2) said.push("above or below: " + what);
    if (node && box.right > node.right - 2) said.push("out of its box: " + what);
    if (parseFloat(getComputedStyle(text).fontSize) < 13) said.push("small: " + what);
  }
  if (Math.abs(frame.width - svg.getAttribute("width")) > 0.5) said.push("scaled: " + frame.width);
  return said;
}"""


def open_hub(page: Page, house: House, language: str) -> str:
    speak(page, house.url, language)
    [(hub,)] = house.rows(HUB, house.users["rep"][0])
    page.goto(f"{house.url}/customers/{hub}/#people")
    return str(hub)


@pytest.mark.parametrize(
    ("language", "theme", "size", "shown"),
    [
        ("en", "light", DESK, "wide"),
        ("zh-hans", "dark", DESK, "wide"),
        ("en", "dark", SLIM, "narrow"),
        ("zh-hans", "light", PHONE, "narrow"),
    ],
)
def test_one_picture_is_shown_whole_and_accessible(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: ViewportSize, shown: str
) -> None:
    page = open_browser(size, color_scheme=theme)
    sign_in(page, house.url, house.users["rep"])
    open_hub(page, house, language)
    drawn = page.locator(".ties svg >> visible=true")
    expect(drawn).to_have_count(1)
    expect(drawn).to_have_class(f"ties-{shown}")
    assert drawn.evaluate(FAULTS) == []
    assert violations(page) == []


def test_one_walks_from_person_to_person_by_keyboard(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, java_script_enabled=False)
    sign_in(page, house.url, house.users["rep"])
    hub = open_hub(page, house, "en")
    links = page.locator(".ties-wide a[href^='/customers/']")
    assert links.count() > 3
    link = links.first
    name = link.locator("title").text_content().split(" · ")[0]
    expect(page.get_by_role("list", name="Who follows").get_by_role("link").first).to_be_visible()
    link.focus()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: hub not in url)
    expect(page.locator("h1")).to_contain_text(name)


def test_it_is_printed(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["rep"])
    open_hub(page, house, "en")
    page.emulate_media(media="print")
    expect(page.locator(".ties svg >> visible=true")).to_have_count(1)
