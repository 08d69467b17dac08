"""How the launcher speaks: short lines on stderr, so that stdout belongs to the command it runs."""

from __future__ import annotations

import sys
from pathlib import Path


class Refusal(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do next."""


def say(sentence: str) -> None:
    """Tell the user something without disturbing a pipe on stdout."""
    print(f"dev: {sentence}", file=sys.stderr, flush=True)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message about a process that did not start."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.rstrip().splitlines()[-count:])
