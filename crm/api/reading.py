"""Rows of a resource as JSON that PostgreSQL writes: one statement, whose text goes into the answer as it is."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core import signing
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from crm.api.problems import Problem
from crm.api.registry import DAY, ID, NAMED, YES_NO, Filter, Resource, Shape
from crm.api.scopes import Reach, Statement, reach_of, scoped
from crm.api.shapes import DAY_TEXT, UUID_TEXT
from crm.base.prepared import execute

USUAL, MOST = 100, 1000  # rows of a page
LONGEST_WORD = 200  # characters of a parameter's value
_LARGEST = 2**63 - 1  # of a key that is a number
_OWN = ("fields", "order", "limit", "cursor")
_SIGNER = signing.Signer(salt="rounds.api.cursor")  # without the time: what is unchanged has the same ETag later, too


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    fields: tuple[str, ...]
    filters: Mapping[str, Any]
    order: str = "id"
    limit: int = USUAL
    after: Sequence[Any] = ()


@dataclass(frozen=True)
class Page:
    items: str  # JSON
    next: str | None


@dataclass(frozen=True)
class One:
    """`key` is that of the row, or of its successor; `state` changes with every edit, `etag` with every change of what
    is shown."""

    text: str
    state: str
    etag: str
    key: str


def wanted_list(resource: Resource, words: Mapping[str, Sequence[str]]) -> Wanted:
    """Raises Problem for what this list does not know."""
    filters = {one.name: one for one in resource.filters}
    _refuse_unknown(words, (*_OWN, *filters))
    values = {name: _single(name, given) for name, given in words.items()}
    order = values.get("order", "id")
    if order not in resource.order_names():
        raise _not_possible("order", _("It is one of: %s.") % ", ".join(resource.order_names()))
    return Wanted(
        fields=_fields(resource, values.get("fields")),
        filters={name: _value(filters[name], values[name]) for name in values if name in filters},
        order=order,
        limit=_limit(values.get("limit")),
        after=_after(resource, order, values["cursor"]) if "cursor" in values else (),
    )


def wanted_one(resource: Resource, words: Mapping[str, Sequence[str]]) -> Wanted:
    _refuse_unknown(words, ("fields",))
    values = {name: _single(name, given) for name, given in words.items()}
    return Wanted(fields=_fields(resource, values.get("fields")), filters={})


def _refuse_unknown(words: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in words:
        if name not in known:
            said = _("“%(name)s” is not known here; known are: %(known)s.")
            raise Problem("unknown_parameter", said % {"name": name[:40], "known": ", ".join(known)})


def _single(name: str, given: Sequence[str]) -> str:
    if len(given) > 1:
        raise _not_possible(name, _("It may stand in the address once."))
    if name != "cursor" and ((len(given[0]) > LONGEST_WORD and name != "fields") or "\x00" in given[0]):
        raise _not_possible(name)
    return given[0]


def _not_possible(name: str, said: str = "") -> Problem:
    detail = said or _("This value is not possible.")
    return Problem("invalid_parameter", f"{name}: {detail}", errors=[("", "invalid_parameter", f"{name}: {detail}")])


def _fields(resource: Resource, said: str | None) -> tuple[str, ...]:
    known = resource.field_names()
    if said is None:
        return tuple(known)
    asked = said.split(",")
    if not set(asked) <= set(known):
        raise _not_possible("fields", _("It names some of: %s.") % ", ".join(known))
    return tuple(name for name in known if name in asked or name == "id")


def _limit(said: str | None) -> int:
    if said is None:
        return USUAL
    if not (said.isascii() and said.isdecimal() and len(said) < 6 and 1 <= int(said) <= MOST):
        raise _not_possible("limit", _("It is a number from 1 to %d.") % MOST)
    return int(said)


def _value(asked: Filter, said: str) -> Any:
    if asked.shape == NAMED and not re.search(NAMED["pattern"], said):
        raise _not_possible(asked.name, _("It is a source, a colon and the id there, such as crm:HCP-1001."))
    try:
        return _read(asked.shape, said)
    except ValueError as error:
        raise _not_possible(asked.name) from error


def _read(shape: Shape, said: str) -> Any:
    if "enum" in shape:
        values = {str(value): value for value in shape["enum"]}
        if said not in values:
            raise ValueError(said)
        return values[said]
    if shape == ID and not UUID_TEXT.fullmatch(said):
        raise ValueError(said)
    if shape == DAY:
        if not DAY_TEXT.fullmatch(said):
            raise ValueError(said)
        return date.fromisoformat(said)
    if shape == YES_NO:
        if said not in ("true", "false"):
            raise ValueError(said)
        return said == "true"
    return said


def _after(resource: Resource, order: str, cursor: str) -> Sequence[Any]:
    """Where the page before ended. Signed: what it says stands in a statement's parameters."""
    try:
        of, by, values = _SIGNER.unsign_object(cursor)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise Problem("invalid_cursor") from error
    if [of, by] != [resource.name, order]:
        raise Problem("invalid_cursor", _("A cursor goes on with the list and the order that gave it."))
    return list(values)


def page(resource: Resource, wanted: Wanted, user: User, today: date) -> Page:
    """The rows, and the cursor behind the last if more follow."""
    reach, params = reach_of(user, today)
    statement, constants = _list_statement(
        resource, wanted.fields, tuple(wanted.filters), wanted.order, bool(wanted.after), reach
    )
    params |= constants
    params |= {f"filter_{name}": value for name, value in wanted.filters.items()}
    params |= {f"after_{index}": value for index, value in enumerate(wanted.after)}
    params["limit"] = wanted.limit + 1
    with connection.cursor() as cursor:
        cursor.execute(statement, params)  # planned each time: the best way hangs on how much is seen and wanted
        rows = cursor.fetchall()
    items = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    cursor_ = _SIGNER.sign_object([resource.name, wanted.order, items[-1][1:]]) if more else None
    return Page(f"[{','.join(row[0] for row in items)}]", cursor_)


def one(resource: Resource, key: Any, wanted: Wanted, user: User, today: date) -> One | None:
    """The row, or its successor where it was merged; None: absent, or not for `user` to see."""
    if isinstance(key, int) and key > _LARGEST:
        return None
    reach, params = reach_of(user, today)
    statement, constants = _one_statement(resource, wanted.fields, reach)
    with connection.cursor() as cursor:
        execute(cursor, statement, {**params, **constants, "id": str(key)})
        row = cursor.fetchone()
    if row is None:
        return None
    digest = hashlib.sha256(row[0].encode()).hexdigest()[:16]
    return One(row[0], row[1], f'"{row[1]}.{digest}"', row[2])


@lru_cache(maxsize=512)
def _list_statement(
    resource: Resource, fields: tuple[str, ...], filters: tuple[str, ...], order: str, goes_on: bool, reach: Reach
) -> Statement:
    columns = _columns(resource, order)
    conditions = [resource.where]
    for one in resource.filters:
        if one.name in filters:
            conditions.append(one.sql.replace("%(value)s", f"%(filter_{one.name})s"))
    backwards = order in resource.orders and resource.orders[order].backwards
    if goes_on:
        places = ", ".join(f"%(after_{index})s::{type_}" for index, (_sql, type_) in enumerate(columns))
        sorts = ", ".join(sql for sql, _type in columns)
        conditions.append(f"({sorts}) {'<' if backwards else '>'} ({places})")
    direction = " DESC" if backwards else ""
    statement = f"""
        SELECT {_json(resource, fields)}, {", ".join(f"({sql})::text" for sql, _type in columns)}
        FROM {resource.rows} WHERE {" AND ".join(f"({one})" for one in conditions)}
        ORDER BY {", ".join(sql + direction for sql, _type in columns)} LIMIT %(limit)s"""
    return scoped(resource, statement, reach)


@lru_cache(maxsize=512)
def _one_statement(resource: Resource, fields: tuple[str, ...], reach: Reach) -> Statement:
    named = f"coalesce(({resource.successor}), %(id)s::{resource.key_type})" if resource.successor else "%(id)s"
    statement = f"""SELECT {_json(resource, fields)}, ({resource.state})::text, ({resource.key})::text
        FROM {resource.rows} WHERE ({resource.where}) AND {resource.key} = {named}::{resource.key_type}"""
    return scoped(resource, statement, reach)


def _columns(resource: Resource, order: str) -> list[tuple[str, str]]:
    chosen = resource.orders.get(order)
    return [*(chosen.columns if chosen else ()), (resource.key, resource.key_type)]


def _json(resource: Resource, names: Sequence[str]) -> str:
    """A row as a JSON text. A subquery of its own: PostgreSQL makes it for the rows of the page alone."""
    fields = ", ".join(f'{field.sql} AS "{field.name}"' for field in resource.fields if field.name in names)
    return f"(SELECT row_to_json(item_) FROM (SELECT {fields}) item_)::text"
