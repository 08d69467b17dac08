"""Pages of a manager's ground: how the team stands, and its tiers. Every figure is the last night's."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Territory, User
from accounts.queries import ground_near, lines_of, today_of
from crm.base import clock
from segmentation.forms import NOWHERE, PLACES, ROLES
from segmentation.models import CycleNight
from segmentation.models.document import read_document
from segmentation.queries import figures, ground
from segmentation.queries.figures import Row
from segmentation.queries.pages import MEASURES, amount
from segmentation.views import charts
from segmentation.views.attention import findings, missing

BY = {
    "territory": _("By territory"),
    "role": _("By role"),
    "place_kind": _("By kind of institution"),
    "line": _("By product line"),
}
HEADS = {
    "territory": _("Territory"),
    "role": _("Role"),
    "place_kind": _("Kind of institution"),
    "line": _("Product line"),
}


@dataclass(frozen=True)
class Chosen:
    """The ground and the cycle that the address asks for, as far as the reader's postings open them."""

    user: User
    on: date
    posted: list[Territory]
    way: list[Territory]
    focus: Territory
    under: list[Territory]
    nights: list[CycleNight]  # of every line that he may see
    cycles: list[CycleNight]  # of the line of the focus, the newest first
    night: CycleNight | None

    def context(self) -> dict[str, Any]:
        return {
            "on": self.on,
            "focus": self.focus,
            "way": self.way,
            "posted": self.posted,
            "drills": bool(self.under),
            "night": self.night,
            "cycle": self.night.cycle if self.night else None,
            "cycles": figures.named(self.cycles),
            "running": bool(self.night and self.night.night < self.night.cycle.during.upper),
        }


def _choose(request: HttpRequest) -> Chosen:
    user = request.user
    assert isinstance(user, User)
    posted = ground.may_open(user)
    if not posted:
        raise PermissionDenied
    above, under = ground_near(user, _asked_territory(request) or posted[0].pk)
    if not above or not any(territory in posted for territory in above):
        raise Http404
    focus = above[-1]
    nights = figures.nights_of(lines_of(user))
    cycles = [night for night in nights if night.cycle.line_id == focus.line_id]
    asked = request.GET.get("cycle")
    night = next((night for night in cycles if str(night.cycle_id) == asked), cycles[0] if cycles else None)
    return Chosen(user, today_of(user, clock.now()), posted, above[:-1], focus, under, nights, cycles, night)


def _asked_territory(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["territory"])
    except (KeyError, ValueError):
        return None


def _by(request: HttpRequest, user: User) -> dict[str, Any]:
    """By what the address wants the rows told apart, and what it may want."""
    offered = {word: label for word, label in BY.items() if word != "line" or len(lines_of(user)) > 1}
    by = request.GET.get("by", "")
    by = by if by in offered else "territory"
    return {"by": by, "offered": offered, "heading": HEADS[by]}


def _rows(chosen: Chosen, night: CycleNight) -> list[Row]:
    """A row for each territory, with its people."""
    rows = figures.by_territory(chosen.focus, chosen.under, night.cycle_id)
    ground.name_people(rows, chosen.on)
    return rows


def _whole(focus: Territory, rows: list[Row]) -> Row:
    """The sum of rows that share nothing."""
    whole = Row(focus.pk, focus.name, focus, opens={"territory": focus.pk})
    for row in rows:
        whole.field_work.add(row.field_work)
        for letter, cell in row.cells.items():
            whole.cells[letter].add(cell)
    return whole


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Who is behind, and why; then each territory below the chosen one, or told apart as on the page of tiers."""
    chosen = _choose(request)
    context = chosen.context() | _by(request, chosen.user)
    if chosen.night:
        rows = _told_apart(chosen, chosen.night, context["by"])
        longest = max((max(row.all.due, row.all.calls) for row in rows), default=0)
        for row in rows:
            row.bar = charts.bullet(row.all, longest)
        over = figures.over_cycles(chosen.focus, chosen.cycles)
        context |= {
            "rows": sorted(rows, key=_behind_first),
            "total": _whole(chosen.focus, rows),
            "findings": findings(rows, running=context["running"]),
            "over": over,
            "trend": charts.trend([(row.label, row.all, row) for row in over], "attainment"),
        }
    return render(request, "segmentation/team.html", context)


def _behind_first(row: Row) -> tuple[Any, ...]:
    return (-missing(row.all), row.label, str(row.key))


@require_safe
def tiers(request: HttpRequest) -> HttpResponse:
    """Mix, coverage, frequency and moves: by territory, or told apart by role, kind of institution or line."""
    chosen = _choose(request)
    context = chosen.context() | _by(request, chosen.user)
    version = ground.decides(chosen.focus, chosen.on)
    context["version"] = version
    if chosen.night:
        rows = _told_apart(chosen, chosen.night, context["by"])
        widest = max((row.all.customers for row in rows), default=0)
        for row in rows:
            row.bar = charts.mix_bar(row.tiers, widest)
        over = figures.over_cycles(chosen.focus, chosen.cycles)
        widest = max((row.all.customers for row in over), default=0)
        for row in over:
            row.bar = charts.mix_bar(row.tiers, widest)
        whole = next((row for row in over if row.key == chosen.night), None) or _whole(chosen.focus, rows)
        context |= {"rows": rows, "total": whole, "behind": _least_reached(rows), "over": over}
        context["flows"] = charts.flows(figures.flows(chosen.focus, chosen.night.cycle_id))
    computed = ground.last_night(version)
    context["computed"] = computed
    if version and computed:
        document = read_document(version.document)
        context["measure"] = MEASURES[document.measure]
        context["shares"] = [
            share | {"amount": amount(share["volume"], document.currency)} for share in ground.shares(version, computed)
        ]
    return render(request, "segmentation/tiers.html", context)


def _told_apart(chosen: Chosen, night: CycleNight, by: str) -> list[Row]:
    match by:
        case "role":
            return figures.by_kind(
                chosen.focus, night.cycle_id, by, {code: capfirst(str(word)) for code, word in ROLES}
            )
        case "place_kind":
            labels = {"" if code == NOWHERE else code: capfirst(str(word)) for code, word in PLACES}
            return figures.by_kind(chosen.focus, night.cycle_id, by, labels)
        case "line":
            begun = [one for one in chosen.nights if one.cycle.during.lower < night.cycle.during.upper]
            newest = {one.cycle.line_id: one for one in reversed(begun)}
            return figures.by_line(
                [territory.pk for territory in chosen.posted],
                {line: one.cycle_id for line, one in newest.items()},
                {line: one.cycle.line.name for line, one in newest.items()},
            )
    return _rows(chosen, night)


def _least_reached(rows: list[Row]) -> Row | None:
    """The row that reaches the smallest part of its A customers: where to look first."""
    planned = [row for row in rows if row.cells["A"].targets]
    return min(planned, key=lambda row: (row.cells["A"].reached / row.cells["A"].targets, str(row.key)), default=None)
