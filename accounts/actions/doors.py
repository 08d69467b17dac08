"""Who may come in, and what is written down about it."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.actions.attempts import (
    CHALLENGES,
    CODE,
    HERE,
    MAILS_FROM,
    MAILS_TO,
    NAME,
    PLACE,
    Attempt,
    Scope,
    TooManyAttempts,
    attempting,
    scope,
    use_once,
)
from accounts.models import SignInEvent, User
from accounts.queries import find_user
from crm.base.actor import acting

log = logging.getLogger(__name__)

What = SignInEvent.What
CODE_LIVES = timedelta(minutes=5)  # longer than any step of an authenticator app is accepted


@dataclass(frozen=True)
class Visitor:
    """Who knocks: from where, with what, and which user's known device it is (None: of nobody)."""

    address: str | None
    network: str  # what limits go by: the address, of IPv6 its /64
    agent: str
    device: str
    device_of: UUID | None


def note(what: str, visitor: Visitor, *, at: datetime, user: UUID | None = None) -> None:
    """Write down what happened at a door."""
    with acting(user, job="sign-in"):
        SignInEvent.objects.create(what=what, user_id=user, at=at, address=visitor.address, agent=visitor.agent[:200])


def judge_password(name: str, password: str, visitor: Visitor, *, at: datetime) -> User | None:
    """The user, if name and password belong together. He may be inactive. Raises TooManyAttempts.

    Takes as long for a name that nobody has.
    """
    user = find_user(name)
    with _limited(_password_scopes(user, name, visitor), user, visitor, at) as attempt:
        if user is None:
            User().set_password(password)
        elif user.check_password(password):
            attempt.succeeded = True
            return user
    note(What.REFUSED, visitor, at=at, user=user.pk if user else None)
    return None


@contextmanager
def judging_code(user: User, visitor: Visitor, *, at: datetime) -> Iterator[Attempt]:
    """Around the judgement of a code of the second step: say `succeeded` to what is yielded, or it was wrong.
    Raises TooManyAttempts."""
    device = visitor.device if visitor.device_of == user.pk else ""
    scopes = [scope(CODE, "code", user.pk, device, clean_slate=True)]
    with _limited(scopes, user, visitor, at) as attempt:
        yield attempt
    if not attempt.succeeded:
        note(What.CODE_REFUSED, visitor, at=at, user=user.pk)


def use_code(user: User, code: str, *, at: datetime) -> bool:
    """False if this code was used just now: an eavesdropper gets nothing from it."""
    return use_once("code", user.pk, code, at=at, within=CODE_LIVES)


def count_mail(name: str, visitor: Visitor, *, at: datetime) -> None:
    """Count a wish for a mail, whoever it is for. Raises TooManyAttempts."""
    scopes = [
        scope(MAILS_TO, "mails to", name.strip().lower()),
        scope(MAILS_FROM, "mails from", visitor.network),
    ]
    with _limited(scopes, None, visitor, at):
        pass


def count_challenge(visitor: Visitor, *, at: datetime) -> None:
    """Count a question to a passkey. Raises TooManyAttempts."""
    with _limited([scope(CHALLENGES, "challenges", visitor.network)], None, visitor, at):
        pass


@contextmanager
def count_passkey(visitor: Visitor, *, at: datetime) -> Iterator[Attempt]:
    """Around the judgement of a passkey: nothing of it can be guessed, but judging costs. Raises TooManyAttempts."""
    with _limited([scope(PLACE, "place", visitor.network)], None, visitor, at) as attempt:
        yield attempt
    if not attempt.succeeded:
        note(What.REFUSED, visitor, at=at)


def _password_scopes(user: User | None, name: str, visitor: Visitor) -> list[Scope]:
    """A device that its user has signed in with before has a limit of its own: a stranger who uses up those
    of the name or the place keeps nobody out of his phone."""
    who = user.pk if user else name.strip().lower()
    if user and visitor.device_of == user.pk:
        return [scope(HERE, "device", who, visitor.device, clean_slate=True)]
    return [
        scope(HERE, "here", who, visitor.network, clean_slate=True),
        scope(NAME, "name", who),
        scope(PLACE, "place", visitor.network),
    ]


@contextmanager
def _limited(scopes: list[Scope], user: User | None, visitor: Visitor, at: datetime) -> Iterator[Attempt]:
    try:
        with attempting(scopes, at=at) as attempt:
            yield attempt
    except TooManyAttempts:
        note(What.PAUSED, visitor, at=at, user=user.pk if user else None)
        raise


def set_password(user: User, password: str, *, actor: UUID | None, keep_session: str = "") -> None:
    """A new password; every session but one ends, and links for a password end with it."""
    with acting(actor, job="" if actor else "password link"):
        user.set_password(password)
        user.save(update_fields=["password"])
        close_sessions([user.pk], keep=keep_session)


def end_sessions(user: User, *, keep: str = "") -> int:
    """Sign out everywhere, except in the session `keep`. Returns how many sessions there were."""
    with acting(user.pk):
        return close_sessions([user.pk], keep=keep)


def close_sessions(users: Iterable[UUID], *, keep: str = "") -> int:
    """Within a transaction that somebody else answers for: sign `users` out everywhere."""
    open_ones = UserSession.objects.filter(user_id__in=users).exclude(session_key=keep)
    keys = list(open_ones.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def password_link(user: User) -> str:
    """Where `user` sets a new password: good once, for as long as PASSWORD_RESET_TIMEOUT says."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return urljoin(settings.ORIGIN, path.replace("UID-KEY", key))
