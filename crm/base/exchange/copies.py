"""What whole copies carry beyond ordinary files: the keys of rows without a name of their own, moments, documents.

A copy (`export_all`) fills an empty house (`import_all`) so that nothing can be told apart. Columns with
`copy` stand in copies only; ordinary files may leave them out, and do.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.base.exchange.columns import BadCell, Column, Reading
from crm.base.exchange.kinds import Check

ROW = "rounds_row"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_DOCUMENT = 100_000
_FARTHEST = 300  # power of ten of a number

# A house in which a night computed tiers has a past of its own. What is computed or decided there no longer
# comes by file; rows that are there already are let through.
LIVED = """EXISTS (
    SELECT FROM base_jobrun r, jsonb_array_elements(r.steps) step
    WHERE r.name = 'night' AND r.state = 'done' AND jsonb_array_length(step -> 'result' -> 'policies') > 0)"""
COPIED = Check(
    "",
    f"s.verdict <> 'same' AND {LIVED}",
    gettext_lazy("is computed or decided in Rounds; files bring it into a house without nights of its own only."),
)
STAYS = Check("", "s.verdict = 'changed'", gettext_lazy("is there already with other contents, which never change."))


@dataclass(frozen=True, kw_only=True)
class Row(Column):
    """The key of the row itself where sources have no name for it: a UUID or a number."""

    kept: bool = False
    copy: bool = True

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        sound = _UUID.fullmatch(cell) if self.sql == "uuid" else re.fullmatch(r"[1-9]\d{0,17}", cell, re.ASCII)
        if not sound:
            raise BadCell(_("is no key of a row; leave the column out of files that are no copies."))
        return cell

    @property
    def what(self) -> str:
        return _("the key of the row in Rounds")


KEY = Row(name=ROW, help=gettext_lazy("key of the row, in copies"), sql="uuid")
NUMBER = Row(name=ROW, help=gettext_lazy("key of the row, in copies"), sql="bigint")


@dataclass(frozen=True, kw_only=True)
class Moment(Column):
    """A point in time with its offset, to the microsecond."""

    sql: str = "timestamptz"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise BadCell(_("is not a moment; write it as 2026-11-21T08:00:00+00:00."))
        return moment.isoformat()

    @property
    def what(self) -> str:
        return _("a moment such as 2026-11-21T08:00:00+00:00")


def _read(text: str) -> None:
    """Raises ValueError for what PostgreSQL takes for no JSON: here one such cell would end the whole file."""
    value = json.loads(text, parse_constant=_no_number, parse_float=_number)
    json.dumps(value, ensure_ascii=False).encode()  # a surrogate without its other half is no text


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _number(text: str) -> float:
    if abs(Decimal(text).adjusted()) > _FARTHEST:
        raise ValueError(text)
    return float(text)


@dataclass(frozen=True, kw_only=True)
class Document(Column):
    """JSON."""

    sql: str = "jsonb"

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if len(cell) > _LONGEST_DOCUMENT or "\\u0000" in cell:
            raise BadCell(_("is longer than a document may be, or holds a NUL character."))
        try:
            _read(cell)
        except (ValueError, RecursionError):
            raise BadCell(_("is not JSON.")) from None
        return cell

    @property
    def what(self) -> str:
        return _("JSON")


@dataclass(frozen=True, kw_only=True)
class Key36(Column):
    """A UUID of Rounds, as text."""

    def parse(self, cell: str, row: Mapping[str, str], reading: Reading) -> str:
        if not _UUID.fullmatch(cell):
            raise BadCell(_("is not a UUID."))
        return cell

    @property
    def what(self) -> str:
        return _("a UUID")
