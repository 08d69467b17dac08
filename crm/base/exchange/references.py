"""Columns that name rows: the row's own id, one row of another kind, or several."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.base.exchange.columns import CONTROL, BadCell, Column, Reading, bare, refuse_turning

LIST_SEPARATOR = "|"
OWN = "rounds"  # the source whose ids are our own keys
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_QUALIFIED = re.compile(r"([a-z][a-z0-9_-]*):(.+)", re.S)


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


def is_source(name: str) -> bool:
    """May a source be called so? `rounds` is our own."""
    return bool(re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", name))


def read_id(cell: str, reading: Reading) -> tuple[str, str]:
    """(source, id) of a cell. A prefix counts as a source only if Rounds knows that source."""
    if cell.isalnum() and len(cell) <= 128 and reading.source != "rounds":
        return reading.source, cell
    cell = bare(cell)
    source, identity = reading.source, cell
    match = _QUALIFIED.fullmatch(cell)
    if match and (match[1] == OWN or match[1] in reading.sources):
        source, identity = match[1], match[2]
    if CONTROL.search(identity) or "\n" in identity or LIST_SEPARATOR in identity or len(identity) > 128:
        raise BadCell(_("is not an id: at most 128 characters, without line breaks and without |."))
    refuse_turning(identity)
    if source == OWN:
        if not _UUID.fullmatch(identity):
            raise BadCell(_("is not an id of Rounds; those look like rounds:0190f3c4-…"))
        identity = identity.lower()
    return source, identity


def _pg_array(values: list[Any]) -> str:
    quoted = ('"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"' for v in values)
    return "{" + ",".join(quoted) + "}"
