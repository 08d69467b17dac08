"""Reading the audit trail: what happened to a row, who did it, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

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


def history(model: type[models.Model], identity: UUID | int | str, *, by: Sequence[str] = ()) -> list[Entry]:
    """All events of the row of this id, or of the rows that name it in a field of `by` (one of those that
    `tracked` was given), oldest first. Who may see them is for the caller to decide."""
    key = model._meta.pk.name
    where = Q()
    for name in by or (key,):
        where |= Q(**{name: identity})
    before: dict[Any, dict[str, Any]] = {}
    entries = []
    event: Any
    for event in tracked_models()[model].objects.filter(where).order_by("pgh_id").values():
        row = {name: value for name, value in event.items() if name not in _OF_THE_EVENT}
        known = before.get(row[key])
        changes = {name: (known[name], value) for name, value in row.items() if known[name] != value} if known else None
        before[row[key]] = row
        entries.append(
            Entry(
                number=event["pgh_id"],
                at=event["pgh_created_at"],
                model=model,
                object_id=row[key],
                what=event["pgh_label"],
                actor=event["actor"],
                job=event["job"],
                db_user=event["db_user"],
                row=row,
                changes=changes if event["pgh_label"] == "update" else None,
            )
        )
    return entries


def together(*histories: list[Entry]) -> list[Entry]:
    """Several histories as one: by time, and within a transaction by table and number."""
    entries = [entry for one in histories for entry in one]
    return sorted(entries, key=lambda e: (e.at, e.model._meta.label, e.number))
