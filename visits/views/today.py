"""What is due today, with the reason for each."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Posting, User
from accounts.queries import SUPERVISORS, today_of
from crm.base import clock
from crm.base.lists import asked_page
from customers.models import Customer
from visits import queries

PAGE = 50


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """A rep's day; everybody else starts elsewhere."""
    user = request.user
    assert isinstance(user, User)
    if not user.has_role(Posting.Role.REP):
        return redirect("team" if user.has_role(*SUPERVISORS) else "customers")
    on = today_of(user, clock.now())
    reminders = queries.due_for(user, on)
    counts = queries.due_counts(reminders, on)
    paginator = Paginator(reminders, PAGE)
    paginator.count = counts["all"]
    page = paginator.get_page(asked_page(request))
    rows = queries.with_places(page.object_list, on)
    stops = rows[1:] if page.number == 1 else rows  # the first stands by itself
    context = {
        "on": on,
        "counts": counts,
        "page": page,
        "rows": rows,
        "now": [reminder for reminder in stops if reminder.shows_on <= on],  # type: ignore[attr-defined]
        "coming": [reminder for reminder in stops if reminder.shows_on > on],  # type: ignore[attr-defined]
        "made_today": queries.made_on(user, on),
        "has_customers": bool(rows) or Customer.objects.for_user(user).exists(),
    }
    return render(request, "visits/today.html", context)
