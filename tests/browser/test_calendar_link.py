"""The page of the private calendar link, before, with and after a link."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser


def test_the_page_is_fit_for_everybody(
    house: House, open_browser: Callable[..., Page], sign_in: Callable[..., None]
) -> None:
    for size, scheme in ((PHONE, "dark"), (DESK, "light")):
        page = open_browser(size, color_scheme=scheme)
        sign_in(page, house.url, house.users["rep"])
        page.goto(f"{house.url}/account/calendar/")
        assert violations(page) == []
        page.click("form[action='/account/calendar/'] button")
        assert "/calendar/" in page.input_value("#link")
        assert violations(page) == []
        page.click("form[action='/account/calendar/revoke/'] button")
        expect(page.locator("#link")).to_have_count(0)
        assert violations(page) == []
