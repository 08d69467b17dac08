"""Statements that every request repeats keep their plan: planning one may cost more than running it.

A plan belongs to a session of the database. Behind a pooler by transaction, where the next transaction may be in
another session, the statement is sent as it is. Values go the same way in both cases, as parameters.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

MOST = 200  # of a session; what was used longest ago makes place
_PARAMETER = re.compile(r"%(?:\((\w+)\)s|%)")
# What a value is where the statement does not tell; of other values PostgreSQL finds it out, as of a literal.
_TYPES: dict[type, str] = {UUID: "uuid", date: "date", datetime: "timestamptz"}
_kept: WeakKeyDictionary[Any, OrderedDict[str, None]] = WeakKeyDictionary()


def execute(cursor: Any, statement: str, params: Mapping[str, Any]) -> None:
    """`cursor.execute`, of a statement with named parameters."""
    if cursor.db.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
        cursor.execute(statement, params)
        return
    names = _parsed(statement)[1]
    name = _name(statement, tuple(_TYPES.get(type(params[one]), "unknown") for one in names))
    _keep(cursor, name, statement, names, params)
    places = f"({', '.join(['%s'] * len(names))})" if names else ""
    cursor.execute(f"EXECUTE {name}{places}", [params[one] for one in names])


@lru_cache(maxsize=1024)
def _parsed(statement: str) -> tuple[str, tuple[str, ...]]:
    """With numbers in place of the parameters, and their names in this order."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _PARAMETER.sub(number, statement), tuple(names)


@lru_cache(maxsize=1024)
def _name(statement: str, types: tuple[str, ...]) -> str:
    """The same for the same statement only, in whatever session it is met."""
    return f"rounds_{sha256(repr((statement, types)).encode()).hexdigest()[:32]}"


def _keep(cursor: Any, name: str, statement: str, names: tuple[str, ...], params: Mapping[str, Any]) -> None:
    """Prepare it, if this session has not. Not by Django's cursor: what a request asks is counted and logged there."""
    session = cursor.cursor.connection
    kept = _kept.setdefault(session, OrderedDict())
    if name in kept:
        kept.move_to_end(name)
        return
    types = ", ".join(_TYPES.get(type(params[one]), "unknown") for one in names)
    with cursor.db.wrap_database_errors, session.cursor() as own:
        if len(kept) >= MOST:
            own.execute(f"DEALLOCATE {next(iter(kept))}")
            kept.popitem(last=False)
        own.execute(f"PREPARE {name}{f'({types})' if types else ''} AS {_parsed(statement)[0]}")
    kept[name] = None
