"""Running a command in the user's terminal, and dying politely oneself."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

Handler = Callable[[int, FrameType | None], object]
STARTED_WITH_NOHUP = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
# A closed terminal ends us as SIGTERM does.
ENDINGS = (signal.SIGTERM,) if STARTED_WITH_NOHUP else (signal.SIGTERM, signal.SIGHUP)


def end_politely() -> None:
    """Let SIGTERM and a closed terminal unwind the program, so that servers are stopped."""

    def unwind(number: int, _: FrameType | None) -> NoReturn:
        sys.exit(128 + number)

    for each in ENDINGS:
        signal.signal(each, unwind)


@contextmanager
def handling(numbers: Sequence[signal.Signals], handler: Handler) -> Iterator[None]:
    """Treat these signals differently for the length of the block."""
    before = [(number, signal.signal(number, handler)) for number in numbers]
    try:
        yield
    finally:
        for number, handler_before in before:
            signal.signal(number, handler_before)


def run(command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None) -> int:
    """Run a command with our terminal; returns its exit code.

    Ctrl-C reaches the command by itself and we wait for what it makes of it; SIGTERM we hand on.
    """
    child: subprocess.Popen[bytes] | None = None

    def hand_on(number: int, _: FrameType | None) -> None:
        if child and number != signal.SIGINT:
            child.send_signal(number)

    with handling((signal.SIGINT, *ENDINGS), hand_on):
        child = subprocess.Popen(command, env=dict(env), cwd=cwd)
        code = child.wait()
    return code if code >= 0 else 128 - code
