"""Territories and products: entered and changed by operations."""

from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.actions import goods, territories
from accounts.models import Posting, Product, Territory
from accounts.queries import house_lines, operated, runs_house
from crm.api.resources.ground import EXAMPLE_LINE, EXAMPLE_TERRITORY
from crm.api.shapes import Body, Day, Key, Line, YesNo
from crm.api.writing import Asked, Entered, Writer
from crm.base.actor import acting
from crm.base.refusals import Refused, mark_of


class ProductOther(Body):
    name = Line(120, help_text="Its name; one of a kind in its line.")
    unit = Line(32, required=False, help_text="What its units count.")
    is_active = YesNo(required=False, help_text="Whether it is sold.")


class ProductNew(ProductOther):
    line = Key(help_text="The product line that carries it.")
    is_active = None  # type: ignore[assignment]


class TerritoryOther(Body):
    name = Line(120, help_text="Its name; one of a kind beside it.")
    time_zone = Line(64, required=False, help_text="Where its people work; empty: as above it.")
    jurisdiction = Line(2, required=False, help_text="Whose law holds; empty: as above it.")
    parent = Key(required=False, help_text="Move it under this one, with all below it.")
    first = Day(required=False, help_text="From which day on it stands there; left out: today.")


class TerritoryNew(TerritoryOther):
    parent = Key(help_text="What it stands under.")
    first = None  # type: ignore[assignment]


def _create_product(asked: Asked) -> Entered:
    if not runs_house(asked.user):
        raise PermissionDenied
    values = {"unit": "", **asked.values}
    return Entered(goods.create_product(actor=asked.user, **values).pk)


def _see_product(asked: Asked, pk: UUID) -> tuple[UUID, Product | None]:
    return pk, Product.objects.filter(line__in=house_lines(asked.user), pk=pk).first()


def _change_product(asked: Asked, seen: tuple[UUID, Product | None]) -> UUID:
    pk, now = seen
    if now is None:
        raise Product.DoesNotExist
    name, unit = (asked.values.get(word, getattr(now, word)) for word in ("name", "unit"))
    was = mark_of(*goods.seen_of(now)) if asked.state else ""
    with acting(asked.user.pk):
        goods.change_product(actor=asked.user, product=now, name=name, unit=unit, was=was)
        if "is_active" in asked.values:
            goods.set_product_active(actor=asked.user, product=now, active=asked.values["is_active"])
    return pk


def _create_territory(asked: Asked) -> Entered:
    if not asked.user.has_role(Posting.Role.OPERATIONS):
        raise PermissionDenied
    values: dict[str, Any] = {"time_zone": "", "jurisdiction": "", **asked.values}
    _check(values)
    return Entered(territories.create_territory(actor=asked.user, today=asked.today, **values).pk)


def _see_territory(asked: Asked, pk: UUID) -> tuple[UUID, Territory | None, str]:
    """With a mark of what it stands under, now and later: a move is decided upon that."""
    now = operated(asked.user).filter(pk=pk).first()
    return pk, now, mark_of(*territories.parents_of(now)) if now else ""


def _change_territory(asked: Asked, seen: tuple[UUID, Territory | None, str]) -> UUID:
    pk, now, stood = seen
    if now is None:
        raise Territory.DoesNotExist
    _check(asked.values)
    if "first" in asked.values and "parent" not in asked.values:
        raise Refused(_("Choose a territory of your own ground."), "parent")
    said = {
        "name": asked.values.get("name", now.name),
        "time_zone": asked.values.get("time_zone", now.own_time_zone),
        "jurisdiction": asked.values.get("jurisdiction", now.own_jurisdiction),
    }
    was = mark_of(*territories.seen_of(now)) if asked.state else ""
    with acting(asked.user.pk):
        territories.change_territory(actor=asked.user, territory=now, was=was, today=asked.today, **said)
        if "parent" in asked.values and not _stands_there(asked, now):
            territories.move_territory(
                actor=asked.user,
                territory=now,
                parent=asked.values["parent"],
                first=asked.values.get("first", asked.today),
                was=stood if asked.state else "",
                today=asked.today,
            )
    return pk


def _stands_there(asked: Asked, now: Territory) -> bool:
    """Said again, as by PUT, where it stands is no move, nor the end of one that is planned. With a day it is one."""
    today = now.parents.filter(during__contains=asked.today, parent=asked.values["parent"])
    return "first" not in asked.values and today.exists()


def _check(values: Any) -> None:
    """What a form asks of these two words."""
    if (zone := values.get("time_zone")) and zone not in available_timezones():
        raise Refused(_("is not a time zone; write one such as Asia/Shanghai."), "time_zone")
    if (law := values.get("jurisdiction")) and not (len(law) == 2 and law.isascii() and law.isupper()):
        raise Refused(_("Write a country code of two capitals such as CN."), "jurisdiction")


PRODUCT_WRITER = Writer(
    new=ProductNew,
    enter=_create_product,
    other=ProductOther,
    change=_change_product,
    seen=_see_product,
    named="product",
    example={"name": "诺泽平", "unit": "盒", "line": EXAMPLE_LINE},
    change_example={"is_active": False},
)
TERRITORY_WRITER = Writer(
    new=TerritoryNew,
    enter=_create_territory,
    other=TerritoryOther,
    change=_change_territory,
    seen=_see_territory,
    named="territory",
    example={"name": "西溪二", "parent": EXAMPLE_TERRITORY},
    change_example={"name": "西溪一"},
)
