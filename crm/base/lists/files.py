"""A list as a file: the reader's rows and columns as the page shows them, row by row, never as a whole in memory."""

import csv
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from crm.base.exchange.columns import neutral
from crm.base.lists.columns import Column

MOST_XLSX_ROWS = 1_048_575  # that a sheet holds beside its head
_BYTE_ORDER_MARK = "﻿"  # without it Excel takes Chinese for something else
_WIDTH = 18


class _Line:
    """What csv.writer writes to: it gives back the line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _heads(columns: Sequence[Column]) -> list[str]:
    return [str(column.label) for column in columns]


def _csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + writer.writerow(_heads(columns))
    for row in rows:
        values = (column.value(row) for column in columns)
        yield writer.writerow(["" if value is None else _plain(value) for value in values])


def _plain(value: Any) -> Any:
    """Numbers and dates as they are, texts so that no spreadsheet takes one for a formula."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        return _on_the_clock(value).isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else neutral(str(value))


def _on_the_clock(at: datetime) -> datetime:
    """A moment as pages show it; spreadsheets know no time zones."""
    return timezone.make_naive(at)


def as_csv(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponseBase:
    answer = StreamingHttpResponse(_csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_xlsx(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> HttpResponseBase:
    """Written to a temporary file in constant memory. Texts are texts: nothing is a formula or a link."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, {**options, "strings_to_numbers": False}) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, _WIDTH)
        sheet.write_row(0, 0, _heads(columns), bold)
        for place, row in enumerate(rows, start=1):
            for number, column in enumerate(columns):
                value = column.value(row)
                if isinstance(value, datetime):
                    sheet.write_datetime(place, number, _on_the_clock(value), moment)
                elif isinstance(value, date):
                    sheet.write_datetime(place, number, value, day)
                elif isinstance(value, int | float):
                    sheet.write_number(place, number, value)
                elif value is not None:
                    sheet.write_string(place, number, str(value))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def columns_of_files(columns: Iterable[Column]) -> list[Column]:
    """A value a column: what a page says in one cell, `2 / 4`, nobody can add up."""
    return [part for column in columns for part in column.in_files or (column,)]


FILES: dict[str, Callable[[str, Sequence[Column], Iterable[Any]], HttpResponseBase]] = {"csv": as_csv, "xlsx": as_xlsx}
