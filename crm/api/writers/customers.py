"""Persons and institutions, entered and changed by the actions of their pages."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from crm.api.resources.customers import EXAMPLE_INSTITUTION, EXAMPLE_PERSON
from crm.api.resources.ground import EXAMPLE_TERRITORY
from crm.api.shapes import Body, Code, Day, Degrees, Key, Line, Money, Text, Whole, YesNo
from crm.api.writing import Asked, Entered, Writer
from crm.base import wgs84
from crm.base.actor import acting
from crm.base.ids import uuid7
from customers.actions.persons import (
    InstitutionFacts,
    PersonFacts,
    change_institution,
    change_person,
    create_institution,
    create_person,
    end_customer,
    seen_of,
)
from customers.actions.places import set_parent
from customers.models import Customer, Institution, Person

_DAY = timedelta(days=1)
_MOST_OUTPATIENTS = 1_000_000


class PersonOther(Body):
    name = Line(200, help_text="The name.")
    honorific = Line(60, required=False, help_text="How one speaks to him.")
    title = Line(120, required=False, help_text="Professional title.")
    specialty = Line(120, required=False, help_text="Specialty.")
    gender = Code(Person.Gender.choices, required=False, allow_null=True, help_text="Null: not said.")
    phone = Line(32, required=False, help_text="Phone.")
    ended_on = Day(required=False, allow_null=True, help_text="The first day on which he is no customer; null: he is.")


class PersonNew(PersonOther):
    id = Key(help_text="Made by you, a UUIDv7 by preference: the same id and body again changes nothing.")
    institution = Key(help_text="Where he works first of all.")
    department = Line(120, required=False, default="", help_text="Department there.")
    position = Line(120, required=False, default="", help_text="Position there.")
    first = Day(help_text="Since when he works there.")
    anew = YesNo(required=False, default=False, help_text="Whoever is like him has been looked at: enter him anyway.")
    ended_on = None  # type: ignore[assignment]


class InstitutionOther(Body):
    name = Line(200, help_text="The name.")
    kind = Code(Institution.Kind.choices, help_text="What it is.")
    level = Code(Institution.Level.choices, required=False, allow_null=True, help_text="3 is tertiary.")
    grade = Code(Institution.Grade.choices, required=False, allow_null=True, help_text="Within its level.")
    address = Line(300, required=False, help_text="Address.")
    latitude = Degrees(
        required=False,
        allow_null=True,
        min_value=-90,
        max_value=90,
        help_text="Degrees north by WGS-84, rounded to six decimals; together with the longitude.",
    )
    longitude = Degrees(
        required=False, allow_null=True, min_value=-180, max_value=180, help_text="Degrees east; with the latitude."
    )
    parent = Key(
        required=False,
        allow_null=True,
        help_text="Of a branch its headquarters, of a second-tier distributor the first; one that the user sees.",
    )
    distribution_tier = Code(
        [(1, "1"), (2, "2")], required=False, allow_null=True, help_text="Of a distributor: 1 or 2."
    )
    outpatients_per_day = Whole(
        required=False, allow_null=True, min_value=0, max_value=_MOST_OUTPATIENTS, help_text="Outpatients a day."
    )
    patient_groups = Line(300, required=False, help_text="Main groups of patients.")
    patient_means = Code(
        Institution.Means.choices, required=False, allow_null=True, help_text="What patients can afford."
    )
    annual_purchases = Money(required=False, allow_null=True, help_text="Medicine purchases a year; null: not known.")
    culture = Text(1000, required=False, help_text="What one should know of the house.")
    ended_on = Day(required=False, allow_null=True, help_text="The first day on which it is no customer; null: it is.")


class InstitutionNew(InstitutionOther):
    id = Key(help_text="Made by you, a UUIDv7 by preference: the same id and body again changes nothing.")
    territory = Key(help_text="Which territory holds it.")
    first = Day(help_text="Since when.")
    anew = YesNo(required=False, default=False, help_text="Whatever is like it has been looked at: enter it anyway.")
    ended_on = None  # type: ignore[assignment]


def _said(values: Mapping[str, Any], facts: type[PersonFacts] | type[InstitutionFacts]) -> dict[str, Any]:
    """The facts that a body speaks of, as the house keeps them. A code that is not said is null in JSON, and an empty
    text there."""
    texts = {"gender", "grade", "patient_means"}
    said: dict[str, Any] = {name: "" if value is None and name in texts else value for name, value in values.items()}
    for name in {"latitude", "longitude"} & said.keys():
        said[name] = None if said[name] is None else wgs84.millionths(said[name])
    if "annual_purchases" in said:
        money = said["annual_purchases"] or {"minor": None, "currency": ""}
        said |= {"annual_purchases": money["minor"], "purchases_currency": money["currency"]}
    return {name: value for name, value in said.items() if name in facts.__dataclass_fields__}


def _enter_person(asked: Asked) -> Entered:
    values = asked.values
    receipt = create_person(
        actor=asked.user,
        id=values.get("id") or uuid7(),
        facts=PersonFacts(**_said(values, PersonFacts)),
        institution=values["institution"],
        department=values["department"],
        position=values["position"],
        first=values["first"],
        anew=values["anew"],
        today=asked.today,
    )
    return Entered(receipt.object_id, receipt.again)


def _enter_institution(asked: Asked) -> Entered:
    values = asked.values
    receipt = create_institution(
        actor=asked.user,
        id=values.get("id") or uuid7(),
        facts=InstitutionFacts(**_said(values, InstitutionFacts)),
        territory=values["territory"],
        parent=values.get("parent"),
        first=values["first"],
        anew=values["anew"],
        today=asked.today,
    )
    return Entered(receipt.object_id, receipt.again)


def _change_person(asked: Asked, pk: UUID) -> UUID:
    return _change(asked, pk, PersonFacts, lambda version, facts: change_person(
        actor=asked.user, person=pk, version=version, facts=facts
    ))  # fmt: skip


def _change_institution(asked: Asked, pk: UUID) -> UUID:
    return _change(asked, pk, InstitutionFacts, lambda version, facts: change_institution(
        actor=asked.user, institution=pk, version=version, facts=facts
    ))  # fmt: skip


_Say = Callable[[int | None, Any], object]


def _change(asked: Asked, pk: UUID, shape: Any, say: _Say) -> UUID:
    """The facts, what it belongs to, and whether it still is a customer: all or none."""
    said = _said(asked.values, shape)
    version = int(asked.state) if asked.state else None
    with acting(asked.user.pk):
        steps = [partial(_belong, asked, pk)] if "parent" in asked.values else []
        steps += [partial(_say, pk, said, shape, say)] if said else []
        if "ended_on" in asked.values:
            # One that has ended is not changed: it is changed before it ends, and after it is one again.
            steps.insert(len(steps) if asked.values["ended_on"] else 0, partial(_end, asked, pk))
        for step in steps:
            step(version)
            version = None  # what was seen is compared once
    return pk


def _say(pk: UUID, said: dict[str, Any], shape: Any, say: _Say, version: int | None) -> None:
    now = seen_of(Customer.objects.select_related("person", "institution").get(pk=pk))
    before = {name: now[name] for name in shape.__dataclass_fields__}
    say(version, shape(**before | said))


def _belong(asked: Asked, pk: UUID, version: int | None) -> None:
    set_parent(actor=asked.user, institution=pk, parent=asked.values["parent"], version=version)


def _end(asked: Asked, pk: UUID, version: int | None) -> None:
    ended_on = asked.values["ended_on"]
    last = ended_on - _DAY if ended_on else None
    end_customer(actor=asked.user, customer=pk, version=version, last=last, today=asked.today)


_PERSON = {
    "name": "陈望舒", "honorific": "陈主任", "title": "主任医师", "specialty": "心内科", "gender": "female",
    "phone": "+86 139 0000 0000",
}  # fmt: skip
_PLACE = {"institution": EXAMPLE_INSTITUTION, "department": "心内科", "position": "主任", "first": "2025-01-01"}
_INSTITUTION = {
    "name": "西溪湾医院", "kind": "hospital", "level": 3, "grade": "a", "address": "杭州市西溪路 1 号",
    "latitude": 30.274085, "longitude": 120.15507,
}  # fmt: skip

PERSON_WRITER = Writer(
    new=PersonNew,
    enter=_enter_person,
    other=PersonOther,
    change=_change_person,
    named="person",
    pointers={"last": "ended_on"},
    example={"id": EXAMPLE_PERSON, **_PERSON, **_PLACE},
    change_example={"phone": "+86 139 0000 0001"},
)
INSTITUTION_WRITER = Writer(
    new=InstitutionNew,
    enter=_enter_institution,
    other=InstitutionOther,
    change=_change_institution,
    named="institution",
    pointers={"last": "ended_on", "point": "latitude", "purchases_currency": "annual_purchases/currency"},
    example={"id": EXAMPLE_INSTITUTION, **_INSTITUTION, "territory": EXAMPLE_TERRITORY, "first": "2025-01-01"},
    change_example={"outpatients_per_day": 950, "annual_purchases": {"minor": 125_000_000_00, "currency": "CNY"}},
)
