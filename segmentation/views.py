"""Tiers of a manager's ground."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from accounts.queries import ground_near, lines_of, today_of
from crm.base import clock
from segmentation.models.document import read_document
from segmentation.queries import ground
from segmentation.queries.pages import MEASURES, amount


def tiers(request: HttpRequest) -> HttpResponse:
    """One row for each territory below the chosen one, with all that lies under it."""
    user = request.user
    assert isinstance(user, User)
    posted = ground.may_open(user)
    if not posted:
        raise PermissionDenied
    on = today_of(user, clock.now())
    above, under = ground_near(user, _wanted(request) or posted[0].pk)
    if not above or not any(territory in posted for territory in above):
        raise Http404
    focus = above[-1]
    rows, total = ground.table(focus, under, lines_of(user), on)
    ground.name_people(rows, on)
    version = ground.decides(focus, on)
    night = ground.last_night(version)
    context = {
        "on": on,
        "focus": focus,
        "way": above[:-1],
        "posted": posted,
        "rows": rows,
        "total": total,
        "drills": bool(under),
        "behind": _behind(rows),
        "version": version,
        "night": night,
    }
    if version and night:
        document = read_document(version.document)
        context["measure"] = MEASURES[document.measure]
        context["shares"] = [
            share | {"amount": amount(share["volume"], document.measure, document.currency)}
            for share in ground.shares(version, night)
        ]
    return render(request, "segmentation/tiers.html", context)


def _wanted(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["territory"])
    except (KeyError, ValueError):
        return None


def _behind(rows: list[ground.Row]) -> ground.Row | None:
    """The row that reaches the smallest part of its A customers: where to look first."""
    planned = [row for row in rows if row.cells["A"].planned]
    return min(planned, key=lambda row: (row.cells["A"].reach or 0, str(row.territory)), default=None)
