"""Targets that are agreed with one customer: how many visits, meetings, listings or units, or how much money, by
when; and what came of it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import below, lines_of
from crm.base import commands
from crm.base.actor import acting
from crm.base.currencies import CODES
from crm.base.dated import end_with, take_back
from crm.base.exchange.columns import decimals_of
from crm.base.periods import last_day, period
from crm.base.refusals import Refused, held, mark_of, refusing
from customers.actions.shared import LAW, check_words, day_in_reach, own_product, period_in_reach
from customers.models import Customer, CustomerStatus
from customers.queries.ground import kept
from customers.queries.opened import KEEPERS
from visits.models import Target
from visits.models.targets import AGREED

MOST_TIMES = 10_000  # visits, meetings, listings
MOST_SOLD = 10**12  # units, or money in its major unit

# CN-NO-DOCTOR-COUNTS holds for this person in this period, which the database asks of each row that it stores.
BARRED = "SELECT FROM sales_no_counts v WHERE v.person_id = {0} AND v.affiliated && {1} AND v.in_force && {1}"


def changeable_targets(user: User) -> QuerySet[Target]:
    """Those of customers that `user` may change, in his lines."""
    own = kept(user).current().values("pk")
    targets = Target.objects.filter(customer__in=own, territory__line__in=lines_of(user), measure__in=AGREED)
    return targets.select_related("customer", "product")


def seen_of_target(target: Target) -> dict[str, Any]:
    """What a form changes of a target, by the names of its fields, with the mark of what it saw."""
    said = {
        "measure": target.measure,
        "value": _as_said(target),
        "currency": target.currency,
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
    value: Decimal,
    currency: str = "",
    product: UUID | None,
    first: date,
    last: date,
    today: date,
) -> commands.Receipt:
    """Agreed today for the territory that holds the customer, said once for ever for `id`. `value` is money in its
    major unit where the measure is money. Raises Customer.DoesNotExist, Refused, OtherBodySameId."""
    period_in_reach(first, last, today)
    amount = _as_stored(measure, value, currency)

    def store() -> tuple[UUID, dict[str, Any]]:
        party = kept(actor).current().select_for_update(of=("self",), no_key=True).get(pk=customer)
        _check_measure(measure, party, period(first, last))
        own_product(actor, product)
        Target.objects.create(
            id=id, territory_id=_territory(actor, party), customer=party, measure=measure, value=amount,
            currency=currency, product_id=product, during=period(first, last), agreed_on=today, author=actor,
        )  # fmt: skip
        return id, {}

    body = {"customer": customer, "measure": measure, "value": amount, "product": product, "first": first, "last": last}
    with refusing(_refusals()):
        return commands.execute(
            command_id=id,
            kind="target.agree",
            body=body | ({"currency": currency} if currency else {}),
            actor=actor.pk,
            effect=store,
        )


def change_target(
    *,
    actor: User,
    target: UUID,
    was: str,
    measure: str,
    value: Decimal,
    currency: str = "",
    product: UUID | None,
    first: date,
    last: date,
    today: date,
    **looked_back: str,
) -> Target:
    """Agreed otherwise, or looked back on. Raises Target.DoesNotExist, Refused (ChangedMeanwhile)."""
    period_in_reach(first, last, today)
    amount = _as_stored(measure, value, currency)
    check_words(Target, looked_back)
    with refusing(_refusals()), acting(actor.pk):
        now = _held(actor, target, was)
        assert now.customer
        _check_measure(measure, now.customer, period(first, last))
        if product != now.product_id:
            own_product(actor, product)
        now.measure, now.value, now.currency = measure, amount, currency
        now.product_id, now.during = product, period(first, last)
        for name, words in looked_back.items():
            setattr(now, name, words)
        now.save()
        return now


def end_target(*, actor: User, target: UUID, last: date | None, today: date) -> None:
    """It is given up after `last`. Raises Target.DoesNotExist, Refused."""
    if last is None:
        raise Refused(_("A target has a last day; choose one."), "last")
    day_in_reach(last, today, "last")
    with refusing(_refusals()), acting(actor.pk):
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


def _check_measure(measure: str, customer: Customer, during: DateRange) -> None:
    if measure not in _measures_of(customer):
        raise Refused(_("This can't be agreed with this customer; choose another measure."), "measure")
    if measure in Target.SALES and is_barred(customer, during):
        raise Refused(_no_sales(), "measure")


def _measures_of(customer: Customer) -> list[Target.Measure]:
    """Products are listed by institutions only."""
    is_place = customer.kind == Customer.Kind.INSTITUTION
    return [measure for measure in AGREED if is_place or measure != Target.Measure.LISTINGS]


def is_barred(customer: Customer, during: DateRange) -> bool:
    """Whether the law forbids to agree on units or money with this customer in a period."""
    if customer.kind != Customer.Kind.PERSON:
        return False
    with connection.cursor() as cursor:
        asked = BARRED.format("%(person)s", "%(during)s::daterange")
        cursor.execute(f"SELECT EXISTS ({asked})", {"person": customer.pk, "during": during})
        return bool(cursor.fetchone()[0])


def offered(customer: Customer, on: date) -> tuple[list[Target.Measure], str]:
    """What can be agreed with a customer from `on`; and why not more, empty if nothing is missing."""
    measures = _measures_of(customer)
    if not is_barred(customer, period(on, on)):
        return measures, ""
    return [measure for measure in measures if measure not in Target.SALES], _no_sales()


def _as_stored(measure: str, value: Decimal, currency: str) -> int:
    """Money in the smallest unit of its currency. Raises Refused."""
    is_money = measure in Target.MONEY
    if is_money and currency not in CODES:
        raise Refused(_("Say in which currency: three capitals such as CNY."), "currency")
    if currency and not is_money:
        raise Refused(_("Only money has a currency; leave it empty, or choose revenue."), "currency")
    decimals = decimals_of(currency) if is_money else 0
    low, high = Decimal(1).scaleb(-decimals), MOST_SOLD if measure in Target.SALES else MOST_TIMES
    if not low <= value <= high:
        raise Refused(_("must lie between %(low)s and %(high)s.") % {"low": low, "high": high}, "value")
    parts = value.scaleb(decimals)
    if parts != int(parts):
        too_fine = _("has more than %d decimals.") % decimals if decimals else _("must be a whole number.")
        raise Refused(too_fine, "value")
    return int(parts)


def _as_said(target: Target) -> Decimal | int:
    """As a form shows it: money in the major unit."""
    return Decimal(target.value).scaleb(-decimals_of(target.currency)) if target.currency else target.value


def _no_sales() -> str:
    return _(
        "CN-NO-DOCTOR-COUNTS: no sales targets for a person who works at a medical institution. "
        "Agree on visits or meetings."
    )


def _refusals() -> dict[str, tuple[str, str]]:
    taken = _("Such a target is agreed for these days already; change that one, or choose other days.")
    return {"target_no_overlap": (taken, "measure"), LAW: (_no_sales(), "measure")}
