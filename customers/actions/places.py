"""What belongs to an institution: its papers, its departments, its trade file. Whoever may change it, may do this."""

from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base import commands
from crm.base.actor import acting
from crm.base.dated import end_with, take_back
from crm.base.locks import take_turns
from crm.base.periods import last_day, period
from crm.base.refusals import ChangedMeanwhile, Refused, held, mark_of, refuse_if_overtaken, refusing
from customers.actions.shared import SINCE_AT_MOST, check_words, day_in_reach, period_in_reach
from customers.models import Affiliation, Customer, Department, Licence, TradeFile
from customers.queries.ground import kept

BELONGING = "institutions belong"  # the turns of whoever moves an institution under another
PAPER_AT_MOST = SINCE_AT_MOST  # ahead: some papers are good for decades


def own_institution(actor: User, pk: UUID) -> Customer:
    """The institution, locked: changes of what belongs to it follow each other. Raises Customer.DoesNotExist where the
    actor may not change it."""
    rows = kept(actor).current().filter(kind=Customer.Kind.INSTITUTION).select_related("institution")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=pk)


# What it belongs to

_ABOVE = """
WITH RECURSIVE above AS (
    SELECT customer_id, parent_id FROM customers_institution WHERE customer_id = %s
    UNION
    SELECT i.customer_id, i.parent_id FROM above a JOIN customers_institution i ON i.customer_id = a.parent_id
)
SELECT EXISTS (SELECT FROM above WHERE customer_id = %s)
"""


def mark_of_parent(parent: UUID | None) -> str:
    return mark_of(parent)


def set_parent(
    *, actor: User, institution: UUID, parent: UUID | None, was: str = "", version: int | None = None
) -> UUID | None:
    """An institution belongs to another one that the actor sees: a branch to its chain, a second distributor to the
    first; None: to none. `was`, `version`: what the actor saw of this or of all; else he does not mind. Gives what it
    belonged to. Raises Customer.DoesNotExist, Refused (ChangedMeanwhile)."""
    with acting(actor.pk):
        take_turns(BELONGING)  # moves that are sound alone may close a ring together
        customer = own_institution(actor, institution)
        now = customer.institution
        before: UUID | None = now.parent_id
        if version is not None and version != customer.version:
            raise ChangedMeanwhile({"version": customer.version})
        if was and was != mark_of_parent(before):
            raise Refused(
                _("Somebody changed this while you were at it, so nothing was saved yet. Look, and save again.")
            )
        if parent == before:
            return before
        if parent:
            refuse_parent(actor, institution, parent)
        now.parent_id = parent
        now.save(update_fields=["parent"])
        customer.version += 1
        customer.save(update_fields=["version"])
        return before


def refuse_parent(actor: User, institution: UUID, parent: UUID) -> None:
    """Raises Refused where the institution can't belong to it."""
    seen = Customer.objects.for_user(actor).current().filter(pk=parent, kind=Customer.Kind.INSTITUTION)
    if not seen.exists():
        raise Refused(_("Choose an institution of your own ground."), "parent")
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [parent, institution])
        if cursor.fetchone()[0]:
            raise Refused(_("That one belongs to this institution itself; choose another."), "parent")


# Licences


def changeable_licences(user: User) -> QuerySet[Licence]:
    own = kept(user).current().values("pk")
    return Licence.objects.filter(institution__in=own).select_related("institution__customer")


def seen_of_licence(licence: Licence) -> dict[str, Any]:
    """What a form changes of a licence, by the names of its fields, with the mark of what it saw."""
    said = {
        "kind": licence.kind,
        "number": licence.number,
        "first": licence.during.lower,
        "last": last_day(licence.during),
    }
    return said | {"was": mark_of(*said.values())}


def add_licence(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    institution: UUID,
    kind: str,
    number: str,
    first: date | None,
    last: date | None,
    today: date,
) -> commands.Receipt:
    """An institution has this paper, said once for ever for `id`. Raises Customer.DoesNotExist, Refused,
    OtherBodySameId."""
    _check_licence(kind, number, first, last, today)

    def store() -> tuple[UUID, dict[str, Any]]:
        own_institution(actor, institution)
        Licence.objects.create(id=id, institution_id=institution, kind=kind, number=number, during=period(first, last))
        return id, {}

    body = {"institution": institution, "kind": kind, "number": number, "first": first, "last": last}
    with refusing(_licence_taken()):
        return commands.execute(
            command_id=id,
            kind="licence.add",
            body=body,
            actor=actor.pk,
            effect=store,
        )


def change_licence(
    *,
    actor: User,
    licence: UUID,
    was: str,
    kind: str,
    number: str,
    first: date | None,
    last: date | None,
    today: date,
) -> Licence:
    """Correct what is written of a paper; a renewed one is another paper. Raises Licence.DoesNotExist, Refused
    (ChangedMeanwhile)."""
    _check_licence(kind, number, first, last, today)
    with refusing(_licence_taken()), acting(actor.pk):
        now = _held_licence(actor, licence, was)
        now.kind, now.number, now.during = kind, number, period(first, last)
        now.save(update_fields=["kind", "number", "during"])
        return now


def end_licence(*, actor: User, licence: UUID, last: date | None, today: date) -> None:
    """A paper is good until `last`; None: until further notice. Raises Licence.DoesNotExist, Refused."""
    if last:
        day_in_reach(last, today, "last", PAPER_AT_MOST)
    with refusing(_licence_taken()), acting(actor.pk):
        end_with(_held_licence(actor, licence), last, "last")


def take_back_licence(*, actor: User, licence: UUID, today: date) -> None:
    """One that begins today or later was entered by mistake. Raises Licence.DoesNotExist, Refused."""
    with acting(actor.pk):
        take_back(_held_licence(actor, licence), today)


def _held_licence(actor: User, pk: UUID, was: str = "") -> Licence:
    return held(changeable_licences(actor), pk, was, seen_of_licence)


def _check_licence(kind: str, number: str, first: date | None, last: date | None, today: date) -> None:
    check_words(Licence, {"kind": kind, "number": number})
    period_in_reach(first, last, today, begins=PAPER_AT_MOST, ends=PAPER_AT_MOST)


def _licence_taken() -> dict[str, tuple[str, str]]:
    taken = _("This paper is entered for these days already; change that entry, or choose other days.")
    return {"licence_no_overlap": (taken, "number")}


# Departments


def changeable_departments(user: User) -> QuerySet[Department]:
    own = kept(user).current().values("pk")
    return Department.objects.filter(institution__in=own).select_related("institution__customer", "head__customer")


def seen_of_department(department: Department) -> dict[str, Any]:
    """What a form changes of a department, by the names of its fields, with the mark of what it saw."""
    said = {
        "name": department.name,
        "parent": department.parent_id,
        "head": department.head_id,
        "outpatients": department.outpatients_per_day,
    }
    return said | {"was": mark_of(*said.values())}


def possible_heads(user: User, institution: UUID, on: date) -> QuerySet[Customer]:
    """Who works there on that day, of those whom `user` sees."""
    there = Affiliation.objects.filter(institution=institution, during__contains=on).values("person")
    return Customer.objects.for_user(user).current().filter(pk__in=there).order_by("pinyin", "pk")


def possible_wholes(institution: UUID, department: UUID | None = None) -> list[Department]:
    """Of which departments one may be a part: neither of itself nor of its own parts."""
    every = list(Department.objects.filter(institution=institution).order_by("name", "pk"))
    inside = {department}
    while more := {one.pk for one in every if one.parent_id in inside} - inside if department else set():
        inside |= more
    return [one for one in every if one.pk not in inside]


def add_department(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    institution: UUID,
    name: str,
    parent: UUID | None,
    head: UUID | None,
    outpatients: int | None,
    today: date,
) -> commands.Receipt:
    """An institution has this department, said once for ever for `id`. Raises Customer.DoesNotExist, Refused,
    OtherBodySameId."""
    check_words(Department, {"name": name})

    def store() -> tuple[UUID, dict[str, Any]]:
        own_institution(actor, institution)
        _refuse_ring(institution, parent)
        _refuse_head(actor, institution, head, today)
        Department.objects.create(
            id=id,
            institution_id=institution,
            name=name,
            parent_id=parent,
            head_id=head,
            outpatients_per_day=outpatients,
        )
        return id, {}

    body = {"institution": institution, "name": name, "parent": parent, "head": head, "outpatients": outpatients}
    with refusing(_department_taken()):
        return commands.execute(
            command_id=id,
            kind="department.add",
            body=body,
            actor=actor.pk,
            effect=store,
        )


def change_department(
    *,
    actor: User,
    department: UUID,
    was: str,
    name: str,
    parent: UUID | None,
    outpatients: int | None,
    today: date,
    **head: UUID | None,
) -> Department:
    """Who works there works in the department under its new name. Without `head` that stays as it is. Raises
    Department.DoesNotExist, Refused (ChangedMeanwhile)."""
    check_words(Department, {"name": name})
    with refusing(_department_taken()), acting(actor.pk):
        now = _held_department(actor, department, was)
        if parent != now.parent_id:
            _refuse_ring(now.institution_id, parent, now.pk)
        if "head" in head and head["head"] != now.head_id:
            _refuse_head(actor, now.institution_id, head["head"], today)
            now.head_id = head["head"]
        renamed, now.name = now.name, name
        now.parent_id, now.outpatients_per_day = parent, outpatients
        if renamed == name:
            now.save(update_fields=["parent", "head", "outpatients_per_day"])
            return now
        with connection.cursor() as cursor:  # both names change at once
            cursor.execute("SET CONSTRAINTS affiliation_department_of_institution DEFERRED")
        now.save(update_fields=["name", "parent", "head", "outpatients_per_day"])
        Affiliation.objects.filter(institution=now.institution_id, department=renamed).update(department=name)
        return now


def remove_department(*, actor: User, department: UUID) -> Department:
    """One that never was: the trail keeps what stood there. Raises Department.DoesNotExist, Refused."""
    with acting(actor.pk):
        now = _held_department(actor, department)
        if Affiliation.objects.filter(institution=now.institution_id, department=now.name).exists():
            raise Refused(_("People work here, or did. Change the name instead, or where they work."))
        if now.parts.exists():
            raise Refused(_("It has parts; say first of which department they are a part."))
        gone = copy(now)
        now.delete()
        return gone


def _held_department(actor: User, pk: UUID, was: str = "") -> Department:
    """The department, if the actor may change it and saw what stands there; its institution is locked, because names
    and parts hang together."""
    institution = changeable_departments(actor).get(pk=pk).institution_id
    own_institution(actor, institution)
    now = changeable_departments(actor).get(pk=pk)
    refuse_if_overtaken(was, seen_of_department(now))
    return now


def _refuse_ring(institution: UUID, parent: UUID | None, department: UUID | None = None) -> None:
    if parent and parent not in {one.pk for one in possible_wholes(institution, department)}:
        raise Refused(_("Choose another department of this institution, and none of its own parts."), "parent")


def _refuse_head(actor: User, institution: UUID, head: UUID | None, today: date) -> None:
    if head and not possible_heads(actor, institution, today).filter(pk=head).exists():
        raise Refused(_("Choose somebody who works here."), "head")


def _department_taken() -> dict[str, tuple[str, str]]:
    return {"department_once": (_("This institution has a department of this name already."), "name")}


# The trade file

TRADE_FIELDS = tuple(field.name for field in TradeFile._meta.fields if field.name != "institution")


def seen_of_trade_file(file: TradeFile | None) -> dict[str, Any]:
    """What stands in a trade file, by the names of its fields, with its mark."""
    file = file or TradeFile()
    said = {name: getattr(file, name) for name in TRADE_FIELDS}
    return said | {"was": mark_of(*said.values())}


def write_trade_file(*, actor: User, institution: UUID, was: str, today: date, **facts: Any) -> bool:
    """What is known of a trade account; never of one whose people the law protects. False: it stood there already.
    Raises Customer.DoesNotExist, Refused (ChangedMeanwhile)."""
    check_words(TradeFile, facts)
    for name in ("opened_on", "customer_since"):
        if facts[name] and facts[name] > today:
            raise Refused(_("This day lies in the future; choose today or an earlier one."), name)
    with acting(actor.pk):
        account = own_institution(actor, institution).institution
        if account.is_medical:
            raise Refused(_("Only trade accounts have a trade file."))
        file = TradeFile.objects.filter(institution=institution).first()
        seen = seen_of_trade_file(file)
        refuse_if_overtaken(was, seen)
        if all(seen[name] == value for name, value in facts.items()):
            return False
        file = file or TradeFile(institution=account)
        for name, value in facts.items():
            setattr(file, name, value)
        file.save()
        return True
