"""Operations bring a file in a real browser, with a real worker behind it."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE, violations
from tests.houses import House

pytestmark = pytest.mark.browser

WORKER = ["celery", "-A", "crm", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"]
ROWS = 50_000  # a check of seconds, so that its progress is seen
UPLOAD = "form[enctype] button[type=submit]"


@pytest.fixture(scope="module")
def worked(house: House) -> Iterator[House]:
    """The demo country with a worker; a message wakes it, no tick."""
    worker = house.start(*WORKER)
    yield house
    worker.terminate()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "客户_华东_202611.csv"
    rows = (f"b{n},浏览{n},{'x' if n % 5000 == 7 else 'male'}\n" for n in range(ROWS))
    path.write_text("id,name,gender\n" + "".join(rows), encoding="utf-8")
    return path


def in_english(page: Any, url: str) -> None:
    page.goto(f"{url}/account/")
    if page.locator("html").get_attribute("lang") != "en":
        page.click("button[value=en]")


def test_upload_progress_decision_load_and_rejects(worked: House, large: Path, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(DESK, accept_downloads=True)
    sign_in(page, worked.url, worked.users["operations"])
    in_english(page, worked.url)
    page.goto(f"{worked.url}/files/")
    page.locator("a.btn-primary").first.click()
    page.locator(".pick").get_by_role("link", name="Persons", exact=True).click()
    assert violations(page) == []
    page.fill("#id_source", "browser")
    page.set_input_files("#id_file", str(large))
    page.click(UPLOAD)
    page.wait_for_selector("#progress .big")
    assert re.search(r"[\d,]+( / 50,000)? rows", page.locator("#progress").inner_text())
    said = violations(page)
    address = page.url

    page.goto(f"{worked.url}/files/")  # leave, and find it again
    page.locator(".row-link", has_text="客户_华东_202611.csv").first.click()
    expect(page).to_have_url(address)
    page.wait_for_selector(".decide", timeout=60_000)  # nobody pressed Refresh
    expect(page.locator(".outcome")).to_contain_text("49,990")
    said += violations(page)
    with page.expect_download() as download:
        page.locator("a", has_text="Download the rejected rows").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    rejected = [[str(row), "gender"] for row in range(9, ROWS, 5000)]
    assert [line.split(",")[:2] for line in lines[1:]] == rejected

    page.locator(".decide .btn-primary").click()
    page.wait_for_selector(".notice-ok", timeout=120_000)
    expect(page.locator(".notice-ok")).to_contain_text("49,990 rows loaded")
    said += violations(page)
    assert said == []
    loaded = "SELECT count(*) FROM base_externalid WHERE source = 'browser'"
    assert worked.rows(loaded) == [(49_990,)]


def test_it_works_without_scripts(worked: House, tmp_path: Path, open_browser: Any, sign_in: Any) -> None:
    page = open_browser(PHONE, java_script_enabled=False)
    sign_in(page, worked.url, worked.users["operations"])
    in_english(page, worked.url)
    file = tmp_path / "lines.csv"
    file.write_text("code,name\nbrowser,浏览线\n", encoding="utf-8")
    page.goto(f"{worked.url}/files/kinds/lines/")
    page.set_input_files("#id_file", str(file))
    page.click(UPLOAD)
    _refresh_until(page, ".decide")
    page.locator(".decide .btn-primary").click()
    _refresh_until(page, ".notice-ok")
    assert worked.rows("SELECT name FROM accounts_line WHERE code = 'browser'") == [("浏览线",)]


def _refresh_until(page: Any, selector: str) -> None:
    end = time.monotonic() + 60
    while not page.locator(selector).count():
        assert time.monotonic() < end
        page.wait_for_timeout(300)
        if page.locator("#progress a").count():
            page.locator("#progress a").first.click()


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "dark", PHONE), ("zh-hans", "light", DESK)])
def test_every_page_of_files_is_accessible(
    worked: House, tmp_path: Path, open_browser: Any, sign_in: Any, language: str, theme: str, size: Any
) -> None:
    page = open_browser(size, color_scheme=theme)
    sign_in(page, worked.url, worked.users["operations"])
    page.goto(f"{worked.url}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")
    bad = tmp_path / f"{'很长的文件名' * 12}.csv"
    bad.write_text("编号,姓名\n1,x\n", encoding="utf-8")
    page.goto(f"{worked.url}/files/kinds/persons/")
    page.click(UPLOAD)  # without a file
    found = {"refused form": violations(page)}
    page.set_input_files("#id_file", str(bad))
    page.click(UPLOAD)
    page.wait_for_selector(".notice-bad h2", timeout=60_000)
    found["refused file"] = violations(page)
    customer = worked.rows("SELECT person_id FROM customers_affiliation ORDER BY 1 LIMIT 1")[0][0]
    for address in ("", "new/", "exports/", "kinds/visits/", "kinds/tiers/", "exports/?source=Our+CRM"):
        page.goto(f"{worked.url}/files/{address}")
        found[address] = violations(page)
    page.goto(f"{worked.url}/customers/{customer}/history/")
    assert page.locator(".event").count()
    found["history"] = violations(page)
    assert {where: said for where, said in found.items() if said} == {}
