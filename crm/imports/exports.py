"""Pages of operations: files out, and what a kind of file looks like."""

import csv
import io
import logging
import tempfile
from typing import Any, BinaryIO, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.base import clock
from crm.base.exchange.describe import as_json
from crm.base.exchange.dumping import dump
from crm.base.exchange.xlsx_dump import NoWorkbook, dump_xlsx
from crm.exchange import KINDS
from crm.imports import queries
from crm.imports.forms import TakingForm
from crm.imports.views import as_download, for_operations, known_kind

log = logging.getLogger(__name__)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@for_operations
def exports(request: HttpRequest) -> HttpResponse:
    """Every kind of file, to take as CSV or XLSX."""
    form = TakingForm(request.GET if "source" in request.GET else None)
    return _page(request, form)


def _page(request: HttpRequest, form: TakingForm, refused: str = "") -> HttpResponse:
    kept = "?" + request.GET.urlencode() if form.is_valid() else ""
    context: dict[str, Any] = {"form": form, "kinds": KINDS.values(), "refused": refused, "kept": kept}
    context["sources"] = queries.sources()
    wrong = form.is_bound and not form.is_valid()
    return render(request, "imports/exports.html", context, status=422 if refused or wrong else 200)


@require_safe
@for_operations
def export(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """The rows of a kind. Written whole before the first byte leaves: nobody is left with half a file."""
    kind = known_kind(name)
    if form not in TYPES:
        raise Http404
    asked = TakingForm(request.GET if "source" in request.GET else {"source": "file"} | request.GET.dict())
    if not asked.is_valid():
        return _page(request, asked)
    wanted = {"source": asked.cleaned_data["source"], "on": asked.cleaned_data["on"]}
    whole = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the answer closes it
    try:
        rows = dump_xlsx(kind, whole, **wanted) if form == "xlsx" else dump(kind, whole, **wanted)
    except NoWorkbook as many:
        whole.close()
        return _page(request, asked, str(many))
    log.info("export of %s: %d rows for %s", kind.name, rows, request.user.pk)
    whole.seek(0)
    day = asked.cleaned_data["on"] or clock.company_date(clock.now())
    return as_download(FileResponse(whole, content_type=TYPES[form]), f"{kind.name}-{day}.{form}")


@require_safe
@for_operations
def empty(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file with nothing but the header, to be filled."""
    text = io.StringIO()
    csv.writer(text).writerow([column.name for column in known_kind(name).written(whole=False)])
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type=TYPES["csv"])
    return as_download(answer, f"{name}.csv")


@require_safe
@for_operations
def columns(request: HttpRequest, name: str) -> HttpResponseBase:
    return JsonResponse(as_json(known_kind(name)), json_dumps_params={"ensure_ascii": False, "indent": 2})
