"""Asking the broker, without waiting long."""

from collections.abc import Callable
from typing import TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

_PATIENCE = 2  # seconds: who asks has less patience than users
Found = TypeVar("Found")


def answers() -> bool:
    return _ask(lambda client: bool(client.ping())) or False


def queue_length() -> int | None:
    """Messages that wait for a worker; None: the broker does not answer."""
    return _ask(lambda client: int(client.llen("celery")))


def _ask(question: "Callable[[redis.Redis], Found]") -> Found | None:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_PATIENCE,
        socket_timeout=_PATIENCE,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return question(client)
    except (redis.RedisError, OSError):
        return None
    finally:
        client.close()
