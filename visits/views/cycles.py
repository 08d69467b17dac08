"""Pages of operations: the cycles for which visits are planned."""

from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.contrib import messages
from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import Line
from accounts.queries import house_lines, operated_lines, today_of
from accounts.views.setup import FormPage, OperationsList, for_the_house, operator, show_form
from crm.base import clock
from crm.base.lists import Act, Column
from crm.base.periods import last_day, month_start
from crm.base.refusals import Refused
from crm.base.toasts import Undo, tell
from visits.actions.cycles import plan_cycles, remove_cycles
from visits.forms.cycles import CycleFilter, PlanForm
from visits.models import CallTarget, Cycle


class CycleList(OperationsList):
    """The cycles of the reader's lines."""

    name = "cycles"
    title = gettext_lazy("Cycles")
    searched = gettext_lazy("First day")
    hint = gettext_lazy("Such as 2026-11")
    form_class = CycleFilter
    tabs = "status"
    first_sort = "-first"
    add, add_word = "cycles-plan", gettext_lazy("Plan cycles")
    note = gettext_lazy("Where none is planned, the night opens the calendar month.")
    why = gettext_lazy(
        "Each customer's visits are counted against a cycle: plan months or quarters for a year at once."
    )
    nothing_yet = "setup/_nothing.html"
    columns = (
        Column("first", gettext_lazy("First day"), attrgetter("during.lower"), sort=("during",), card="title"),
        Column(
            "last",
            gettext_lazy("Last day"),
            lambda row: last_day(row.during),
            short=gettext_lazy("Last day"),
            card="named",
        ),
        Column(
            "line", gettext_lazy("Product line"), attrgetter("line.name"), sort=("line__name", "during"), card="line"
        ),
        Column("opened", gettext_lazy("Targets fixed on"), attrgetter("opened_on"), sort=("opened_on",), number=True),
        Column(
            "targets",
            gettext_lazy("Customers with a target"),
            attrgetter("targets_count"),
            number=True,
            short=gettext_lazy("Customers with a target"),
            card="named",
        ),
    )

    @cached_property
    def on(self) -> date:
        return today_of(self.user, clock.now())

    @cached_property
    def lines(self) -> list[Line]:
        return list(operated_lines(self.user).order_by("name"))

    def form_arguments(self) -> dict[str, Any]:
        return {"lines": self.lines}

    def rows(self) -> QuerySet[Cycle]:
        return Cycle.objects.filter(line__in=self.lines)

    def offered_columns(self) -> list[Column]:
        return [column for column in self.columns if column.name != "line" or len(self.lines) > 1]

    def narrow(self, rows: QuerySet[Cycle]) -> QuerySet[Cycle]:
        if self.wanted["q"]:
            rows = rows.annotate(first=Cast("during__startswith", CharField()))
            rows = rows.filter(first__startswith=self.wanted["q"])
        return rows.filter(line=self.wanted["line"]) if self.wanted["line"] else rows

    def tab_conditions(self) -> dict[str, Q]:
        return {
            "running": Q(during__contains=self.on),
            "planned": Q(during__startswith__gt=self.on),
            "over": Q(during__endswith__lte=self.on),
        }

    def complete(self, rows: QuerySet[Cycle]) -> QuerySet[Cycle]:
        return rows.select_related("line")

    def dress(self, rows: list[Cycle]) -> list[Cycle]:
        counted = CallTarget.objects.filter(cycle__in=rows).values_list("cycle").annotate(n=Count("pk")).order_by()
        targets = dict(counted)
        for row in rows:
            row.targets_count = targets.get(row.pk, 0)  # type: ignore[attr-defined]
            row.removable = row.opened_on is None and row.during.lower > self.on  # type: ignore[attr-defined]
        return rows

    @cached_property
    def _leads(self) -> bool:
        return house_lines(self.user).exists()

    def may_add(self) -> bool:
        return self._leads

    @cached_property
    def action(self) -> Act | str:
        return "setup/_cycle_action.html" if self._leads else ""


@for_the_house
def plan(request: HttpRequest) -> HttpResponse:
    user = operator(request)
    on = today_of(user, clock.now())
    start = {"month": f"{month_start(on, 1):%Y-%m}"}
    form = PlanForm(request.POST or None, lines=house_lines(user).order_by("name"), initial=start)
    made: list[Cycle] = []

    def act(data: dict[str, Any]) -> None:
        first = date.fromisoformat(f"{data['month']}-01")
        values = {word: data[word] for word in ("line", "months", "count")}
        made.extend(plan_cycles(actor=user, first=first, today=on, **values))

    if request.method == "POST" and form.carried_out(act):
        undo = Undo(reverse("cycles-remove"), {"ids": ",".join(str(cycle.pk) for cycle in made)})
        tell(request, ngettext("%d cycle is planned.", "%d cycles are planned.", len(made)) % len(made), undo)
        return redirect("cycles")
    page = FormPage(_("Plan cycles"), reverse("cycles"), _("Cycles"), _("Plan these cycles"))
    return show_form(request, form, page)


@for_the_house
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    user = operator(request)
    try:
        ids = [int(text) for text in request.POST.get("ids", "").split(",")]
    except ValueError:
        raise Http404 from None
    try:
        gone = remove_cycles(actor=user, ids=ids, today=today_of(user, clock.now()))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        tell(request, ngettext("%d planned cycle is removed.", "%d planned cycles are removed.", gone) % gone)
    return redirect("cycles")
