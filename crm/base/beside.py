"""What is noted every so often while something else works."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import Error, connection

log = logging.getLogger(__name__)


@contextmanager
def beside(name: str, note: Callable[[], None], seconds: float) -> Iterator[None]:
    """Call `note` every so many seconds while the block runs, in a thread with a connection of its own, opened at the
    first call: what the block itself writes nobody sees before its transaction ends."""
    over = threading.Event()
    thread = threading.Thread(target=_repeat, args=(name, note, seconds, over), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)


def _repeat(name: str, note: Callable[[], None], seconds: float, over: threading.Event) -> None:
    while not over.wait(seconds):
        try:
            connection.close_if_unusable_or_obsolete()
            note()
        except Error as trouble:  # the work finds out by itself; the next call tries again
            log.warning("No %s noted: %s", name, type(trouble).__name__)
            connection.close()
    connection.close()
