"""Pages about customers. What higher floors know of them comes in from the roof (crm.urls)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.queries import SUPERVISORS, ground_near, lines_of, today_of
from crm.base import clock
from customers import queries
from customers.forms import CustomerFilter
from customers.models import Customer
from customers.queries.page import about

PAGE = 50

Facts = Callable[[Customer, User, date], dict[str, Any]]
"""What a floor adds to the page of one customer."""


def customers(request: HttpRequest, cycle: queries.Cycle) -> HttpResponse:
    user, wanted = request.user, CustomerFilter(request.GET).wanted
    assert isinstance(user, User)
    on = today_of(user, clock.now())
    rows = queries.narrowed(queries.listed(user), wanted, on)
    if wanted.get("cycle") in cycle.words:
        rows = cycle.narrow(rows, wanted["cycle"], on)
    counts = queries.counted(rows, on)
    due = wanted.get("due", "")
    if due:
        rows = rows.filter(queries.due_filters(on)[due])
    paginator = Paginator(queries.in_order(rows.select_related("person", "institution"), wanted.get("sort") or "due"), PAGE)
    paginator.count = counts[due or "all"]
    page = paginator.get_page(wanted.get("page") or 1)
    above, under = ground_near(user, wanted.get("territory")) if user.has_role(*SUPERVISORS) else ([], [])
    context = {
        "on": on,
        "wanted": wanted,
        "sort": wanted.get("sort") or "due",
        "counts": counts,
        "page": page,
        "rows": queries.dress(list(page.object_list), on, cycle),
        "above": above,
        "under": under,
        "cycle_words": cycle.words,
        "filtered": any(wanted.get(word) for word in ("q", "tier", "kind", "territory", "cycle", "due")),
        "several_lines": len(lines_of(user)) > 1,
        "supervises": user.has_role(*SUPERVISORS),
    }
    return render(request, "customers/customers.html", context)
