"""Debian's Chromium, a page that notes every policy violation and script error, and axe."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
AXE = (Path(__file__).parent / "vendor/axe-core-4.14.1/axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 360, "height": 740}
ZOOMED: ViewportSize = {"width": 640, "height": 400}  # a desk at 200 %
DESK: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")  # not longer: a running Playwright keeps Django from its database
def chromium() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"*** NO BROWSER TEST RAN: {CHROMIUM} is missing (apt install chromium fonts-wqy-microhei) ***")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A page of a fresh profile, to be read by `expect`: a click does not wait for the whole next page.

    What violates the policy or breaks in a script fails the test at its end.
    """
    contexts, faults = [], []

    def opened(size: ViewportSize, **more: Any) -> Page:
        context = chromium.new_context(viewport=size, **more)
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', e => console.error('POLICY ' + e.violatedDirective))"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "POLICY" in line.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def sign_in() -> Callable[[Page, str, tuple[str, str]], None]:
    def signed_in(page: Page, url: str, user: tuple[str, str]) -> None:
        page.goto(f"{url}/sign-in/")
        page.fill("#id_username", user[0])
        page.fill("#id_password", user[1])
        page.click("form button[type=submit].btn-primary")
        expect(page, "the sign-in was refused").not_to_have_url(re.compile("/sign-in/$"))

    return signed_in


# Once the browser has followed the address to its part of the page.
TO_THE_TOP = """() => new Promise(done => {
  const frame = then => requestAnimationFrame(() => requestAnimationFrame(then));
  frame(() => { scrollTo({top: 0, behavior: "instant"}); frame(done); });
})"""


# How far a page is wider than its window, and by what first.
TOO_WIDE = """() => {
  const seen = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - seen;
  const wide = it => it.getBoundingClientRect().right > seen + 1 && getComputedStyle(it).position !== "fixed";
  return over > 0 ? [over, [...document.querySelectorAll("body *")].find(wide)?.outerHTML.slice(0, 160) ?? ""] : null;
}"""


def sideways(page: Page, *sizes: ViewportSize) -> list[str]:
    """Where the page scrolls sideways in these windows."""
    said = []
    for size in sizes:
        page.set_viewport_size(size)
        if found := page.evaluate(TOO_WIDE):
            said.append(f"at {size['width']} wider by {found[0]}: {found[1]}")
    return said


def violations(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds by rules or sets of them, and a page that scrolls sideways. From its top on: what has just
    scrolled half under a bar is as large as ever."""
    page.wait_for_load_state()
    page.evaluate(TO_THE_TOP)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    said = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        said.append("scrolls sideways")
    return said
