"""The states that pages are rarely in: refused, overtaken, at work, and of a company on its first day. Every other one
in each language, in light and dark, on a phone and at a desk: axe, no page scrolls sideways, and each answers with its
status.

Who adds a state to STATES in tooling/states.py has it looked at here.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from tests.browser.conftest import DESK, PHONE, RULES, SMALL, sideways, violations
from tests.browser.test_every_page import OF_COLOUR
from tests.browser.test_imports import WORKER
from tests.browser.test_setup import speak
from tests.conftest import _free_port
from tests.houses import House
from tooling import beginning
from tooling.pictures import LOCALES, door_of, reach
from tooling.states import NOTHING_YET, STATES

pytestmark = pytest.mark.browser

PASSWORD = "round-and-round-1"
# By language: the first is held to every rule, the second to those of colour. Together they are every dress.
DRESSES = {
    "en": (("light", PHONE), ("dark", DESK)),
    "zh-hans": (("light", DESK), ("dark", PHONE)),
}
ANSWERS = {
    "bad-request": 400,
    "form-too-old": 403,
    "first-day-unposted-team": 403,
    "sign-in-too-often": 429,
    "confirm-too-often": 429,
    "broken": 500,
    "away": 503,
    "import-too-large": 422,
    "customer-overtaken": 422,
    "customer-taken-over": 422,
    "role-overtaken": 422,
    "visit-overtaken": 409,
}


@pytest.fixture(scope="module")
def houses(house: House, make_house: Callable[..., House]) -> Iterator[dict[str, House]]:
    """By where a state is: the demo country with a worker, a company on its first day, and the two that fail."""

    def manage(*arguments: str) -> None:
        done = first.manage(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr

    worker = house.start(*WORKER)
    first = make_house()
    first.static = house.static
    for role, username in beginning.enter(manage, PASSWORD).items():
        first.users[role] = (username, PASSWORD)
    first.settings = beginning.SETTINGS
    first.start_web(_free_port())
    found = {"country": house, "first-day": first}
    for name, address in beginning.without_data(first.env["DATABASE_URL"]).items():
        found[name] = House(
            first.database, first.redis_database, static=first.static, settings={"DATABASE_URL": address}
        )
        found[name].start_web(_free_port())
    yield found
    worker.terminate()
    for name in ("broken", "away"):
        found[name].end_web()


def _in_its_dresses(page: Page, language: str) -> list[str]:
    said = []
    for rules, (theme, size) in zip((RULES, OF_COLOUR), DRESSES[language], strict=True):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
        page.set_viewport_size(size)
        said += [f"{theme}, {size['width']}: {fault}" for fault in violations(page, rules)]
    return said + sideways(page, SMALL, PHONE)


SHARES = {language: STATES[place :: len(LOCALES)] for place, language in enumerate(LOCALES)}


@pytest.mark.parametrize("language", LOCALES)
def test_every_state_is_accessible(houses: dict[str, House], open_browser: Any, sign_in: Any, language: str) -> None:
    found, answers = {}, {}
    loaded: list[Response] = []
    for (where, role), shots in groupby(sorted(SHARES[language], key=door_of), key=door_of):
        page = open_browser(DESK, locale=LOCALES[language], reduced_motion="reduce")
        if role:
            sign_in(page, houses[where].url, houses[where].users[role])
            speak(page, houses[where].url, language)
        page.on("response", lambda answer: loaded.append(answer) if answer.request.is_navigation_request() else None)
        for shot in shots:
            page.set_viewport_size(DESK)
            reach(page, houses[where].url, shot)
            answers[shot.name] = loaded[-1].status
            assert loaded[-1].status not in (429, 503) or "retry-after" in loaded[-1].headers, shot.name
            assert page.evaluate("document.documentElement.lang") == language, shot.name
            if shot in NOTHING_YET:
                assert page.locator("main .empty, main form").count(), shot.name
            if said := _in_its_dresses(page, language):
                found[shot.name] = said
    assert not found, "\n".join(f"{name}: {fault}" for name, said in found.items() for fault in said)
    assert answers == {shot.name: ANSWERS.get(shot.name, 200) for shot in SHARES[language]}
