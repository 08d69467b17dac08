"""File locks between parallel ./dev calls: the kernel frees them even when a holder is killed with -9."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a+", encoding="utf-8")


def try_alone(path: Path) -> IO[str] | None:
    """The lock as an open file (closing it frees it), or None while somebody else holds it."""
    file = _open(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


@contextmanager
def alone(path: Path, while_waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock exclusively, waiting for it if need be."""
    file = try_alone(path)
    if file is None:
        if while_waiting:
            while_waiting()
        file = _open(path)
        fcntl.flock(file, fcntl.LOCK_EX)
    with file:
        yield


def share(path: Path) -> IO[str]:
    """Join those who hold the lock together; it counts users without a counter that a crash could spoil."""
    file = _open(path)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file
