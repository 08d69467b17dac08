"""The commands of ./dev and what each is for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tooling import bench, checks, environment, foreground, locking, managing, project, screens, suite, up
from tooling.checkout import Checkout
from tooling.console import Refusal, say

HELP = """\
Rounds on this machine. Usage: ./dev COMMAND

  setup              install the locked libraries into .venv and compile the translations
  up                 run everything: PostgreSQL, Valkey, web, worker, beat; Ctrl-C stops it
                     (--port N, --debug, --reload)
  manage COMMAND …   a Django command with its servers, e.g. ./dev manage shell
  test               checks and all tests, on throw-away servers (--one-server: not on PostgreSQL 15 too)
  test ARGUMENTS …   only these tests: the arguments are pytest's
  check              linters, types, import rules, migrations, house rules
  bench NAME         measure (--size S|M|L; `pages`: in Chromium)
  screens            pictures of every page into docs/screens (--only NAME …)
  lock               compile requirements*.in to requirements*.txt
  help               this page

PostgreSQL and Valkey come with the libraries, listen on 127.0.0.1 only and keep their data, logs and
passwords in .rounds/ (delete that folder to start anew). DATABASE_URL (with DATABASE_OWNER_URL) and
REDIS_URL, if set, are used instead. Documentation: README.md and docs/.
"""

Command = Callable[[Checkout, Sequence[str]], int]


def set_up(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Every command prepares the environment first, so nothing remains to do."""
    say("ready: ./dev up starts Rounds")
    return 0


COMMANDS: dict[str, Command] = {
    "setup": set_up,
    "up": up.run,
    "manage": managing.run,
    "test": suite.run,
    "check": checks.run,
    "bench": bench.run,
    "screens": screens.run,
    "lock": locking.run,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; a refusal is one sentence and exit code 1."""
    name = arguments[0] if arguments else ""
    if name in ("help", "--help", "-h"):
        print(HELP, end="")
        return 0
    if name not in COMMANDS:
        print(HELP, end="", file=sys.stderr)
        say(f"there is no command {name!r}" if name else "which command?")
        return 2
    foreground.end_politely()
    checkout = Checkout.at(Path(__file__).parents[1])
    try:
        environment.ensure(checkout)
        project.compile_words(checkout)
        return COMMANDS[name](checkout, arguments[1:])
    except Refusal as refusal:
        say(str(refusal))
        return 1
    except KeyboardInterrupt:
        return 130
