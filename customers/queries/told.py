"""The history of a customer in words: who did it, what changed, values as a page shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.queries import lines_of
from accounts.templatetags.rounds import NOTHING, day, figure
from crm.base.history import Entry
from crm.base.periods import last_day
from crm.base.wgs84 import degrees
from customers.models import (
    Affiliation,
    Alignment,
    Consent,
    Customer,
    Department,
    Fact,
    InfluenceLink,
    Institution,
    Licence,
    Person,
    PotentialEstimate,
    RoleAssignment,
    TradeFile,
)
from customers.models.facts import FACTS
from customers.queries.history import customer_history
from customers.queries.opened import READERS

SUBJECTS: dict[type[models.Model], Any] = {
    Customer: gettext_lazy("Customer"),
    Person: gettext_lazy("Person"),
    Institution: gettext_lazy("Institution"),
    Affiliation: gettext_lazy("Affiliation"),
    Alignment: gettext_lazy("Alignment"),
    InfluenceLink: gettext_lazy("Influence"),
    PotentialEstimate: gettext_lazy("Potential"),
    RoleAssignment: gettext_lazy("Role"),
    Department: gettext_lazy("Department"),
    Licence: gettext_lazy("Licence"),
    TradeFile: gettext_lazy("Trade file"),
    Fact: gettext_lazy("Fact"),
    Consent: gettext_lazy("Consent"),
}
DEEDS = {
    "insert": gettext_lazy("added"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("removed"),
}
LABELS = {  # where the model has no words for people
    "during": gettext_lazy("in force"),
    "ended_on": gettext_lazy("ended on"),
    "merged_into": gettext_lazy("merged into"),
    "known_on": gettext_lazy("known on"),
    "customer": gettext_lazy("customer"),
    "person": gettext_lazy("person"),
    "institution": gettext_lazy("institution"),
    "influencer": gettext_lazy("sways"),
    "influenced": gettext_lazy("is swayed"),
    "territory": gettext_lazy("territory"),
    "line": gettext_lazy("product line"),
    "product": gettext_lazy("product"),
    "is_primary": gettext_lazy("primary institution"),
    "author": gettext_lazy("author"),
    "place": gettext_lazy("place"),
    "state": gettext_lazy("state"),
}
_SILENT = frozenset({"version", "created_at"})  # counts of the machine


@dataclass(frozen=True)
class Change:
    label: str
    before: str | None  # None: the row is told as a whole
    after: str


@dataclass(frozen=True)
class Deed:
    """One row that was added, changed or removed."""

    subject: str
    what: str
    changes: list[Change]


@dataclass(frozen=True)
class Transaction:
    """What one hand did at one moment."""

    at: datetime
    who: str
    job: str
    deeds: list[Deed]


def may_read(user: User, customer: UUID) -> bool:
    """Whoever supervises the customer, by those of his postings that do; operations also if nobody holds it."""
    return Customer.objects.for_user(user, *READERS).filter(pk=customer).exists()


def transactions(customer: UUID) -> list[list[Entry]]:
    """The events of a customer by the transaction that made them, the newest first."""
    entries = sorted(customer_history(customer), key=_hand)
    return [list(group) for _key, group in groupby(entries, key=_hand)][::-1]


def _hand(entry: Entry) -> tuple[Any, ...]:
    return entry.at, str(entry.actor or ""), entry.job, entry.db_user


def tell(
    shown: list[list[Entry]],
    customer: UUID,
    user: User,
    subjects: Mapping[type[models.Model], Any] = SUBJECTS,
    known: Iterable[models.Model] = (),
) -> list[Transaction]:
    """These transactions in words. Other customers are named only if `user` sees them; `known` rows are not read
    again for their names."""
    names = Names(customer, user, (entry for group in shown for entry in group), known)
    names.subjects = subjects
    return [
        Transaction(
            at=group[0].at,
            who=names.who(group[0]),
            job=_job(group[0].job),
            deeds=[deed for entry in group if (deed := _deed(entry, names)).changes or entry.what != "update"],
        )
        for group in shown
    ]


def _job(job: str) -> str:
    """`import persons`, `night 2026-11-21`: what runs says its own name, in the words of the house."""
    name, _space, rest = job.partition(" ")
    known = {"import": _("Import of %s"), "night": _("Night of %s"), "token": _("Program with the token %s…")}.get(name)
    return known % rest if known and rest else job


class Names:
    """The names of all that these events refer to, read once for each table."""

    def __init__(
        self, customer: UUID, user: User, entries: Iterable[Entry], known: Iterable[models.Model] = ()
    ) -> None:
        self.customer = customer
        self.silent = _SILENT if len(lines_of(user)) > 1 else _SILENT | {"line"}
        self.subjects: Mapping[type[models.Model], Any] = SUBJECTS
        wanted: dict[type[models.Model], set[Any]] = {User: set()}
        for entry in entries:
            if entry.actor:
                wanted[User].add(entry.actor)
            for name, value in _told_values(entry):
                target = _target(entry.model, name)
                if target and value:
                    wanted.setdefault(target, set()).add(value)
        seen = wanted.pop(Customer, set())
        self._names = {(type(row), row.pk): str(row) for row in known}
        for target, keys in wanted.items():
            unknown = {key for key in keys if (target, key) not in self._names}
            self._names |= {(target, row.pk): str(row) for row in target._default_manager.filter(pk__in=unknown)}
        for row in Customer.objects.for_user(user).filter(pk__in=seen):
            self._names[Customer, row.pk] = row.name

    def who(self, entry: Entry) -> str:
        if entry.actor:
            return self._names.get((User, entry.actor), str(entry.actor))
        return "" if entry.job else _("Database user %s") % entry.db_user

    def sees(self, entry: Entry) -> bool:
        """Whether the customer of a row, if it has one, may be named: of others it is not told whose they are."""
        customer = entry.row.get("customer")
        return customer in (None, self.customer) or (Customer, customer) in self._names

    def of(self, target: type[models.Model], key: Any) -> str:
        if target is Customer:
            return self._names.get((Customer, key)) or _("a customer outside your territory")
        return self._names.get((target, key), str(key))


def _told_values(entry: Entry) -> list[tuple[str, Any]]:
    if entry.changes is None:
        return list(entry.row.items())
    return [(name, value) for name, pair in entry.changes.items() for value in pair]


def _field(model: type[models.Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:  # the trail keeps columns that the table has lost since
        return None


def _target(model: type[models.Model], name: str) -> type[models.Model] | None:
    """What a field refers to; details of a customer are the customer."""
    field = _field(model, name)
    related = getattr(field, "related_model", None)
    return Customer if related in (Person, Institution) else related


def _deed(entry: Entry, names: Names) -> Deed:
    key = entry.model._meta.pk.name
    subject = str(names.subjects.get(entry.model, capfirst(entry.model._meta.verbose_name)))
    changes = []
    if entry.changes is None:
        for name, value in entry.row.items():
            if name in names.silent or name == key or value in (None, "", [], names.customer):
                continue
            if name == "territory" and not names.sees(entry):
                continue
            changes.append(Change(_label(entry.model, name), None, _shown(entry, name, value, names)))
    else:
        for name, (before, after) in entry.changes.items():
            if name in names.silent or (name == "territory" and not names.sees(entry)):
                continue
            shown = [_shown(entry, name, value, names) for value in (before, after)]
            changes.append(Change(_label(entry.model, name), *shown))
    return Deed(subject, str(DEEDS[entry.what]), changes)


def _label(model: type[models.Model], name: str) -> str:
    field = _field(model, name)
    return str(LABELS.get(name) or (field.verbose_name if field else name))


def _shown(entry: Entry, name: str, value: Any, names: Names) -> str:
    model = entry.model
    if value in (None, "", []):
        return NOTHING
    if model is Fact and name in ("key", "value"):
        return _of_fact(entry.row["key"], name, value)
    target = _target(model, name)
    if target:
        return names.of(target, value)
    choices = dict(getattr(_field(model, name), "flatchoices", None) or [])
    if choices and value in choices:
        return str(choices[value])
    if name in ("latitude", "longitude"):
        return degrees(value)
    if model is InfluenceLink and name == "weight":
        return f"{value / 1000:g}"
    return _plain(value)


def _of_fact(key: str, name: str, value: str) -> str:
    """The trail keeps facts that the list has lost since: those stand as they were stored."""
    kind = FACTS.get(value if name == "key" else key)
    if kind is None:
        return value
    return str(kind.label if name == "key" else dict(kind.choices).get(value, value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, DateRange):
        return _period(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int):
        return figure(value)
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return str(value)


def _period(during: DateRange) -> str:
    first, last = during.lower, last_day(during)
    if first and last:
        return _("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("from %s") % day(first)
    return _("until %s") % day(last) if last else _("always")
