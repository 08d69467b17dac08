"""CSV files: UTF-8, with or without a byte order mark, or GB18030, as Chinese Excel writes it."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.utils.translation import gettext as _

from crm.base.exchange.kinds import Kind
from crm.base.exchange.table import BadFile, Row, check_header

LONGEST_CELL = 100_000  # characters; more is no cell of ours
LONGEST_HEADER = 100_000
_PIECE = 1024 * 1024
_TAKEN_FOR_UTF8 = 3  # so many non-ASCII characters in a row of bytes that are also good UTF-8 are no accident


class CsvTable:
    """Comma, semicolon or tab, as the header shows."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.path = path
        csv.field_size_limit(LONGEST_CELL)
        self._encoding, lines = find_encoding(path)
        self.expected_rows = lines - 1  # cells with line breaks and empty lines make it a guess
        with self._open() as text:
            header = text.readline(LONGEST_HEADER)
        self._delimiter = max(",;\t", key=header.count)
        self.columns = check_header(next(csv.reader([header], delimiter=self._delimiter), []), kind)

    def _open(self) -> io.TextIOWrapper:
        return self.path.open(encoding=self._encoding, newline="")

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
            except csv.Error as error:
                if "field larger" in str(error):
                    sentence = _("A cell after line %(line)d is longer than %(most)d characters.")
                    raise BadFile(sentence % {"line": line, "most": LONGEST_CELL}) from None
                sentence = _("The file is not CSV after line %d: look at its quotation marks.")
                raise BadFile(sentence % line) from None


def find_encoding(path: Path) -> tuple[str, int]:
    """Read the whole file once as bytes and say what it is, and of how many lines. Raises BadFile where it
    is neither or both."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    breaks, last = 0, b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
                breaks, last = breaks + piece.count(b"\n"), piece[-1:]
    except OSError as error:
        raise BadFile(_("The file can't be opened: %s.") % error.strerror) from None
    except UnicodeDecodeError:
        return "gb18030", _gb18030(path)
    if decoder.getstate()[0]:
        raise BadFile(_("The file ends in the middle of a character: it was cut off. Load the whole file."))
    return "utf-8-sig", breaks + (last != b"\n")


def _gb18030(path: Path) -> int:
    """How many lines of GB18030 a file has that is not UTF-8, unless they aren't that either or some are UTF-8."""
    first_bad = _first_not_utf8(path)
    with path.open("rb") as file:
        line = 0
        for line, raw in enumerate(file, start=1):
            if raw.isascii():
                continue
            if _is_utf8(raw):
                raise BadFile(
                    _("Line %(utf8)d is UTF-8 and line %(other)d is not. Save the whole file as UTF-8 and try again.")
                    % {"utf8": line, "other": first_bad}
                )
            try:
                raw.decode("gb18030")
            except UnicodeDecodeError:
                raise BadFile(
                    _("Line %d is neither UTF-8 nor GB18030. Save the file as UTF-8 and try again.") % line
                ) from None
    return line


def _first_not_utf8(path: Path) -> int:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line = 0
    with path.open("rb") as file, suppress(UnicodeDecodeError):
        for raw in file:
            decoder.decode(raw)
            line += 1
    return line + 1


def _is_utf8(raw: bytes) -> bool:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(not character.isascii() for character in text) >= _TAKEN_FOR_UTF8
