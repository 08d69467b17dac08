"""The pages of managers in a real browser: accessible, without violations, drillable by links alone."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

PAGES = ["team/", "tiers/", "tiers/?by=role", "tiers/?by=place_kind", "moves/", "team/customers/?show=planned",
         "team/visits/", "team/promises/"]  # fmt: skip
SHOTS = os.environ.get("ROUNDS_SHOTS", "")


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("en", "light", DESK), ("zh-hans", "dark", DESK), ("zh-hans", "light", PHONE)]
)
def test_every_page_is_accessible(
    house: House, open_browser: Any, sign_in: Any, language: str, theme: str, size: Any
) -> None:
    page = open_browser(size, color_scheme=theme)
    sign_in(page, house.url, house.users["manager"])
    page.goto(f"{house.url}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")
    found = {}
    for address in PAGES:
        page.goto(f"{house.url}/{address}")
        found[address] = violations(page)
        if SHOTS:
            name = f"{address.replace('/', '-').replace('?', '')}-{language}-{theme}-{size['width']}.png"
            page.screenshot(path=Path(SHOTS) / name, full_page=True)
    assert {where: said for where, said in found.items() if said} == {}


def test_without_scripts_one_drills_from_a_figure_to_its_rows(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, java_script_enabled=False)
    sign_in(page, house.url, house.users["manager"])
    answer = page.goto(f"{house.url}/team/")
    assert len(answer.body()) < 350_000
    page.locator("table.team tbody th a").first.click()
    link = page.locator("table.team a.num").first
    rows = int(link.get_attribute("data-rows"))
    link.click()
    shown = page.locator("table.rows tbody tr").count()
    assert shown == min(rows, 50)


def test_the_reason_of_a_move_is_read_whole(house: House, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK)
    sign_in(page, house.url, house.users["manager"])
    page.goto(f"{house.url}/moves/")
    reasons = page.locator(".rows tbody td:nth-child(7)")
    assert reasons.count() > 3
    assert "85%" in reasons.first.inner_text()
    cut = reasons.evaluate_all("all => all.filter(it => it.scrollWidth > it.clientWidth).map(it => it.innerText)")
    assert cut == []
