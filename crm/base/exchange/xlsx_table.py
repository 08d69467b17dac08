"""XLSX files: the first sheet, values only. Formulas are never computed; a cell shows what Excel last did."""

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
_PIECE = 1024 * 1024


class XlsxTable:
    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        measure_unpacked(path)
        try:
            self._rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        except (CalamineError, OSError, IndexError, ValueError):
            raise BadFile(_("The file is not a readable XLSX workbook. Save it again, or as CSV in UTF-8.")) from None
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


def measure_unpacked(path: Path) -> None:
    """Unpack into nothing and count: what an archive says of itself is not to be believed."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for entry in archive.infolist():
                with archive.open(entry) as content:
                    while piece := content.read(_PIECE):
                        total += len(piece)
                        if total > MOST_UNPACKED:
                            most = MOST_UNPACKED // _PIECE
                            raise BadFile(_("Unpacked, the workbook is larger than %d MB. Save it as CSV.") % most)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        raise BadFile(_("The file is not a readable XLSX workbook. Save it again, or as CSV in UTF-8.")) from None


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
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else format(cell, "f").rstrip("0")
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)
