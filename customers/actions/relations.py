"""What people decide, and whom they sway: said, changed from a day on, ended."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import commands
from crm.base.actor import acting
from crm.base.dated import end_with, say_anew, take_back
from crm.base.periods import last_day, period
from crm.base.refusals import Refused, held, mark_of, refusing
from customers.actions.shared import NOW_OR_BEFORE, check_words, day_in_reach, own_person, own_product, period_in_reach
from customers.models import Customer, InfluenceLink, RoleAssignment
from customers.queries.ground import kept

# Roles


def changeable_roles(user: User) -> QuerySet[RoleAssignment]:
    """The roles of those whom `user` may change."""
    people = kept(user).current().values("pk")
    return RoleAssignment.objects.filter(person__in=people).select_related("person__customer", "product")


def seen_of_role(role: RoleAssignment) -> dict[str, Any]:
    """What a form changes of a role, by the names of its fields, with the mark of what it saw."""
    said = {
        "role": role.role,
        "product": role.product_id,
        "strength": role.strength,
        "evidence": role.evidence,
        "last": last_day(role.during),
    }
    return said | {"was": mark_of(*said.values(), role.during.lower)}


def set_role(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    person: UUID,
    role: str,
    product: UUID | None = None,
    strength: int,
    evidence: str = "",
    first: date,
    last: date | None = None,
    today: date,
) -> commands.Receipt:
    """A person has a role since `first`, said once for ever for `id`. Raises Customer.DoesNotExist, Refused,
    OtherBodySameId."""
    values = {"role": role, "strength": strength, "evidence": evidence}
    _check(RoleAssignment, values, first, last, today)

    def store() -> tuple[UUID, dict[str, Any]]:
        own_person(actor, person)
        own_product(actor, product)
        RoleAssignment.objects.create(id=id, person_id=person, product_id=product, during=period(first, last), **values)
        return id, {}

    with refusing(_role_taken()):
        return commands.execute(
            command_id=id,
            kind="role.set",
            body=values | {"person": person, "product": product, "first": first, "last": last},
            actor=actor.pk,
            effect=store,
        )


def change_role(
    *,
    actor: User,
    role_id: UUID,
    was: str,
    role: str,
    product: UUID | None,
    strength: int,
    evidence: str,
    first: date,
    last: date | None,
    today: date,
) -> RoleAssignment:
    """From `first` on it is so; what was said before stays. Raises RoleAssignment.DoesNotExist, Refused
    (ChangedMeanwhile)."""
    values = {"role": role, "strength": strength, "evidence": evidence}
    _check(RoleAssignment, values, first, last, today)
    with refusing(_role_taken()), acting(actor.pk):
        now = _held_role(actor, role_id, was)
        if product != now.product_id:
            own_product(actor, product)
        changed: RoleAssignment = say_anew(now, first, last, product_id=product, **values)
        return changed


def end_role(*, actor: User, role_id: UUID, last: date | None, today: date) -> None:
    """A role ends with `last`; None: it goes on. Raises RoleAssignment.DoesNotExist, Refused."""
    with refusing(_role_taken()), acting(actor.pk):
        _end(_held_role(actor, role_id), last, today)


def take_back_role(*, actor: User, role_id: UUID, today: date) -> None:
    """What was said today was a mistake. Raises RoleAssignment.DoesNotExist, Refused."""
    with acting(actor.pk):
        take_back(_held_role(actor, role_id), today)


def _held_role(actor: User, pk: UUID, was: str = "") -> RoleAssignment:
    return held(changeable_roles(actor), pk, was, seen_of_role)


def _role_taken() -> dict[str, tuple[str, str]]:
    taken = (_("This person has this role in these days already; change that one, or choose other days."), "role")
    return {"role_no_overlap": taken, "role_no_overlap_all_products": taken}


# Influence


def changeable_links(user: User) -> QuerySet[InfluenceLink]:
    """The links of whose ends `user` sees both and may change one."""
    seen = Customer.objects.for_user(user).current().values("pk")
    own = kept(user).current().values("pk")
    links = InfluenceLink.objects.filter(influencer__in=seen, influenced__in=seen)
    links = links.filter(Q(influencer__in=own) | Q(influenced__in=own))
    return links.select_related("influencer__customer", "influenced__customer")


def seen_of_link(link: InfluenceLink) -> dict[str, Any]:
    """What a form changes of a link, by the names of its fields, with the mark of what it saw."""
    said = {"kind": link.kind, "weight": link.weight, "evidence": link.evidence, "last": last_day(link.during)}
    return said | {"was": mark_of(*said.values(), link.during.lower)}


def set_influence(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    influencer: UUID,
    influenced: UUID,
    kind: str,
    weight: int,
    evidence: str = "",
    first: date,
    last: date | None = None,
    today: date,
) -> commands.Receipt:
    """`influencer` sways `influenced` since `first`, said once for ever for `id`; `weight` in thousandths. The actor
    sees both and may change one. Raises Refused, OtherBodySameId."""
    values = {"kind": kind, "weight": weight, "evidence": evidence}
    _check(InfluenceLink, values, first, last, today)
    if influencer == influenced:
        raise Refused(_("Nobody influences himself; choose somebody else."), "other")

    def store() -> tuple[UUID, dict[str, Any]]:
        _refuse_unseen(actor, influencer, influenced)
        InfluenceLink.objects.create(
            id=id, influencer_id=influencer, influenced_id=influenced, during=period(first, last), **values
        )
        return id, {}

    with refusing(_link_taken()):
        return commands.execute(
            command_id=id,
            kind="influence.set",
            body=values | {"influencer": influencer, "influenced": influenced, "first": first, "last": last},
            actor=actor.pk,
            effect=store,
        )


def change_influence(
    *,
    actor: User,
    link_id: UUID,
    was: str,
    kind: str,
    weight: int,
    evidence: str,
    first: date,
    last: date | None,
    today: date,
) -> InfluenceLink:
    """From `first` on it is so; what was said before stays. Raises InfluenceLink.DoesNotExist, Refused
    (ChangedMeanwhile)."""
    values = {"kind": kind, "weight": weight, "evidence": evidence}
    _check(InfluenceLink, values, first, last, today)
    with refusing(_link_taken()), acting(actor.pk):
        changed: InfluenceLink = say_anew(_held_link(actor, link_id, was), first, last, **values)
        return changed


def end_influence(*, actor: User, link_id: UUID, last: date | None, today: date) -> None:
    """A link ends with `last`; None: it goes on. Raises InfluenceLink.DoesNotExist, Refused."""
    with refusing(_link_taken()), acting(actor.pk):
        _end(_held_link(actor, link_id), last, today)


def take_back_influence(*, actor: User, link_id: UUID, today: date) -> None:
    """What was said today was a mistake. Raises InfluenceLink.DoesNotExist, Refused."""
    with acting(actor.pk):
        take_back(_held_link(actor, link_id), today)


def _held_link(actor: User, pk: UUID, was: str = "") -> InfluenceLink:
    return held(changeable_links(actor), pk, was, seen_of_link)


def _refuse_unseen(actor: User, *ends: UUID) -> None:
    """Somebody outside the actor's ground is neither linked nor named."""
    people = Customer.objects.for_user(actor).current().filter(pk__in=ends, kind=Customer.Kind.PERSON)
    own = kept(actor).filter(pk__in=ends)
    if people.count() < len(ends) or not own.exists():
        raise Refused(_("Choose a person of your own ground."), "other")


def _link_taken() -> dict[str, tuple[str, str]]:
    taken = _("These two are linked in this way in these days already; change that link, or choose other days.")
    return {"influence_no_overlap": (taken, "kind")}


# Both


def _check(model: type[models.Model], values: dict[str, Any], first: date, last: date | None, today: date) -> None:
    check_words(model, values)
    period_in_reach(first, last, today, begins=NOW_OR_BEFORE)


def _end(row: Any, last: date | None, today: date) -> None:
    if last:
        day_in_reach(last, today, "last")
    end_with(row, last, "last")
