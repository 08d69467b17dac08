"""Statements that every request repeats keep their plan: planning one may cost more than running it.

A plan belongs to a session of the database. Behind a pooler by transaction, where the next transaction may be in
another session, the statement is sent as it is. Values go as values in both cases.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

MOST = 200  # of a session; what was used longest ago makes place
LISTED = 10  # values of a list that are parameters of their own, so that the plan knows how many there are
_PARAMETER = re.compile(r"%(?:\((\w+)\)s|%)")
# What a value is where the statement does not tell; of other values PostgreSQL finds it out, as of a literal.
_TYPES: dict[type, str] = {UUID: "uuid", date: "date", datetime: "timestamptz"}
_kept: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()

Form = tuple[str, ...] | str
"""The type of a value, or those of the values of a short list."""


@dataclass(frozen=True)
class Plan:
    """`name` belongs to this statement with these types alone, in whatever session it is met."""

    name: str
    prepare: str
    execute: str


def execute(cursor: Any, statement: str, params: Mapping[str, Any]) -> None:
    """`cursor.execute`, of a statement with named parameters. Lists are cast where they stand (`%(ids)s::uuid[]`)."""
    if cursor.db.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        cursor.execute(statement, params)
        return
    values: list[Any] = []
    forms: list[Form] = []
    for name in _names(statement):
        value = params[name]
        if isinstance(value, list) and len(value) <= LISTED:
            forms.append(tuple(_TYPES.get(type(one), "unknown") for one in value))
            values += value
        else:
            forms.append(_TYPES.get(type(value), "unknown"))
            values.append(value)
    plan = _plan(statement, tuple(forms))
    _keep(cursor, plan)
    cursor.execute(plan.execute, values)


@lru_cache(maxsize=1024)
def _names(statement: str) -> tuple[str, ...]:
    """Of the parameters, in the order in which they are met first."""
    return tuple(dict.fromkeys(found[1] for found in _PARAMETER.finditer(statement) if found[1]))


@lru_cache(maxsize=1024)
def _plan(statement: str, forms: tuple[Form, ...]) -> Plan:
    types: list[str] = []
    places: dict[str, str] = {}
    for name, form in zip(_names(statement), forms, strict=True):
        of_it = [form] if isinstance(form, str) else list(form)
        numbers = ", ".join(f"${len(types) + index}" for index, _type in enumerate(of_it, 1))
        places[name] = numbers if isinstance(form, str) else f"ARRAY[{numbers}]"
        types += of_it
    text = _PARAMETER.sub(lambda found: places[found[1]] if found[1] else "%", statement)
    name = f"rounds_{sha256(repr((text, types)).encode()).hexdigest()[:32]}"
    if not types:
        return Plan(name, f"PREPARE {name} AS {text}", f"EXECUTE {name}")
    values = ", ".join(["%s"] * len(types))
    return Plan(name, f"PREPARE {name} ({', '.join(types)}) AS {text}", f"EXECUTE {name} ({values})")


def _keep(cursor: Any, plan: Plan) -> None:
    """Prepare it, if this session has not. Not by Django's cursor: what a request asks is counted and logged there."""
    session = cursor.cursor.connection
    kept = _kept.setdefault(session, OrderedDict())
    if plan.name in kept:
        kept.move_to_end(plan.name)
        return
    with cursor.db.wrap_database_errors, session.cursor() as own:
        if len(kept) >= MOST:
            own.execute(f"DEALLOCATE {next(iter(kept))}")
            kept.popitem(last=False)
        own.execute(plan.prepare)
    kept[plan.name] = None
