"""The browser of `./dev screens`. Whoever adds a page adds it to SHOTS.

`python -m tooling.pictures ADDRESS role=user … [--only NAME …]` writes docs/screens/*.webp and their README.
"""

from __future__ import annotations

import argparse
import base64
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tooling.console import Refusal, say

CHROMIUM = Path("/usr/bin/chromium")
FOLDER = Path("docs/screens")
QUALITY = 45  # of 100: text stays sharp, a picture stays below 40 KB
SIZES: dict[str, ViewportSize] = {"390": {"width": 390, "height": 844}, "1280": {"width": 1280, "height": 800}}
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
THEMES = ("light", "dark")
FIRST = ".row-link"  # the first row of a list
SAMPLE = "id,name,title,gender\n{new},王小川,主任医师,female\n,,,\nx2,李知远,,unknown to us\n"
MAKE_TOKEN = (
    "click a[href$='tokens/new/']", "fill #id_name=SAP", "click fieldset .choice", "click .panel .btn-primary",
)  # fmt: skip
AGREE_ON_MONEY = ("choose #id_measure=revenue", "fill #id_value=120000.50", "fill #id_currency=CNY")
BRING = ("bring #id_file", "click .upload .btn-primary", "wait .outcome")


@dataclass(frozen=True)
class Shot:
    """A page as `role` sees it ("": nobody signed in), after `steps`: "click SELECTOR", "press KEYS", "type TEXT",
    "go ADDRESS" (added to where one is), "fill SELECTOR=TEXT", "choose SELECTOR=CODE", "bring SELECTOR" (the sample
    file), "offline"."""

    name: str
    role: str
    address: str
    steps: tuple[str, ...] = ()


SHOTS = (
    Shot("sign-in", "", "/sign-in/"),
    Shot("sign-in-refused", "", "/sign-in/", ("fill #id_username=nobody", "fill #id_password=x", "click .btn-lg")),
    Shot("today", "rep", "/"),
    Shot("customers", "rep", "/customers/"),
    Shot("customers-filtered", "manager", "/customers/?tier=A&due=overdue"),
    Shot(
        "customers-columns",
        "manager",
        "/customers/?tier=A&columns=tier,name,roles,institution,due,specialty,phone,entered",
        ("click .menu-columns summary",),
    ),
    Shot("customers-empty", "rep", "/customers/?q=zzzz"),
    Shot("customer", "rep", "/customers/?sort=tier", (f"click {FIRST}",)),
    Shot("customer-profile", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #profile")),
    Shot("customer-plan", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #plan")),
    Shot("customer-ties", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go #people")),
    Shot("fact", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/style/")),
    Shot(
        "fact-refused",
        "rep",
        "/customers/?sort=tier",
        (f"click {FIRST}", "go facts/birthday/", "fill #id_value=13-45", "click .form-dock .btn"),
    ),
    Shot("facts", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/new/")),
    Shot("consent", "rep", "/customers/?sort=tier", (f"click {FIRST}", "go facts/consents/new/")),
    Shot("institution", "rep", "/customers/?kind=institution", (f"click {FIRST}",)),
    Shot("institution-profile", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go #profile")),
    Shot("log-visit", "rep", "/customers/", (f"click {FIRST}", "go visits/new/", "click .talk label.choice")),
    Shot(
        "log-visit-refused",
        "rep",
        "/customers/",
        (f"click {FIRST}", "go visits/new/", "fill #id_on=2099-01-01", "click .form-dock .btn"),
    ),
    Shot("customer-change", "rep", "/customers/?kind=person", (f"click {FIRST}", "go change/")),
    Shot("institution-change", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go change/")),
    Shot(
        "institution-change-refused",
        "rep",
        "/customers/?kind=institution",
        (f"click {FIRST}", "go change/", "fill #id_point=120.155070, 30.274085", "click main .btn-primary"),
    ),
    Shot("role-new", "rep", "/customers/?kind=person", (f"click {FIRST}", "go roles/new/")),
    Shot(
        "influence-choose",
        "rep",
        "/customers/?kind=person",
        (f"click {FIRST}", "go influence/new/", "type li", "wait .hit"),
    ),
    Shot("licence-new", "rep", "/customers/?kind=institution", (f"click {FIRST}", "go licences/new/")),
    Shot("department-new", "rep", "/customers/?kind=institution&q=医院", (f"click {FIRST}", "go departments/new/")),
    Shot(
        "department",
        "rep",
        "/customers/?kind=institution&q=医院",
        (f"click {FIRST}", "go #profile", "click a[href^='/customers/departments/']"),
    ),
    Shot("parent-change", "rep", "/customers/?kind=institution&q=药房", (f"click {FIRST}", "go parent/?q=医院")),
    Shot("target-new", "rep", "/customers/?kind=person&sort=tier", (f"click {FIRST}", "go targets/new/")),
    Shot(
        "target-sales",
        "rep",
        "/customers/?kind=institution&sort=tier",
        (f"click {FIRST}", "go targets/new/", *AGREE_ON_MONEY),
    ),
    Shot("listing-new", "rep", "/customers/?kind=institution&q=医院", (f"click {FIRST}", "go listings/new/")),
    Shot(
        "listing",
        "rep",
        "/customers/?kind=institution&q=医院",
        (f"click {FIRST}", "go #plan", "click a[href^='/customers/listings/']"),
    ),
    Shot("trade-file", "rep", "/customers/?kind=institution&q=药房", (f"click {FIRST}", "go trade-file/")),
    Shot("person-new", "rep", "/customers/new/person/?q=li"),
    Shot("institution-new-refused", "rep", "/customers/new/institution/", ("click main .btn-primary",)),
    Shot("customer-history", "manager", "/customers/?sort=tier", (f"click {FIRST}", "go history/")),
    Shot("log-whom", "rep", "/visits/new/", ("type li", "wait .hit")),
    Shot("answer", "rep", "/", ("click [href^='/reminders/']",)),
    Shot("visit", "manager", "/visits/", (f"click {FIRST}",)),
    Shot("visit-amend", "rep", "/visits/", (f"click {FIRST}", "go amend/")),
    Shot("visits", "manager", "/visits/"),
    Shot("visits-empty", "rep", "/visits/?q=zzzz"),
    Shot("visits-period", "rep", "/visits/?since=2026-12-01&until=2026-01-01"),
    Shot("team", "manager", "/team/"),
    Shot("team-customers", "manager", "/team/customers/?show=planned"),
    Shot("team-visits", "manager", "/team/visits/"),
    Shot("team-promises", "manager", "/team/promises/"),
    Shot("tiers", "manager", "/tiers/"),
    Shot("tiers-places", "manager", "/tiers/?by=place_kind"),
    Shot("moves", "manager", "/moves/"),
    Shot("setup", "operations", "/setup/"),
    Shot("territories", "operations", "/setup/territories/"),
    Shot("territory", "operations", "/setup/territories/", ("click tbody tr:nth-child(4) .row-link",)),
    Shot("territory-move", "operations", "/setup/territories/", ("click tbody tr:nth-child(4) .row-link", "go move/")),
    Shot("align", "operations", "/setup/alignment/?q=wang"),
    Shot("users", "operations", "/setup/users/"),
    Shot("user", "operations", "/setup/users/", (f"click {FIRST}",)),
    Shot("user-sign-ins", "operations", "/setup/users/", (f"click {FIRST}", "go sign-ins/")),
    Shot("user-new-refused", "operations", "/setup/users/new/", ("fill #id_username=a b", "click .btn-primary")),
    Shot("token-new", "operations", "/setup/users/?role=rep", (f"click {FIRST}", "click a[href$='tokens/new/']")),
    Shot("token-made", "operations", "/setup/users/?role=rep", (f"click {FIRST}", *MAKE_TOKEN)),
    Shot("tokens", "operations", "/setup/tokens/"),
    Shot("token", "operations", "/setup/tokens/", (f"click {FIRST}",)),
    Shot("api", "operations", "/api/", ("click #enter_visit summary",)),
    Shot("products", "operations", "/setup/products/"),
    Shot("cycles", "operations", "/setup/cycles/"),
    Shot("cycles-plan", "operations", "/setup/cycles/plan/"),
    Shot("holidays", "operations", "/setup/holidays/"),
    Shot("time-off", "operations", "/setup/time-off/"),
    Shot("policies", "operations", "/setup/policies/"),
    Shot("policy", "operations", "/setup/policies/", (f"click {FIRST}",)),
    Shot("policy-publish", "operations", "/setup/policies/", (f"click {FIRST}", "click .page-head .btn-primary")),
    Shot("nights", "operations", "/setup/nights/"),
    Shot("night", "operations", "/setup/nights/", (f"click {FIRST}",)),
    Shot("search", "rep", "/", ("press Control+k", "type li", "wait .hit")),
    Shot("offline", "rep", "/customers/", ("offline",)),
    Shot("import-new", "operations", "/files/new/"),
    Shot("import-kind", "operations", "/files/kinds/persons/"),
    Shot("import-checked", "operations", "/files/kinds/persons/", BRING),
    Shot(
        "import-done", "operations", "/files/kinds/persons/", (*BRING, "click .decide .btn-primary", "wait .notice-ok")
    ),
    Shot("imports", "operations", "/files/"),
    Shot("imports-empty", "operations", "/files/?q=zzzz"),
    Shot("exports", "operations", "/files/exports/"),
    Shot("files-not-yours", "rep", "/files/"),
    Shot("password-forgotten", "", "/password/"),
    Shot("account", "rep", "/account/"),
    Shot("account-password", "rep", "/account/password/"),
    Shot("account-security", "rep", "/account/security/"),
    Shot("account-app", "rep", "/account/security/app/"),
    Shot("account-devices", "rep", "/account/devices/"),
    Shot("account-sign-ins", "rep", "/account/sign-ins/"),
    Shot("not-found", "rep", "/nowhere/"),
    Shot("not-yours", "rep", "/tiers/"),
)


def reach(page: Page, base: str, shot: Shot) -> None:
    """Go where the picture is taken, as a reader of the list does: by its steps."""
    page.goto(base + shot.address)
    for step in shot.steps:
        what, _, rest = step.partition(" ")
        if what == "click":
            page.locator(rest).locator("visible=true").first.click()
        elif what == "press":
            page.wait_for_load_state("load")
            page.keyboard.press(rest)
        elif what == "type":
            page.locator("input:focus").wait_for()
            page.keyboard.type(rest)
        elif what == "wait":
            page.locator(rest).first.wait_for()
        elif what == "go":
            page.goto(page.url + rest)
        elif what == "fill":
            selector, _, text = rest.partition("=")
            page.fill(selector, text)
        elif what == "choose":
            selector, _, text = rest.partition("=")
            page.select_option(selector, text)
        elif what == "bring":
            content = SAMPLE.format(new=f"new-{time.time_ns()}").encode()
            page.set_input_files(rest, {"name": "医生_华东_202611.csv", "mimeType": "text/csv", "buffer": content})
        elif what == "offline":
            page.context.set_offline(True)
            page.locator("[data-offline]").wait_for()
        else:
            raise Refusal(f"{shot.name}: there is no step {step!r}.")
    page.wait_for_load_state("networkidle")


def dressed(page: Page) -> Iterator[tuple[str, str]]:
    """Put the page into every theme and size in turn, without loading it again; gives which."""
    for theme, (width, size) in product(THEMES, SIZES.items()):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
        page.set_viewport_size(size)
        yield theme, width
    page.emulate_media(color_scheme="light")


def take(page: Page, file: Path) -> None:
    page.evaluate("location.hash ? document.querySelector(':target')?.scrollIntoView() : scrollTo(0, 0)")
    page.wait_for_timeout(200)  # what moves has arrived
    options = {"format": "webp", "quality": QUALITY}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", options)
    file.write_bytes(base64.b64decode(answer["data"]))


def sign_in(page: Page, base: str, user: str, language: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("#id_username", user)
    page.fill("#id_password", os.environ["ROUNDS_DEMO_PASSWORD"])
    page.click(".btn-lg")
    page.goto(f"{base}/account/")
    if page.locator("html").get_attribute("lang") != language:
        page.click(f"button[value={language}]")


def go_through(base: str, users: dict[str, str], shots: list[Shot]) -> int:
    taken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for language, locale in LOCALES.items():
            context = browser.new_context(locale=locale)
            role = ""
            for shot in sorted(shots, key=lambda shot: shot.role):
                page = context.new_page()
                if shot.role != role:
                    context.clear_cookies()
                    sign_in(page, base, users[shot.role], language)
                    role = shot.role
                page.set_viewport_size(SIZES["1280"])
                reach(page, base, shot)
                for theme, width in dressed(page):
                    take(page, FOLDER / f"{shot.name}-{width}-{language[:2]}-{theme}.webp")
                    taken += 1
                context.set_offline(False)
                page.close()
            say(f"{language}: {len(shots)} pages")
            context.close()
        browser.close()
    return taken


def contact_sheet() -> str:
    """All pictures, a page a section: phones above desks."""
    lines = ["# Every page in every dress", "", "Made by `./dev screens` from the invented country.", ""]
    for shot in SHOTS:
        lines += [f"## {shot.name}", "", f"`{shot.address}`, {shot.role or 'nobody signed in'}", ""]
        for width, shown in (("390", 180), ("1280", 400)):
            dresses = (f"{width}-{language[:2]}-{theme}" for language, theme in product(LOCALES, THEMES))
            lines += [f'<img src="{shot.name}-{d}.webp" width="{shown}" alt="{shot.name}, {d}">' for d in dresses]
            lines.append("")
    return "\n".join(lines)


def _wait_for(base: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=2).close()
        except OSError:
            time.sleep(0.2)
            continue
        return
    raise Refusal(f"The web server at {base} does not answer.")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./dev screens", description=__doc__)
    parser.add_argument("base")
    parser.add_argument("users", nargs="+", help="role=user name; of several the last one")
    parser.add_argument("--only", nargs="+", default=[], choices=[shot.name for shot in SHOTS])
    options = parser.parse_args(arguments)
    if not CHROMIUM.exists():
        say(f"{CHROMIUM} is missing: apt install chromium fonts-wqy-microhei")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not options.only or shot.name in options.only]
    _wait_for(options.base)
    users = dict(user.split("=", 1) for user in options.users)
    taken = go_through(options.base, users, shots)
    dresses = list(product(SIZES, LOCALES, THEMES))
    known = {f"{shot.name}-{width}-{code[:2]}-{theme}.webp" for shot in SHOTS for width, code, theme in dresses}
    for file in FOLDER.glob("*.webp"):
        if file.name not in known:
            file.unlink()
    (FOLDER / "README.md").write_text(contact_sheet(), encoding="utf-8")
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    say(f"{taken} pictures taken; {FOLDER} holds {size / 1024 / 1024:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
