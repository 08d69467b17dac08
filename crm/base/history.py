"""Reading the audit trail: what happened to rows, who did it, and what changed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange

from crm.base.audit import tracked_models

_OF_THE_EVENT = {"pgh_id", "pgh_created_at", "pgh_label", "actor", "job", "db_user"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event. `row` is what the row was after it, or, deleted, before. `changes` are (before, after) of
    the fields that an update changed; None where nothing earlier is known of the row."""

    number: int
    at: datetime  # of the transaction
    model: type[models.Model]
    object_id: UUID | int | str
    what: str  # insert, update, delete
    actor: UUID | None
    job: str
    db_user: str
    row: dict[str, Any]
    changes: dict[str, tuple[Any, Any]] | None


@dataclass(frozen=True)
class Trail:
    """All events of the row of this id, or of the rows that name it in a field of `by` (one of those that `tracked`
    was given)."""

    model: type[models.Model]
    identity: UUID | int | str
    by: Sequence[str] = ()


def history(*trails: Trail) -> list[Entry]:
    """The events of one trail, oldest first; of several, each of another model, by time and within a transaction by
    table and number. One statement. Who may see them is for the caller to decide."""
    of: dict[str, list[dict[str, Any]]] = {trail.model._meta.label: [] for trail in trails}
    with connection.cursor() as cursor:
        cursor.execute(*_statement(trails))
        for label, event in cursor.fetchall():
            of[label].append(json.loads(event, parse_float=Decimal))
    entries = [entry for trail in trails for entry in _entries(trail.model, of[trail.model._meta.label])]
    return entries if len(trails) == 1 else sorted(entries, key=lambda e: (e.at, e.model._meta.label, e.number))


def _statement(trails: Iterable[Trail]) -> tuple[str, list[Any]]:
    """Each trail is read by the index of its own table; a row comes as JSON, because the tables differ."""
    parts: list[str] = []
    params: list[Any] = []
    for trail in trails:
        events = tracked_models()[trail.model]._meta
        key = trail.model._meta.pk.name
        named: list[Any] = [events.get_field(name) for name in trail.by or (key,)]
        where = " OR ".join(f'e."{field.column}" = %s' for field in named)
        parts.append(f'SELECT %s, row_to_json(e)::text, e.pgh_id FROM "{events.db_table}" e WHERE {where}')
        params += [trail.model._meta.label, *(field.get_db_prep_value(trail.identity, connection) for field in named)]
    union = " UNION ALL ".join(parts)
    return f"SELECT label, event FROM ({union}) AS events (label, event, number) ORDER BY number", params


def _entries(model: type[models.Model], events: Iterable[dict[str, Any]]) -> Iterable[Entry]:
    key = model._meta.pk.name
    fields: list[Any] = list(tracked_models()[model]._meta.concrete_fields)
    before: dict[Any, dict[str, Any]] = {}
    for event in events:
        values = {field.name: _value(field, event[field.column]) for field in fields}
        row = {name: value for name, value in values.items() if name not in _OF_THE_EVENT}
        known = before.get(row[key])
        changes = {name: (known[name], value) for name, value in row.items() if known[name] != value} if known else None
        before[row[key]] = row
        yield Entry(
            number=values["pgh_id"],
            at=values["pgh_created_at"],
            model=model,
            object_id=row[key],
            what=values["pgh_label"],
            actor=values["actor"],
            job=values["job"],
            db_user=values["db_user"],
            row=row,
            changes=changes if values["pgh_label"] == "update" else None,
        )


def _value(field: Any, written: Any) -> Any:
    """A value of JSON as the model has it."""
    if written is None:
        return None
    if isinstance(field, ArrayField):
        return [_value(field.base_field, one) for one in written]
    return _period(written) if isinstance(field, DateRangeField) else field.to_python(written)


def _period(written: str) -> DateRange:
    """`[2025-01-01,)`, as PostgreSQL writes it."""
    if written == "empty":
        return DateRange(empty=True)
    lower, upper = (date.fromisoformat(end) if end else None for end in written[1:-1].split(","))
    return DateRange(lower, upper, written[0] + written[-1])
