"""Keeping a few child processes alive, and ending them together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tooling import orphans, processes
from tooling.checkout import Checkout
from tooling.console import say

FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
PROVEN_AFTER = 60.0  # a child that lived this long starts with the shortest delay again
PATIENCE = 7.0


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: Sequence[str]
    log: Path
    files: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    delay: float = field(default=FIRST_DELAY, init=False)
    due: float = field(default=0.0, init=False)
    began: float = field(default=0.0, init=False)

    def start(self, env: Mapping[str, str], cwd: Path) -> None:
        """Start it in a session of its own: Ctrl-C is for us, who end the children in order."""
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=self.files,
                start_new_session=True,
            )

    def note_death(self) -> int | None:
        """The exit code if it has just died. Its pid is ours until we ask for the code, so that what it
        left behind is ended first."""
        if self.process is None or processes.is_alive(self.process.pid):
            return None
        processes.kill_group(self.process.pid)
        code = self.process.wait()
        self.process = None
        if time.monotonic() - self.began > PROVEN_AFTER:
            self.delay = FIRST_DELAY
        return code

    def put_off(self) -> float:
        """Due again after a delay that grows each time; returns it."""
        delay = self.delay
        self.due = time.monotonic() + delay
        self.delay = min(2 * delay, LONGEST_DELAY)
        return delay


class Supervisor:
    """The children of one `up`."""

    def __init__(self, checkout: Checkout, children: list[Child], env: Mapping[str, str]) -> None:
        self.checkout = checkout
        self.children = children
        self.env = env

    def tend(self) -> None:
        """Start what is due and report what has died; called often."""
        before = self._pids()
        for child in self.children:
            code = child.note_death()
            if code is not None:
                say(f"{child.name} ended with code {code}; again in {child.put_off():.0f} s (see {child.log})")
            if child.process is None and time.monotonic() >= child.due:
                self._start(child)
        if self._pids() != before:
            orphans.record(self.checkout, self._pids())

    def _start(self, child: Child) -> None:
        try:
            child.start(self.env, self.checkout.root)
        except OSError as error:  # such as an environment that is being remade
            say(f"{child.name} cannot start ({error.strerror}); again in {child.put_off():.0f} s")

    def restart(self, env: Mapping[str, str]) -> None:
        """The servers' addresses changed: everybody starts again with the new ones."""
        self.stop()
        self.env = env
        self.tend()

    def stop(self) -> None:
        """End them all at once, the slow ones by force."""
        processes.end_groups(list(self._pids().values()), PATIENCE)
        for child in self.children:
            if child.process:
                child.process.wait()
                child.process = None
        orphans.record(self.checkout, {})

    def _pids(self) -> dict[str, int]:
        return {child.name: child.process.pid for child in self.children if child.process}
