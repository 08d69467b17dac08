"""The list of visits."""

from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.forms import territory_menu
from accounts.queries import SUPERVISORS, lines_of
from accounts.views.lists import OwnList
from crm.base.lists import Column, Menu
from visits import queries
from visits.forms import VisitFilter
from visits.models import Visit, VisitProduct


def _names(things: list[dict[str, Any]]) -> str:
    return pgettext("between things", ", ").join(thing["name"] for thing in things)


def _who(visit: Visit) -> str:
    """Only those whom the reader sees; the others are counted."""
    people, others = visit.people, visit.met - len(visit.people)  # type: ignore[attr-defined]
    if not others:
        return _names(people)
    elsewhere = ngettext("%d person outside your territory", "%d people outside your territory", others) % others
    return _names([*people, {"name": elsewhere}])


def _what(visit: Visit) -> str:
    talked = []
    for product in visit.talked:  # type: ignore[attr-defined]
        reaction = product["reaction"] and VisitProduct.Reaction(product["reaction"]).label
        talked.append({"name": f"{product['name']} · {reaction}" if reaction else product["name"]})
    return _names(talked)


class VisitList(OwnList):
    """What was done: a rep's own visits, a manager's whole ground's."""

    name = "visits"
    title = gettext_lazy("Visits")
    searched = gettext_lazy("Who was met, or where")
    hint = gettext_lazy("Name, pinyin, phone")
    form_class = VisitFilter
    first_sort = "-on"
    most_counted = 1_000  # a company makes millions
    nothing_yet = "visits/_none.html"
    columns = (
        Column(
            "on",
            gettext_lazy("Date"),
            attrgetter("on"),
            sort=("on", "reported_at"),
            words=(gettext_lazy("oldest first"), gettext_lazy("newest first")),
            card="end",
        ),
        Column("who", gettext_lazy("Customer"), _who, card="title"),
        Column(
            "place",
            gettext_lazy("Institution"),
            lambda row: row.place.customer.name if row.place else "",
            sort=("place__customer__pinyin", "place__customer__name"),
            card="line",
        ),
        Column("what", gettext_lazy("Products and reactions"), _what, card="line"),
        Column("channel", gettext_lazy("How"), lambda row: capfirst(row.get_channel_display()), sort=("channel",)),
        Column("maker", gettext_lazy("Made by"), attrgetter("maker.name"), sort=("maker__name",), card="line"),
        Column("territory", gettext_lazy("Territory"), attrgetter("territory.name"), sort=("territory__name",)),
        Column("note", gettext_lazy("Note"), attrgetter("note")),
        Column("purpose", gettext_lazy("Purpose of the visit"), attrgetter("purpose"), usual=False),
        Column("needs", gettext_lazy("Needs"), attrgetter("needs"), usual=False),
        Column("objections", gettext_lazy("Objections"), attrgetter("objections"), usual=False),
        Column("competitors", gettext_lazy("Competitors"), attrgetter("competitors"), usual=False),
        Column("materials", gettext_lazy("Materials handed over"), attrgetter("materials"), usual=False),
        Column(
            "joint",
            gettext_lazy("Joint visit with"),
            lambda row: row.joint_with.name if row.joint_with else None,
            sort=("joint_with__name",),
            usual=False,
        ),
        Column("line", gettext_lazy("Product line"), attrgetter("line.name"), sort=("line__name",), usual=False),
        Column(
            "reported",
            gettext_lazy("Reported at"),
            attrgetter("reported_at"),
            sort=("reported_at",),
            number=True,
            usual=False,
        ),
    )

    @cached_property
    def leads(self) -> bool:
        return self.user.has_role(*SUPERVISORS)

    def form_arguments(self) -> dict[str, Any]:
        return {"makers": queries.makers_below(self.user)}

    def rows(self) -> QuerySet[Visit]:
        return queries.made(self.user)

    def narrow(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        return queries.narrowed(rows, self.wanted, self.user)

    def complete(self, rows: QuerySet[Visit]) -> QuerySet[Visit]:
        rows = queries.told(rows, self.user)
        joined = [key for name, key in (("joint", "joint_with"), ("line", "line")) if self.shows(name)]
        return rows.select_related(*joined) if joined else rows

    def link(self, row: Visit) -> str:
        return reverse("visit", args=[row.pk])

    def offered_columns(self) -> list[Column]:
        idle = set() if self.leads else {"maker", "territory"}
        if len(lines_of(self.user)) < 2:
            idle.add("line")
        return [column for column in self.columns if column.name not in idle]

    def own_menu(self, name: str) -> Menu | None:
        return territory_menu(self, self.user) if name == "territory" else None
