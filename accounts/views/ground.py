"""Pages of operations: the tree of territories."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actions import territories as actions
from accounts.forms.setup import MoveForm, TerritoryForm
from accounts.models import Posting, Territory, TerritoryParent
from accounts.queries import operated, runs_house, today_of, tree
from accounts.views.setup import FormPage, for_operations, operator, show_form
from crm.base import clock
from crm.base.refusals import mark_of
from crm.base.toasts import Undo, tell

Held = Callable[[Iterable[UUID]], dict[UUID, int]]
"""How many customers each of some territories holds; a floor above knows it."""


def _posted(territories: Iterable[UUID], on: date) -> dict[UUID, list[Posting]]:
    """Who is posted there on `on`."""
    found: dict[UUID, list[Posting]] = {}
    for posting in (
        Posting.objects.filter(territory__in=territories, during__contains=on)
        .select_related("user")
        .order_by("role", "user__name", "pk")
    ):
        found.setdefault(posting.territory_id, []).append(posting)
    return found


@require_safe
@for_operations
def territories(request: HttpRequest, held: Held) -> HttpResponse:
    """The tree, with who is posted where and how many customers each territory holds."""
    user = operator(request)
    on = today_of(user, clock.now())
    nodes = tree(user, on)
    wanted = " ".join(request.GET.get("q", "").split())[:80]
    if wanted:
        nodes = [node for node in nodes if wanted.casefold() in node.territory.name.casefold()]
    ids = [node.territory.pk for node in nodes]
    context = {
        "nodes": nodes,
        "posted": _posted(ids, on),
        "held": held(ids),
        "wanted": wanted,
        "several_lines": len({node.territory.line_id for node in nodes}) > 1,
    }
    return render(request, "setup/territories.html", context)


@require_safe
@for_operations
def territory(request: HttpRequest, pk: UUID, held: Held) -> HttpResponse:
    """One territory: where it stands and stood, who works there, what it holds."""
    user = operator(request)
    on = today_of(user, clock.now())
    found = get_object_or_404(operated(user).select_related("line"), pk=pk)
    lines = dict(operated(user).values_list("pk", "line"))
    own = set(lines)
    postings = found.postings.select_related("user").order_by("-during", "user__name", "pk")
    context = {
        "territory": found,
        "several_lines": len(set(lines.values())) > 1,
        "on": on,
        "own": own,
        "parents": list(found.parents.select_related("parent").order_by("-during")),
        "children": list(_children(found, on)),
        "now": [p for p in postings if on in p.during],
        "later": [p for p in postings if p.during.lower and p.during.lower > on],
        "held": held([found.pk]).get(found.pk, 0),
        "movable": _movable(found, own, on),
    }
    return render(request, "setup/territory.html", context)


def _children(found: Territory, on: date) -> Iterable[Territory]:
    rows = TerritoryParent.objects.filter(parent=found, during__contains=on).select_related("territory")
    return sorted((row.territory for row in rows), key=lambda territory: territory.name)


def _movable(found: Territory, own: set[UUID], on: date) -> bool:
    """The top of what somebody runs is moved by those above."""
    return found.parents.filter(during__contains=on, parent__in=own).exists()


def _values(data: dict[str, Any], stored: str = "") -> dict[str, Any]:
    return {"name": data["name"], "time_zone": data["time_zone"], "jurisdiction": data.get("jurisdiction", stored)}


@for_operations
def new_territory(request: HttpRequest) -> HttpResponse:
    user = operator(request)
    on = today_of(user, clock.now())
    under = request.GET.get("under", "")
    form = TerritoryForm(
        request.POST or None, whole_house=runs_house(user), nodes=tree(user, on), initial={"parent": under}
    )
    made: list[Territory] = []

    def create(data: dict[str, Any]) -> None:
        made.append(actions.create_territory(actor=user, parent=data["parent"], today=on, **_values(data)))

    if request.method == "POST" and form.carried_out(create):
        tell(request, _("Territory “%s” stands in the tree.") % made[0].name)
        return redirect("territory", pk=made[0].pk)
    page = FormPage(_("New territory"), reverse("territories"), _("Territories"), _("Create territory"), zones=_zones())
    return show_form(request, form, page)


def _zones() -> list[str]:
    return sorted(available_timezones())


@for_operations
def change_territory(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = operator(request)
    on = today_of(user, clock.now())
    found = get_object_or_404(operated(user), pk=pk)
    seen = actions.seen_of(found)
    before = {"name": found.name, "time_zone": found.own_time_zone, "jurisdiction": found.own_jurisdiction}
    form = TerritoryForm(request.POST or None, whole_house=runs_house(user), initial=before | {"was": mark_of(*seen)})

    def change(data: dict[str, Any]) -> None:
        values = _values(data, found.own_jurisdiction)
        actions.change_territory(actor=user, territory=found, was=data["was"], today=on, **values)

    if request.method == "POST" and form.carried_out(change):
        changed = Territory.objects.get(pk=pk)
        undo = Undo(reverse("territory-change", args=[pk]), before | {"was": mark_of(*actions.seen_of(changed))})
        tell(request, _("Territory “%s” is saved.") % changed.name, undo)
        return redirect("territory", pk=pk)
    stored = Territory.objects.get(pk=pk)
    if form.overtaken:
        form.renew(mark_of(*actions.seen_of(stored)))
    page = FormPage(
        _("Change “%s”") % stored.name,
        reverse("territory", args=[pk]),
        stored.name,
        _("Save territory"),
        now=[
            (_("Name"), stored.name),
            (_("Time zone"), stored.own_time_zone or "—"),
            (_("Jurisdiction"), stored.own_jurisdiction or "—"),
        ],
        zones=_zones(),
    )
    return show_form(request, form, page)


@for_operations
def move_territory(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From a day on under another territory, with all that is below it."""
    user = operator(request)
    on = today_of(user, clock.now())
    found = get_object_or_404(operated(user), pk=pk)
    start = {"first": on + timedelta(days=1), "was": lambda: mark_of(*actions.parents_of(found))}
    form = MoveForm(request.POST or None, nodes=tree(user, on), initial=start)

    def move(data: dict[str, Any]) -> None:
        act = partial(actions.move_territory, actor=user, territory=found, today=on)
        act(parent=data["parent"], first=data["first"], was=data["was"])

    if request.method == "POST" and form.carried_out(move):
        tell(request, _("The move of “%s” is entered.") % found.name)
        return redirect("territory", pk=pk)
    if form.overtaken:
        form.renew(mark_of(*actions.parents_of(found)))
    rows = found.parents.select_related("parent").order_by("during")
    page = FormPage(
        _("Move “%s”") % found.name,
        reverse("territory", args=[pk]),
        found.name,
        _("Move territory"),
        lead=_("All below it moves with it. A move that is planned already gives way to this one."),
        now=[(_("Under"), f"{row.parent.name} {row.during.lower or ''}") for row in rows],
    )
    return show_form(request, form, page)
