"""Names without an end, and from right to left: no page scrolls sideways, and our own words read as they stand."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from tests.browser.conftest import DESK, SMALL, ZOOMED, sideways
from tests.houses import House, owner_url
from tooling.pictures import reach
from tooling.shots import BRING, SHOTS

pytestmark = pytest.mark.browser

# What stood there before names were judged stays: one that turns round what follows, and never ends.
LEFTWARD = "\u202eمرحبا بالعالم 😀👩🏽\u200d⚕️ "
UNBROKEN = ("w" * 200, LEFTWARD + "w" * 160, "欧阳" * 100)
COLUMNS = {
    "customers_customer": {"name": 200},
    "accounts_territory": {"name": 120},
    "accounts_product": {"name": 110},
    "accounts_user": {"name": 110},
    "visits_visit": {"note": 1000},
    "customers_affiliation": {"position": 100},
    "segmentation_tierpolicyversion": {"name": 110},
}

# Our own words are the Chinese ones, but for the two of a name: those of one text that stand in one line, by their
# order in the document, from left to right.
OUT_OF_ORDER = """() => {
  const said = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!/\\p{Script=Han}/u.test(text.data) || !text.parentElement.checkVisibility()) continue;
    let before = null;
    for (let at = 0; at < text.data.length; at++) {
      if (!/\\p{Script=Han}/u.test(text.data[at]) || /[欧阳]/.test(text.data[at])) continue;
      const range = document.createRange();
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const box = range.getBoundingClientRect();
      if (before && Math.abs(before.top - box.top) < 4 && box.left < before.left) {
        said.push(text.data.trim().slice(-60));
        break;
      }
      before = box;
    }
  }
  return said;
}"""


@contextmanager
def _renamed(house: House) -> Iterator[None]:
    """A house in which everything is called so, until the end."""
    with psycopg2.connect(owner_url(house.database)) as owner, owner.cursor() as cursor:
        for table, columns in COLUMNS.items():
            names = ", ".join(columns)
            cursor.execute(f"CREATE TEMP TABLE was_{table} AS SELECT id, {names} FROM {table}")
            wild = ", ".join(
                f"{name} = left((%(wild)s::text[])[1 + ascii(right(id::text, 1)) %% 3], {most - 9})"
                f" || ' ' || right(id::text, 8)"
                for name, most in columns.items()
            )
            cursor.execute(f"UPDATE {table} SET {wild}", {"wild": list(UNBROKEN)})
        owner.commit()
        try:
            yield
        finally:
            for table, columns in COLUMNS.items():
                names = ", ".join(f"{name} = was.{name}" for name in columns)
                cursor.execute(f"UPDATE {table} SET {names} FROM was_{table} was WHERE was.id = {table}.id")


@pytest.fixture(scope="module")
def wild(house: House) -> Iterator[House]:
    with _renamed(house):
        yield house


@pytest.mark.parametrize("role", ["rep", "manager", "operations"])
def test_no_name_moves_what_stands_beside_it(wild: House, open_browser: Any, sign_in: Any, role: str) -> None:
    page = open_browser(DESK, locale="zh-CN", reduced_motion="reduce")
    sign_in(page, wild.url, wild.users[role])
    page.goto(f"{wild.url}/account/")
    if page.locator("html").get_attribute("lang") != "zh-hans":
        page.click("button[value=zh-hans]")
    assert page.locator(".who:visible").first.inner_text().strip()
    found = {}
    for shot in SHOTS:
        if shot.role != role or shot.steps[: len(BRING)] == BRING:
            continue
        page.set_viewport_size(DESK)
        reach(page, wild.url, shot)
        said = []
        for size in (SMALL, ZOOMED, DESK):
            said += sideways(page, size)
            said += [f"at {size['width']} not in order: {text}" for text in page.evaluate(OUT_OF_ORDER)]
        page.context.set_offline(False)
        if said:
            found[shot.name] = said
    assert not found, "\n".join(f"{name}: {fault}" for name, said in found.items() for fault in said)
