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
from customers.forms import SORT_LABELS, CustomerFilter
from customers.models import Customer

PAGE = 50

Facts = Callable[[Customer, User, date], dict[str, Any]]
"""What a floor adds to the page of one customer."""


def customers(request: HttpRequest, cycle: queries.Cycle) -> HttpResponse:
    user, wanted = request.user, CustomerFilter(request.GET).wanted
    assert isinstance(user, User)
    on = today_of(user, clock.now())
    rows = queries.narrowed(queries.listed(user), wanted, on)
    if wanted["cycle"] in cycle.words:
        rows = cycle.narrow(rows, wanted["cycle"], on)
    counts = queries.counted(rows, on)
    due = wanted["due"]
    if due:
        rows = rows.filter(queries.due_filters(on)[due])
    sort = wanted["sort"] or "due"
    paginator = Paginator(queries.in_order(rows.select_related("person", "institution"), sort), PAGE)
    paginator.count = counts[due or "all"]
    page = paginator.get_page(wanted["page"] or 1)
    above, under = ground_near(user, wanted["territory"]) if user.has_role(*SUPERVISORS) else ([], [])
    context = {
        "on": on,
        "wanted": wanted,
        "sort": sort,
        "counts": counts,
        "page": page,
        "rows": queries.dress(list(page.object_list), on, cycle),
        "above": above,
        "under": under,
        "cycle_words": cycle.words,
        "cycle_word": cycle.words.get(wanted["cycle"]),
        "sort_labels": SORT_LABELS,
        "sort_label": dict(SORT_LABELS)[sort],
        "kept": [(word, value) for word, value in wanted.items() if word not in ("q", "page")],
        "filtered": any(wanted[word] for word in ("q", "tier", "kind", "territory", "cycle", "due")),
        "several_lines": len(lines_of(user)) > 1,
        "supervises": user.has_role(*SUPERVISORS),
    }
    return render(request, "customers/customers.html", context)


def customer(request: HttpRequest, pk: UUID, facts: Sequence[Facts]) -> HttpResponse:
    """Who, which tier and why, what is due, what was done. Absent and foreign look the same."""
    user = request.user
    assert isinstance(user, User)
    seen = Customer.objects.for_user(user).filter(merged_into=None)
    found = seen.select_related("person", "institution").filter(pk=pk).first()
    if found is None:
        successor = seen.filter(Q(merged=pk) | Q(merged__merged=pk)).first()
        if successor is None:
            raise Http404
        return redirect("customer", pk=successor.pk)
    on = today_of(user, clock.now())
    context = {"customer": found, "on": on, "several_lines": len(lines_of(user)) > 1}
    context |= queries.about(found, user, on)
    for known in facts:
        context |= known(found, user, on)
    return render(request, "customers/customer.html", context)
