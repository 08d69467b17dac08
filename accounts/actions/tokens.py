"""Tokens by which programs act for a user: made, renewed, revoked by operations; each shown once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.models.tokens import SCOPES
from accounts.queries import below, operated, staff, why_not_managed
from crm.base import clock
from crm.base.actor import acting
from crm.base.ids import uuid7
from crm.base.refusals import Refused

PREFIX = "rounds_"  # by which scanners of source code know that one was left there
SHOWN = len(PREFIX) + 6
OVERLAP = timedelta(days=1)  # for which the former secret still opens after a renewal
NOTED_EVERY = timedelta(minutes=5)


def create_token(
    *,
    actor: User,
    user: UUID,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
    territory: UUID | None = None,
    at: datetime,
    id: UUID | None = None,  # noqa: A002
) -> tuple[ApiToken, str]:
    """The token, and its secret, which is kept nowhere; once for ever for `id`. Raises Refused."""
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refused(_("Choose what the program may do."), "scopes")
    if not at < expires_at <= at + settings.TOKEN_LONGEST:
        days = settings.TOKEN_LONGEST.days
        raise Refused(_("Choose a day after today, at most %d days ahead.") % days, "last")
    with acting(actor.pk, turn=id):
        if id and ApiToken.objects.filter(pk=id).exists():
            raise Refused(_("This token is made already, and its secret was shown once. Who did not see it renews it."))
        of = _managed(actor, user, at)
        if territory and not _opens(actor, of, territory):
            raise Refused(_("Choose a territory that this user sees and that lies in your ground."), "territory")
        return _make(of.pk, name, sorted(set(scopes)), territory, expires_at, at, id)


def renew_token(*, actor: User, token: UUID, at: datetime) -> tuple[ApiToken, str]:
    """Another secret for the same, for as long again. The former one opens for a day more. Raises
    ApiToken.DoesNotExist, Refused."""
    with acting(actor.pk):
        now = _held(actor, token, at)
        if now.successor_id or now.revoked_at or now.expires_at <= at:
            raise Refused(_("This token does not open anything any more; make a new one."))
        lives = min(now.expires_at - now.created_at, settings.TOKEN_LONGEST)
        successor, secret = _make(now.user_id, now.name, now.scopes, now.territory_id, at + lives, at)
        now.successor, now.expires_at = successor, min(now.expires_at, at + OVERLAP)
        now.save(update_fields=["successor", "expires_at"])
        return successor, secret


def revoke_token(*, actor: User, token: UUID, at: datetime) -> None:
    """From now on it opens nothing. Raises ApiToken.DoesNotExist, Refused."""
    with acting(actor.pk):
        now = _held(actor, token, at)
        if not now.revoked_at:
            now.revoked_at = at
            now.save(update_fields=["revoked_at"])


def digest(secret: str) -> str:
    """Without salt or stretching: nobody guesses 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _make(
    user: UUID,
    name: str,
    scopes: list[str],
    territory: UUID | None,
    expires_at: datetime,
    at: datetime,
    pk: UUID | None = None,
) -> tuple[ApiToken, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        pk=pk or uuid7(),
        user_id=user,
        name=name,
        begins=secret[:SHOWN],
        digest=digest(secret),
        scopes=scopes,
        territory_id=territory,
        created_at=at,
        expires_at=expires_at,
    )
    return token, secret


def _managed(actor: User, user: UUID, at: datetime) -> User:
    """Who can make a token of a user acts as him: so only who may manage him. Raises Refused."""
    found = staff(actor).filter(pk=user, is_active=True).first()
    if found is None:
        raise Refused(_("Choose a user of your own ground."), "user")
    if sentence := why_not_managed(actor, found, clock.company_date(at)):
        raise Refused(sentence, "user")
    return found


def _held(actor: User, token: UUID, at: datetime) -> ApiToken:
    held = ApiToken.objects.select_for_update(of=("self",), no_key=True).filter(user__in=staff(actor))
    now = held.select_related("user").get(pk=token)
    if sentence := why_not_managed(actor, now.user, clock.company_date(at)):
        raise Refused(sentence)
    return now


def _opens(actor: User, user: User, territory: UUID) -> bool:
    return operated(actor).filter(pk=territory).filter(pk__in=below(user.territory_ids())).exists()
