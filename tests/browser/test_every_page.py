"""Every page of the contact sheet, in both languages, both themes and both sizes: axe, and the keyboard; none scrolls
sideways, on a small phone and where letters are twice as large, too. Two of the four dresses in each language.

Who adds a page to SHOTS in tooling/shots.py has it looked at here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, RULES, SMALL, ZOOMED, sideways, violations
from tests.browser.test_imports import WORKER
from tests.houses import House, owner_url
from tooling.phone import MAIN
from tooling.pictures import LOCALES, dressed, reach
from tooling.shots import SHOTS

pytestmark = pytest.mark.browser

OF_COLOUR = ["color-contrast", "link-in-text-block"]  # the rules that another theme may break
DRESSES = {"en": {("light", "1280"), ("dark", "390")}, "zh-hans": {("light", "390"), ("dark", "1280")}}
ROLES = tuple(dict.fromkeys(shot.role for shot in SHOTS))


@pytest.fixture(scope="module")
def worked(house: House) -> Iterator[House]:
    """The demo country with a worker, who looks at the file that is brought."""
    worker = house.start(*WORKER)
    yield house
    worker.terminate()


def _speak(page: Page, house: House, language: str) -> None:
    page.goto(f"{house.url}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")


def _everywhere(page: Page, language: str) -> list[str]:
    """What axe says in the dresses of a language; what no colour decides is asked once a size."""
    said = []
    for theme, width in dressed(page):
        if (theme, width) not in DRESSES[language]:
            continue
        found = violations(page, OF_COLOUR if theme == "dark" else RULES)
        said += [f"{theme}, {width}: {fault}" for fault in found]
    return said + sideways(page, SMALL, ZOOMED)


@contextmanager
def _broken(house: House) -> Iterator[None]:
    """Visits cannot be read for a while: pages that need them answer 500."""
    with psycopg2.connect(owner_url(house.database)) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE visits_visit RENAME TO visits_away")
    try:
        yield
    finally:
        with psycopg2.connect(owner_url(house.database)) as owner, owner.cursor() as cursor:
            cursor.execute("ALTER TABLE visits_away RENAME TO visits_visit")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_in_every_dress(
    worked: House, open_browser: Any, sign_in: Any, role: str, language: str
) -> None:
    page = open_browser(DESK, locale=LOCALES[language])
    if role:
        sign_in(page, worked.url, worked.users[role])
        _speak(page, worked, language)
    found = {}
    for shot in SHOTS:
        if shot.role == role:
            page.set_viewport_size(DESK)
            reach(page, worked.url, shot)
            assert page.locator("html").get_attribute("lang") == language, shot.name
            found[shot.name] = _everywhere(page, language)
            page.context.set_offline(False)
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("language", LOCALES)
def test_every_refusal_of_the_house_is_accessible(house: House, open_browser: Any, sign_in: Any, language: str) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["rep"])
    _speak(page, house, language)
    found = {}
    with _broken(house):
        assert page.goto(f"{house.url}/visits/").status == 500
        found["500"] = _everywhere(page, language)
    page.goto(f"{house.url}/account/")
    page.context.clear_cookies(name="csrf")
    with page.expect_navigation() as answer:
        page.click("main form button[type=submit].btn-quiet")  # sign out
    assert answer.value.status == 403
    found["403, a page that is too old"] = _everywhere(page, language)
    assert {name: said for name, said in found.items() if said} == {}


# What Tab stops at, in the order of the document; of a group of radio buttons the chosen or the first one.
STOPS = """() => {
  const shown = it => it.checkVisibility({visibilityProperty: true}) && !it.closest("[inert]");
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter(it => it.tabIndex >= 0 && !it.disabled && it.type !== "hidden" && shown(it));
  const groups = new Map();
  for (const it of all) if (it.type === "radio" && (it.checked || !groups.has(it.name))) groups.set(it.name, it);
  const stops = all.filter(it => it.type !== "radio" || groups.get(it.name) === it);
  stops.forEach((it, place) => { it.dataset.stop = place; });
  const parts = stops.filter(it => it.type === "date").length * 3; // day, month, year and the calendar
  return [stops.length, stops.length + parts];
}"""
# Notes each stop, and whether one sees where one is: something changes at it, its label or around it, and lies on top.
NOTE = """() => {
  window.stops = [];
  const looks = it => { const s = getComputedStyle(it); return [s.outlineStyle, s.outlineWidth, s.outlineColor,
    s.boxShadow, s.borderColor, s.backgroundColor, s.textDecorationLine].join(); };
  const around = it => [it, ...(it.labels ?? []), it.parentElement, it.parentElement?.parentElement].filter(Boolean);
  window.resting = new Map();
  for (const it of document.querySelectorAll("[data-stop]"))
    for (const each of around(it)) resting.set(each, looks(each));
  addEventListener("focusin", event => {
    const it = event.target;
    const hidden = getComputedStyle(it).clip !== "auto" || it.getBoundingClientRect().width < 2;
    const shown = hidden && it.labels?.length ? it.labels[0] : it;
    const box = shown.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width, 40) / 2, box.top + box.height / 2];
    const top = document.elementFromPoint(x, y);
    const near = top && [shown, it, ...(it.labels ?? [])].some(each => each.contains(top) || top.contains(each));
    stops.push({stop: Number(it.dataset.stop ?? -1), html: it.outerHTML.slice(0, 120),
      seen: around(it).some(each => looks(each) !== resting.get(each)),
      covered: near ? "" : top?.outerHTML.slice(0, 80) ?? "the edge"});
  });
}"""


def _walk(page: Page) -> list[str]:
    """Through the page by Tab: what is wrong with the way."""
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')")
    stops, presses = page.evaluate(STOPS)
    page.evaluate(NOTE)
    for _press in range(presses):
        page.keyboard.press("Tab")
    way = page.evaluate("stops")[:stops]
    said = [f"not to be seen: {stop['html']}" for stop in way if not stop["seen"]]
    said += [f"covered by {stop['covered']}: {stop['html']}" for stop in way if stop["covered"]]
    if (order := [stop["stop"] for stop in way]) != list(range(stops)):
        wrong = next((place for place, stop in enumerate(order) if place != stop), len(order))
        missed = page.locator(f"[data-stop='{wrong}']").evaluate("it => it.outerHTML.slice(0, 120)")
        said.append(f"{len(order)} of {stops} stops, then not to {missed} but to {order[wrong : wrong + 3]}")
    return said


@pytest.mark.parametrize("role", ["", "rep", "manager", "operations"])
def test_every_main_page_is_gone_through_by_keyboard(house: House, open_browser: Any, sign_in: Any, role: str) -> None:
    page = open_browser(DESK, reduced_motion="reduce")
    if role:
        sign_in(page, house.url, house.users[role])
    found = {}
    for shot in [shot for shot in SHOTS if shot.role == role and shot.name in MAIN]:
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            reach(page, house.url, shot)
            page.reload()
            if said := _walk(page):
                found[f"{shot.name}, {size['width']}"] = said
    assert not found, "\n".join(f"{where}: {fault}" for where, said in found.items() for fault in said)


def test_the_first_stop_skips_what_every_page_has(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    assert skip.bounding_box()["height"] > 20
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")
