"""Pages of a manager's ground: how the team stands, and its tiers. Every figure is the last night's."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Territory, User
from accounts.queries import ground_near, lines_of, today_of
from crm.base import clock
from crm.base.lists.files import FILES
from segmentation.forms import NOWHERE, PLACES, ROLES
from segmentation.models import CycleNight
from segmentation.models.document import read_document
from segmentation.queries import figures, ground
from segmentation.queries.figures import CYCLES_SHOWN, Row
from segmentation.queries.kpis import KPIS, Figures
from segmentation.queries.pages import MEASURES, amount
from segmentation.views import charts, curves, files
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
            "running": bool(self.night and _runs(self.night)),
        }


def _runs(night: CycleNight) -> bool:
    return bool(night.night < night.cycle.during.upper)


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
def team(request: HttpRequest) -> HttpResponseBase:
    """Who is behind, and why; then each territory below the chosen one, or told apart as on the page of tiers."""
    chosen = _choose(request)
    context = chosen.context() | _by(request, chosen.user)
    rows: list[Row] = []
    if chosen.night:
        rows = sorted(_told_apart(chosen, chosen.night, context["by"]), key=_behind_first)
        context |= {"rows": rows, "total": _whole(chosen.focus, rows)}
    if request.GET.get("as") in FILES:
        left_out = set() if context["running"] else {"overdue"}
        left_out |= set() if context["by"] == "territory" else {"calls_per_field_day"}
        return _file(request, chosen, context, [one for one in files.TEAM if one[0] not in left_out])
    if chosen.night:
        longest = max((max(row.all.due, row.all.calls) for row in rows), default=0)
        for row in rows:
            row.bar = charts.bullet(row.all, longest)
        over = figures.over_cycles(chosen.focus, chosen.cycles)
        _draw_sparks(chosen, context["by"], rows, context["total"], over)
        context |= {
            "findings": findings(rows, running=context["running"]),
            "over": over,
            "trend": charts.trend([(row.label, row.all, row) for row in over], "attainment"),
        }
    return _page(request, "segmentation/team.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """On paper, if the address asks for it: what one opens from there stays on the screen."""
    asked = request.GET.copy()
    context["on_paper"] = asked.pop("as", [""])[-1] == "print"
    request.GET = asked  # type: ignore[assignment]  # a QueryDict, too
    return render(request, template, context)


def _file(
    request: HttpRequest, chosen: Chosen, context: dict[str, Any], told: Sequence[tuple[str, str | None]]
) -> HttpResponseBase:
    """The table of the page, with its sum."""
    rows = list(context.get("rows", ()))
    if len(rows) > 1 and context["by"] != "line":
        rows.append(replace(context["total"], label=gettext("All"), territory=None))
    assert request.resolver_match
    name = str(request.resolver_match.url_name)
    nights = [chosen.night, *chosen.nights] if chosen.night else []
    return files.as_file(request.GET["as"], name, str(context["heading"]), told, rows, nights)


def _draw_sparks(chosen: Chosen, by: str, rows: list[Row], total: Row, over: list[Row]) -> None:
    """The attainment of each row in the cycles of the trend, and of their sum; of a line, in its own."""
    of = {row.key: chosen.cycles[:CYCLES_SHOWN] for row in rows}
    if by == "line":
        of = {key: [one for one in chosen.nights if one.cycle.line_id == key][:CYCLES_SHOWN] for key in of}
    nights = {one.cycle_id: one for several in of.values() for one in several}
    posted = [territory.pk for territory in chosen.posted]
    made = figures.each_over_cycles(by, rows, chosen.focus, posted, list(nights.values()))
    attained = [
        [_attained(one, made[row.key].get(one.cycle_id, Figures())) for one in reversed(of[row.key])] for row in rows
    ]
    attained.append([_attained(row.key, row.all) for row in over])
    top = curves.highest(attained)
    for row, cycles in zip((*rows, total), attained, strict=True):
        row.spark = curves.spark(cycles, top)


def _attained(night: CycleNight, made: Figures) -> curves.Attained:
    value = KPIS["attainment"].of(made)
    return curves.Attained(figures.cycle_name(night.cycle), None if value is None else int(value), _runs(night))


def _behind_first(row: Row) -> tuple[Any, ...]:
    return (-missing(row.all), row.label, str(row.key))


@require_safe
def tiers(request: HttpRequest) -> HttpResponseBase:
    """Mix, coverage, frequency and moves: by territory, or told apart by role, kind of institution or line."""
    chosen = _choose(request)
    context = chosen.context() | _by(request, chosen.user)
    if chosen.night:
        rows = _told_apart(chosen, chosen.night, context["by"])
        over = figures.over_cycles(chosen.focus, chosen.cycles)
        whole = next((row for row in over if row.key == chosen.night), None) or _whole(chosen.focus, rows)
        context |= {"rows": rows, "total": whole, "behind": _least_reached(rows), "over": over}
    if request.GET.get("as") in FILES:
        return _file(request, chosen, context, files.TIERS)
    if chosen.night:
        for several in (rows, over):
            widest = max((row.all.customers for row in several), default=0)
            for row in several:
                row.bar = charts.mix_bar(row.tiers, widest)
        context["flows"] = charts.flows(figures.flows(chosen.focus, chosen.night.cycle_id))
    return _page(request, "segmentation/tiers.html", context | _policy(chosen))


def _policy(chosen: Chosen) -> dict[str, Any]:
    """What decides the tiers of the ground, and what its last night said of all whom it compares."""
    version = ground.decides(chosen.focus, chosen.on)
    computed = ground.last_night(version)
    if not version or not computed:
        return {"version": version, "computed": computed}
    document = read_document(version.document)
    shares = ground.shares(version, computed)
    return {
        "version": version,
        "computed": computed,
        "measure": MEASURES[document.measure],
        "shares": [share | {"amount": amount(share["volume"], document.currency)} for share in shares],
        "pareto": curves.pareto(ground.curve(version, computed), shares),
    }


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
