"""Exports: the columns that the import reads, streamed by the database's own COPY."""

from datetime import date
from typing import BinaryIO

from django.db import connection

from crm.base.exchange.columns import Column, Flag, Money, Month, Number, decimals_sql, neutral_sql
from crm.base.exchange.copies import ROW, Moment, Row
from crm.base.exchange.kinds import Kind
from crm.base.exchange.references import Reference, References
from crm.base.exchange.staging import q

# An id as a file names it: plain where the wanted source has it and it can't be taken for a qualified one.
_SHOWN = """CASE WHEN source = %(source)s AND external_id !~ '^[a-z][a-z0-9_-]*:' THEN external_id
            ELSE source || ':' || external_id END"""


def dump(kind: Kind, out: BinaryIO, *, source: str, on: date | None = None, whole: bool = False) -> int:
    """Write every row (with `on`, those in force on that day) as CSV to `out`; returns how many. With `whole` the
    columns of a copy. The order follows from what the file says, so that equal houses give equal files."""
    columns = kind.written(whole=whole)
    references = [c for c in columns if isinstance(c, Reference)]
    names = {reference.name: f"r{i}" for i, reference in enumerate(references)}
    cells = ", ".join(f"{kind.shown.get(c.name) or _cell(c, names)} AS {q(c.name)}" for c in columns)
    joins = " ".join(
        f"""LEFT JOIN (SELECT DISTINCT ON (object_id) object_id, {_SHOWN} AS shown FROM base_externalid
            WHERE kind = '{r.to}' AND %(source)s <> 'rounds'
            ORDER BY object_id, source <> %(source)s, source, external_id) {names[r.name]}
            ON {names[r.name]}.object_id = c.{q(r.name)}"""
        for r in references
    )
    if on is None:
        where = "true"
    elif kind.dated:
        where = """daterange(c."from", c."to", '[]') @> %(on)s::date"""
    else:
        where = kind.only
    order = ", ".join(_order(name, kind) for name in _sorted_by(kind, columns))
    with connection.cursor() as cursor:
        query = cursor.mogrify(
            f"SELECT * FROM (SELECT {cells} FROM ({kind.current}) c {joins} WHERE {where}) f ORDER BY {order}",
            {"source": source, "on": on},
        ).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv, HEADER)", out)
        return cursor.rowcount


def _sorted_by(kind: Kind, columns: list[Column]) -> list[str]:
    """The key, and after it all other columns: rows that these leave equal are equal."""
    names = [column.name for column in columns if column.name != ROW]
    return [*(name for name in kind.key if name in names), *(name for name in names if name not in kind.key)]


def _order(name: str, kind: Kind) -> str:
    """Texts go by their characters whatever the database's own order is."""
    column = kind.columns_by_name[name]
    plain = column.sql in ("text", "uuid", "uuid[]") or name in kind.shown or isinstance(column, Month)
    return f'f.{q(name)} COLLATE "C"' if plain else f"f.{q(name)}"


def _cell(column: Column, joined: dict[str, str]) -> str:
    value = f"c.{q(column.name)}"
    if isinstance(column, Row):
        return "c.row_id"
    if isinstance(column, Moment):
        return f"to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')"
    if isinstance(column, Reference):
        return neutral_sql(f"coalesce({joined[column.name]}.shown, 'rounds:' || {value})")
    if isinstance(column, References):
        mark = f" || '=' || c.{q(column.name + '_mark')}[u.place]" if column.marks else ""
        shown = f"""SELECT {_SHOWN} FROM base_externalid
                    WHERE kind = '{column.to}' AND object_id = u.id AND %(source)s <> 'rounds'
                    ORDER BY source <> %(source)s, source, external_id LIMIT 1"""
        return f"""(SELECT string_agg(coalesce(({shown}), 'rounds:' || u.id){mark}, '|' ORDER BY u.place)
                    FROM unnest({value}) WITH ORDINALITY u (id, place))"""
    if isinstance(column, Flag):
        return f"({value})::int"
    if isinstance(column, Month):
        return f"to_char({value}, 'YYYY-MM')"
    if isinstance(column, Money):
        decimals = decimals_sql(f"c.{q(column.currency)}")
        return f"trim_scale(({value} / (10::numeric ^ {decimals}))::numeric)"
    if isinstance(column, Number) and column.decimals:
        return f"trim_scale({value} / 1{'0' * column.decimals}::numeric)"
    if column.sql == "text":
        return neutral_sql(f"nullif({value}, '')")  # COPY would write "" for an empty text
    return value
