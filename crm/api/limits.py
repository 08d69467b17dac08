"""How much a token may ask. Counted in Redis; without it each process counts for itself, so that the API stays open.

A minute's window of its own for every token. Wrong tokens are counted by the place they come from.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import ApiToken
from crm.api.problems import Problem

log = logging.getLogger(__name__)

WINDOW = 60  # seconds
_MOST_KEPT = 10_000
_PREFIX = "rounds:api"
_kept: dict[str, int] = {}
_lock = threading.Lock()
_of_thread = threading.local()


@dataclass(frozen=True)
class Allowance:
    limit: int
    left: int
    seconds: int  # until the window ends

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.left)),
            "RateLimit-Reset": str(self.seconds),
        }


def take(token: ApiToken) -> Allowance:
    """Count a request. Raises Problem when there are none left."""
    return _taken(f"token:{token.pk}", settings.API_REQUESTS_A_MINUTE)


def count_guess(place: str) -> Allowance:
    """Raises Problem for a place that sent too many wrong tokens. Who has a right one is let in from there, too:
    nobody guesses 256 random bits, and a whole office may stand behind one address."""
    return _taken(f"place:{place}", settings.API_WRONG_TOKENS_A_MINUTE)


def _taken(name: str, limit: int) -> Allowance:
    count, seconds = _count(name)
    allowance = Allowance(limit, limit - count, seconds)
    if allowance.left < 0:
        said = _("Wait %d seconds, then go on.") % seconds
        raise Problem("too_many_requests", said, headers=allowance.headers() | {"Retry-After": str(seconds)})
    return allowance


def _count(name: str) -> tuple[int, int]:
    """The count of this window with this request, and how long the window still lasts."""
    now = time.time()
    key = f"{_PREFIX}:{name}:{int(now // WINDOW)}"
    seconds = max(1, WINDOW - int(now % WINDOW))
    try:
        count = int(_asked("INCR", key))
        if count == 1:  # the name is of this minute: left without an end, it would count nothing more
            _asked("EXPIRE", key, 2 * WINDOW)
        return count, seconds
    except redis.RedisError:
        return _count_here(key), seconds


def _count_here(key: str) -> int:
    with _lock:
        if len(_kept) > _MOST_KEPT:
            _kept.clear()
        _kept[key] = _kept.get(key, 0) + 1
        return _kept[key]


def _asked(*command: str | int) -> Any:
    """What Redis answers. Each thread keeps a connection of its own: to take one of a pool and to ask it whether it
    still lives costs more than to count. One that broke meanwhile is made anew, once."""
    connection = _connection()
    was_open = connection.is_connected
    try:
        return _answer(connection, command)
    except redis.ConnectionError:
        if not was_open:
            raise
        return _answer(connection, command)


def _answer(connection: Any, command: Sequence[str | int]) -> Any:
    connection.send_command(*command)
    return connection.read_response()


def _connection() -> Any:
    if not hasattr(_of_thread, "connection"):
        patience = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry": Retry(NoBackoff(), 0)}
        _of_thread.connection = redis.ConnectionPool.from_url(settings.REDIS_URL, **patience).make_connection()
    return _of_thread.connection
