"""The browser of `./dev screens`. Whoever adds a page adds it to SHOTS of tooling/shots.py, whoever adds a state of one
to tooling/states.py.

`python -m tooling.pictures '{"country": {"origin": ADDRESS, "users": {ROLE: USER}}, …}' [--only NAME …]` writes
docs/screens/*.webp and their README.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import groupby, product
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tooling.console import Refusal, say
from tooling.shots import SHOTS, Shot
from tooling.states import STATES
from tooling.steps import STEPS, release

CHROMIUM = Path("/usr/bin/chromium")
FOLDER = Path("docs/screens")
PATIENCE = 90_000  # ms for a step: other work may keep the machine busy
QUALITY = 45  # of 100: text stays sharp, a picture stays below 40 KB
SIZES: dict[str, ViewportSize] = {"390": {"width": 390, "height": 844}, "1280": {"width": 1280, "height": 800}}
LOCALES = {"en": "en-GB", "zh-hans": "zh-CN"}
THEMES = ("light", "dark")
ALL = (*SHOTS, *STATES)
# Where a shot is taken, as the contact sheet says it.
HOUSES = {
    "country": "",
    "first-day": ", on the first day of a company",
    "broken": ", where tables are missing",
    "away": ", where the database does not answer",
}


class House(TypedDict):
    origin: str
    users: dict[str, str]  # by role


def reach(page: Page, base: str, shot: Shot) -> None:
    """Go where the picture is taken, as a reader of the list does: by its steps. Leaves what an earlier one held."""
    release(page)
    page.goto(base + shot.address)
    for step in shot.steps:
        what, _, rest = step.partition(" ")
        if what not in STEPS:
            raise Refusal(f"{shot.name}: there is no step {step!r}.")
        STEPS[what](page, rest)
    if not any(step.startswith("hold") for step in shot.steps):  # what is held is never idle
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


def go_through(houses: dict[str, House], shots: list[Shot]) -> int:
    taken = 0
    with sync_playwright() as playwright:
        for language, locale in LOCALES.items():
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM),
                args=["--no-sandbox", "--disable-dev-shm-usage"],
                env={**os.environ, "LANGUAGE": locale.replace("-", "_")},  # of its own words: days, a file to choose
            )
            for (where, role), some in groupby(sorted(shots, key=door_of), key=door_of):
                context = browser.new_context(locale=locale)
                context.set_default_timeout(PATIENCE)
                origin, users = houses[where]["origin"], houses[where]["users"]
                if role:
                    sign_in(context.new_page(), origin, users[role], language)
                for shot in some:
                    page = context.new_page()
                    page.set_viewport_size(SIZES["1280"])
                    reach(page, origin, shot)
                    for theme, width in dressed(page):
                        take(page, FOLDER / f"{shot.name}-{width}-{language[:2]}-{theme}.webp")
                        taken += 1
                    context.set_offline(False)
                    release(page)
                    page.close()
                context.close()
            say(f"{language}: {len(shots)} pages")
            browser.close()
    return taken


def door_of(shot: Shot) -> tuple[str, str]:
    return shot.where, shot.role


def contact_sheet() -> str:
    """All pictures, a page a section: phones above desks."""
    lines = ["# Every page in every dress", "", "Made by `./dev screens` from invented companies.", ""]
    for shot in ALL:
        if shot is STATES[0]:
            lines += ["# States that pages are rarely in", ""]
        where = HOUSES[shot.where]
        lines += [f"## {shot.name}", "", f"`{shot.address}`, {shot.role or 'nobody signed in'}{where}", ""]
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
    parser.add_argument("houses", type=json.loads)
    parser.add_argument("--only", nargs="+", default=[], choices=[shot.name for shot in ALL])
    options = parser.parse_args(arguments)
    if not CHROMIUM.exists():
        say(f"{CHROMIUM} is missing: apt install chromium chromium-l10n fonts-wqy-microhei")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in ALL if not options.only or shot.name in options.only]
    for house in options.houses.values():
        _wait_for(house["origin"])
    taken = go_through(options.houses, shots)
    dresses = list(product(SIZES, LOCALES, THEMES))
    known = {f"{shot.name}-{width}-{code[:2]}-{theme}.webp" for shot in ALL for width, code, theme in dresses}
    for file in FOLDER.glob("*.webp"):
        if file.name not in known:
            file.unlink()
    (FOLDER / "README.md").write_text(contact_sheet(), encoding="utf-8")
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    say(f"{taken} pictures taken; {FOLDER} holds {size / 1024 / 1024:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
