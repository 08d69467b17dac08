"""Whether a connection that is kept between requests can be used, without asking the database each time."""

import select
import time
from typing import Any

from django.db.backends.postgresql import base

RESTED = 5.0  # seconds after which a connection is asked, because a network may die in silence


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that stops, restarts or ends the session hangs up: the operating system knows, and is asked always."""

    asked_at = 0.0
    health_check_enabled: bool
    health_check_done: bool

    def get_new_connection(self, conn_params: Any) -> Any:
        self.asked_at = time.monotonic()
        return super().get_new_connection(conn_params)

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or self.health_check_done or not self.health_check_enabled:
            return
        now = time.monotonic()
        if now - self.asked_at < RESTED and not _has_news(self.connection.fileno()):
            self.health_check_done = True
            return
        self.asked_at = now
        super().close_if_health_check_failed()


def _has_news(descriptor: int) -> bool:
    """Whether something came in that nobody asked for, of which a farewell is the usual."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
