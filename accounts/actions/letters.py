"""Letters to our own people, each in his language; and what he is told when somebody changed what opens his account."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actions.doors import Visitor, What, note
from accounts.models import User
from accounts.templatetags.rounds import device, moment

log = logging.getLogger(__name__)


def company() -> dict[str, str]:
    return {"company": settings.COMPANY_NAME}


def letter(user: User, subject: str, paragraphs: list[str]) -> EmailMessage:
    hello = _("Hello %(name)s,") % {"name": user.name}
    return EmailMessage(subject, "\n\n".join([hello, *paragraphs]) + "\n", to=[user.email])


def send_beside(user: User, write: Callable[[], EmailMessage]) -> None:
    """Write and send beside the answer, which therefore takes as long with a letter as without."""
    _send_all_beside([(user, write)])


def _send_all_beside(letters: Iterable[tuple[User, Callable[[], EmailMessage]]]) -> None:
    spoken = translation.get_language() or settings.LANGUAGE_CODE

    def write_and_send() -> None:
        with mailing(), get_connection() as server:
            for user, write in letters:
                with translation.override(user.language or spoken):
                    mail = write()
                with mailing():
                    server.send_messages([mail])

    threading.Thread(target=write_and_send, name="letter").start()


@contextmanager
def mailing() -> Iterator[None]:
    """Around what the mail server does: what it does not take is said in the log, without the address."""
    try:
        yield
    except OSError as error:
        log.error("the mail server did not take a mail: %s", type(error).__name__)


def note_change(what: str, visitor: Visitor, *, at: datetime, user: User) -> None:
    """Write down that what opens the account of `user` was changed, and tell him: it may have been somebody else."""
    note(what, visitor, at=at, user=user.pk)
    tell_of_change(user, what, visitor, at=at)


def tell_of_change(user: User, what: str, visitor: Visitor | None, *, at: datetime) -> None:
    """By mail, where he has an address. Without a visitor it was done from the machine itself."""
    if user.email and user.is_active:
        send_beside(user, lambda: _of_change(user, what, visitor, at))


def tell_old_addresses(moved: list[tuple[User, str]], *, at: datetime) -> None:
    """Links for a password go elsewhere from now on: whoever reads the address of before hears of it there."""
    _send_all_beside((user, partial(_of_new_address, user, address, at)) for user, address in moved)


def _of_new_address(user: User, address: str, at: datetime) -> EmailMessage:
    paragraphs = [
        _("The mail address of %(username)s is another one now. Links for a new password go there.")
        % {"username": user.username},
        _("When: %(when)s. It was done by an administrator.") % {"when": moment(at)},
        _("If you did not expect this, tell whoever runs %(company)s.") % company(),
    ]
    told = letter(user, _("The sign-in to %(company)s was changed") % company(), paragraphs)
    told.to = [address]
    return told


def _of_change(user: User, what: str, visitor: Visitor | None, at: datetime) -> EmailMessage:
    happened = {
        What.PASSWORD_SET: _("The password of %(username)s was set anew."),
        What.FACTOR_ADDED: _("A second step was set up for %(username)s: an authenticator app or a passkey."),
        What.FACTOR_REMOVED: _("A second step of %(username)s was removed."),
        What.CODES_MADE: _("New recovery codes were made for %(username)s; the earlier ones stopped working."),
    }[What(what)]
    if visitor is None:
        where = _("When: %(when)s. It was done by an administrator.") % {"when": moment(at)}
    else:
        where = _("When: %(when)s. From: %(device)s, address %(address)s.") % {
            "when": moment(at), "device": device(visitor.agent), "address": visitor.address or "—",
        }  # fmt: skip
    forgotten = urljoin(settings.ORIGIN, reverse("account_reset_password"))
    paragraphs = [
        happened % {"username": user.username},
        where,
        _("If it was you, there is nothing to do."),
        _("If it was not you, set a new password at once, and tell whoever runs %(company)s: %(link)s")
        % {**company(), "link": forgotten},
    ]
    return letter(user, _("The sign-in to %(company)s was changed") % company(), paragraphs)
