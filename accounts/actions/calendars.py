"""The private link to one's calendar: made, replaced, taken back, read."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.actions.attempts import PLACE, Rule, attempting, scope
from accounts.actions.doors import Visitor, What
from accounts.models import CalendarLink, SignInEvent, User
from crm.base.actor import acting

# A calendar that asks every few minutes never meets this; one that asks without a pause does.
READS = Rule(30, timedelta(minutes=1), timedelta(minutes=15), timedelta(minutes=1))
_NOTED_EVERY = timedelta(minutes=5)


def make_link(*, actor: User, visitor: Visitor, at: datetime) -> str:
    """A new secret, said this once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    with acting(actor.pk):
        CalendarLink.objects.update_or_create(
            user=actor, defaults={"secret_sha256": _hash(secret), "made_at": at, "last_read_at": None}
        )
        _note(What.CALENDAR_MADE, actor, visitor, at)
    return secret


def revoke_link(*, actor: User, visitor: Visitor, at: datetime) -> None:
    with acting(actor.pk):
        if CalendarLink.objects.filter(user=actor).delete()[0]:
            _note(What.CALENDAR_REVOKED, actor, visitor, at)


@contextmanager
def reading(secret: str, visitor: Visitor, *, at: datetime) -> Iterator[User | None]:
    """Whose calendar the secret opens; None: nobody's, for whatever reason. Raises TooManyAttempts."""
    hashed = _hash(secret)
    with attempting([scope(PLACE, "calendar", visitor.network)], at=at) as guess:
        link = CalendarLink.objects.select_related("user").filter(secret_sha256=hashed, user__is_active=True).first()
        guess.succeeded = link is not None
    if link is None:
        yield None
        return
    with attempting([scope(READS, "calendar", hashed)], at=at):
        yield link.user
    old = Q(last_read_at=None) | Q(last_read_at__lt=at - _NOTED_EVERY)
    with acting(None, job="calendar"):
        CalendarLink.objects.filter(old, pk=link.pk, secret_sha256=hashed).update(last_read_at=at)


def _note(what: str, user: User, visitor: Visitor, at: datetime) -> None:
    SignInEvent.objects.create(what=what, user_id=user.pk, at=at, address=visitor.address, agent=visitor.agent[:200])


def _hash(secret: str) -> str:
    """Of 256 random bits: nothing to guess, so nothing to slow down."""
    return hashlib.sha256(secret.encode()).hexdigest()
