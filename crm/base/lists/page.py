"""The view behind every list."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from crm.base import clock
from crm.base.lists.columns import Act, Cell, Column, Head, Row, Words
from crm.base.lists.files import FILES, MOST_XLSX_ROWS, columns_of_files
from crm.base.lists.filters import ListForm, Menu, Option, Tick, choice_menu, menus

MOST_PRINTED = 1_000  # rows of one print; more is a file's work
_BATCH = 1_000  # rows of a file that are dressed at once

_PAGES: dict[str, type["ListPage"]] = {}


def list_pages() -> dict[str, type["ListPage"]]:
    """Every list of the house, by name."""
    return dict(_PAGES)


def asked_page(request: HttpRequest) -> int:
    """From 1; what is no page is the first."""
    try:
        return max(1, int(request.GET.get("page", "")))
    except ValueError:
        return 1


class ListPage(View):
    """Statements: whatever the rows, one counts (tabs too), one reads a page of rows; `dress` may add its own."""

    http_method_names = ["get", "head"]

    name: ClassVar[str] = ""  # of the address, of saved views, of files
    title: ClassVar[Words] = ""
    columns: ClassVar[Sequence[Column]] = ()
    form_class: ClassVar[type[ListForm]] = ListForm
    searched: ClassVar[Words] = gettext_lazy("Search")  # the label of the search box
    hint: ClassVar[Words] = ""  # what one may type there
    tabs: ClassVar[str] = ""  # the choice that stands above the list, each word with its count
    first_sort: ClassVar[str] = ""
    size: ClassVar[int] = 50
    most_counted: ClassVar[int | None] = None  # of a list without tabs that grows for ever: rows beyond are not counted
    head_action: ClassVar[str] = ""  # the template of what can be done beside the list: its primary action
    nothing_yet: ClassVar[str] = "lists/_nothing_yet.html"  # what to do first
    template: ClassVar[str] = "lists/list.html"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            _PAGES[cls.name] = cls

    # What a list says of itself

    @property
    def on(self) -> date:
        """The reader's today."""
        return clock.company_date(clock.now())

    def rows(self) -> QuerySet[Any]:
        """All rows that the reader may see."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` that `self.wanted` asks for, but for the tab."""
        return rows

    def tab_conditions(self) -> dict[str, Q]:
        """The rows of each tab, by its word in the address."""
        return {}

    def complete(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """With what cells need of other tables; not asked when rows are counted. What a column alone needs is worth a
        question: `self.shows("phone")`."""
        return rows

    def dress(self, rows: list[Any]) -> list[Any]:
        """Give a page of rows what one statement a row would be too many for."""
        return rows

    def link(self, row: Any) -> str:
        """Where a row leads; empty: nowhere."""
        return ""

    @cached_property
    def action(self) -> Act | str:
        """What the reader may do with a row: a link, or the template of a form; empty: nothing."""
        return ""

    def offered_columns(self) -> list[Column]:
        """The columns from which this reader may choose."""
        return list(self.columns)

    def own_menu(self, name: str) -> Menu | None:
        """The menu of a filter that is no plain choice."""
        return None

    def tie_break(self) -> list[Any]:
        """What makes an order total."""
        return ["pk"]

    # What follows from it

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.form = self.form_class(request.GET, **self.form_arguments())
        self.wanted = self.form.wanted
        rows = self.narrow(self.rows())
        self.counts = self._counted(rows)
        if self.tab:
            rows = rows.filter(self.tab_conditions()[self.tab])
        kind = request.GET.get("as", "")
        if kind not in FILES and self.goes_on and self.sort != self.first_sort:
            rows = rows.filter(pk__in=self._first_counted(rows))
        rows = self.complete(rows.order_by(*self._order(self.sort)))
        if kind in FILES:
            return self._file(kind, rows)
        return self._page(rows, on_paper=kind == "print")

    def _first_counted(self, rows: QuerySet[Any]) -> list[Any]:
        """To sort all that there ever was by something that no index gives would take minutes."""
        return list(rows.order_by(*self._order(self.first_sort)).values_list("pk", flat=True)[: self.most_counted])

    def form_arguments(self) -> dict[str, Any]:
        return {}

    def _counted(self, rows: QuerySet[Any]) -> dict[str, int]:
        if self.most_counted:
            return {"all": rows.order_by()[: self.most_counted + 1].count()}
        tabs = {word: Count("pk", filter=condition) for word, condition in self.tab_conditions().items()}
        return rows.aggregate(all=Count("pk"), **tabs)

    @cached_property
    def tab(self) -> str:
        """The word of the tab that is open, empty for all rows."""
        return (self.wanted[self.tabs] or "") if self.tabs else ""

    @property
    def count(self) -> int:
        return self.counts[self.tab or "all"]

    @property
    def goes_on(self) -> bool:
        """There are more rows than are counted."""
        return self.most_counted is not None and self.count > self.most_counted

    @cached_property
    def _offered(self) -> list[Column]:
        return self.offered_columns()

    @cached_property
    def chosen(self) -> list[str]:
        """The names of the columns that the address asks for, in the order of the list; none: the usual ones. A form
        says the word once for each, a link once for all."""
        asked = set(",".join(self.request.GET.getlist("columns")).split(","))
        if asked.isdisjoint(column.name for column in self._offered):
            return []
        names = [column.name for column in self._offered if column.leads or column.name in asked]
        return [] if names == [column.name for column in self._offered if column.usual] else names

    @cached_property
    def shown(self) -> list[Column]:
        """The columns of the table, of cards, of files and on paper."""
        if not self.chosen:
            return [column for column in self._offered if column.usual]
        return [column.on_cards_too() for column in self._offered if column.name in self.chosen]

    def shows(self, name: str) -> bool:
        return any(column.name == name for column in self.shown)

    @cached_property
    def sort(self) -> str:
        """A column's name, with a minus for descending. It need not be shown."""
        asked = self.request.GET.get("sort", "")
        known = {column.name for column in self._offered if column.sort}
        return asked if asked.removeprefix("-") in known else self.first_sort

    def _column_of(self, sort: str) -> Column:
        return next(column for column in self.columns if column.name == sort.removeprefix("-"))

    @property
    def sorted_by(self) -> Column:
        return self._column_of(self.sort)

    @property
    def order_is_hidden(self) -> bool:
        """No head tells it."""
        return not self.shows(self.sorted_by.name)

    def _order(self, sort: str) -> list[Any]:
        column = self._column_of(sort)
        return [*column.order(descending=sort.startswith("-")), *self.tie_break()]

    def address(self, **changes: Any) -> str:
        """This list as it is, with words of its address changed, or taken away by None."""
        state: dict[str, Any] = self.state | changes
        if state.get("sort") == self.first_sort:
            del state["sort"]
        words = {word: str(value) for word, value in state.items() if value not in (None, "")}
        return f"?{urlencode(words, safe=',')}"

    @cached_property
    def state(self) -> dict[str, str]:
        """What the address says of filters, order and columns; the page of it is not kept."""
        columns = {"columns": ",".join(self.chosen)} if self.chosen else {}
        return self.form.state() | {"sort": self.sort} | columns

    @property
    def query(self) -> str:
        """The state as a saved view keeps it."""
        return self.address().removeprefix("?")

    @property
    def is_filtered(self) -> bool:
        return any(self.wanted.values())

    @property
    def filters_chosen(self) -> int:
        """How many filters hold, the search and the tab apart."""
        return sum(bool(value) for word, value in self.wanted.items() if word not in ("q", self.tabs))

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search box must not lose."""
        return [(word, value) for word, value in self.state.items() if word != "q"]

    @property
    def kept_beside_dates(self) -> list[tuple[str, str]]:
        return [(word, value) for word, value in self.state.items() if word not in (self.form.dates or ())]

    @property
    def kept_beside_columns(self) -> list[tuple[str, str]]:
        return [(word, value) for word, value in self.state.items() if word != "columns"]

    @property
    def unfiltered(self) -> str:
        """The address without its filters: order and columns stay."""
        return self.address(**dict.fromkeys(self.form.fields))

    @property
    def usual_columns(self) -> str:
        return self.address(columns=None)

    def column_menu(self) -> list[Tick]:
        return [Tick(one.name, one.label, self.shows(one.name), one.leads) for one in self._offered]

    @cached_property
    def menus(self) -> list[Menu]:
        plain = {menu.name: menu for menu in menus(self.form, self.wanted, self.tabs, self.address)}
        return [menu for name in self.form.fields if (menu := self.own_menu(name) or plain.get(name))]

    def tab_menu(self) -> list[tuple[Option, int]]:
        if not self.tabs:
            return []
        options = choice_menu(self.form[self.tabs], self.tab, self.address).options
        return list(zip(options, self.counts.values(), strict=True))

    def sort_menu(self) -> list[Option]:
        """Every order, for screens that have no heads, and for one by a column that is not shown."""
        options = []
        for column in self._offered:
            if not (self.shows(column.name) or column.name == self.sorted_by.name):
                continue
            ways = column.words or (
                _("%(column)s, ascending") % {"column": column.label},
                _("%(column)s, descending") % {"column": column.label},
            )
            for word, label in zip((column.name, f"-{column.name}"), ways if column.sort else (), strict=False):
                options.append(Option(label, self.address(sort=word), chosen=word == self.sort))
        return options

    def heads(self) -> list[Head]:
        heads = []
        for column in self.shown:
            up, down = column.name, f"-{column.name}"
            direction = {up: "ascending", down: "descending"}.get(self.sort, "")
            address = self.address(sort=down if self.sort == up else up) if column.sort else ""
            heads.append(Head(column, address, direction))
        return heads

    def _dressed(self, rows: Iterable[Any]) -> list[Row]:
        return [
            Row(row, self.link(row), [Cell(column, column.value(row)) for column in self.shown])
            for row in self.dress(list(rows))
        ]

    def _page(self, rows: QuerySet[Any], *, on_paper: bool) -> HttpResponseBase:
        paginator = Paginator(rows, MOST_PRINTED if on_paper else self.size)
        vars(paginator)["count"] = self.count  # known already
        if self.goes_on:
            vars(paginator)["count"] = self.most_counted
        page = paginator.get_page(asked_page(self.request))
        context = self.context() | {
            "list": self,
            "on": self.on,
            "counts": self.counts,
            "page": page,
            "rows": self._dressed(page.object_list),
            "on_paper": on_paper,
            "form": self.form,
        }
        return render(self.request, self.template, context)

    def context(self) -> dict[str, Any]:
        """What the cells' templates need beside the row."""
        return {}

    def _file(self, kind: str, rows: QuerySet[Any]) -> HttpResponseBase:
        if kind == "xlsx" and (rows.count() if self.goes_on else self.count) > MOST_XLSX_ROWS:
            kind = "csv"  # a sheet does not hold them
        name = f"{self.name}-{clock.company_date(clock.now()).isoformat()}"
        answer = FILES[kind](name, columns_of_files(self.shown), self._in_batches(rows))
        answer["Cache-Control"] = "private, no-store"
        return answer

    def _in_batches(self, rows: QuerySet[Any]) -> Iterator[Any]:
        """All rows, dressed; a cursor of the database keeps them until they are wanted."""
        left = rows.iterator(chunk_size=_BATCH)
        while batch := list(islice(left, _BATCH)):
            yield from self.dress(batch)

    @property
    def as_csv(self) -> str:
        return self.address(**{"as": "csv"})

    @property
    def as_xlsx(self) -> str:
        return self.address(**{"as": "xlsx"})

    @property
    def as_print(self) -> str:
        return self.address(**{"as": "print"})

    @property
    def period(self) -> list[date | None] | None:
        """The first and last day that were asked for."""
        ends = [self.wanted[name] for name in self.form.dates or ()]
        return ends if any(ends) else None

    @property
    def is_wide(self) -> bool:
        """The usual columns fit on a desk; more of them may not."""
        return any(not column.usual for column in self.shown)

    @property
    def has_lead(self) -> bool:
        return any(column.card == "lead" for column in self.shown)

    @property
    def home(self) -> str:
        return reverse(self.name)
