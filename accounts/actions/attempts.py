"""Limits on guessing that hold for any number of processes: an attempt is counted before it is judged.

Every attempt takes one from each of its scopes, in one transaction that locks their rows; a success gives it
back. Beyond what a scope allows freely, attempts are refused until a pause is over, and each further failure
doubles the pause. A refused attempt counts for nothing, so that who waits gets his turn.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from crm.base.actor import acting

_JOB = "sign-in"
_LOCKED = """
INSERT INTO accounts_attempts (key, failures, last_at)
SELECT key, 0, %(at)s FROM unnest(%(keys)s) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET key = excluded.key
RETURNING key, failures, last_at, paused_until
"""
_COUNT = "UPDATE accounts_attempts SET failures = %s, last_at = %s, paused_until = %s WHERE key = %s"
_GIVE_BACK = """
UPDATE accounts_attempts SET failures = greatest(failures - 1, 0),
       paused_until = CASE WHEN paused_until = %(ours)s THEN %(before)s ELSE paused_until END
WHERE key = %(key)s
"""
_FORGET = "DELETE FROM accounts_attempts WHERE key = %(key)s"
_ONCE = """
INSERT INTO accounts_attempts (key, failures, last_at) VALUES (%(key)s, 0, %(at)s)
ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at WHERE accounts_attempts.last_at < %(since)s
RETURNING 1
"""


@dataclass(frozen=True)
class Rule:
    """So many failures are free; then pauses, doubling up to the longest. Forgotten after a quiet time."""

    free: int
    first_pause: timedelta
    longest_pause: timedelta
    forget_after: timedelta

    def pause(self, failures: int) -> timedelta | None:
        if failures < self.free:
            return None
        doublings = min(failures - self.free, 16)
        return min(self.first_pause * 2**doublings, self.longest_pause)


_SECOND, _MINUTE, _HOUR, _DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))

# One name from one place, or one known device: the strict limit.
HERE = Rule(5, 30 * _SECOND, 15 * _MINUTE, _DAY)
# One name from anywhere: many places together. Short pauses, since the true user may be among the refused.
NAME = Rule(30, 30 * _SECOND, 5 * _MINUTE, _DAY)
# One place, any names: a whole office may stand behind one address.
PLACE = Rule(100, 10 * _SECOND, 5 * _MINUTE, _HOUR)
# Codes of somebody whose password was right.
CODE = Rule(5, 30 * _SECOND, 15 * _MINUTE, _DAY)
# Mails: every one counts.
MAILS_TO = Rule(3, 10 * _MINUTE, _HOUR, _DAY)
MAILS_FROM = Rule(20, _MINUTE, 15 * _MINUTE, _HOUR)
# Questions to a passkey: each leaves a row behind for a while.
CHALLENGES = Rule(200, 10 * _SECOND, _MINUTE, 10 * _MINUTE)


class TooManyAttempts(Exception):
    """Refused without being judged."""

    def __init__(self, until: datetime, at: datetime) -> None:
        super().__init__("Too many attempts.")
        self.seconds = max(1, int((until - at).total_seconds() + 0.999))


@dataclass(frozen=True)
class Scope:
    rule: Rule
    key: str
    clean_slate: bool  # a success forgets earlier failures; else it only takes back its own attempt


def scope(rule: Rule, *parts: object, clean_slate: bool = False) -> Scope:
    return Scope(rule, _key(*parts), clean_slate)


def _key(*parts: object) -> str:
    return salted_hmac("rounds.attempts", "\x00".join(map(str, parts)), algorithm="sha256").hexdigest()


@dataclass
class Attempt:
    """Taken; say `succeeded` inside `attempting` if it was no failure."""

    succeeded: bool = False


@contextmanager
def attempting(scopes: list[Scope], *, at: datetime) -> Iterator[Attempt]:
    """Count an attempt in all scopes, then let it be judged. Raises TooManyAttempts, counting nothing."""
    taken = _take(scopes, at)
    attempt = Attempt()
    yield attempt
    if attempt.succeeded:
        _give_back(taken)


def use_once(*parts: object, at: datetime, within: timedelta) -> bool:
    """True the first time that this is used `within` a time, for one of any number of processes."""
    with acting(None, job=_JOB), connection.cursor() as cursor:
        cursor.execute(_ONCE, {"key": _key("once", *parts), "at": at, "since": at - within})
        return cursor.fetchone() is not None


@dataclass(frozen=True)
class _Taken:
    scope: Scope
    pause: datetime | None
    pause_before: datetime | None


def _take(scopes: list[Scope], at: datetime) -> list[_Taken]:
    by_key = {scope.key: scope for scope in scopes}
    taken = []
    with acting(None, job=_JOB), connection.cursor() as cursor:
        cursor.execute(_LOCKED, {"keys": sorted(by_key), "at": at})
        rows = cursor.fetchall()
        pauses = [paused for _key, _failures, _last, paused in rows if paused and paused > at]
        if pauses:
            raise TooManyAttempts(max(pauses), at)
        for key, failures, last_at, paused in rows:
            rule = by_key[key].rule
            failures = 1 if last_at + rule.forget_after < at else failures + 1
            pause = rule.pause(failures)
            until = at + pause if pause else None
            cursor.execute(_COUNT, [failures, max(at, last_at), until, key])
            taken.append(_Taken(by_key[key], until, paused))
    return taken


def _give_back(taken: list[_Taken]) -> None:
    with acting(None, job=_JOB), connection.cursor() as cursor:
        for one in sorted(taken, key=lambda one: one.scope.key):
            statement = _FORGET if one.scope.clean_slate else _GIVE_BACK
            cursor.execute(statement, {"key": one.scope.key, "ours": one.pause, "before": one.pause_before})
