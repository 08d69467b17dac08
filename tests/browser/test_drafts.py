"""What a rep typed survives whatever the browser does, and stays on no device longer than it must."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('visit '))"


@pytest.fixture
def form(house: House, open_browser: Any, sign_in: Any) -> Any:
    """A rep with the form of a visit before him."""
    page = open_browser(PHONE)
    sign_in(page, house.url, house.users["rep"])
    page.goto(f"{house.url}/customers/?sort=-due")
    page.goto(house.url + page.locator(".row-link").nth(1).get_attribute("href") + "visits/new/")
    return page


def fill_in(page: Any) -> list[str]:
    """A note, a product, the reaction to it; returns the products that are on."""
    page.fill("#id_note", "He asked twice about the dose. 剂量？")
    boxes = page.locator("[name=products]")
    boxes.nth(boxes.count() - 1).evaluate("box => { if (!box.checked) box.labels[0].click(); }")
    return products(page)


def products(page: Any) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('[name=products]:checked')].map(b => b.value)")
    return found


def test_what_was_typed_is_there_after_the_page_was_lost(form: Any) -> None:
    chosen = fill_in(form)
    form.goto("about:blank")
    form.go_back()
    form.reload()
    expect(form.locator("[data-restored]")).to_be_visible()
    expect(form.locator("#id_note")).to_have_value("He asked twice about the dose. 剂量？")
    assert products(form) == chosen


def test_a_form_that_became_too_old_loses_nothing(house: House, form: Any) -> None:
    address, chosen = form.url, fill_in(form)
    form.context.clear_cookies(name="csrf")
    with form.expect_response("**/visits/new/") as answer:
        form.locator("footer .btn-primary").click()
    assert answer.value.status == 403
    expect(form.locator("main")).to_contain_text("重新打开该表单即可看到")
    form.goto(address)
    expect(form.locator("[data-restored]")).to_be_visible()
    assert products(form) == chosen
    identity = form.locator("[name=id]").input_value()
    form.locator("footer .btn-primary").click()
    form.wait_for_selector(".tell")
    assert house.rows("SELECT count(*) FROM visits_visit WHERE id = %s", identity) == [(1,)]


def test_a_draft_can_be_thrown_away(form: Any) -> None:
    fill_in(form)
    form.reload()
    with form.expect_navigation():
        form.locator("[data-restored] button").click()
    expect(form.locator("#id_note")).to_have_value("")
    assert form.locator("[data-restored]").is_hidden()
    assert form.evaluate(DRAFTS) == []


def test_what_was_saved_leaves_no_draft_and_is_stored_once(house: House, form: Any) -> None:
    fill_in(form)
    form.reload()
    identity = form.locator("[name=id]").input_value()
    form.locator("footer .btn-primary").click()
    form.wait_for_selector(".tell")
    assert form.evaluate(DRAFTS) == []
    assert house.rows("SELECT count(*) FROM visits_visit WHERE id = %s", identity) == [(1,)]


def test_back_after_a_save_brings_nothing_that_could_be_saved_a_second_time(form: Any) -> None:
    """A browser gives typed text back, but not the hidden id under which it was saved."""
    address = form.url
    fill_in(form)
    form.locator("footer .btn-primary").click()
    form.wait_for_selector(".tell")
    form.go_back()
    expect(form).to_have_url(address)
    expect(form.locator("#id_note")).to_have_value("")


def test_back_after_a_refused_form_was_saved_shows_the_form(form: Any) -> None:
    """Not the browser's own word that a page which was sent can't be shown again."""
    address = form.url
    fill_in(form)
    form.locator("label[for=id_next_step_1]").click()
    expect(form.locator("label[for=id_next_step_on] .label")).to_be_hidden()
    form.locator("footer .btn-primary").click()
    form.wait_for_selector("[data-attention]")
    form.fill("#id_next_step_on", form.locator("#id_on").input_value())
    form.locator("footer .btn-primary").click()
    form.wait_for_selector(".tell")
    form.go_back()
    expect(form).to_have_url(address)
    expect(form.locator("#id_note")).to_have_value("")


def test_the_draft_of_one_customer_is_not_shown_to_another_nor_to_a_colleague(
    house: House, form: Any, sign_in: Any
) -> None:
    address = form.url
    fill_in(form)
    form.goto(f"{house.url}/customers/?sort=-due")
    form.goto(house.url + form.locator(".row-link").nth(2).get_attribute("href") + "visits/new/")
    assert form.locator("[data-restored]").is_hidden()
    expect(form.locator("#id_note")).to_have_value("")
    form.context.clear_cookies()
    sign_in(form, house.url, house.users["manager"])
    form.goto(address)
    if form.locator("#id_note").count():
        expect(form.locator("#id_note")).to_have_value("")


def test_my_account_tells_what_was_begun_to_finish_or_discard_it(house: House, form: Any) -> None:
    fill_in(form)
    address = form.url
    form.goto(f"{house.url}/account/")
    begun = form.locator("[data-drafts]")
    assert begun.locator("time").inner_text() != ""
    assert violations(form) == []
    begun.locator("a").click()
    expect(form).to_have_url(address)
    expect(form.locator("#id_note")).to_have_value("He asked twice about the dose. 剂量？")
    form.goto(f"{house.url}/account/")
    begun.locator("button").click()
    expect(begun).to_be_hidden()
    assert form.evaluate(DRAFTS) == []
