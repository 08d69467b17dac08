"""A kind of file: its columns, what identifies a row, how a row is compared, checked and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from crm.base.exchange.columns import Column, Sentence
from crm.base.exchange.references import Key, References

if TYPE_CHECKING:
    from crm.base.exchange.staging import Stage


@dataclass(frozen=True)
class Check:
    """Rows for which `bad` holds (SQL over `s`, the staged row) are rejected with `sentence`.
    `{value}` in the sentence is what SQL `value` gives."""

    column: str
    bad: str
    sentence: Sentence
    value: str = "''"


@dataclass(frozen=True)
class Derived:
    """A value that follows from staged columns and stands in `current` too, for keys and comparisons."""

    name: str
    sql: str
    expression: str  # over `s`


@dataclass(frozen=True)
class Alone:
    """Dated rows with the same values `within` may not overlap; `where` (SQL over `{row}`) narrows which."""

    within: tuple[str, ...]
    where: str = "true"


@dataclass(frozen=True)
class Rising:
    """By `column` a row leads up to another: `own` names a row and `above` the one above it, NULL at the top. Both are
    SQL over `{row}`, which has the names of `current`. Nothing may come back to itself."""

    column: str
    own: str
    above: str


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`current` is SQL for the rows as they are: one column for each column of the file, under its
    name, references as UUIDs, and `row_id`. The same SQL tells what changed, fills columns that a file
    leaves out, and is what an export reads."""

    name: str
    title: Sentence
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    current: str
    whole: bool = False  # rows that lean on one another: written in one transaction whatever their number
    row_id: str = "uuid"  # its SQL type; a bigint is given by the database
    derived: tuple[Derived, ...] = ()
    unwritten: tuple[str, ...] = ()  # columns that make no difference to a row that is there
    entity: str = ""  # the kind of ExternalId under which the rows are known to sources
    table: str = ""  # where a row with a given `rounds:` id would be
    pk: str = "id"
    checks: tuple[Check, ...] = ()
    alone: tuple[Alone, ...] = ()
    rising: Rising | None = None
    prepare: Callable[[Stage], None] | None = None  # after references are found, before checks
    write: Callable[[Stage], None] | None = None  # None: export only
    after: Callable[[Stage], None] | None = None  # once, if something was written
    only: str = "true"  # SQL over the current row `c`: rows that --on leaves, with %(on)s
    shown: Mapping[str, str] = field(default_factory=dict)  # columns that an export writes otherwise: SQL over `c`
    judged: tuple[Check, ...] = ()  # once `s.verdict` says what is new, changed or the same
    carries: tuple[str, ...] = ()  # the models whose rows it carries, whole

    @cached_property
    def columns_by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    def written(self, *, whole: bool) -> list[Column]:
        """The columns of an export; with `whole` those of a copy."""
        return [column for column in self.columns if whole or not column.copy]

    @property
    def plain_columns(self) -> list[Column]:
        """The columns that pages tell of."""
        return self.written(whole=False)

    @property
    def dated(self) -> bool:
        return {"from", "to"} <= self.columns_by_name.keys()

    @property
    def compared(self) -> list[str]:
        """Staged names whose values make a row the same or another, apart from its key."""
        names = []
        for column in self.columns:
            if column.name in self.key or isinstance(column, Key) or column.name in ("rounds_row", *self.unwritten):
                continue
            names.append(column.name)
            if isinstance(column, References) and column.marks:
                names.append(f"{column.name}_mark")
        return names
