"""Where people work: said, changed from a day on, ended. The primary place decides who holds them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import commands
from crm.base.actor import acting
from crm.base.dated import end_with, make_room, say_anew, take_back
from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from crm.base.refusals import Refused, held, mark_of, refusing
from customers.actions import refresh_alignment
from customers.actions.shared import LAW, STORE_PLACE, check_words, day_in_reach, own_person, period_in_reach
from customers.models import Affiliation, Department
from customers.queries.ground import kept

_STORE = f"WITH {STORE_PLACE}"


def changeable_affiliations(user: User) -> QuerySet[Affiliation]:
    """Where those work whom `user` may change."""
    people = kept(user).current().values("pk")
    return Affiliation.objects.filter(person__in=people).select_related("person__customer", "institution__customer")


def seen_of_affiliation(place: Affiliation) -> dict[str, Any]:
    """What a form changes of an affiliation, by the names of its fields, with the mark of what it saw."""
    said = {
        "department": place.department,
        "position": place.position,
        "is_primary": place.is_primary,
        "last": last_day(place.during),
    }
    return said | {"was": mark_of(*said.values(), place.during.lower)}


def affiliate(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    person: UUID,
    institution: UUID,
    department: str = "",
    position: str = "",
    is_primary: bool,
    stays: bool = False,
    first: date,
    last: date | None = None,
    today: date,
) -> commands.Receipt:
    """A person works at an institution of the actor's ground since `first`, said once for ever for `id`. As the
    primary place it takes the place of another, which ends the day before, or `stays` as a further one. Raises
    Customer.DoesNotExist, Refused, OtherBodySameId."""
    words = {"department": department, "position": position}
    _check(words, first, last, today)

    def store() -> tuple[UUID, dict[str, Any]]:
        own_person(actor, person, institution)
        if is_primary:
            _step_aside(person, first, today, stays)
        ids = {"affiliation": id, "person": person, "institution": institution, "department_id": uuid7()}
        with connection.cursor() as cursor:
            cursor.execute(_STORE, words | ids | {"is_primary": is_primary, "during": period(first, last)})
        refresh_alignment(on=today, customers=[person])
        return id, {}

    with refusing(_taken()):
        return commands.execute(
            command_id=id,
            kind="affiliation.set",
            body=words
            | {"person": person, "institution": institution, "is_primary": is_primary, "stays": stays}
            | {"first": first, "last": last},
            actor=actor.pk,
            effect=store,
        )


def change_affiliation(
    *,
    actor: User,
    affiliation: UUID,
    was: str,
    department: str,
    position: str,
    is_primary: bool,
    first: date,
    last: date | None,
    today: date,
) -> Affiliation:
    """From `first` on it is so; what was said before stays. Made the primary place, it takes the place of the one
    that was, which stays a further one. Raises Affiliation.DoesNotExist, Refused (ChangedMeanwhile)."""
    words = {"department": department, "position": position}
    _check(words, first, last, today)
    with refusing(_taken()), acting(actor.pk):
        now = _held(actor, affiliation, was)
        if now.is_primary and not is_primary:
            raise Refused(_("Make another place the primary one instead: this one then stays."), "is_primary")
        if is_primary and not now.is_primary:
            _step_aside(now.person_id, first, today, stays=True)
        if department != now.department:
            _make_department(now.institution_id, department)
        changed: Affiliation = say_anew(now, first, last, is_primary=is_primary, **words)
        refresh_alignment(on=today, customers=[now.person_id])
        return changed


def end_affiliation(*, actor: User, affiliation: UUID, last: date | None, today: date) -> None:
    """Somebody works there until `last`; None: he goes on. Whoever has no primary place is held by nobody.
    Raises Affiliation.DoesNotExist, Refused."""
    if last:
        day_in_reach(last, today, "last")
    with refusing(_taken()), acting(actor.pk):
        now = _held(actor, affiliation)
        end_with(now, last, "last")
        refresh_alignment(on=today, customers=[now.person_id])


def take_back_affiliation(*, actor: User, affiliation: UUID, today: date) -> None:
    """What was said today was a mistake. Raises Affiliation.DoesNotExist, Refused."""
    with acting(actor.pk):
        now = _held(actor, affiliation)
        take_back(now, today)
        refresh_alignment(on=today, customers=[now.person_id])


def _held(actor: User, pk: UUID, was: str = "") -> Affiliation:
    return held(changeable_affiliations(actor), pk, was, seen_of_affiliation)


def _step_aside(person: UUID, first: date, today: date, stays: bool) -> None:
    """No other place is the primary one from `first` on. What was it then goes on as a further one if it `stays`."""
    before = make_room(Affiliation.objects.filter(person=person, is_primary=True), first, today, "first")
    for place in before if stays else []:
        place.pk, place._state.adding = uuid7(), True
        place.is_primary, place.during = False, period(first, last_day(place.during))
        place.save()


def _make_department(institution: UUID, name: str) -> None:
    """Every department that an affiliation names is one of its institution's."""
    if name:
        Department.objects.bulk_create([Department(institution_id=institution, name=name)], ignore_conflicts=True)


def _check(words: dict[str, str], first: date, last: date | None, today: date) -> None:
    check_words(Affiliation, words)
    period_in_reach(first, last, today)


def _taken() -> dict[str, tuple[str, str]]:
    law = _("%s: counts of this person are stored, which the law forbids of people at a medical institution.") % LAW
    return {
        LAW: (law, "institution"),
        "affiliation_no_overlap": (
            _("This person works there in these days already; change that entry, or choose other days."),
            "department",
        ),
        "affiliation_one_primary": (
            _("Another place is the primary one in these days; choose another day."),
            "is_primary",
        ),
    }
