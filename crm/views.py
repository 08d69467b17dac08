"""Pages of the house itself."""

import sys

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.queries import today_of
from crm.api.problems import SOON
from crm.base import clock
from crm.search import search as search_for
from crm.styleguide import specimens

LONGEST_SEARCH = 80  # characters


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What a text finds. POST gives the hits alone, as somebody types: names then stand in no address and no log."""
    user = request.user
    assert isinstance(user, User)
    words = request.POST if request.method == "POST" else request.GET
    text = " ".join(words.get("q", "").split())[:LONGEST_SEARCH]
    found = search_for(user, text, today_of(user, clock.now())) if text else None
    template = "search/_found.html" if request.method == "POST" else "search/search.html"
    answer = render(request, template, {"text": text, "found": found, "searching": True})
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build pages: with ROUNDS_DEBUG=1 only."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", specimens(request))


def failed(request: HttpRequest) -> HttpResponse:
    """What Django shows of an error that nobody expected: 500, or 503 while the database does not answer. It asks the
    database nothing, so it does not know who reads it."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": SOON})
    return HttpResponse(render_to_string("500.html"), status=500)
