"""XLSX files: the first sheet, values only. Formulas are never computed; a cell shows what Excel last did."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from crm.base.exchange.kinds import Kind
from crm.base.exchange.table import BadFile, Row, check_header

MOST_ROWS = 200_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes
MOST_CELLS = 10_000_000  # up to the farthest, empty ones among them
_PIECE = 1024 * 1024
_MOST_LETTERS = 6  # of a column; Excel has three
_TAG = re.compile(rb"<(?:[^\s<>/:]+:)?(c|row)(?=[\s/>])(?:[^<]*?\sr\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"'])?")


class XlsxTable:
    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        measure(path)
        try:
            self._rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (CalamineError, OSError, IndexError, ValueError):
            raise _unreadable() from None
        if len(self._rows) - 1 > MOST_ROWS:
            raise BadFile(
                _("The sheet has %(rows)d rows; at most %(most)d are read. Save it as CSV instead.")
                % {"rows": len(self._rows) - 1, "most": MOST_ROWS}
            )
        header = [shown(cell) for cell in self._rows[0]] if self._rows else []
        while header and not header[-1].strip():  # empty columns to the right are Excel's, not the user's
            header.pop()
        self.columns = check_header(header, kind)
        self.expected_rows = len(self._rows) - 1

    def __iter__(self) -> Iterator[Row]:
        width = len(self.columns)
        for line, cells in enumerate(self._rows[1:], start=2):
            texts = [shown(cell) for cell in cells]
            if not any(texts):
                continue
            fits = not any(texts[width:])
            texts += [""] * (width - len(texts))
            yield line, dict(zip(self.columns, texts, strict=False)) if fits else None


def measure(path: Path) -> None:
    """Unpack into nothing and count: what an archive says of itself is not to be believed. Nor is a sheet read that
    reaches far out: every cell up to the farthest would be kept, and one of a kilobyte ends the process."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for entry in archive.infolist():
                extent = _Extent()
                with archive.open(entry) as content:
                    while piece := content.read(_PIECE):
                        total += len(piece)
                        if total > MOST_UNPACKED:
                            most = MOST_UNPACKED // _PIECE
                            raise BadFile(_("Unpacked, the workbook is larger than %d MB. Save it as CSV.") % most)
                        extent.read(piece)
                extent.refuse_far()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        raise _unreadable() from None


def _unreadable() -> BadFile:
    return BadFile(_("The file is not a readable XLSX workbook. Save it again, or as CSV in UTF-8."))


class _Extent:
    """How far the cells of a sheet reach, by the rules of who reads it: where a row or a cell does not say its place,
    it follows the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = self._row = self._column = 0
        self._left = b""
        self._numbers: dict[bytes, int] = {}

    def read(self, piece: bytes) -> None:
        text = self._left + piece
        cut = max(text.rfind(b"<"), 0)
        self._left = text[cut:]
        if len(self._left) > _PIECE:
            if _TAG.match(self._left):
                raise _unreadable()
            self._left = b""  # of a picture, or a text without end
        row, column, numbers, said = self._row, self._column, self._numbers, b""
        for tag, letters, digits in _TAG.findall(text, 0, cut):
            if tag == b"row":
                row, column = int(digits) if digits else row + 1, 0
                self.rows = max(self.rows, row)
                continue
            column = numbers.get(letters) or self._number(letters) if letters else column + 1
            if column > self.columns:
                self.columns = column
            if digits != said:
                said, self.rows = digits, max(self.rows, int(digits or 0))
        self._row, self._column = row, column

    def _number(self, letters: bytes) -> int:
        """C is the third column."""
        if len(letters) > _MOST_LETTERS:
            raise _unreadable()
        number = 0
        for letter in letters.upper():
            number = 26 * number + letter - ord("A") + 1
        self._numbers[letters] = number
        return number

    def refuse_far(self) -> None:
        if self.rows * self.columns > MOST_CELLS:
            said = _(
                "A sheet reaches to row %(row)d and column %(column)d, which is more than is read. Delete what stands "
                "far out, or save it as CSV."
            )
            raise BadFile(said % {"row": self.rows, "column": self.columns})


def shown(cell: Any) -> str:
    """A cell as a CSV file would have it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, "f").rstrip("0").rstrip(".")
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)
