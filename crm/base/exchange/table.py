"""Reading a CSV file as rows of cells, with the line on which each begins."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from crm.base.exchange.kinds import Kind

Row = tuple[int, dict[str, str] | None]
"""The line in the file, and its cells by column; None where the line has too many or too few."""

_LONGEST_HEADER = 100_000  # characters
csv.field_size_limit(1_000_000)


class BadFile(Exception):
    """The file as a whole can't be read. Nothing was changed."""


def _not_utf8(line: int) -> BadFile:
    return BadFile(_("The file is not UTF-8 after line %d. Save it as UTF-8 and try again.") % line)


class CsvTable:
    """UTF-8, with or without a byte order mark; comma, semicolon or tab, as the header shows."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        try:
            with self._open() as text:
                header = text.readline(_LONGEST_HEADER)
        except UnicodeDecodeError:
            raise _not_utf8(0) from None
        self._delimiter = max(",;\t", key=header.count)
        self.columns = self._check_header(next(csv.reader([header], delimiter=self._delimiter), []), kind)

    def _open(self) -> io.TextIOWrapper:
        try:
            return self.path.open(encoding="utf-8-sig", newline="")
        except OSError as error:
            raise BadFile(_("The file can't be opened: %s.") % error.strerror) from None

    def _check_header(self, header: list[str], kind: Kind) -> list[str]:
        names = [name.strip().lower() for name in header]
        known = [column.name for column in kind.columns]
        unknown = [name for name in names if name not in known]
        missing = [column.name for column in kind.columns if column.required and column.name not in names]
        twice = sorted({name for name in names if names.count(name) > 1})
        hint = _("Columns of %(kind)s: %(columns)s.") % {"kind": kind.name, "columns": ", ".join(known)}
        if not any(names):
            raise BadFile(_("The file is empty; its first line must name the columns.") + " " + hint)
        if twice:
            raise BadFile(_("The header names a column twice: %s.") % ", ".join(twice))
        if unknown:
            raise BadFile(_("The header names unknown columns: %s.") % ", ".join(unknown[:10]) + " " + hint)
        if missing:
            raise BadFile(_("The header lacks columns: %s.") % ", ".join(missing) + " " + hint)
        return names

    def __iter__(self) -> Iterator[Row]:
        with self._open() as text:
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            line = 0
            try:
                next(reader)
                line = reader.line_num
                for cells in reader:
                    first, line = line + 1, reader.line_num
                    if not any(cells):
                        continue
                    fits = len(cells) == len(self.columns)
                    yield first, dict(zip(self.columns, cells, strict=True)) if fits else None
            except UnicodeDecodeError:
                raise _not_utf8(line) from None
            except csv.Error:
                raise BadFile(_("The file is not CSV after line %d: look at its quotation marks.") % line) from None


class Rows:
    """Rows that a program makes, in the shape of a file: for the demo country and the real data."""

    def __init__(self, columns: list[str], rows: Iterable[tuple[str, ...]]) -> None:
        self.columns = columns
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        for line, cells in enumerate(self._rows, start=2):
            yield line, dict(zip(self.columns, cells, strict=True))
