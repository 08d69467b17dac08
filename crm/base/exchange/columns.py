"""Columns of a file: what a cell may say, and how it stands in the staging table.

A column turns one cell into one or more staged values (text for COPY, None for nothing) or raises
BadCell with a sentence for whoever made the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Sentence = str | Promise
LIST_SEPARATOR = "|"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_QUALIFIED = re.compile(r"([a-z][a-z0-9_-]*):(.+)", re.S)
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# Minor units by ISO 4217; every other currency has two decimals.
_NO_DECIMALS = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
}
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


class BadCell(Exception):
    """The sentence that says what is wrong with a cell and what to write instead."""


@dataclass(frozen=True)
class Reading:
    """What cells are read against: the file's source, and the sources that ids may be qualified with."""

    source: str
    sources: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Column:
    name: str
    help: Sentence
    required: bool = False
    default: str = ""  # what an empty cell, or a file without the column, means for a new row
    sql: str = "text"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str | None:
        """The staged text of a cell that is not empty."""
        raise NotImplementedError

    @property
    def staged(self) -> list[tuple[str, str]]:
        """Names and SQL types in the staging table that `values` fills, in order."""
        return [(self.name, self.sql)]

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        cell = cell.strip() or self.default
        if cell:
            return [self.parse(cell, row, reading)]
        if self.required:
            raise BadCell(_("is empty; it is needed."))
        return [self.empty]

    @property
    def empty(self) -> str | None:
        return "" if self.sql == "text" else None

    @property
    def what(self) -> str:
        """The values a cell may hold, in words, for `--describe`."""
        return _("text")


@dataclass(frozen=True, kw_only=True)
class Text(Column):
    max_length: int = 200
    pattern: str = ""
    lines: bool = False  # may hold line breaks

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if _CONTROL.search(cell) or (not self.lines and ("\n" in cell or "\r" in cell)):
            raise BadCell(_("holds a control character or a line break; take it out."))
        if len(cell) > self.max_length:
            raise BadCell(
                _("has %(length)d characters; at most %(most)d fit.") % {"length": len(cell), "most": self.max_length}
            )
        if self.pattern and not re.fullmatch(self.pattern, cell):
            raise BadCell(_("does not look like %(what)s.") % {"what": self.what})
        return cell

    @property
    def what(self) -> str:
        return _("text, at most %d characters") % self.max_length


@dataclass(frozen=True, kw_only=True)
class SourceName(Text):
    """A source; empty: the file's own."""

    max_length: int = 32
    pattern: str = "[a-z][a-z0-9_-]*"

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        return super().values(cell.strip() or reading.source, row, reading)

    @property
    def what(self) -> str:
        return _("the name of a source: small letters, digits, - and _")


@dataclass(frozen=True, kw_only=True)
class Jurisdiction(Text):
    max_length: int = 2
    pattern: str = "[A-Z]{2}"

    @property
    def what(self) -> str:
        return _("a country code of two capitals such as CN")


@dataclass(frozen=True, kw_only=True)
class Currency(Text):
    max_length: int = 3
    pattern: str = "[A-Z]{3}"

    @property
    def what(self) -> str:
        return _("a currency code of three capitals such as CNY")


@dataclass(frozen=True, kw_only=True)
class TimeZone(Column):
    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if cell not in available_timezones():
            raise BadCell(_("is not a time zone; write one such as Asia/Shanghai."))
        return cell

    @property
    def what(self) -> str:
        return _("a time zone such as Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class Code(Column):
    """One of a few codes. Labels are translated, codes are not."""

    choices: tuple[str, ...]

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if cell not in self.choices:
            raise BadCell(_("is not known; write one of: %s.") % ", ".join(self.choices))
        return cell

    @property
    def what(self) -> str:
        return _("one of: %s") % ", ".join(self.choices)


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    sql: str = "date"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
                raise ValueError
            return date.fromisoformat(cell).isoformat()
        except ValueError:
            raise BadCell(_("is not a date; write it as 2026-11-21.")) from None

    @property
    def what(self) -> str:
        return _("a date such as 2026-11-21")


@dataclass(frozen=True, kw_only=True)
class Month(Column):
    """Staged as the first day of the month."""

    sql: str = "date"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(-01)?", cell, re.ASCII)
        if not match or match[1] == "0000":
            raise BadCell(_("is not a month; write it as 2026-11."))
        return f"{match[1]}-{match[2]}-01"

    @property
    def what(self) -> str:
        return _("a month such as 2026-11")


@dataclass(frozen=True, kw_only=True)
class Flag(Column):
    sql: str = "boolean"
    words: Mapping[str, str] = field(
        default_factory=lambda: {
            "1": "t",
            "yes": "t",
            "true": "t",
            "是": "t",
            "0": "f",
            "no": "f",
            "false": "f",
            "否": "f",
        }
    )

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        try:
            return self.words[cell.lower()]
        except KeyError:
            raise BadCell(_("is neither yes nor no; write 1 or 0.")) from None

    @property
    def what(self) -> str:
        return _("1 or 0")


@dataclass(frozen=True, kw_only=True)
class Number(Column):
    """A number with at most `decimals` decimals, staged as the whole number of its smallest parts:
    0.75 with three decimals is 750."""

    sql: str = "bigint"
    low: int = -(10**15)
    high: int = 10**15
    decimals: int = 0

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if not _NUMBER.fullmatch(cell):
            raise BadCell(_("is not a number; write it plainly, as 1234.5, without separators or exponent."))
        number = Decimal(cell)
        if not self.low <= number <= self.high:
            raise BadCell(_("must lie between %(low)s and %(high)s.") % {"low": self.low, "high": self.high})
        decimals = self.decimals_in(row)
        parts = number.scaleb(decimals)
        if parts != int(parts):
            raise BadCell(self.too_fine(decimals))
        return str(int(parts))

    def decimals_in(self, row: Mapping[str, str]) -> int:
        return self.decimals

    def too_fine(self, decimals: int) -> str:
        if decimals:
            return _("has more than %d decimals.") % decimals
        return _("must be a whole number.")

    @property
    def what(self) -> str:
        if self.decimals:
            return _("a number from %(low)s to %(high)s") % {"low": self.low, "high": self.high}
        return _("a whole number")


@dataclass(frozen=True, kw_only=True)
class Money(Number):
    """Major units with a dot; as many decimals as the row's currency has."""

    currency: str = "currency"

    def decimals_in(self, row: Mapping[str, str]) -> int:
        return decimals_of(row.get(self.currency, "").strip())

    @property
    def what(self) -> str:
        return _("an amount such as 1234.50, negative for returns")


def decimals_of(currency: str) -> int:
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def decimals_sql(currency: str) -> str:
    """The same in SQL, for an expression that gives the currency."""
    zero, three = (", ".join(f"'{code}'" for code in sorted(codes)) for codes in (_NO_DECIMALS, _THREE_DECIMALS))
    return f"CASE WHEN {currency} IN ({zero}) THEN 0 WHEN {currency} IN ({three}) THEN 3 ELSE 2 END"


@dataclass(frozen=True, kw_only=True)
class Reference(Column):
    """An id of a row of another kind: ours by `rounds:UUID`, a source's by `SOURCE:ID`, or plainly ID
    where it is the file's own source. Staged as (source, id); staging then finds the row's UUID."""

    to: str  # the kind of ExternalId
    sql: str = "uuid"

    @property
    def staged(self) -> list[tuple[str, str]]:
        return [(f"{self.name}_source", "text"), (f"{self.name}_id", "text")]

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        cell = cell.strip() or self.default
        if cell:
            return list(read_id(cell, reading))
        if self.required:
            raise BadCell(_("is empty; it is needed."))
        return [None, None]

    @property
    def what(self) -> str:
        return _("the id of a %s") % self.to


@dataclass(frozen=True, kw_only=True)
class Key(Reference):
    """The id of the row itself."""

    required: bool = True

    @property
    def what(self) -> str:
        return _("the row's own id in the source")


@dataclass(frozen=True, kw_only=True)
class References(Column):
    """Several ids, separated by `|`, in order; with `marks`, each may be followed by `=MARK`."""

    to: str
    marks: tuple[str, ...] = ()
    sql: str = "uuid[]"

    @property
    def staged(self) -> list[tuple[str, str]]:
        names = [f"{self.name}_source", f"{self.name}_id"] + ([f"{self.name}_mark"] if self.marks else [])
        return [(name, "text[]") for name in names]

    def values(self, cell: str, row: Mapping[str, str], reading: Reading) -> list[str | None]:
        entries = [entry.strip() for entry in cell.split(LIST_SEPARATOR) if entry.strip()]
        if not entries and self.required:
            raise BadCell(_("is empty; it is needed."))
        read = [self._entry(entry, reading) for entry in entries]
        if len({entry[:2] for entry in read}) < len(read):
            raise BadCell(_("names something twice."))
        return [_pg_array([entry[i] for entry in read]) for i in range(len(self.staged))]

    def _entry(self, entry: str, reading: Reading) -> tuple[str, ...]:
        if not self.marks:
            return read_id(entry, reading)
        identity, equals, mark = entry.rpartition("=")
        if not equals:
            identity, mark = entry, ""
        if mark and mark not in self.marks:
            raise BadCell(_("is not known; write one of: %s.") % ", ".join(self.marks))
        return (*read_id(identity, reading), mark)

    @property
    def what(self) -> str:
        words = _("ids of %(to)ss, separated by %(separator)s") % {"to": self.to, "separator": LIST_SEPARATOR}
        if self.marks:
            words += _("; each may be followed by = and one of: %s") % ", ".join(self.marks)
        return words


def read_id(cell: str, reading: Reading) -> tuple[str, str]:
    """(source, id) of a cell. A prefix counts as a source only if Rounds knows that source."""
    source, identity = reading.source, cell
    match = _QUALIFIED.fullmatch(cell)
    if match and (match[1] == "rounds" or match[1] in reading.sources):
        source, identity = match[1], match[2]
    if _CONTROL.search(identity) or "\n" in identity or LIST_SEPARATOR in identity or len(identity) > 128:
        raise BadCell(_("is not an id: at most 128 characters, without line breaks and without |."))
    if source == "rounds":
        if not _UUID.fullmatch(identity):
            raise BadCell(_("is not an id of Rounds; those look like rounds:0190f3c4-…"))
        identity = identity.lower()
    return source, identity


def _pg_array(values: list[Any]) -> str:
    quoted = ('"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return "{" + ",".join(quoted) + "}"
