"""The figures of docs/look.md that no machine's speed decides: bytes, requests, shifts and taps.

How long a page takes depends on the machine: `./dev bench pages` measures it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE
from tests.houses import House
from tooling.phone import MAIN, SHIFT, Load, Phone, addresses_of
from tooling.shots import SHOTS

pytestmark = pytest.mark.browser

KB = 1024
FIRST = {"": 120 * KB, "rep": 120 * KB, "manager": 350 * KB, "operations": 350 * KB}
AGAIN = 20 * KB
MOST_REQUESTS = 20  # of a first visit
TAP = "() => addEventListener('pointerdown', event => event.isTrusted && tapped(event.target.outerHTML), true)"
KEY = "() => addEventListener('keydown', event => event.isTrusted && typed(event.key), true)"


@pytest.mark.parametrize("role", FIRST)
def test_a_page_is_light_comes_from_here_and_does_not_jump(
    house: House, open_browser: Any, sign_in: Any, role: str
) -> None:
    page = open_browser(PHONE)
    if role:
        sign_in(page, house.url, house.users[role])
    addresses = addresses_of(page, house.url, role)
    phone = Phone(page)
    faults = {}
    for name, address in addresses.items():
        first, again = phone.load(address, afresh=True), phone.load(address, afresh=False)
        print(f"{name}: {first.bytes:,} B in {len(first.wire)} requests, again {again.bytes:,} B; {first.shift:.4f}")
        if said := _faults(first, again, address, FIRST[role]):
            faults[name] = said
    assert addresses
    assert faults == {}


def test_every_main_page_was_weighed() -> None:
    roles = {shot.name: shot.role for shot in SHOTS}
    assert {roles[name] for name in MAIN} == set(FIRST)


def _faults(first: Load, again: Load, address: str, most: int) -> list[str]:
    ours = urlsplit(address).netloc
    said = [f"asks {url}" for url in first.asked if urlsplit(url).netloc != ours]
    if not 10 * KB < first.bytes <= most:
        said.append(f"{first.bytes} bytes at first: {first.wire}")
    if not 0 < again.bytes <= AGAIN:
        said.append(f"{again.bytes} bytes again: {again.wire}")
    if len(first.wire) > MOST_REQUESTS:
        said.append(f"{len(first.wire)} requests at first")
    if list(again.wire) != [address]:
        said.append(f"again more than the page itself: {list(again.wire)}")
    said += [f"moves by {load.shift}" for load in (first, again) if load.shift > SHIFT]
    return said


@dataclass
class Fingers:
    """Counts what the browser says was touched and typed, on whatever page it happens."""

    page: Page
    taps: list[str]
    keys: list[str]

    def tap(self, what: Locator) -> None:
        """As a thumb does it; leading to another page is waited for."""
        what.tap()
        self.page.wait_for_load_state("load")

    def type(self, letters: str) -> None:
        self.page.keyboard.type(letters)


@pytest.fixture
def fingers(house: House, open_browser: Any, sign_in: Any) -> Callable[[], Any]:
    @contextmanager
    def signed_in() -> Iterator[Fingers]:
        page = open_browser(PHONE, has_touch=True, is_mobile=True, locale="en-GB")
        sign_in(page, house.url, house.users["rep"])
        counted = Fingers(page, [], [])
        page.expose_function("tapped", lambda what: counted.taps.append(what))
        page.expose_function("typed", lambda key: counted.keys.append(key))
        for listen in (TAP, KEY):
            page.add_init_script(f"({listen})()")
        page.goto(house.url)
        yield counted

    return signed_in


def _visits(house: House) -> int:
    return house.rows("SELECT count(*) FROM visits_visit WHERE state = 'reported'")[0][0]


def _talk(hand: Fingers) -> None:
    """A product, unless the last one is chosen already, the reaction, Save."""
    hand.page.locator("#visit").wait_for()
    if not hand.page.locator(".talk .product > :checked").count():
        hand.tap(hand.page.locator(".talk label.choice").first)
    hand.tap(hand.page.locator(".reaction:visible label").nth(1))
    hand.tap(hand.page.locator("footer .btn-primary"))
    hand.page.locator(".tell").wait_for()


def test_a_planned_visit_takes_four_taps(house: House, fingers: Any) -> None:
    before = _visits(house)
    with fingers() as hand:
        hand.tap(hand.page.locator(".dock .btn-primary"))
        _talk(hand)
    assert _visits(house) == before + 1
    assert len(hand.taps) <= 4, hand.taps
    assert hand.keys == []


def test_an_unplanned_visit_takes_six_taps_and_four_letters(house: House, fingers: Any) -> None:
    before = _visits(house)
    with fingers() as hand:
        name, letters = _somebody(house)
        hand.tap(hand.page.locator(".dock .btn-square"))
        hand.tap(hand.page.locator("#search-for"))  # a phone shows its keys for a tap only
        hand.type(letters)
        hand.tap(hand.page.locator(".hit", has_text=name))
        _talk(hand)
    assert _visits(house) == before + 1
    assert len(hand.taps) <= 6, hand.taps
    assert 0 < len(hand.keys) <= 4, hand.keys


def test_a_customer_is_found_by_three_taps_and_four_letters(house: House, fingers: Any) -> None:
    with fingers() as hand:
        name, letters = _somebody(house)
        hand.tap(hand.page.locator("[data-opens-search]:visible"))
        hand.tap(hand.page.locator("#search-for"))
        hand.type(letters)
        hand.tap(hand.page.locator(".hit", has_text=name))
        expect(hand.page.locator("h1")).to_contain_text(name)
    assert len(hand.taps) == 3, hand.taps
    assert 0 < len(hand.keys) <= 4, hand.keys


def test_a_promise_is_kept_by_one_tap_and_taken_back_by_another(house: House, fingers: Any) -> None:
    def open_ones() -> int:
        return house.rows("SELECT count(*) FROM visits_reminder WHERE state = 'open'")[0][0]

    before = open_ones()
    with fingers() as hand:
        hand.tap(hand.page.locator("[name=what][value=done] ~ button").first)
        hand.page.locator(".tell").wait_for()
        assert open_ones() == before - 1
        assert len(hand.taps) == 1, hand.taps
        hand.tap(hand.page.locator(".tell button"))
        hand.page.locator(".tell").wait_for()
    assert open_ones() == before
    assert (len(hand.taps), len(hand.keys)) == (2, 0), hand.taps


def test_a_reminder_is_postponed_by_three_taps_and_a_reason(house: House, fingers: Any) -> None:
    with fingers() as hand:
        address = hand.page.locator("[href^='/reminders/']").first.get_attribute("href")
        hand.tap(hand.page.locator(f"[href='{address}']").first)
        hand.tap(hand.page.locator("#id_reason"))
        hand.type("away")
        hand.tap(hand.page.locator("footer .btn-primary"))
        hand.page.locator(".tell").wait_for()
    asked = int(address.split("/")[2])
    assert house.rows("SELECT postponed_to > current_date FROM visits_reminder WHERE id = %s", asked) == [(True,)]
    assert (len(hand.taps), len(hand.keys)) == (3, len("away")), hand.taps


def _somebody(house: House) -> tuple[str, str]:
    """A person of the rep's, and the initials, which are what one types."""
    return house.rows(
        """SELECT c.name, c.initials FROM customers_customer c
           JOIN customers_customerstatus s ON s.customer_id = c.id
           JOIN accounts_posting p ON p.territory_id = s.territory_id AND p.during @> current_date AND p.role = 'rep'
           JOIN accounts_user u ON u.id = p.user_id
           WHERE u.username = %s AND c.kind = 'person' AND length(c.name) = 3 ORDER BY c.pinyin OFFSET 5 LIMIT 1""",
        house.users["rep"][0],
    )[0]
