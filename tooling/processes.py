"""Recognising processes that we started, so that no other process is ever adopted or ended.

A pid alone proves nothing: it is reused after a crash or a reboot, and a copied checkout carries the
pid files of the original. A process is ours when it started when we say it did and works in our folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

LINUX = sys.platform.startswith("linux")


def is_alive(pid: int) -> bool:
    """Is there such a process (a zombie is not one)?"""
    if LINUX:
        return (stat := _linux_stat(pid)) is not None and stat[0] not in "ZX"
    return bool(_ps(pid, "stat")) and not _ps(pid, "stat").startswith("Z")


def started_at(pid: int) -> str | None:
    """When the process started, as text that never repeats for the same pid."""
    if not is_alive(pid):
        return None
    if LINUX:
        stat = _linux_stat(pid)
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{stat[19]}@{boot}" if stat else None
    return _ps(pid, "lstart") or None


def program(pid: int) -> str:
    """The name of the program that the process runs."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""
    return Path(_ps(pid, "comm")).name


def working_folder(pid: int) -> Path | None:
    """The folder the process works in; None where the system does not tell."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return None
    listing = _output(["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"])
    return next((Path(line[1:]) for line in listing.splitlines() if line.startswith("n")), None)


def works_in(pid: int, folder: Path, recorded: str | None = None) -> bool:
    """Does the process work in this very folder? A moved folder still counts, a copied one does not.

    Where the system hides the working folder (root without ptrace in a container), the folder
    `recorded` beside the pid has to do.
    """
    link = f"/proc/{pid}/cwd" if LINUX else working_folder(pid)
    try:
        if link is not None:
            return Path(link).samefile(folder)
    except PermissionError:
        pass
    except OSError:
        return False
    return recorded is not None and recorded == str(folder)


def end(pid: int, first: signal.Signals = signal.SIGTERM, patience: float = 10.0) -> None:
    """Ask a process of ours to end, and end it when it does not."""
    _send(pid, first)
    if not wait_until_gone(pid, patience):
        _send(pid, signal.SIGKILL)
        wait_until_gone(pid, 5)


def end_groups(leaders: Sequence[int], patience: float) -> None:
    """End processes that each lead a group, all at once; then whatever is left of their groups."""
    for pid in leaders:
        _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    for pid in leaders:
        wait_until_gone(pid, deadline - time.monotonic())
        kill_group(pid)
    for pid in leaders:
        wait_until_gone(pid, 5)


def kill_group(leader: int) -> None:
    """End what is left of a group."""
    _send(-leader, signal.SIGKILL)


def wait_until_gone(pid: int, patience: float) -> bool:
    """Wait for a process that may not be our child; True once it is gone."""
    deadline = time.monotonic() + patience
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _linux_stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; the program's name before it may hold spaces."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()


def _ps(pid: int, column: str) -> str:
    return _output(["ps", "-o", f"{column}=", "-p", str(pid)])


def _output(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
