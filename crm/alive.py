"""Worker and beat show that they work by touching a file: a health check is then `find`, not another Python.

The worker's heart beats while it is connected to the broker, beat's with every message it sends.
"""

import os
import time
from pathlib import Path
from typing import Any

from celery import signals

_EVERY = 5.0  # seconds
_last = 0.0


def show() -> None:
    """From now on, where ROUNDS_ALIVE_FILE names a file."""
    if os.environ.get("ROUNDS_ALIVE_FILE"):
        signals.heartbeat_sent.connect(_touch)
        signals.beat_init.connect(_show_messages)


def _show_messages(**_told: Any) -> None:
    signals.after_task_publish.connect(_touch)


def _touch(**_told: Any) -> None:
    global _last
    now = time.monotonic()
    if now - _last >= _EVERY or not _last:
        _last = now
        Path(os.environ["ROUNDS_ALIVE_FILE"]).touch()
