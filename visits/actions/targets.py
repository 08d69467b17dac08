"""Targets that are agreed with one customer: how many visits, meetings or listings by when, and what came of it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import below, lines_of
from crm.base import commands
from crm.base.actor import acting
from crm.base.dated import end_with, take_back
from crm.base.periods import last_day, period
from crm.base.refusals import Refused, held, mark_of, refusing
from customers.actions.shared import check_words, day_in_reach, own_product, period_in_reach
from customers.models import Customer, CustomerStatus
from customers.queries.ground import kept
from customers.queries.opened import KEEPERS
from visits.models import Target
from visits.models.targets import AGREED


def changeable_targets(user: User) -> QuerySet[Target]:
    """Those of customers that `user` may change, in his lines."""
    own = kept(user).current().values("pk")
    targets = Target.objects.filter(customer__in=own, territory__line__in=lines_of(user), measure__in=AGREED)
    return targets.select_related("customer", "product")


def seen_of_target(target: Target) -> dict[str, Any]:
    """What a form changes of a target, by the names of its fields, with the mark of what it saw."""
    said = {
        "measure": target.measure,
        "value": target.value,
        "product": target.product_id,
        "first": target.during.lower,
        "last": last_day(target.during),
        "reason": target.reason,
        "review": target.review,
        "next_plan": target.next_plan,
    }
    return said | {"was": mark_of(*said.values())}


def agree_target(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    customer: UUID,
    measure: str,
    value: int,
    product: UUID | None,
    first: date,
    last: date,
    today: date,
) -> commands.Receipt:
    """Agreed today for the territory that holds the customer, said once for ever for `id`. Raises
    Customer.DoesNotExist, Refused, OtherBodySameId."""
    period_in_reach(first, last, today)

    def store() -> tuple[UUID, dict[str, Any]]:
        party = kept(actor).current().select_for_update(of=("self",), no_key=True).get(pk=customer)
        _check_measure(measure, party)
        own_product(actor, product)
        Target.objects.create(
            id=id, territory_id=_territory(actor, party), customer=party, measure=measure, value=value,
            product_id=product, during=period(first, last), agreed_on=today, author=actor,
        )  # fmt: skip
        return id, {}

    body = {"customer": customer, "measure": measure, "value": value, "product": product, "first": first, "last": last}
    with refusing(_taken()):
        return commands.execute(
            command_id=id,
            kind="target.agree",
            body=body,
            actor=actor.pk,
            effect=store,
        )


def change_target(
    *,
    actor: User,
    target: UUID,
    was: str,
    measure: str,
    value: int,
    product: UUID | None,
    first: date,
    last: date,
    today: date,
    **looked_back: str,
) -> Target:
    """Agreed otherwise, or looked back on. Raises Target.DoesNotExist, Refused (ChangedMeanwhile)."""
    period_in_reach(first, last, today)
    check_words(Target, looked_back)
    with refusing(_taken()), acting(actor.pk):
        now = _held(actor, target, was)
        assert now.customer
        _check_measure(measure, now.customer)
        if product != now.product_id:
            own_product(actor, product)
        now.measure, now.value, now.product_id, now.during = measure, value, product, period(first, last)
        for name, words in looked_back.items():
            setattr(now, name, words)
        now.save()
        return now


def end_target(*, actor: User, target: UUID, last: date | None, today: date) -> None:
    """It is given up after `last`. Raises Target.DoesNotExist, Refused."""
    if last is None:
        raise Refused(_("A target has a last day; choose one."), "last")
    day_in_reach(last, today, "last")
    with refusing(_taken()), acting(actor.pk):
        end_with(_held(actor, target), last, "last")


def take_back_target(*, actor: User, target: UUID, today: date) -> None:
    """One that begins today or later was a mistake. Raises Target.DoesNotExist, Refused."""
    with acting(actor.pk):
        take_back(_held(actor, target), today)


def _held(actor: User, pk: UUID, was: str = "") -> Target:
    return held(changeable_targets(actor), pk, was, seen_of_target)


def _territory(actor: User, customer: Customer) -> UUID:
    """Of the actor's ground, that which holds the customer in his line."""
    ground = below(actor.territory_ids(*KEEPERS))
    held = CustomerStatus.objects.filter(customer=customer, territory__in=ground, line__in=lines_of(actor))
    territory = held.order_by("line__name", "pk").values_list("territory", flat=True).first()
    if territory is None:
        raise Refused(_("No territory of yours holds this customer, so nobody would be there to reach the target."))
    return territory


def _check_measure(measure: str, customer: Customer) -> None:
    if measure not in measures_of(customer):
        raise Refused(_("This can't be agreed with this customer; choose another measure."), "measure")


def measures_of(customer: Customer) -> list[Target.Measure]:
    """Products are listed by institutions only."""
    is_place = customer.kind == Customer.Kind.INSTITUTION
    return [measure for measure in AGREED if is_place or measure != Target.Measure.LISTINGS]


def _taken() -> dict[str, tuple[str, str]]:
    taken = _("Such a target is agreed for these days already; change that one, or choose other days.")
    return {"target_no_overlap": (taken, "measure")}
