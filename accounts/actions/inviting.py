"""Links by which somebody sets a password himself: invitations, and for who forgot it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actions.doors import Visitor, What, close_sessions, note, password_link
from accounts.actions.letters import company, letter, mailing, send_beside, tell_of_change
from accounts.models import SignInEvent, User
from crm.base.actor import acting


class Invitation(NamedTuple):
    link: str  # to be handed over
    mailed: bool  # False: he has no address, or the mail server did not take it


def invite_user(user: User, *, actor: UUID | None, at: datetime) -> Invitation:
    """A link by which a new user sets his first password, or a known one another; mailed where he has an address.
    Until he uses it, everything stays as it is."""
    mailed = False
    link = password_link(user)
    with acting(actor, job="invitation"):
        SignInEvent.objects.create(what=What.INVITED, user_id=user.pk, at=at)
    if user.email:
        with translation.override(user.language or settings.LANGUAGE_CODE), mailing():
            mailed = bool(letter(user, _("Your access to %(company)s") % company(), _invitation(user, link)).send())
    return Invitation(link, mailed)


def take_off_second_step(user: User, *, actor: UUID | None, at: datetime) -> int:
    """For who lost app, passkeys and recovery codes: the password alone opens again, and every session ends.
    Returns how many steps there were."""
    with acting(actor, job="invitation"):
        gone = Authenticator.objects.filter(user_id=user.pk).delete()[0]
        close_sessions([user.pk])
        if gone:
            SignInEvent.objects.create(what=What.FACTOR_REMOVED, user_id=user.pk, at=at)
    if gone:
        tell_of_change(user, What.FACTOR_REMOVED, None, at=at)
    return gone


def send_password_link(user: User | None, visitor: Visitor, *, at: datetime) -> None:
    """Mail a link to who forgot his password, if there is somebody and he has an address."""
    if user is None or not user.is_active or not user.email:
        return
    note(What.LINK_SENT, visitor, at=at, user=user.pk)
    link = password_link(user)
    send_beside(user, lambda: letter(user, _("A new password for %(company)s") % company(), _forgotten(user, link)))


def _good_for() -> str:
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return ngettext(
        "The link works once, within %(hours)s hour.", "The link works once, within %(hours)s hours.", hours
    ) % {"hours": hours}


def _invitation(user: User, link: str) -> list[str]:
    return [
        _("an account was opened for you. Your user name is %(username)s. Set your password here:")
        % {"username": user.username},
        link,
        _good_for(),
    ]


def _forgotten(user: User, link: str) -> list[str]:
    return [
        _("somebody, probably you, asked for a new password for %(username)s. Set it here:")
        % {"username": user.username},
        link,
        _good_for(),
        _("If it was not you, do nothing: your password stays as it is."),
    ]
