"""Paper is white whatever the theme of the screen that it is printed from."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, violations
from tests.houses import House
from tooling.shots import FIRST

pytestmark = pytest.mark.browser

# The lightest ink of a text, and the darkest paper behind the page, from 0, black, to 1, white. A tier is a filled
# square with an ink of its own, which the browser turns round where it leaves fills out.
INK_AND_PAPER = """() => {
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g); return (r * 3 + g * 6 + b * 1) / 2550; };
  const inks = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const it = words.currentNode.parentElement;
    if (words.currentNode.data.trim() && it.checkVisibility() && !it.closest(".tier, svg, .visually-hidden"))
      inks.push([light(getComputedStyle(it).color), it.outerHTML.slice(0, 80)]);
  }
  const papers = [document.body, ...document.querySelectorAll("main, .panel, table")]
    .map(it => getComputedStyle(it).backgroundColor).filter(colour => colour !== "rgba(0, 0, 0, 0)").map(light);
  return [inks.sort((one, other) => other[0] - one[0])[0], Math.min(...papers)];
}"""
PAGES = {
    "rep": ("/customers/?as=print", "/visits/?as=print", "/visits/"),
    "manager": ("/customers/?as=print", "/moves/?as=print", "/team/visits/?as=print", "/team/", "/tiers/"),
    "operations": ("/setup/users/?as=print", "/files/?as=print", "/setup/products/?as=print"),
}


def _said(page: Page) -> list[str]:
    (ink, where), paper = page.evaluate(INK_AND_PAPER)
    said = [f"ink of {ink:.2f} at {where}"] if ink > 0.5 else []
    return said + ([f"paper of {paper:.2f}"] if paper < 1 else []) + violations(page, ["color-contrast"])


@pytest.mark.parametrize("role", PAGES)
def test_what_is_printed_from_the_dark_is_dark_on_white(
    house: House, open_browser: Any, sign_in: Any, role: str
) -> None:
    page = open_browser(DESK, color_scheme="dark")
    page.add_init_script("window.print = () => {}")
    sign_in(page, house.url, house.users[role])
    found = {}
    for address in PAGES[role]:
        page.emulate_media(media="screen", color_scheme="dark")
        page.goto(house.url + address)
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        (ink, _where), paper = page.evaluate(INK_AND_PAPER)
        assert ink > 0.5 > paper, f"{address} is not dark on the screen"
        page.emulate_media(media="print", color_scheme="dark")
        found[address] = _said(page)
    if role != "operations":
        page.emulate_media(media="screen", color_scheme="dark")
        page.goto(f"{house.url}/customers/?kind=person&sort=tier")
        page.locator(FIRST).first.click()
        page.wait_for_url("**/customers/*-*/")
        page.emulate_media(media="print", color_scheme="dark")
        found["a customer"] = _said(page)
    assert {address: said for address, said in found.items() if said} == {}
