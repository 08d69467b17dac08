"""What a shot does before its picture is taken; whoever adds a word here describes it at `Shot` in tooling/shots.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urljoin

from playwright.sync_api import Error, Page, Route

SAMPLE = "id,name,title,gender\n{new},王小川,主任医师,female\n,,,\nx2,李知远,,unknown to us\n"
_held: list[Route] = []  # asked for and not answered
# A form says that it was taken, and then neither an answer nor the end of patience comes.
NEVER_ANSWERED = """() => {
  addEventListener("submit", event => event.preventDefault());
  const soon = window.setTimeout;
  window.setTimeout = (then, wait, ...more) => (wait ?? 0) < 10_000 ? soon(then, wait, ...more) : 0;
}"""
MANY = 120_000  # rows: more than a megabyte, and some seconds of work


def _click(page: Page, selector: str) -> None:
    page.locator(selector).locator("visible=true").first.click()


def _send(page: Page, selector: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate(NEVER_ANSWERED)
    _click(page, selector)


def _press(page: Page, keys: str) -> None:
    page.wait_for_load_state("load")
    page.keyboard.press(keys)


def _type(page: Page, text: str) -> None:
    page.locator("input:focus").wait_for()
    page.keyboard.type(text)


def _wait(page: Page, selector: str) -> None:
    page.locator(selector).first.wait_for()


def _go(page: Page, address: str) -> None:
    page.goto(page.url + address)


def _open(page: Page, address: str) -> None:
    page.goto(urljoin(page.url, address))


def _fill(page: Page, words: str) -> None:
    selector, _, text = words.partition("=")
    page.fill(selector, text)


def _choose(page: Page, words: str) -> None:
    selector, _, code = words.partition("=")
    page.select_option(selector, code)


def _slip(page: Page, words: str) -> None:
    name, _, value = words.partition("=")
    page.locator(f"[type=hidden][name={name}]").first.evaluate("(it, value) => { it.value = value; }", value)


def _bring(page: Page, selector: str) -> None:
    content = SAMPLE.format(new=f"new-{time.time_ns()}").encode()
    page.set_input_files(selector, {"name": "医生_华东_202611.csv", "mimeType": "text/csv", "buffer": content})


def _bring_many(page: Page, selector: str) -> None:
    content = "id,name\n" + "".join(f"many-{row},陈一鸣\n" for row in range(MANY))
    file = {"name": "医生_全国_202611.csv", "mimeType": "text/csv", "buffer": content.encode()}
    page.set_input_files(selector, file)  # type: ignore[arg-type]


def _meanwhile(page: Page, words: str) -> None:
    selector, _, texts = words.partition("=")
    other = page.context.new_page()
    other.goto(page.url)
    stands = other.input_value(selector)
    text = next(text for text in texts.split("|") if text != stands)
    if other.locator(selector).evaluate("it => it.tagName") == "SELECT":
        other.select_option(selector, text)
    else:
        other.fill(selector, text)
    if other.locator("#id_reason").count():
        other.fill("#id_reason", "记错了")
    other.locator("main .panel-foot .btn-primary, footer .btn-primary").first.click()
    other.locator(".tell").wait_for()
    other.close()


def _hold(page: Page, pattern: str) -> None:
    page.wait_for_load_state("networkidle")
    page.route(pattern, lambda route: _held.append(route))


def release(page: Page) -> None:
    """Give up what was held back."""
    page.unroute_all()
    while _held:
        with suppress(Error):  # whoever asked is gone
            _held.pop().abort()


def _offline(page: Page, _nothing: str) -> None:
    page.context.set_offline(True)
    page.locator("[data-offline]").wait_for()


STEPS: dict[str, Callable[[Page, str], None]] = {
    "click": _click,
    "send": _send,
    "press": _press,
    "type": _type,
    "wait": _wait,
    "go": _go,
    "open": _open,
    "fill": _fill,
    "choose": _choose,
    "slip": _slip,
    "bring": _bring,
    "bring-many": _bring_many,
    "meanwhile": _meanwhile,
    "hold": _hold,
    "offline": _offline,
}
