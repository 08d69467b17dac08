"""`./dev test`: all checks and tests, on servers that exist for this run only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tooling import checks, foreground
from tooling.checkout import Checkout
from tooling.console import say
from tooling.servers import ThrowAwayServers

ONE_SERVER = "--one-server"
OLDEST_SUPPORTED = Path("/usr/lib/postgresql/15/bin")
# What any PostgreSQL answers alike is not asked of the oldest: these folders of tests, and the tests marked `once`.
SPARED = ("browser", "copies", "demo", "doors", "faults", "production", "tooling")
MOST_WORKERS = 4
BROWSER, POOLER = ("chromium", "fonts-wqy-microhei"), ("pgbouncer",)
DEBIAN = (
    ("/usr/bin/chromium", BROWSER, "NO BROWSER TESTS: Chromium is absent"),
    ("/usr/sbin/pgbouncer", POOLER, "NO POOLER IN THE TESTS: PgBouncer is absent"),
)
# `==== 120 passed, 1 skipped in 30.1s ====`, with or without colours
CLOSING_LINE = re.compile(r"^(?:\x1b\[[\d;]*m)*=+ .* in [\d.]+s.* =+(?:\x1b\[[\d;]*m)*$")


@dataclass
class Outcome:
    """What one run of pytest came to."""

    code: int
    closing_line: str


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """The whole suite, or the part that the arguments name."""
    began = time.monotonic()
    install_debian_packages()
    rest = [argument for argument in arguments if argument != ONE_SERVER]
    if rest:
        return _run_part(checkout, rest)
    code, outcomes = _run_everything(checkout, one_server=ONE_SERVER in arguments)
    print(f"total time: {time.monotonic() - began:.1f} s{'' if code == 0 else ' – FAILED'}")
    for outcome in outcomes:
        print(outcome.closing_line, flush=True)
    return code


def _run_part(checkout: Checkout, arguments: Sequence[str]) -> int:
    with ThrowAwayServers(checkout).in_use() as env:
        return foreground.run(_pytest(checkout, arguments), env, checkout.root)


def _run_everything(checkout: Checkout, one_server: bool) -> tuple[int, list[Outcome]]:
    with ThrowAwayServers(checkout).in_use() as env:
        check_code = checks.run(checkout, env=env)
        outcomes = [_run_pytest(_pytest(checkout), env, checkout.root)]
    if not one_server:
        outcomes += _run_on_oldest(checkout)
    return check_code or next((each.code for each in outcomes if each.code), 0), outcomes


def _run_on_oldest(checkout: Checkout) -> list[Outcome]:
    """Again on the oldest PostgreSQL that Rounds supports, where Debian has it."""
    if not (OLDEST_SUPPORTED / "postgres").exists():
        say(f"*** NOT TESTED ON POSTGRESQL 15: {OLDEST_SUPPORTED} is absent (apt install postgresql-15) ***")
        return []
    say("again on PostgreSQL 15 …")
    with ThrowAwayServers(checkout, OLDEST_SUPPORTED).in_use() as env:
        spared = [f"--ignore=tests/{folder}" for folder in SPARED]
        command = _pytest(checkout, ["-m", "not once", *spared])
        return [_run_pytest(command, env | {"ROUNDS_TEST_SERVER": "15"}, checkout.root)]


def _pytest(checkout: Checkout, arguments: Sequence[str] = ()) -> list[str]:
    """pytest on as many processes as help; a debugger wants one."""
    command = [str(checkout.python), "-m", "pytest"]
    if "--pdb" not in arguments:
        command += ["-n", str(min(os.cpu_count() or 1, MOST_WORKERS))]
    return [*command, *arguments]


def _run_pytest(command: Sequence[str], env: Mapping[str, str], cwd: Path) -> Outcome:
    """Show pytest's output as it comes and keep its last line for the end."""
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    closing_line = ""
    with subprocess.Popen(
        [*command, *colour], env=dict(env), cwd=cwd, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as child:
        assert child.stdout
        for line in child.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if CLOSING_LINE.match(line.rstrip()):
                closing_line = line.rstrip()
    return Outcome(child.returncode, closing_line or f"pytest ended with code {child.returncode}")


def install_debian_packages() -> None:
    """Best effort: tests drive Debian's Chromium, look at Chinese text and put a pooler before the database."""
    if os.environ.get("ROUNDS_NO_APT") == "1":
        return
    absent = [(missing, packages) for path, packages, missing in DEBIAN if not Path(path).exists()]
    may_install = os.geteuid() == 0 and shutil.which("apt-get")
    for missing, packages in absent:
        # Where services are started, a package may bring one: that is for the machine's owner to wish.
        if not may_install or (packages == POOLER and Path("/run/systemd/system").exists()):
            say(f"*** {missing} (apt install {' '.join(packages)}) ***")
            continue
        say(f"installing {packages[0]} for the tests …")
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", "-qq", *command], env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            say(f"*** {missing}: apt-get failed: {(done.stderr.strip() or '?').splitlines()[-1]} ***")
