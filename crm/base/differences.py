"""Bring a derived table to what a query says: computed outside any write, differences written in short transactions."""

from collections.abc import Iterator, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from crm.base.actor import acting
from crm.base.plans import whole_sets

CHUNK = 2_000  # differences a transaction: well below 200 ms
_NULL = "\\N"

# Rows that the query says otherwise than the table, and those that it no longer says (`gone`).
_DIFFERENCES = """
SELECT (wanted.{first} IS NULL)::int AS gone, {named}, {wanted}
FROM ({query}) wanted
FULL JOIN (SELECT * FROM {table} WHERE {within}) stored ON {same}
WHERE wanted.{first} IS NULL OR stored.{first} IS NULL OR ({wanted}) IS DISTINCT FROM ({stored})
"""
_WRITE = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM {given} ON CONFLICT ({keys}) DO UPDATE SET {changes}
"""
_REMOVE = "DELETE FROM {table} t USING {given} WHERE {same}"


def bring(model: type[Model], *, keys: Sequence[str], within: str, query: str, params: dict[str, Any], job: str) -> int:
    """Make the rows of `model` that are `within` (a condition) equal to those of `query`, which names every
    column; `keys` are unique. Safe to repeat. Returns how many rows were written or removed."""
    table = model._meta.db_table
    kinds = {
        str(column.column): str(column.rel_db_type(connection))
        for column in model._meta.concrete_fields
        if column.column != "id"
    }
    values = [column for column in kinds if column not in keys]
    columns = [*keys, *values]
    differences = _DIFFERENCES.format(
        table=table,
        within=within,
        query=query,
        first=keys[0],
        named=", ".join(f"coalesce(wanted.{key}, stored.{key})" for key in keys),
        wanted=_of("wanted", values),
        stored=_of("stored", values),
        same=_same("wanted", "stored", keys),
    )
    write = _WRITE.format(
        table=table,
        columns=_names(columns),
        given=_given({column: kinds[column] for column in columns}),
        keys=_names(keys),
        changes=", ".join(f'"{column}" = excluded."{column}"' for column in values),
    )
    remove = _REMOVE.format(
        table=table, given=_given({key: kinds[key] for key in keys}), same=_same("t", "given", keys)
    )
    changed = 0
    for rows in _spooled(differences, params):
        gone = [row[1 : 1 + len(keys)] for row in rows if row[0] == "1"]
        written = [row[1:] for row in rows if row[0] == "0"]
        with acting(None, job=job), connection.cursor() as cursor:
            for statement, cells in ((remove, gone), (write, written)):
                if cells:
                    cursor.execute(statement, [list(column) for column in zip(*cells, strict=True)])
        changed += len(rows)
    return changed


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _of(rows: str, columns: Sequence[str]) -> str:
    return ", ".join(f'{rows}."{column}"' for column in columns)


def _same(left: str, right: str, keys: Sequence[str]) -> str:
    return " AND ".join(f"{left}.{key} = {right}.{key}" for key in keys)


def _given(kinds: dict[str, str]) -> str:
    """Arrays of cells as rows."""
    arrays = ", ".join(f"%s::{kind.split('(')[0]}[]" for kind in kinds.values())
    return f"unnest({arrays}) AS given ({_names(list(kinds))})"


def _spooled(query: str, params: dict[str, Any]) -> Iterator[list[list[str | None]]]:
    """Rows of codes, numbers and ids as text, read whole before anything is written, in bounded pieces."""
    with TemporaryFile("w+b") as spool:
        with transaction.atomic(), connection.cursor() as cursor, whole_sets(cursor):
            cursor.copy_expert(f"COPY ({cursor.mogrify(query, params).decode()}) TO STDOUT", spool)
        spool.seek(0)
        while lines := list(islice(spool, CHUNK)):
            rows = (line.decode().rstrip("\n").split("\t") for line in lines)
            yield [[None if cell == _NULL else cell for cell in row] for row in rows]
