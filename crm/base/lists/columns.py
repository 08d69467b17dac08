"""A column of a list: said once; shown in the table, on a card, on paper and in files."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any, Literal, Self

from django.db.models import F, OrderBy
from django.utils.functional import Promise

Words = str | Promise  # as they are, or as the reader speaks
Card = Literal["hidden", "lead", "title", "end", "line", "named"]


@dataclass(frozen=True)
class Column:
    """`value` is what files hold: a text, number, date, moment or None. The table shows `template` (with `row` and
    `cell`), without one the value as every page writes such values."""

    name: str  # in the address, after `sort=`
    label: Words
    value: Callable[[Any], Any]
    _: KW_ONLY
    sort: Sequence[str] = ()  # columns of the database, the leading one first; none: can't be sorted by
    words: tuple[Words, Words] | None = None  # what the two directions are called
    template: str = ""
    number: bool = False  # or a date: aligned to the right
    sentence: bool = False  # that is read whole: it goes on in a next line
    short: Words = ""  # the label of a `named` line on a card
    # At 360 px: `lead` a letter, `title` the link, `end` on its right, `line`s below, `named` ones with their label.
    card: Card = "hidden"
    in_files: "tuple[Column, ...]" = ()  # which columns stand in files instead, a value each: pages say `2 / 4`
    usual: bool = True  # shown while nobody has chosen columns; what is read for others is read only if they are chosen

    @property
    def leads(self) -> bool:
        """To the row: it can't be taken away."""
        return self.card == "title"

    def on_cards_too(self) -> Self:
        """What somebody chose is not left out where there is little room."""
        return replace(self, card="named", short=self.short or self.label) if self.card == "hidden" else self

    def order(self, *, descending: bool) -> list[str | OrderBy]:
        """The leading column in the direction wanted, nothing always last; the others make it total."""
        leading, *others = self.sort
        return [OrderBy(F(leading), descending=descending, nulls_last=True), *others]

    @cached_property
    def css(self) -> str:
        """The classes of a cell."""
        places = {"hidden": "c-hide", "lead": "c-lead", "title": "c-title", "end": "c-end", "line": "c-2 t-2"}
        more = ["r nw"] if self.number else ["c-say"] if self.sentence else []
        return " ".join([places.get(self.card, "c-2 t-2"), *more])


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any

    @property
    def is_empty(self) -> bool:
        """Left out of cards."""
        return self.value in (None, "") and not self.column.template


@dataclass(frozen=True)
class Row:
    """One row as the page shows it; `of` is the object."""

    of: Any
    link: str
    cells: list[Cell]


@dataclass(frozen=True)
class Act:
    """What can be done with a row, at its end on a desk. `named` tells whose it is to somebody who only hears."""

    label: Words
    address: Callable[[Any], str]
    named: Callable[[Any], str]


@dataclass(frozen=True)
class Head:
    """The head of a column. `direction` is what aria-sort says, `address` sorts by it or turns it round."""

    column: Column
    address: str = ""
    direction: str = ""
