"""Writes of operations over the tree of territories."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actions.ground import CircularTerritories, refresh_ground
from accounts.models import Territory, TerritoryParent, User
from accounts.queries import operated, runs_house
from crm.base.actor import acting
from crm.base.dated import make_room
from crm.base.models import Rule
from crm.base.periods import period
from crm.base.refusals import Refused, refuse_if_changed, refusing

# One writer of the tree at a time: two moves that are sound alone may close a circle together.
_GROUND = "ground"


def seen_of(territory: Territory) -> tuple[str, str, str]:
    """What a form changes of a territory."""
    return territory.name, territory.own_time_zone, territory.own_jurisdiction


def _under(actor: User, parent: UUID) -> Territory:
    found = operated(actor).filter(pk=parent).first()
    if found is None:
        raise Refused(_("Choose a territory of your own ground."), "parent")
    return found


def create_territory(
    *, actor: User, name: str, parent: UUID, time_zone: str, jurisdiction: str, today: date
) -> Territory:
    """A new territory under one of the actor's ground, since ever: nothing was there before. Raises Refused."""
    above = _under(actor, parent)
    if jurisdiction and not runs_house(actor):
        raise Refused(_("Whose law holds is decided from the root of the tree."), "jurisdiction")
    with refusing(_law()), acting(actor.pk, turn=_GROUND):
        _refuse_twin(name, above.pk, None)
        territory = Territory.objects.create(
            name=name, line_id=above.line_id, own_time_zone=time_zone, own_jurisdiction=jurisdiction
        )
        TerritoryParent.objects.create(territory=territory, parent=above, during=period(None))
        refresh_ground(on=today)
        return territory


def change_territory(
    *, actor: User, territory: Territory, name: str, time_zone: str, jurisdiction: str, was: str, today: date
) -> None:
    """Another name, time zone or law. Raises Refused."""
    with refusing(_law()), acting(actor.pk, turn=_GROUND):
        now = operated(actor).select_for_update(no_key=True).get(pk=territory.pk)
        refuse_if_changed(was, *seen_of(now))
        if jurisdiction != now.own_jurisdiction and not runs_house(actor):
            raise Refused(_("Whose law holds is decided from the root of the tree."), "jurisdiction")
        parent = now.parents.filter(during__contains=today).values_list("parent", flat=True).first()
        _refuse_twin(name, parent, now.pk)
        now.name, now.own_time_zone, now.own_jurisdiction = name, time_zone, jurisdiction
        now.save(update_fields=["name", "own_time_zone", "own_jurisdiction"])
        refresh_ground(on=today)


def _law() -> dict[str, tuple[str, str]]:
    """The refusal of a new law over ground where people are counted already."""
    sentence = _("%s: counts of people who work at medical institutions there are stored, which this law forbids.")
    return {Rule.NO_DOCTOR_COUNTS: (sentence % Rule.NO_DOCTOR_COUNTS, "jurisdiction")}


def _refuse_twin(name: str, parent: UUID | None, but: UUID | None) -> None:
    """Two of one name under one parent nobody could tell apart."""
    twins = Territory.objects.filter(name=name, parents__parent=parent, parents__during__upper_inf=True)
    if parent and (twins.exclude(pk=but) if but else twins).exists():
        raise Refused(_("There is a territory of this name beside it already; choose another."), "name")


def move_territory(*, actor: User, territory: Territory, parent: UUID, first: date, was: str, today: date) -> None:
    """Let a territory stand under another from `first` on, with all below it. Raises Refused."""
    if first < today:
        raise Refused(_("A move can't lie in the past: what was done there was counted where it stood."), "first")
    with acting(actor.pk, turn=_GROUND):
        rows = _parents(territory)
        stood = list(rows)
        refuse_if_changed(was, *_told(stood))
        present = next((row for row in stood if first in row.during), None)
        near = {found.pk: found for found in operated(actor).filter(pk__in={parent, present and present.parent_id})}
        above = near.get(parent)
        if above is None:
            raise Refused(_("Choose a territory of your own ground."), "parent")
        if present is None:
            raise Refused(_("The root of a tree can't be moved."), "parent")
        if present.parent_id not in near:
            raise Refused(
                _("This is the top of your ground: operations of the territory above must move it."), "parent"
            )
        if above.pk == territory.pk:
            raise Refused(str(CircularTerritories()), "parent")
        if above.line_id != territory.line_id:
            raise Refused(_("That territory belongs to another product line."), "parent")
        make_room(rows, first, today, "first")
        _stand(territory, above, first, stood)
        try:
            refresh_ground(on=today, since=first)
        except CircularTerritories as circle:
            raise Refused(str(circle), "parent") from circle


def _stand(territory: Territory, above: Territory, first: date, stood: list[TerritoryParent]) -> None:
    """Back under the one it stood under until now: that period simply goes on."""
    before = next((row for row in stood if first - timedelta(days=1) in row.during), None)
    if before and before.parent_id == above.pk:
        before.during = period(before.during.lower)
        before.save(update_fields=["during"])
    else:
        TerritoryParent.objects.create(territory=territory, parent=above, during=period(first))


def _parents(territory: Territory) -> QuerySet[TerritoryParent]:
    return TerritoryParent.objects.filter(territory=territory).order_by("during")


def parents_of(territory: Territory) -> list[tuple[str, str]]:
    """Under whom it stands and will stand; what a move was decided upon."""
    return _told(_parents(territory))


def _told(rows: Iterable[TerritoryParent]) -> list[tuple[str, str]]:
    return [(str(row.parent_id), str(row.during)) for row in rows]
