"""Pages of operations: files in."""

import csv
from collections.abc import Callable, Iterator
from functools import wraps
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Posting, User
from accounts.queries import has_root
from crm.base import clock
from crm.base.exchange.kinds import Kind
from crm.base.lists import Column, ListPage
from crm.base.models import ImportRun
from crm.exchange import KINDS
from crm.imports import queries, runs, tasks
from crm.imports.forms import ImportFilter, UploadForm

View = Callable[..., HttpResponseBase]


def for_operations(view: View) -> View:
    """Files know no territory: who brings or takes them works for the whole house, from a root of its ground."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User) or not (ground := user.territory_ids(Posting.Role.OPERATIONS)):
            raise PermissionDenied
        if not has_root(ground, clock.company_date(clock.now())):
            raise PermissionDenied(
                _("Files hold the whole house; your posting as operations covers a part of its ground only.")
            )
        return view(request, *args, **kwargs)

    return never_cache(opened)


def _counted(name: str, label: Any, **more: Any) -> Column:
    """A column of rows that were counted: by the load, else by the check, else by nobody yet."""
    return Column(name, label, attrgetter(name), sort=(name, "-wanted_at"), number=True, short=label, **more)


class ImportList(ListPage):
    """Every import there was, the newest first."""

    name = "files"
    title = gettext_lazy("Imports")
    searched = gettext_lazy("Name of the file")
    hint = gettext_lazy("Name of the file")
    form_class = ImportFilter
    first_sort = "-when"
    template = "imports/files.html"
    head_action = "imports/_bring.html"
    nothing_yet = "imports/_none.html"
    columns = (
        Column("file", gettext_lazy("File"), attrgetter("file_name"), sort=("file_name", "-wanted_at"), card="title"),
        Column(
            "kind",
            gettext_lazy("Kind"),
            lambda run: queries.title_of(run.kind),
            sort=("kind", "-wanted_at"),
            card="line",
        ),
        Column(
            "state",
            gettext_lazy("State"),
            lambda run: capfirst(run.get_state_display()),
            sort=("state", "-wanted_at"),
            template="imports/_cell_state.html",
            card="line",
        ),
        _counted("rows", gettext_lazy("Rows"), card="named"),
        _counted("created", pgettext_lazy("rows", "New"), card="named"),
        _counted("updated", pgettext_lazy("rows", "Changed"), card="named"),
        _counted("unchanged", pgettext_lazy("rows", "Unchanged")),
        _counted("rejected", pgettext_lazy("rows", "Rejected"), card="named", template="imports/_cell_rejected.html"),
        Column("who", gettext_lazy("Who"), attrgetter("maker_name"), sort=("maker_name", "-wanted_at")),
        Column(
            "when",
            gettext_lazy("When"),
            attrgetter("wanted_at"),
            sort=("wanted_at",),
            words=(gettext_lazy("oldest first"), gettext_lazy("newest first")),
            number=True,
            card="end",
        ),
        Column("source", gettext_lazy("Source"), attrgetter("source"), sort=("source", "-wanted_at"), usual=False),
        Column(
            "size",
            gettext_lazy("Size (bytes)"),
            attrgetter("size"),
            sort=("size", "-wanted_at"),
            number=True,
            usual=False,
        ),
        Column("decider", gettext_lazy("Decided by"), attrgetter("decider_name"), usual=False),
        Column(
            "ended",
            gettext_lazy("Ended"),
            attrgetter("finished_at"),
            sort=("finished_at",),
            number=True,
            usual=False,
        ),
    )

    def rows(self) -> QuerySet[ImportRun]:
        return queries.listed()

    def narrow(self, rows: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        return queries.narrowed(rows, self.wanted)

    def complete(self, rows: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
        return queries.with_decider(rows) if self.shows("decider") else rows

    def link(self, row: ImportRun) -> str:
        return reverse("import", args=[row.pk])


@require_safe
@for_operations
def choose(request: HttpRequest) -> HttpResponse:
    return render(request, "imports/choose.html", {"kinds": queries.importable()})


@for_operations
def kind(request: HttpRequest, name: str) -> HttpResponse:
    """A kind of file: its columns, and bringing one."""
    known = known_kind(name)
    form = UploadForm()
    if request.method == "POST":
        if known.write is None:
            raise Http404
        form = UploadForm(request.POST, request.FILES)
        form.refuse_if_too_large(request, settings.UPLOAD_MOST_MB)
        if form.is_valid():
            return _receive(request, known, form)
    context = {
        "kind": known,
        "loads": bool(known.write),
        "form": form,
        "sources": queries.sources(),
        "most": settings.UPLOAD_MOST_MB,
    }
    return render(request, "imports/kind.html", context, status=422 if form.errors else 200)


def known_kind(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise Http404 from None


def _receive(request: HttpRequest, known: Kind, form: UploadForm) -> HttpResponse:
    assert isinstance(request.user, User)
    upload = runs.Upload(
        kind=known.name,
        source=form.cleaned_data["source"],
        file=form.cleaned_data["file"],
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )
    run = runs.receive(upload, actor=request.user.pk, at=clock.now())
    tasks.wake()
    return redirect("import", pk=run.pk)


@require_safe
@for_operations
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One import: how far it is, what the check found, what the load did."""
    return render(request, "imports/run.html", _about(_found(pk)))


@require_safe
@for_operations
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part of the page that changes while a worker is at it; after that the whole page is another."""
    found = _found(pk)
    answer = render(request, "imports/_progress.html", _about(found))
    if found.state not in queries.WORKING:
        answer["HX-Refresh"] = "true"
    return answer


def _found(pk: UUID) -> ImportRun:
    return queries.dress([get_object_or_404(ImportRun, pk=pk)])[0]


def _about(found: ImportRun) -> dict[str, Any]:
    known = queries.figures(found)
    reasons, whole = queries.reasons(found)
    return {
        "run": found,
        "pace": queries.pace(found, clock.now()) if found.state in queries.WORKING else None,
        "figures": known,
        "to_write": known["created"] + known["updated"] if known else 0,
        "reasons": reasons,
        "all_reasons": whole,
        "has_rejects": queries.has_rejects(found),
    }


@for_operations
@require_POST
def load(request: HttpRequest, pk: UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    found = _found(pk)
    if runs.decide_to_load(found.pk, actor=request.user.pk, at=clock.now()):
        tasks.wake()
    else:
        messages.info(request, _("This import no longer waits for a decision."))
    return redirect("import", pk=found.pk)


@for_operations
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    assert isinstance(request.user, User)
    found = _found(pk)
    if runs.discard(found.pk, actor=request.user.pk, at=clock.now()):
        messages.success(request, _("Discarded; nothing was changed."))
    else:
        messages.info(request, _("This import can no longer be discarded."))
    return redirect("import", pk=found.pk)


@require_safe
@for_operations
def rejects(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The rejected rows as CSV: line, column, sentence."""
    found = _found(pk)
    if not queries.has_rejects(found):
        raise Http404
    return as_csv(queries.neutral(queries.rejects(found)), f"{found.kind}.rejects.csv")


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_csv(lines: Iterator[list[str]], name: str) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    answer = StreamingHttpResponse(
        (text.encode() for text in _with_mark(writer.writerow(line) for line in lines)),
        content_type="text/csv; charset=utf-8",
    )
    return as_download(answer, name)


def _with_mark(texts: Iterator[Any]) -> Iterator[str]:
    yield "\ufeff"  # Excel takes a file without it for another encoding
    yield from texts


def as_download(answer: Any, name: str) -> Any:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
