"""Every list of the house on the narrowest phone: a row is a card, and nothing of it lies outside."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from crm.base.lists import list_pages
from tests.browser.conftest import violations
from tests.houses import House

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 740}
EMPTY = {"files", "tokens"}  # no file and no program came into the demo country, unless another test brought one
# What is no card, or lies beside the screen.
FAULTS = """() => {
  const wide = document.documentElement.clientWidth, said = [];
  const rows = [...document.querySelectorAll("main table.rows tbody tr")];
  if (document.documentElement.scrollWidth > wide) said.push(`${document.documentElement.scrollWidth} px wide`);
  for (const row of rows) {
    if (getComputedStyle(row).display !== "grid") said.push(`no card: ${row.textContent.trim().slice(0, 60)}`);
    for (const it of [row, ...row.children]) {
      const box = it.getBoundingClientRect();
      const outside = box.width && (box.left < 0 || box.right > wide + 0.5);
      if (outside) said.push(`outside: ${it.textContent.trim().slice(0, 60)}`);
    }
  }
  return [rows.length, said.slice(0, 5)];
}"""


@pytest.mark.parametrize("role", ["rep", "manager", "operations"])
def test_every_row_is_a_card_that_fits(house: House, open_browser: Any, sign_in: Any, role: str) -> None:
    """With the usual columns and with all of them."""
    page = open_browser(NARROW)
    sign_in(page, house.url, house.users[role])
    reverse("customers")  # from here on every list is known
    found, filled, opened = {}, set(), set()
    for name in list_pages():
        answer = page.goto(house.url + reverse(name))
        if answer.status != 200:
            continue
        opened.add(name)
        every = ",".join(page.locator(".tick input").evaluate_all("them => them.map(it => it.value)"))
        for columns in ("", f"?columns={every}"):
            page.goto(house.url + reverse(name) + columns)
            rows, said = page.evaluate(FAULTS)
            if rows:
                filled.add(name)
                expect(page.locator("thead")).to_be_hidden()
            if said or (columns == "" and (said := violations(page))):
                found[name + columns] = said
    assert found == {}
    assert {"customers", "visits"} <= opened
    if role == "operations":
        assert opened == set(list_pages())
        assert filled >= opened - EMPTY
