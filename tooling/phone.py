"""What a page costs a phone: its bytes on the wire, its shifts, and the browser's own times, slowed down.

`python -m tooling.phone ADDRESS role=user …` is the browser of `./dev bench pages`: one JSON object a line.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tooling.pictures import CHROMIUM, SIZES, reach, sign_in
from tooling.shots import SHOTS

# Slow 4G and the processor of a phone, as Lighthouse applies them by the developer tools.
SLOW_4G = {"offline": False, "latency": 562.5, "downloadThroughput": 1_474_560 / 8, "uploadThroughput": 675_000 / 8}
FULL_SPEED = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
PHONE_CPU = 4  # times slower
MAIN = (
    "sign-in",
    "today",
    "customers",
    "customer",
    "log-visit",
    "visits",
    "team",
    "tiers",
    "moves",
    "setup",
    "imports",
)
RUNS, SAVES = 5, 20
NO_CLAIM = 0.20  # a spread above is no claim, as in crm/bench/measure.py
LARGEST_PAINT, SHIFT, BLOCKED, ACKNOWLEDGED = 1_800, 0.02, 100, 100  # ms, –, ms, ms: docs/look.md

WATCH = """
  window.seen = {painted: 0, largest: 0, shift: 0, tasks: []};
  const watch = (type, note) => new PerformanceObserver(list => list.getEntries().forEach(note))
    .observe({type, buffered: true});
  watch("paint", entry => { if (entry.name === "first-contentful-paint") seen.painted = entry.startTime; });
  watch("largest-contentful-paint", entry => { seen.largest = entry.startTime; });
  watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("longtask", entry => seen.tasks.push([entry.startTime, entry.duration]));
"""
# From the tap to the frame that shows that it was taken; kept where the next page finds it, too.
TAPPED = """
  const now = () => performance.timeOrigin + performance.now();
  addEventListener("pointerdown", () => { sessionStorage.tapped = now(); }, true);
  addEventListener("submit", event => requestAnimationFrame(() => setTimeout(() => {
    const shown = event.submitter.ariaBusy === "true" || document.querySelector("[data-unsent]:not([hidden])");
    sessionStorage.acknowledged = shown ? now() - sessionStorage.tapped : "never";
  })), true);
"""


@dataclass(frozen=True)
class Load:
    """One load of a page. `wire` has what came over the network: address and bytes with their heads."""

    largest_paint: float
    shift: float
    blocked: float
    asked: list[str]
    wire: dict[str, int]

    @property
    def bytes(self) -> int:
        return sum(self.wire.values())


@dataclass
class Phone:
    """A page whose network, and `slower` processor, are those of a phone while it loads."""

    page: Page
    slower: int = 1
    _answers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _wire: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.add_init_script(WATCH)
        self.devtools = self.page.context.new_cdp_session(self.page)
        self.devtools.send("Network.enable")
        self.devtools.on("Network.responseReceived", self._answered)
        self.devtools.on("Network.loadingFinished", self._finished)

    def _answered(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        self._answers[event["requestId"]] = (answer["url"], answer.get("fromDiskCache", False))

    def _finished(self, event: dict[str, Any]) -> None:
        address, kept = self._answers.get(event["requestId"], ("", True))
        if not kept and event["encodedDataLength"] and not address.startswith("data:"):
            self._wire[address] = self._wire.get(address, 0) + int(event["encodedDataLength"])

    def load(self, address: str, *, afresh: bool) -> Load:
        """`afresh`: as for the first time, with nothing kept."""
        if afresh:
            self.devtools.send("Network.clearBrowserCache")
        self._answers.clear()
        self._wire.clear()
        self._slow_down(SLOW_4G, self.slower)
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        seen = self.page.evaluate("seen")
        self._slow_down(FULL_SPEED, 1)
        blocked = sum(max(0, length - 50) for began, length in seen["tasks"] if began + length > seen["painted"])
        asked = [url for url, _kept in self._answers.values() if not url.startswith("data:")]
        return Load(seen["largest"], seen["shift"], blocked, asked, dict(self._wire))

    def save(self, address: str, *, offline: bool) -> float:
        """Milliseconds from the tap on the button that saves to the frame that acknowledges it."""
        self.page.goto(address)
        self.page.evaluate("sessionStorage.removeItem('acknowledged')")
        self._slow_down(SLOW_4G | {"offline": offline}, self.slower)
        if offline:
            self.page.locator("[data-offline]").wait_for()
        self.page.locator(".form-dock .btn").click(no_wait_after=True)
        said = self.page.wait_for_function("sessionStorage.acknowledged").json_value()
        self._slow_down(FULL_SPEED, 1)
        self.page.wait_for_load_state("load")
        return float(said)

    def _slow_down(self, network: dict[str, Any], slower: int) -> None:
        self.devtools.send("Network.emulateNetworkConditions", network)
        self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})


def addresses_of(page: Page, base: str, role: str) -> dict[str, str]:
    """Where the main pages of a role lie, by the steps of their pictures; what those leave behind is cleared away."""
    found = {}
    for shot in SHOTS:
        if shot.name in MAIN and shot.role == role:
            reach(page, base, shot)
            found[shot.name] = page.url
    page.evaluate("localStorage.clear()")
    return found


def _loads(browser: Browser, base: str, users: dict[str, str]) -> Iterator[tuple[str, str, Load]]:
    """Each page in turn, RUNS times: its name, which visit it was and what was seen."""
    for role in dict.fromkeys(shot.role for shot in SHOTS if shot.name in MAIN):
        context = browser.new_context(viewport=SIZES["390"])
        page = context.new_page()
        if role:
            sign_in(page, base, users[role], "en")
        addresses = addresses_of(page, base, role)
        phone = Phone(page, slower=PHONE_CPU)
        for _run in range(RUNS):
            for name, address in addresses.items():
                yield name, "first", phone.load(address, afresh=True)
                yield name, "again", phone.load(address, afresh=False)
        context.close()


def _saves(browser: Browser, base: str, user: str) -> Iterator[tuple[str, float]]:
    """The 95th of a hundred parts of SAVES visits saved, RUNS times: with a network, and without."""
    context = browser.new_context(viewport=SIZES["390"])
    page = context.new_page()
    sign_in(page, base, user, "en")
    address = addresses_of(page, base, "rep")["log-visit"]
    page.add_init_script(TAPPED)
    phone = Phone(page, slower=PHONE_CPU)
    for _run in range(RUNS):
        for how, offline in (("", False), (" without a network", True)):
            took = [phone.save(address, offline=offline) for _save in range(SAVES)]
            yield f"tap to acknowledgement{how}, p95 of {SAVES}", statistics.quantiles(took, n=20)[-1]
    context.close()


def _figure(page: str, metric: str, unit: str, target: float | None, values: list[float]) -> str:
    """The line of one figure; its spread is that of crm/bench/measure.py, and 0 where nothing was seen at all."""
    median = statistics.median(values)
    spread = (max(values) - min(values)) / median if median else float(max(values) > 0)
    line = {"bench": "pages", "page": page, "metric": metric, "value": round(median, 4), "unit": unit}
    judged = {"target": target, "runs": len(values), "spread": round(spread, 3), "claim": spread <= NO_CLAIM}
    return json.dumps(line | judged)


def main(arguments: list[str]) -> int:
    base, *rest = arguments
    users = dict(user.split("=", 1) for user in rest)
    found: dict[tuple[str, str], list[Load]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for name, visit, load in _loads(browser, base, users):
            found.setdefault((name, visit), []).append(load)
        saves: dict[str, list[float]] = {}
        for metric, took in _saves(browser, base, users["rep"]):
            saves.setdefault(metric, []).append(took)
        browser.close()
    for (name, visit), loads in found.items():
        where = f"{visit} visit"
        print(_figure(name, f"{where}, LCP", "ms", LARGEST_PAINT, [load.largest_paint for load in loads]))
        print(_figure(name, f"{where}, TBT", "ms", BLOCKED, [load.blocked for load in loads]))
        print(_figure(name, f"{where}, CLS", "shift", SHIFT, [load.shift for load in loads]))
        print(_figure(name, f"{where}, on the wire", "bytes", None, [load.bytes for load in loads]))
    for metric, values in saves.items():
        print(_figure("log-visit", metric, "ms", ACKNOWLEDGED, values))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
