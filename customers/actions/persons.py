"""People and institutions are entered, changed, and end as customers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import commands
from crm.base.actor import acting
from crm.base.currencies import CODES
from crm.base.ids import uuid7
from crm.base.locks import take_turns
from crm.base.periods import period
from crm.base.refusals import ChangedMeanwhile, Refused, refusing
from crm.base.wgs84 import MOST_EAST, MOST_NORTH
from customers.actions import refresh_alignment
from customers.actions.places import refuse_parent
from customers.actions.shared import LAW, SINCE_AT_MOST, STORE_PLACE, check_words, day_in_reach, own_place
from customers.models import Customer, Institution, Person
from customers.queries.doubles import alike
from customers.queries.ground import kept, own_ground
from customers.queries.keys import SEARCH_COLUMNS, search_columns


class Known(Refused):
    """Somebody like this is known already. Nothing was entered: `customers` are who it may be."""

    def __init__(self, customers: Sequence[Customer]) -> None:
        super().__init__(_("Somebody like this is known already. Look whether it is one of these."))
        self.customers = customers


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """What a person's own form says of him."""

    name: str
    honorific: str = ""
    title: str = ""
    specialty: str = ""
    gender: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class InstitutionFacts:
    """What an institution's own form says of it, and what it buys, which files and programs say."""

    name: str
    kind: str
    level: int | None = None
    grade: str = ""
    address: str = ""
    distribution_tier: int | None = None
    outpatients_per_day: int | None = None
    patient_groups: str = ""
    patient_means: str = ""
    culture: str = ""
    latitude: int | None = None  # millionths of a degree, as wgs84
    longitude: int | None = None
    annual_purchases: int | None = None  # of medicine, in minor units
    purchases_currency: str = ""


Facts = PersonFacts | InstitutionFacts

_ENTER = "enter a %s"  # one after the other: whoever looks for somebody alike sees who was entered just now

_STORE_CUSTOMER = f"""
WITH customer AS (
    INSERT INTO customers_customer (id, kind, name, version, created_at, {", ".join(SEARCH_COLUMNS)})
    VALUES (%(id)s, %(customer_kind)s, %(name)s, 1, now(), {", ".join(f"%({column})s" for column in SEARCH_COLUMNS)})
),
"""
_STORE_PERSON = f"""{_STORE_CUSTOMER} person AS (
    INSERT INTO customers_person (customer_id, honorific, title, specialty, gender, phone)
    VALUES (%(id)s, %(honorific)s, %(title)s, %(specialty)s, %(gender)s, %(phone)s)
),{STORE_PLACE}"""
_DETAILS = [name for name in InstitutionFacts.__dataclass_fields__ if name != "name"]
_STORE_INSTITUTION = f"""{_STORE_CUSTOMER} institution AS (
    INSERT INTO customers_institution (customer_id, parent_id, {", ".join(_DETAILS)})
    VALUES (%(id)s, %(parent)s, {", ".join(f"%({name})s" for name in _DETAILS)})
)
INSERT INTO customers_alignment (customer_id, territory_id, line_id, during)
SELECT %(id)s, t.id, t.line_id, %(during)s FROM accounts_territory t WHERE t.id = %(territory)s
"""


def create_person(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    facts: PersonFacts,
    institution: UUID,
    department: str = "",
    position: str = "",
    first: date,
    today: date,
    anew: bool = False,
) -> commands.Receipt:
    """Enter a person who works at an institution of the actor's ground since `first`, once for ever for `id`.
    `anew`: whoever is like him has been looked at. Raises Refused (Known), OtherBodySameId."""
    place = {"institution": institution, "department": department, "position": position}
    check_words(Person, asdict(facts) | {"department": department, "position": position})
    day_in_reach(first, today, "first")

    def store() -> tuple[UUID, dict[str, Any]]:
        own_place(actor, institution)
        take_turns(_ENTER % Customer.Kind.PERSON)
        if not anew:
            _refuse_known(actor, Customer.Kind.PERSON, facts.name, facts.phone)
        ids = {"id": id, "person": id, "affiliation": uuid7(), "department_id": uuid7()}
        values = asdict(facts) | place | ids | {"is_primary": True, "during": period(first)}
        _store(_STORE_PERSON, Customer.Kind.PERSON, values)
        refresh_alignment(on=today, customers=[id])
        return id, {}

    return commands.execute(
        command_id=id,
        kind="person.create",
        body=asdict(facts) | place | {"first": first},
        actor=actor.pk,
        effect=store,
    )


def create_institution(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    facts: InstitutionFacts,
    territory: UUID,
    first: date,
    today: date,
    parent: UUID | None = None,
    anew: bool = False,
) -> commands.Receipt:
    """Enter an institution that a territory of the actor's ground holds since `first`, once for ever for `id`.
    `parent`: what it belongs to, which the actor sees. `anew`: whatever is like it has been looked at. Raises Refused
    (Known), OtherBodySameId."""
    check_words(Institution, asdict(facts))
    _check_institution(facts)
    day_in_reach(first, today, "first")

    def store() -> tuple[UUID, dict[str, Any]]:
        if not own_ground(actor).filter(pk=territory).exists():
            raise Refused(_("Choose a territory of your own ground."), "territory")
        if parent:
            refuse_parent(actor, id, parent)
        take_turns(_ENTER % Customer.Kind.INSTITUTION)
        if not anew:
            _refuse_known(actor, Customer.Kind.INSTITUTION, facts.name)
        values = asdict(facts) | {"id": id, "parent": parent, "territory": territory, "during": period(first)}
        _store(_STORE_INSTITUTION, Customer.Kind.INSTITUTION, values)
        refresh_alignment(on=today, customers=[id])
        return id, {}

    return commands.execute(
        command_id=id,
        kind="institution.create",
        body=_as_body(facts) | {"territory": territory, "first": first} | ({"parent": parent} if parent else {}),
        actor=actor.pk,
        effect=store,
    )


def _as_body(facts: InstitutionFacts) -> dict[str, Any]:
    """What came later stands there only if it is said: what was sent before is still the same."""
    later = ("latitude", "longitude", "annual_purchases", "purchases_currency")
    return {name: value for name, value in asdict(facts).items() if value not in (None, "") or name not in later}


def _store(statement: str, kind: str, values: dict[str, Any]) -> None:
    """All that hangs together in one statement."""
    follows = search_columns(values["name"], kind)
    with connection.cursor() as cursor:
        cursor.execute(statement, values | follows | {"customer_kind": kind})


def _refuse_known(actor: User, kind: str, name: str, phone: str = "") -> None:
    if found := list(alike(actor, kind, name, phone)):
        raise Known(found)


def change_person(*, actor: User, person: UUID, version: int | None, facts: PersonFacts) -> bool:
    """Say of a person what `facts` say. `version`: the state that the actor saw; None: he does not mind. False: it
    stood there already. Raises Customer.DoesNotExist, Refused (ChangedMeanwhile)."""
    check_words(Person, asdict(facts))
    with acting(actor.pk):
        customer = _held_for_change(actor, person, Customer.Kind.PERSON, version)
        return _say(customer, customer.person, facts)


def change_institution(*, actor: User, institution: UUID, version: int | None, facts: InstitutionFacts) -> bool:
    """As change_person. What an institution is decides which law holds for its people. Raises as it does."""
    check_words(Institution, asdict(facts))
    _check_institution(facts)
    law = _("%s: counts of people who work there are stored, which the law of that territory forbids.") % LAW
    with refusing({LAW: (law, "kind")}), acting(actor.pk):
        customer = _held_for_change(actor, institution, Customer.Kind.INSTITUTION, version)
        return _say(customer, customer.institution, facts)


def _held_for_change(actor: User, pk: UUID, kind: str, version: int | None) -> Customer:
    """The customer, locked, if the actor may change it and saw what stands there."""
    rows = kept(actor).filter(kind=kind, ended_on=None).select_related(kind)
    customer = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if version is not None and version != customer.version:
        raise ChangedMeanwhile(seen_of(customer))
    return customer


def seen_of(customer: Customer) -> dict[str, Any]:
    """What a form changes of a customer, by the names of its fields, with the version that it saw; of an institution
    also the `point` that its latitude and longitude are."""
    detail = customer.person if customer.kind == Customer.Kind.PERSON else customer.institution
    names = (PersonFacts if customer.kind == Customer.Kind.PERSON else InstitutionFacts).__dataclass_fields__
    said = {name: customer.name if name == "name" else getattr(detail, name) for name in names}
    if customer.kind == Customer.Kind.INSTITUTION:
        said["point"] = customer.institution.point
    return said | {"version": customer.version}


def _say(customer: Customer, detail: Person | Institution, facts: Facts) -> bool:
    said = seen_of(customer)
    if all(said[name] == value for name, value in asdict(facts).items()):
        return False
    if customer.name != facts.name:
        customer.name = facts.name
        for column, value in search_columns(facts.name, customer.kind).items():
            setattr(customer, column, value)
    customer.version += 1
    customer.save(update_fields=["name", "version", *SEARCH_COLUMNS])
    details = _details(facts)
    for name, value in details.items():
        setattr(detail, name, value)
    detail.save(update_fields=list(details))
    return True


def _details(facts: Facts) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(facts).items() if name != "name"}


def _check_institution(facts: InstitutionFacts) -> None:
    if facts.distribution_tier is not None and facts.kind != Institution.Kind.DISTRIBUTOR:
        raise Refused(_("Only a distributor has a distribution tier; leave it empty."), "distribution_tier")
    if facts.grade and not facts.level:
        raise Refused(_("A grade stands within a level; choose the level, too."), "level")
    if (facts.latitude is None) != (facts.longitude is None):
        raise Refused(_("A latitude needs its longitude, and the reverse."), "point")
    if abs(facts.latitude or 0) > MOST_NORTH:
        raise Refused(
            _("The latitude comes first and lies between -90 and 90. Are the two the other way round?"), "point"
        )
    if abs(facts.longitude or 0) > MOST_EAST:
        raise Refused(_("The longitude lies between -180 and 180."), "point")
    if facts.annual_purchases is not None and facts.purchases_currency not in CODES:
        raise Refused(_("is needed where there are amounts."), "purchases_currency")


def end_customer(*, actor: User, customer: UUID, version: int | None, last: date | None, today: date) -> None:
    """A customer is one until `last`, today at the latest; None: it is one again. Visits, roles and ties stay what
    they were. Raises Customer.DoesNotExist, Refused (ChangedMeanwhile)."""
    if last and not today - SINCE_AT_MOST <= last <= today:
        raise Refused(_("Choose a last day that is not in the future and not more than a hundred years ago."), "last")
    with acting(actor.pk):
        now = kept(actor).select_for_update(of=("self",), no_key=True).get(pk=customer)
        if version is not None and version != now.version:
            raise ChangedMeanwhile({"version": now.version})
        ended_on = last + timedelta(days=1) if last else None
        if now.ended_on == ended_on:
            return
        now.ended_on = ended_on
        now.version += 1
        now.save(update_fields=["ended_on", "version"])
