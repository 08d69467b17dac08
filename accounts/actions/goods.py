"""Writes of operations over products and holidays, which belong to a line or a country and to no territory."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Holiday, Line, Product, User
from accounts.queries import house_lines, operated, runs_house
from crm.base.actor import acting
from crm.base.refusals import Refused, refuse_if_changed, refusing


def seen_of(product: Product) -> tuple[str, str]:
    """What a form changes of a product."""
    return product.name, product.unit


def _refuse_twin(name: str, line: UUID, but: UUID | None = None) -> None:
    """Of two that are named at one moment the second waits here for the first."""
    Line.objects.select_for_update(no_key=True).get(pk=line)
    others = Product.objects.filter(name=name, line=line)
    if (others.exclude(pk=but) if but else others).exists():
        raise Refused(_("This line has a product of this name already; choose another."), "name")


def create_product(*, actor: User, name: str, unit: str, line: UUID) -> Product:
    """Raises Refused."""
    with acting(actor.pk):
        own = house_lines(actor).filter(pk=line).first()
        if own is None:
            raise Refused(_("Choose a line that you run from its root."), "line")
        _refuse_twin(name, line)
        return Product.objects.create(name=name, unit=unit, line=own)


def _own(actor: User, product: Product) -> Product:
    return (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .filter(line__in=house_lines(actor))
        .get(pk=product.pk)
    )


def change_product(*, actor: User, product: Product, name: str, unit: str, was: str) -> None:
    """Raises Refused."""
    with acting(actor.pk):
        now = _own(actor, product)
        refuse_if_changed(was, *seen_of(now))
        _refuse_twin(name, now.line_id, now.pk)
        now.name, now.unit = name, unit
        now.save(update_fields=["name", "unit"])


def set_product_active(*, actor: User, product: Product, active: bool) -> None:
    """One that is not sold any more can't be chosen in new visits; what was said of it stays."""
    with acting(actor.pk):
        now = _own(actor, product)
        now.is_active = active
        now.save(update_fields=["is_active"])


def add_holiday(*, actor: User, jurisdiction: str, on: date, name: str, works: bool) -> Holiday:
    """Raises Refused."""
    known = _("%s is entered there already; remove that entry first.") % on.isoformat()
    with refusing({"holiday_once": (known, "on")}), acting(actor.pk):
        _refuse_foreign(actor, jurisdiction)
        return Holiday.objects.create(jurisdiction=jurisdiction, on=on, name=name, works=works)


def remove_holiday(*, actor: User, holiday: Holiday) -> None:
    """Raises Refused."""
    with acting(actor.pk):
        _refuse_foreign(actor, holiday.jurisdiction)
        Holiday.objects.filter(pk=holiday.pk).delete()


def _refuse_foreign(actor: User, jurisdiction: str) -> None:
    """A holiday holds for a whole country: only who works for the house says so, and of his own countries."""
    if not runs_house(actor) or not operated(actor).filter(jurisdiction=jurisdiction).exists():
        raise Refused(_("Choose a country of your own ground, which you run from its root."), "jurisdiction")
