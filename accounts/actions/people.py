"""Writes of operations over users and their postings."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.doors import close_sessions
from accounts.actions.letters import tell_old_addresses
from accounts.models import Posting, Territory, User
from accounts.queries import operated, staff, why_not_managed
from crm.base import clock
from crm.base.actor import acting
from crm.base.dated import end_with
from crm.base.periods import period
from crm.base.refusals import Refused, refuse_if_changed, refusing


def seen_of(user: User) -> tuple[str, str, str]:
    """What a form changes of a user."""
    return user.name, user.email, user.language


def _ground(actor: User, territory: UUID) -> Territory:
    found = operated(actor).filter(pk=territory).first()
    if found is None:
        raise Refused(_("Choose a territory of your own ground."), "territory")
    return found


def _managed(actor: User, user: User, on: date) -> User:
    """The user, locked, if `actor` may change him. Raises Refused."""
    found = staff(actor).select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if sentence := why_not_managed(actor, found, on):
        raise Refused(sentence)
    return found


def create_user(
    *, actor: User, username: str, name: str, email: str, language: str, territory: UUID, role: str, first: date,
    last: date | None = None,
) -> User:  # fmt: skip
    """A user with his first posting: so that he is somebody's from the beginning. He has no password until he is
    invited. Raises Refused."""
    ground = _ground(actor, territory)
    taken = _("%s is the name of another user; choose another.") % username
    with refusing({"accounts_user_username_key": (taken, "username")}), acting(actor.pk):
        if User.objects.filter(username__iexact=username).exists():
            raise Refused(taken, "username")
        user = User(username=username, name=name, email=email, language=language)
        user.set_unusable_password()
        user.save(force_insert=True)
        _post(user, ground, role, first, last)
        return user


def change_user(*, actor: User, user: User, name: str, email: str, language: str, was: str, on: date) -> None:
    """Whose mail address changes hears of it at the one of before. Raises Refused."""
    with acting(actor.pk):
        now = _managed(actor, user, on)
        refuse_if_changed(was, *seen_of(now))
        before = {now.pk: now.email}
        now.name, now.email, now.language = name, email, language
        now.save(update_fields=["name", "email", "language"])
        tell_of_moves(before)


def tell_of_moves(before: Mapping[UUID, str]) -> None:
    """Within the transaction that changed users, with their mail addresses of before: once it commits, who has another
    one hears of it at the old one, also who may not sign in now: he may be let in again. Letters small or capital make
    no other box."""
    changed = User.objects.filter(pk__in=[pk for pk, address in before.items() if address])
    moved = [(user, before[user.pk]) for user in changed if user.email.lower() != before[user.pk].lower()]
    if moved:
        transaction.on_commit(lambda: tell_old_addresses(moved, at=clock.now()))


def set_active(*, actor: User, user: User, active: bool, on: date) -> None:
    """Whether a user may sign in. One who may not any more is signed out everywhere. Raises Refused."""
    with acting(actor.pk):
        now = _managed(actor, user, on)
        now.is_active = active
        now.save(update_fields=["is_active"])
        if not active:
            close_sessions([now.pk])


def add_posting(
    *, actor: User, user: User, territory: UUID, role: str, first: date, last: date | None = None
) -> Posting:
    """Nobody posts himself, and nobody outside his own ground. Raises Refused."""
    ground = _ground(actor, territory)
    if user.pk == actor.pk:
        raise Refused(_("Nobody posts himself: somebody else in operations must do it."))
    with refusing({"posting_no_overlap": (_overlap(), "first")}), acting(actor.pk):
        staff(actor).select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        return _post(user, ground, role, first, last)


def _overlap() -> str:
    return _("This user has this posting in these days already; end that one first, or choose other days.")


def _post(user: User, ground: Territory, role: str, first: date, last: date | None) -> Posting:
    if last and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), "last")
    during = period(first, last)
    if user.postings.filter(territory=ground, role=role, during__overlap=during).exists():
        raise Refused(_overlap(), "first")
    return Posting.objects.create(user=user, territory=ground, role=role, during=during)


def end_posting(*, actor: User, posting: Posting, last: date | None) -> None:
    """Let a posting end with `last`; None: no end. Raises Refused."""
    with refusing({"posting_no_overlap": (_overlap(), "last")}), acting(actor.pk):
        end_with(_own(actor, posting), last, "last")


def remove_posting(*, actor: User, posting: Posting, today: date) -> dict[str, Any]:
    """Take back a posting that has not begun: it never gave a right. Returns what it said. Raises Refused."""
    with acting(actor.pk):
        now = _own(actor, posting)
        if now.during.lower is None or now.during.lower <= today:
            raise Refused(_("This posting has begun; end it instead."))
        said = {"territory": str(now.territory_id), "role": now.role, "during": now.during}
        now.delete()
        return said


def _own(actor: User, posting: Posting) -> Posting:
    """The posting, locked, if it lies in the ground of `actor` and is not his own. Raises Refused."""
    if posting.user_id == actor.pk:
        raise Refused(_("Nobody changes his own postings: somebody else in operations must do it."))
    rows = Posting.objects.select_for_update(of=("self",)).filter(territory__in=operated(actor))
    if (now := rows.filter(pk=posting.pk).first()) is None:
        raise Refused(_("This posting is not there any more: it was taken back."))
    return now
