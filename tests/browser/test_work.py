"""A rep's day and a manager's review from the sign-in on, on a phone and a desk, in both languages: in the demo
country and on the real data. No script fails, no policy is violated, nothing is missing on the way."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_setup import speak
from tests.conftest import _free_port
from tests.houses import House
from tests.test_real_data import POLICY
from tooling.pictures import LOCALES

pytestmark = pytest.mark.browser

PASSWORD = "round-and-round-1"
WHERE = ["demo", pytest.param("real", marks=pytest.mark.real_data)]
DRESSES = [
    pytest.param(place, size, language, id=f"{size['width']}-{language}")
    for place, (size, language) in enumerate(product((PHONE, DESK), LOCALES))
]
REPS = """SELECT DISTINCT u.username FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
          WHERE p.during @> current_date AND p.role = 'rep' AND u.username ~ %s ORDER BY 1"""
OPEN = "SELECT count(*) FROM visits_reminder WHERE customer_id = %s AND kind = 'visit_due' AND state = 'open'"
ROLES = """SELECT strength, NOT upper_inf(during) FROM customers_roleassignment
           WHERE person_id = %s AND evidence = %s ORDER BY strength"""


@dataclass
class Work:
    """Who works where."""

    house: House
    reps: list[str]
    manager: str


@pytest.fixture(scope="module")
def real(make_house: Callable[..., House], real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """The real data after a night, with the policy that they are tiered by, behind a web server."""
    house = make_house()
    house.static = str(tmp_path_factory.mktemp("static"))
    document = tmp_path_factory.mktemp("policy") / "units.json"
    document.write_text(json.dumps(POLICY))
    for command in (
        ("collectstatic", "--noinput"),
        ("load_real_data", "--data", str(real_data), "--password", PASSWORD),
        ("policy", "publish", str(document)),
        ("nightly", "--timeout", "300"),
    ):
        done = house.manage(*command)
        assert done.returncode == 0, done.stderr
    house.start_web(_free_port())
    return Work(house, [name for (name,) in house.rows(REPS, "^us-")], "us-manager")


@pytest.fixture
def work(where: str, request: pytest.FixtureRequest) -> Work:
    if where == "real":
        return request.getfixturevalue("real")
    house: House = request.getfixturevalue("house")
    others = [name for (name,) in house.rows(REPS, "") if name != house.users["rep"][0]]  # whom other tests watch
    return Work(house, others, house.users["manager"][0])


@dataclass
class Hand:
    """Does what somebody does who sees only what is on the screen."""

    page: Page
    house: House
    faults: list[str] = field(default_factory=list)

    def seen(self, selector: str) -> Locator:
        return self.page.locator(selector).locator("visible=true").first

    def go(self, section: str) -> None:
        """By the bar of the page to one of its sections."""
        link = f".topnav a[href='{section}'], .bottombar a[href='{section}']"
        self.page.wait_for_load_state()
        if not self.page.locator(link).locator("visible=true").count():
            self.page.click(".bottombar summary")
        self.seen(link).click()
        expect(self.page).to_have_url(urljoin(self.page.url, section))

    def save(self) -> None:
        """The save of a form, until the page says that it was done."""
        self.seen("footer .btn-primary, main .btn-primary").click()
        expect(self.page.locator(".tell")).to_be_visible()


@pytest.fixture
def hand(work: Work, open_browser: Any, size: Any, language: str) -> Iterator[Hand]:
    page = open_browser(size, locale=LOCALES[language])
    one = Hand(page, work.house)
    page.on("console", lambda line: one.faults.append(line.text) if line.type == "error" else None)
    yield one
    assert page.locator("html").get_attribute("lang") == language
    assert one.faults == []


@pytest.mark.parametrize(("place", "size", "language"), DRESSES)
@pytest.mark.parametrize("where", WHERE)
def test_a_reps_day(work: Work, hand: Hand, sign_in: Any, where: str, place: int, language: str) -> None:
    page = hand.page
    sign_in(page, work.house.url, (work.reps[place], PASSWORD))
    speak(page, work.house.url, language)
    page.goto(work.house.url)
    name = _logs_the_next_visit(hand, f"He asked twice. 他问了两次 {place}")
    if where == "demo":  # the real data hold no promises
        _keeps_a_promise(hand)
    _postpones_another(hand)
    _learns_a_role(hand)
    _searches(hand, name)
    _narrows_the_list(hand)


def _logs_the_next_visit(hand: Hand, note: str) -> str:
    """Of the first customer of Today to whom a visit is due, which it is no more; gives his name."""
    page = hand.page
    stop = page.locator(".next:not(:has(form)), .stop:has(.stop-acts > a[href$='/visits/new/'])").first
    due = stop.locator("h2 a, .stop-name")
    name, address = due.inner_text(), due.get_attribute("href") or ""
    assert _due(hand, address) == 1
    due.click()
    hand.seen(".dock .btn-primary, .head .btn-primary").click()
    expect(page.locator("h1")).to_contain_text(name)
    if not page.locator(".talk .product > :checked").count():
        page.locator(".talk .product > label").first.click()
    hand.seen(".reaction label:nth-of-type(2)").click()
    page.click("[name=next_step][value=call] + label")
    page.fill("#id_next_step_on", date.today().isoformat())  # noqa: DTZ011
    page.fill("#id_note", note)
    hand.save()
    expect(page.locator(".tell")).to_contain_text(re.compile("1"))  # the reminder that is done
    expect(page).to_have_url(urljoin(page.url, address))
    expect(page.locator(".event").first).to_contain_text(note)
    assert _due(hand, address) == 0
    return name


def _due(hand: Hand, address: str) -> int:
    """How many reminders of a visit due to a customer are open."""
    number: int = hand.house.rows(OPEN, address.strip("/").split("/")[-1])[0][0]
    return number


def _keeps_a_promise(hand: Hand) -> None:
    """Says at Today that it was kept, takes that back, says it again."""
    page = hand.page
    hand.go("/")
    form = page.locator(".stop form, .next form").locator("visible=true").first
    promise = page.locator(f"form[action='{form.get_attribute('action')}']")
    for undo in (True, False):
        promise.locator("button").click()
        expect(page.locator(".tell")).to_be_visible()
        expect(promise).to_have_count(0)
        if undo:
            page.click(".tell button")
            expect(promise).to_have_count(1)


def _postpones_another(hand: Hand) -> None:
    """With its reason; takes it back and does it again."""
    page = hand.page
    hand.go("/")
    address = page.locator(".stop-acts a[href^='/reminders/']").first.get_attribute("href")
    other = page.locator(f"[href='{address}']")
    for undo in (True, False):
        other.click()
        page.fill("#id_until", (date.today() + timedelta(9)).isoformat())  # noqa: DTZ011
        page.fill("#id_reason", "On leave. 休假")
        hand.save()
        expect(page).to_have_url(f"{hand.house.url}/")
        expect(other).to_have_count(0)
        if undo:
            page.click(".tell button")
            expect(other).to_have_count(1)


def _learns_a_role(hand: Hand) -> None:
    """Sets it with strength and evidence, changes it, ends it: it is on the page as long as it holds."""
    page, evidence = hand.page, "The ward follows him. 科里听他的"
    page.goto(f"{hand.house.url}/customers/?kind=person&sort=-tier")
    page.locator(".row-link").last.click()
    row = page.locator("#people .fact", has_text=evidence)
    _to_the_ties(hand)
    page.click("a[href$='/roles/new/']")
    page.select_option("#id_role", "influencer")
    page.select_option("#id_product", index=1)
    page.select_option("#id_strength", "2")
    page.fill("#id_evidence", evidence)
    hand.save()
    expect(row).to_contain_text("2")
    row.locator(".change").click()
    page.select_option("#id_strength", "5")
    hand.save()
    expect(row).to_contain_text("5")
    row.locator(".change").click()
    page.click("button[name=end]")
    expect(page.locator(".tell")).to_be_visible()
    person = page.url.split("/")[-2]
    assert hand.house.rows(ROLES, person, evidence) == [(5, True)]


def _to_the_ties(hand: Hand) -> None:
    hand.page.wait_for_load_state()
    tab = hand.page.locator(".part-tabs a[href='#people']")
    if tab.is_visible():
        tab.click()


def _searches(hand: Hand, name: str) -> None:
    """Whoever was visited is found by his name and opened by Enter."""
    page = hand.page
    hand.go("/customers/")
    page.wait_for_load_state()
    hand.seen("[data-opens-search]").click()
    page.locator("#search-for:focus").wait_for()
    page.keyboard.type(name)
    page.locator(".hit", has_text=name).first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*-*/")
    expect(page.locator("h1")).to_contain_text(name)


def _narrows_the_list(hand: Hand) -> None:
    """To the customers of a tier, by the menus of the list."""
    page = hand.page
    hand.go("/customers/")
    page.wait_for_load_state()
    everybody = _rows(page)
    _choose_tier(hand, "B")
    shown = page.locator("table.rows tbody tr")
    assert 0 < _rows(page) < everybody
    assert shown.count() == page.locator("table.rows .tier-b").count()


def _choose_tier(hand: Hand, letter: str) -> None:
    fold = hand.page.locator("label[for=more-filters]")
    if fold.is_visible():
        fold.click()
    choice = hand.page.locator(f"a[href*='tier={letter}']")
    hand.page.locator(".filter-menus details", has=choice).locator("summary").click()
    hand.page.locator(".filter-menus").locator(choice).click()
    expect(hand.page).to_have_url(re.compile(f"tier={letter}"))


def _rows(page: Page) -> int:
    """The rows of a list over all its pages. Ends on the last."""
    rows = 0
    while True:
        page.locator("main .panel").first.wait_for()
        page.wait_for_load_state()
        rows += page.locator("table.rows tbody tr").count()
        onwards = page.locator("a[rel=next]")
        if not onwards.count():
            return rows
        page.goto(urljoin(page.url, onwards.get_attribute("href")))


@pytest.mark.parametrize(("place", "size", "language"), DRESSES)
@pytest.mark.parametrize("where", WHERE)
def test_a_managers_review(work: Work, hand: Hand, sign_in: Any, place: int, language: str) -> None:
    page = hand.page
    sign_in(page, work.house.url, (work.manager, PASSWORD))
    speak(page, work.house.url, language)
    page.goto(work.house.url)
    hand.go("/team/")  # what is furthest behind; visits that are due open customers, who are fewer
    figures = hand.seen(".exceptions, table.team").locator("a.num:not([href*='show=planned'])")
    _opens_what_it_counts(hand, figures.first)
    hand.go("/tiers/")
    _opens_what_it_counts(hand, page.locator("tr.sum .mix a.num").nth(1))
    _reads_why(hand)
    view = f"A {place} 重点"
    _keeps_a_view(hand, view)
    _takes_the_file(hand)
    page.locator(".tab-row summary").click()
    page.click("form[action$='/delete/'] button")
    expect(page.get_by_role("link", name=view)).to_have_count(0)


def _opens_what_it_counts(hand: Hand, figure: Locator) -> None:
    number = int(re.sub(r"\D", "", figure.inner_text()))
    assert number == int(figure.get_attribute("data-rows") or 0)
    address = figure.get_attribute("href") or ""
    figure.click()
    expect(hand.page).to_have_url(urljoin(hand.house.url, address))
    assert _rows(hand.page) == number > 0


def _reads_why(hand: Hand) -> None:
    """Of somebody who moved; where nobody did yet, which the page says, of the first customer."""
    page = hand.page
    hand.go("/moves/")
    page.locator("main .panel").first.wait_for()
    if page.locator(".row-link").count():
        assert page.locator("td .move").count() == page.locator(".row-link").count()
    else:
        expect(page.locator(".empty h2")).to_be_visible()
        hand.go("/customers/")
    page.locator(".row-link").first.click()
    why = page.locator(".panel-foot.cols-3h > div").first.locator("p")
    expect(why.nth(0)).to_contain_text(re.compile("[ABC]"))
    expect(why.nth(1)).to_contain_text(re.compile(r"\d"))
    expect(why).to_have_count(3)


def _keeps_a_view(hand: Hand, name: str) -> None:
    page = hand.page
    hand.go("/customers/")
    page.wait_for_load_state()
    _choose_tier(hand, "A")
    page.locator(".tab-row summary").click()
    page.fill("#view-name", name)
    page.click(".tab-row .btn-primary")
    expect(page.locator(".tabs [aria-current]")).to_have_text(name)
    hand.go("/customers/")
    page.get_by_role("link", name=name).click()
    expect(page).to_have_url(re.compile("tier=A"))


def _takes_the_file(hand: Hand) -> None:
    """It has the rows that the list shows."""
    page = hand.page
    page.wait_for_load_state()
    page.locator(".page-head details", has=page.locator("a[download]")).locator("summary").click()
    with page.expect_download() as download:
        page.click("a[download][href*=csv]")
    page.keyboard.press("Escape")
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.reader(file))) - 1 == _rows(page) > 0
