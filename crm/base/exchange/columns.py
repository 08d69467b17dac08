"""Columns of a file: what a cell may say, and how it stands in the staging table.

A column turns one cell into one or more staged values (text for COPY, None for nothing) or raises
BadCell with a sentence for whoever made the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from crm.base.bidi import TURNED, TURNING

Sentence = str | Promise
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]+)?")
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of any date that a file may name
_NO_END = "9999-12-31"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED_FORMULA = re.compile(r"'+[=+\-@\t\r]")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

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
    kept: bool = True  # a file without the column leaves what is stored
    copy: bool = False  # stands in whole copies only (crm.base.exchange.copies)
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
        cell = bare(cell)
        if not cell.isprintable():
            if CONTROL.search(cell) or (not self.lines and ("\n" in cell or "\r" in cell)):
                raise BadCell(_("holds a control character or a line break; take it out."))
            refuse_turning(cell)
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


@cache
def codes_by_word(codes: type[TextChoices]) -> dict[str, str]:
    """By its word in each language the code; a word of two codes is none."""
    found: dict[str, set[str]] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for code, word in codes.choices:
                found.setdefault(str(word).casefold(), set()).add(code)
    return {word: one.pop() for word, one in found.items() if len(one) == 1}


@dataclass(frozen=True, kw_only=True)
class Code(Column):
    """One of a few codes, or of those of `of`, whose words on pages are taken, too, in every language of ours."""

    choices: tuple[str, ...] = ()
    of: type[TextChoices] | None = None

    def __post_init__(self) -> None:
        if self.of:
            object.__setattr__(self, "choices", tuple(self.of.values))

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if cell in self.choices:
            return cell
        if self.of and (code := codes_by_word(self.of).get(cell.casefold())):
            return code
        raise BadCell(_("is not known; write one of: %s.") % ", ".join(self.choices))

    @property
    def what(self) -> str:
        return _("one of: %s") % ", ".join(self.choices)


@dataclass(frozen=True, kw_only=True)
class Day(Column):
    sql: str = "date"
    open_end: bool = False  # 9999-12-31, which other systems write for "no end", is none

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str | None:
        if self.open_end and cell == _NO_END:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII):
                raise ValueError
            day = date.fromisoformat(cell)
        except ValueError:
            raise BadCell(_("is not a date; write it as 2026-11-21.")) from None
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadCell(_("lies outside the years %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
        return day.isoformat()

    @property
    def what(self) -> str:
        return _("a date such as 2026-11-21")


@dataclass(frozen=True, kw_only=True)
class Month(Column):
    """Staged as the first day of the month."""

    sql: str = "date"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(-01)?", cell, re.ASCII)
        if not match or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
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


def refuse_turning(cell: str) -> None:
    if TURNING.search(cell):
        raise BadCell(str(TURNED))


def bare(cell: str) -> str:
    """A text without the apostrophe by which an export keeps a spreadsheet from computing it."""
    return cell[1:] if cell[:1] == "'" and _QUOTED_FORMULA.match(cell) else cell


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `bare` undoes it."""
    return f"'{text}" if _FORMULA.match(text) else text


def neutral_sql(value: str) -> str:
    """SQL for a text that no spreadsheet takes for a formula; `bare` undoes it."""
    return f"CASE WHEN {value} ~ $q$^'*[=+@\\t\\r-]$q$ THEN $q$'$q$ || {value} ELSE {value} END"


def decimals_of(currency: str) -> int:
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


def decimals_sql(currency: str) -> str:
    """The same in SQL, for an expression that gives the currency."""
    zero, three = (", ".join(f"'{code}'" for code in sorted(codes)) for codes in (_NO_DECIMALS, _THREE_DECIMALS))
    return f"CASE WHEN {currency} IN ({zero}) THEN 0 WHEN {currency} IN ({three}) THEN 3 ELSE 2 END"
