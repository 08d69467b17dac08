"""`./dev check`: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tooling import project
from tooling.checkout import Checkout

# lint-imports is started through Python: a script in .venv/bin names the folder it was installed in.
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


@dataclass(frozen=True)
class Check:
    """One question about the code: a command that answers by its exit code."""

    name: str
    command: list[str]


def all_checks(checkout: Checkout) -> list[Check]:
    """The checks, slowest first: they share the processors."""
    python = str(checkout.python)
    return [
        Check("mypy", [python, "-m", "mypy", "."]),
        Check("imports", [python, "-c", LINT_IMPORTS, "--no-logo"]),
        Check("migrations", project.manage(checkout, "makemigrations", "--check", "--dry-run")),
        Check("django", project.manage(checkout, "check", "--fail-level", "WARNING")),
        Check("ruff", [python, "-m", "ruff", "check", "--output-format", "concise", "."]),
        Check("house rules", [python, "-m", "tooling.housekeeping"]),
    ]


def run(checkout: Checkout, arguments: Sequence[str] = (), env: Mapping[str, str] | None = None) -> int:
    """Run all of them, even when one fails; 1 if any did."""
    env = env or project.offline_variables(os.environ)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        passed = list(pool.map(lambda check: _passes(check, checkout, env), all_checks(checkout)))
    return 0 if all(passed) else 1


def _passes(check: Check, checkout: Checkout, env: Mapping[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=checkout.root,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    line = f"{check.name:<12} {'ok' if passed else 'FAILED':<7} {time.monotonic() - began:5.1f} s"
    print(line if passed else f"{line}\n{done.stdout.rstrip()}", flush=True)
    return passed
