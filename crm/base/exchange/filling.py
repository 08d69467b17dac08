"""From the cells of a file to COPY, in batches."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.base.exchange.columns import BadCell, Column, Reading
from crm.base.exchange.kinds import Kind
from crm.base.exchange.references import Reference
from crm.base.exchange.table import Row
from crm.base.ids import uuid7_text

BATCH = 5_000  # rows a COPY: a few megabytes of text
_MOST_REMEMBERED, _LONGEST_REMEMBERED = 10_000, 50  # cells of a column, and characters of each


def q(name: str) -> str:
    return f'"{name}"'


class Filling:
    """COPY into the tables `cells` and `rejects`. Afterwards `sources` are those that each reference named."""

    def __init__(self, kind: Kind, reading: Reading, cursor: Any) -> None:
        self.sources: dict[str, set[str]] = {c.name: set() for c in kind.columns if isinstance(c, Reference)}
        self._parsers = [_Parser(column, reading, self.sources.get(column.name)) for column in kind.columns]
        names = ["line_no"] + [name for column in kind.columns for name, _sql in column.staged]
        self._own_ids = kind.row_id == "uuid"
        if self._own_ids:
            names.insert(1, "new_id")
        self._cells = _Copy(cursor, "cells", names)
        self._rejects = _Copy(cursor, "rejects", ["line_no", "column_name", "sentence"])

    def fill(self, rows: Iterable[Row], tell: Callable[[int], None]) -> int:
        count = 0
        for line, cells in rows:
            if count and not count % BATCH:
                tell(count)
                for parser in self._parsers:
                    parser.consider(BATCH)
            count += 1
            if cells is None:
                self._reject(line, "", _("has more or fewer cells than the header."))
            else:
                self._read(line, cells)
        self._cells.flush()
        self._rejects.flush()
        tell(count)
        return count

    def _read(self, line: int, cells: dict[str, str]) -> None:
        row = [str(line), uuid7_text()] if self._own_ids else [str(line)]
        sound = True
        for parser in self._parsers:
            cell = cells.get(parser.name, "")
            text = parser.remembered.get(cell)
            if text is None:
                try:
                    text = parser.parse(cell, cells)
                except BadCell as bad:
                    sound = False
                    self._reject(line, parser.name, str(bad))
                    continue
            row.append(text)
        if sound:
            self._cells.add("\t".join(row))

    def _reject(self, line: int, column: str, sentence: str) -> None:
        self._rejects.add(_copy_text([str(line), column, sentence]))


class _Parser:
    """What a column makes of cells, as text for COPY. Most columns say the same few things over and over:
    what a cell said without a look at the rest of its row is remembered."""

    def __init__(self, column: Column, reading: Reading, sources: set[str] | None) -> None:
        self.name = column.name
        self.remembered: dict[str, str] = {}
        self._column, self._reading, self._sources = column, reading, sources
        self._remembers, self._parsed = True, 0

    def parse(self, cell: str, row: Mapping[str, str]) -> str:
        watched = _Watched(row) if self._remembers else None
        values = self._column.values(cell, row if watched is None else watched, self._reading)
        if self._sources is not None and values[0] is not None:
            self._sources.add(values[0])
        text = _copy_text(values)
        if watched is not None:
            self._parsed += 1
            if not watched.used and len(cell) <= _LONGEST_REMEMBERED:
                if len(self.remembered) == _MOST_REMEMBERED:
                    self.remembered.clear()
                self.remembered[cell] = text
        return text

    def consider(self, rows: int) -> None:
        """Stop remembering, once and for all, where it did not help in the last `rows`: ids, phone numbers."""
        if self._parsed > rows * 4 // 5:
            self._remembers = False
            self.remembered.clear()
        self._parsed = 0


class _Watched(Mapping[str, str]):
    """A row that knows whether somebody looked at it."""

    __slots__ = ("_row", "used")

    def __init__(self, row: Mapping[str, str]) -> None:
        self._row, self.used = row, False

    def __getitem__(self, name: str) -> str:
        self.used = True
        return self._row[name]

    def __iter__(self) -> Iterator[str]:
        self.used = True
        return iter(self._row)

    def __len__(self) -> int:
        self.used = True
        return len(self._row)


class _Copy:
    """Lines on their way into a temporary table, in batches."""

    def __init__(self, cursor: Any, table: str, columns: list[str]) -> None:
        self._cursor = cursor
        self._sql = f"COPY {table} ({', '.join(q(c) for c in columns)}) FROM STDIN"
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        self._lines.append(line)
        if len(self._lines) == BATCH:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._cursor.copy_expert(self._sql, io.StringIO("\n".join(self._lines) + "\n"), 1 << 20)
            self._lines.clear()


def _copy_text(values: Sequence[str | None]) -> str:
    if None not in values:
        text = "\t".join(values)  # type: ignore[arg-type]
        if text.count("\t") == len(values) - 1 and not ("\\" in text or "\n" in text or "\r" in text):
            return text  # as nearly always
    return "\t".join([r"\N" if value is None else _escaped(value) for value in values])


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
