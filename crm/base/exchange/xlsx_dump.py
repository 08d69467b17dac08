"""Exports as a workbook: one sheet, the columns that the import reads, no cell that is computed."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO, cast

import xlsxwriter
from django.utils.translation import gettext as _

from crm.base.exchange.columns import Column, Day, Flag, Number
from crm.base.exchange.dumping import dump
from crm.base.exchange.kinds import Kind
from crm.base.exchange.table import BadFile
from crm.base.exchange.xlsx_table import MOST_ROWS

LONGEST_CELL = 32_767  # characters, says the format
LONGEST_ANYWHERE = 1_000_000  # for the reader of our own rows
_EXACT_DIGITS = 15  # of a number that a workbook keeps exactly
_FIRST_DAY = date(1900, 3, 1)  # before it, Excel counts a day that never was
_DATE_WIDTH, _WIDTH = 12, 18


class NoWorkbook(BadFile):
    """The rows do not fit into a workbook: a sentence that says why."""


def dump_xlsx(kind: Kind, out: BinaryIO, *, source: str, on: date | None = None) -> int:
    """Write what `dump` would as XLSX; returns how many rows. Raises NoWorkbook."""
    with tempfile.TemporaryFile() as rows:
        count = dump(kind, cast(BinaryIO, rows), source=source, on=on)
        if count > MOST_ROWS:
            raise NoWorkbook(
                _("These are %(rows)d rows; a workbook takes at most %(most)d. Take CSV, which has no limit.")
                % {"rows": count, "most": MOST_ROWS}
            )
        rows.seek(0)
        csv.field_size_limit(LONGEST_ANYWHERE)
        _write(kind, csv.reader(io.TextIOWrapper(rows, encoding="utf-8", newline="")), out)
    return count


def _write(kind: Kind, lines: Iterator[list[str]], out: BinaryIO) -> None:
    # constant_memory: a row is on disk as soon as the next begins. Nothing is in `out` before the book is closed.
    with tempfile.TemporaryDirectory() as folder:
        options = {"constant_memory": True, "tmpdir": folder, "default_date_format": "yyyy-mm-dd"}
        book = xlsxwriter.Workbook(out, options)
        sheet = book.add_worksheet(kind.name[:31])
        head = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 0)
        columns = [kind.columns_by_name[name] for name in next(lines)]
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _DATE_WIDTH if isinstance(column, Day) else _WIDTH)
            sheet.write_string(0, place, column.name, head)
        cells = [_cell_of(column) for column in columns]
        for row, line in enumerate(lines, start=1):
            for place, text in enumerate(line):
                if text:
                    _put(sheet, row, place, cells[place](text))
        book.close()


def _put(sheet: Any, row: int, place: int, value: Any) -> None:
    """Each type by its own method: xlsxwriter's guess would make formulas and links of texts."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, value)
    elif isinstance(value, float):
        sheet.write_number(row, place, value)
    elif len(value) > LONGEST_CELL:
        raise NoWorkbook(_("Row %d has a text that is too long for a workbook. Take CSV.") % (row + 1))
    else:
        sheet.write_string(row, place, value)


def _cell_of(column: Column) -> Callable[[str], Any]:
    if isinstance(column, Day):
        return _day
    if isinstance(column, Number | Flag):
        return _number
    return str


def _day(text: str) -> datetime | str:
    day = date.fromisoformat(text)
    return datetime.combine(day, time()) if day >= _FIRST_DAY else text  # a cell has no zone


def _number(text: str) -> float | str:
    return float(text) if sum(map(str.isdigit, text)) <= _EXACT_DIGITS else text
