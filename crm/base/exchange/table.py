"""Rows of cells, whatever they come from; and the check of a header, which is the same for all."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from django.utils.translation import gettext as _

from crm.base.exchange.columns import Money
from crm.base.exchange.kinds import Kind

Row = tuple[int, dict[str, str] | None]
"""The line in the file, and its cells by column; None where the line has too many or too few."""

MOST_NAMES_SHOWN = 10


class BadFile(Exception):
    """The file as a whole can't be read, or the database refused it. `rows_written` rows were written before."""

    def __init__(self, sentence: str, *, rows_written: int = 0) -> None:
        super().__init__(sentence)
        self.rows_written = rows_written


class Table(Protocol):
    """Its columns, in the order of the file; iterating reads it from the start."""

    columns: list[str]

    def __iter__(self) -> Iterator[Row]: ...


class Rows:
    """Rows that a program makes, in the shape of a file: for the demo country and the real data."""

    def __init__(self, columns: list[str], rows: Iterable[tuple[str, ...]]) -> None:
        self.columns = columns
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for line, cells in enumerate(self._rows, start=2):
            yield line, dict(zip(self.columns, cells, strict=True))


def check_header(header: list[str], kind: Kind) -> list[str]:
    """The columns that a header names. Raises BadFile with what is wrong and the columns there are."""
    names = [name.strip().lower() for name in header]
    known = [column.name for column in kind.columns]
    unknown = [name or _("(empty)") for name in names if name not in known]
    missing = [column.name for column in kind.columns if column.required and column.name not in names]
    missing += [
        c.currency for c in kind.columns if isinstance(c, Money) and c.name in names and c.currency not in names
    ]
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    usual = ", ".join(column.name for column in kind.written(whole=False))
    hint = _("Columns of %(kind)s: %(columns)s.") % {"kind": kind.name, "columns": usual}
    if not any(names):
        raise BadFile(_("The file is empty; its first line must name the columns.") + " " + hint)
    if twice:
        raise BadFile(_("The header names a column twice: %s.") % ", ".join(twice))
    if unknown:
        shown = ", ".join(name[:60] for name in unknown[:MOST_NAMES_SHOWN])
        more = " …" if len(unknown) > MOST_NAMES_SHOWN else ""
        raise BadFile(_("The header names unknown columns: %s.") % (shown + more) + " " + hint)
    if missing:
        raise BadFile(_("The header lacks columns: %s.") % ", ".join(dict.fromkeys(missing)) + " " + hint)
    return names
