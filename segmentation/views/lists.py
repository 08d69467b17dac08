"""The lists behind the figures of a ground: its customers, visits, promises and moves in a cycle."""

from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms import territory_menu
from accounts.queries import SUPERVISORS, lines_of
from accounts.views.lists import OwnList
from crm.base.lists import Column, Menu
from segmentation import forms
from segmentation.models import CycleCustomer, CycleNight
from segmentation.queries import figures, rows
from segmentation.queries.pages import why
from segmentation.templatetags.ground import kind_words

NAME = Column(
    "name",
    gettext_lazy("Customer"),
    attrgetter("customer.name"),
    sort=("customer__pinyin", "customer__name"),
    words=(gettext_lazy("by name"), gettext_lazy("by name, backwards")),
    card="title",
)
TERRITORY = Column(
    "territory", gettext_lazy("Territory"), attrgetter("territory.name"), sort=("territory__name",), card="line"
)
ROLE = Column("role", gettext_lazy("Role"), lambda row: kind_words("role", row.role), sort=("role",))
PLACE = Column(
    "place",
    gettext_lazy("Kind of institution"),
    lambda row: kind_words("place_kind", row.place_kind),
    sort=("place_kind",),
    card="line",
)
LETTER = Column(
    "tier", gettext_lazy("Tier"), lambda row: row.letter or "", template="segmentation/_cell_tier.html", card="lead"
)


class FiguresList(OwnList):
    """Rows of one cycle, as the night has counted them; without a word for it, of the newest cycle of each line."""

    searched = gettext_lazy("Name")
    hint = gettext_lazy("Name, pinyin, phone")
    nothing_yet = "segmentation/_none.html"
    read: ClassVar[Callable[..., QuerySet[Any]]]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.user.has_role(*SUPERVISORS):
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    @cached_property
    def nights(self) -> list[CycleNight]:
        return figures.nights_of(lines_of(self.user))

    def form_arguments(self) -> dict[str, Any]:
        return {"cycles": [(str(night.cycle_id), name) for night, name in figures.named(self.nights)]}

    @property
    def chosen_nights(self) -> list[CycleNight]:
        if self.wanted["cycle"]:
            return [night for night in self.nights if str(night.cycle_id) == self.wanted["cycle"]]
        return list({night.cycle.line_id: night for night in reversed(self.nights)}.values())

    def rows(self) -> QuerySet[Any]:
        """Read through for_user, and narrowed at once: what a word means depends on the cycle."""
        return type(self).read(self.user, self.chosen_nights, self.wanted)

    def dress(self, found: list[Any]) -> list[Any]:
        self.visible: set[UUID] = rows.visible(self.user, [row.customer_id for row in found])
        return found

    def link(self, row: Any) -> str:
        return reverse("customer", args=[row.customer_id]) if row.customer_id in self.visible else ""

    def own_menu(self, name: str) -> Menu | None:
        return territory_menu(self, self.user) if name == "territory" else None


def _holder_of(row: CycleCustomer) -> str:
    territory = row.territory if row.due is None else row.plan_territory
    return territory.name if territory else ""


class CycleCustomers(FiguresList):
    name = "team-customers"
    title = gettext_lazy("Customers of a cycle")
    form_class = forms.CycleCustomerFilter
    first_sort = "name"
    read = staticmethod(rows.customers)
    columns = (
        Column(
            "tier",
            gettext_lazy("Tier"),
            attrgetter("tier"),
            sort=("tier", "customer__pinyin"),
            template="segmentation/_cell_tiers.html",
            card="lead",
        ),
        NAME,
        ROLE,
        PLACE,
        Column("territory", gettext_lazy("Territory"), _holder_of, card="line"),
        Column(
            "done",
            gettext_lazy("Visits made"),
            attrgetter("done"),
            sort=("done",),
            number=True,
            short=gettext_lazy("Visits made"),
            card="named",
        ),
        Column(
            "due",
            gettext_lazy("Visits due"),
            attrgetter("due"),
            sort=("due",),
            number=True,
            short=gettext_lazy("Visits due"),
            card="named",
        ),
        Column(
            "overdue",
            gettext_lazy("Overdue"),
            lambda row: _("Overdue") if row.overdue else "",
            template="segmentation/_cell_overdue.html",
            card="end",
        ),
    )

    def complete(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("customer", "territory", "plan_territory")


class CycleCalls(FiguresList):
    name = "team-calls"
    title = gettext_lazy("Visits of a cycle, by who was met")
    form_class = forms.CallFilter
    first_sort = "-on"
    read = staticmethod(rows.calls)
    columns = (
        LETTER,
        NAME,
        Column(
            "on",
            gettext_lazy("Date"),
            attrgetter("visit.on"),
            sort=("visit__on", "visit__reported_at"),
            words=(gettext_lazy("oldest first"), gettext_lazy("newest first")),
            card="end",
        ),
        Column(
            "known",
            gettext_lazy("Logged"),
            attrgetter("visit.known_on"),
            sort=("visit__known_on",),
            short=gettext_lazy("Logged"),
            card="named",
        ),
        Column(
            "channel",
            gettext_lazy("How"),
            lambda row: capfirst(row.visit.get_channel_display()),
            sort=("visit__channel",),
        ),
        Column("plan", gettext_lazy("Plan"), lambda row: _("Planned") if row.on_plan else _("Off plan"), card="line"),
        Column(
            "maker", gettext_lazy("Made by"), attrgetter("visit.maker.name"), sort=("visit__maker__name",), card="line"
        ),
        TERRITORY,
    )

    def complete(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("customer", "territory", "visit__maker")


class CyclePromises(FiguresList):
    name = "team-promises"
    title = gettext_lazy("Promises of a cycle")
    form_class = forms.PromiseFilter
    first_sort = "due"
    read = staticmethod(rows.promises)
    columns = (
        LETTER,
        NAME,
        Column(
            "due",
            gettext_lazy("Due"),
            attrgetter("due_on"),
            sort=("due_on",),
            words=(gettext_lazy("by due date"), gettext_lazy("by due date, latest first")),
            card="end",
        ),
        Column("kind", gettext_lazy("What"), lambda row: capfirst(row.get_kind_display()), sort=("kind",), card="line"),
        Column("text", gettext_lazy("What exactly"), attrgetter("text")),
        Column(
            "state", gettext_lazy("Done"), lambda row: capfirst(row.get_state_display()), sort=("state",), card="line"
        ),
        Column("kept", gettext_lazy("On time"), lambda row: _("On time") if row.kept else _("Not on time")),
        Column("maker", gettext_lazy("Made by"), attrgetter("visit.maker.name"), sort=("visit__maker__name",)),
        Column("territory", gettext_lazy("Territory"), attrgetter("territory_name"), sort=("territory_name",)),
    )

    def complete(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("customer", "visit__maker")


class Moves(FiguresList):
    """Promotions and demotions, each with its reason. A cycle with several nights of moves may name one twice."""

    name = "moves"
    title = gettext_lazy("Moves")
    form_class = forms.MoveFilter
    tabs = "way"
    first_sort = "-on"
    read = staticmethod(rows.moves)
    columns = (
        Column(
            "move",
            pgettext_lazy("of tiers", "Move"),
            lambda row: f"{row.before} → {row.after}",
            sort=("after", "before"),
            template="segmentation/_cell_move.html",
            card="lead",
        ),
        NAME,
        Column(
            "on",
            gettext_lazy("In the night of"),
            attrgetter("on"),
            sort=("on",),
            words=(gettext_lazy("oldest first"), gettext_lazy("newest first")),
            card="end",
        ),
        Column(
            "before",
            gettext_lazy("Measure before"),
            lambda row: row.previous.reason["volume"],
            number=True,
            template="segmentation/_cell_before.html",
        ),
        Column(
            "after",
            gettext_lazy("Measure now"),
            lambda row: row.assignment.reason["volume"],
            number=True,
            template="segmentation/_cell_after.html",
            short=gettext_lazy("Measure now"),
            card="named",
        ),
        Column("rank", gettext_lazy("Rank"), lambda row: row.assignment.reason["rank"], number=True),
        Column("why", gettext_lazy("Why"), lambda row: why(row.assignment), card="line", sentence=True),
        Column("undone", gettext_lazy("Undone"), lambda row: _("Within 30 nights") if row.undone else ""),
        TERRITORY,
    )

    def tab_conditions(self) -> dict[str, Q]:
        return {
            "up": Q(after="A") | Q(after="B", before="C"),
            "down": Q(after="C") | Q(after="B", before="A"),
        }

    def complete(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("customer", "territory", "assignment", "previous")
