"""Pages of operations: the nights. They are the house's: everybody in operations reads, the root asks again."""

import logging
from datetime import date
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts.queries import runs_house
from accounts.views.setup import OperationsList, for_operations, for_the_house, operator
from crm.base import clock, jobs
from crm.base.actor import acting
from crm.base.lists import Column, ListForm
from crm.base.models import JobRun
from crm.base.toasts import tell
from crm.nightly import NAME, earlier_night
from crm.nights import queries
from crm.tasks import run_the_night

log = logging.getLogger(__name__)
State = JobRun.State


class NightFilter(ListForm):
    status = forms.ChoiceField(choices=[(state.value, capfirst(state.label)) for state in State])
    since = forms.DateField(label=gettext_lazy("From"))
    until = forms.DateField(label=gettext_lazy("To"))
    dates = ("since", "until")


class NightList(OperationsList):
    """Every night that ran or is wanted."""

    name = "nights"
    title = gettext_lazy("Nights")
    searched = gettext_lazy("Kind of failure")
    hint = gettext_lazy("Kind of failure")
    form_class = NightFilter
    template = "setup/nights.html"
    tabs = "status"
    first_sort = "-on"
    nothing_yet = "setup/_no_nights.html"
    columns = (
        Column("on", gettext_lazy("Night of"), attrgetter("on"), sort=("on",), card="title"),
        Column(
            "state",
            gettext_lazy("State"),
            lambda row: capfirst(row.get_state_display()),
            sort=("state", "on"),
            template="setup/_cell_night.html",
            card="end",
        ),
        Column("steps", gettext_lazy("Steps done"), queries.steps_done, number=True, card="line"),
        Column("seconds", gettext_lazy("Seconds"), queries.seconds, number=True),
        Column("attempts", gettext_lazy("Attempts"), attrgetter("attempts"), sort=("attempts", "on"), number=True),
        Column("error", gettext_lazy("Kind of failure"), attrgetter("error"), sort=("error", "on"), card="line"),
        Column(
            "began",
            gettext_lazy("Begun"),
            attrgetter("started_at"),
            sort=("started_at", "on"),
            number=True,
            usual=False,
        ),
        Column(
            "ended",
            gettext_lazy("Ended"),
            attrgetter("finished_at"),
            sort=("finished_at", "on"),
            number=True,
            usual=False,
        ),
    )

    @property
    def on(self) -> date:
        return clock.company_date(clock.now())

    def rows(self) -> QuerySet[JobRun]:
        return JobRun.objects.filter(name=NAME)

    def narrow(self, rows: QuerySet[JobRun]) -> QuerySet[JobRun]:
        if self.wanted["q"]:
            rows = rows.filter(error__icontains=self.wanted["q"])
        if self.wanted["since"]:
            rows = rows.filter(on__gte=self.wanted["since"])
        if self.wanted["until"]:
            rows = rows.filter(on__lte=self.wanted["until"])
        return rows

    def tab_conditions(self) -> dict[str, Q]:
        return {state: Q(state=state) for state in State.values}

    def link(self, row: JobRun) -> str:
        return reverse("night", args=[row.on.isoformat()])

    def context(self) -> dict[str, Any]:
        return {"outlook": queries.outlook(clock.now())}


def _found(on: str) -> Any:
    try:
        day = date.fromisoformat(on)
    except ValueError:
        day = date.min
    return queries.dress(get_object_or_404(JobRun, name=NAME, on=day), clock.now())


def _about(request: HttpRequest, on: str) -> dict[str, Any]:
    run = _found(on)
    return {
        "run": run,
        "under_way": run.state in queries.UNDER_WAY,
        "may_want": run.state == State.FAILED and runs_house(operator(request)),
    }


@require_safe
@for_operations
def night(request: HttpRequest, on: str) -> HttpResponse:
    """One night: its steps with their seconds and figures, and what went wrong."""
    return render(request, "setup/night.html", _about(request, on))


@require_safe
@for_operations
def progress(request: HttpRequest, on: str) -> HttpResponse:
    """The part of the page that changes while a worker is at it; after that the whole page is another."""
    about = _about(request, on)
    answer = render(request, "setup/_night.html", about)
    if not about["under_way"]:
        answer["HX-Refresh"] = "true"
    return answer


@for_the_house
@require_POST
def again(request: HttpRequest, on: str) -> HttpResponse:
    """Ask for a failed night now, without the pause after a failure."""
    user, run = operator(request), _found(on)
    if run.state != State.FAILED:
        messages.info(request, _("This night has not failed; there is nothing to do again."))
    elif earlier := earlier_night(run.on):
        messages.error(request, _("The night of %s is not done yet; it comes first.") % earlier.isoformat())
    else:
        with acting(user.pk):
            jobs.want(NAME, run.on)
        _wake(run.on)
        tell(request, _("The night is wanted again; a worker begins within a minute."))
    return redirect("night", on=on)


def _wake(on: date) -> None:
    """Without Redis the next tick does what this message would have."""
    try:
        run_the_night.apply_async(args=[on.isoformat()], retry=False)
    except (OperationalError, OSError) as trouble:
        log.warning("No worker woken for a night: %s", type(trouble).__name__)
