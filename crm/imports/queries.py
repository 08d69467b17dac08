"""What the pages show of imports and kinds of files."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db.models import BigIntegerField, Case, F, JSONField, OuterRef, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from accounts.models import User
from crm.base.exchange.kinds import Kind
from crm.base.models import ImportRun, Source
from crm.exchange import KINDS
from crm.imports import keeping

State = ImportRun.State
WORKING = (State.CHECKING, State.LOADING)
REASONS_SHOWN = 20
REJECTS_READ = 20_000  # for the page; the download has all
SILENT_AFTER = timedelta(seconds=20)  # a run at work that notes nothing for so long has lost its worker
COUNTS = ("rows", "created", "updated", "unchanged", "rejected")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Pace:
    """How far, how long still; None where that is not known yet."""

    waits: bool  # no process has begun
    silent: bool  # one had begun, and shows no life
    seconds: int  # since it began
    percent: int | None
    left: int | None  # seconds of this phase


def pace(run: ImportRun, at: datetime) -> Pace:
    waits = run.started_at is None
    silent = not waits and run.heartbeat_at is not None and at - run.heartbeat_at > SILENT_AFTER
    percent = left = None
    if run.rows_expected:
        percent = min(100, run.rows_done * 100 // run.rows_expected)
        if run.rows_a_second:
            left = max(0, run.rows_expected - run.rows_done) // run.rows_a_second
    seconds = int((at - run.started_at).total_seconds()) if run.started_at else 0
    return Pace(waits, silent, max(0, seconds), percent, left)


def figures(run: ImportRun) -> dict[str, Any] | None:
    """What the load did, else what the check found."""
    return run.outcome if run.outcome and "created" in run.outcome else run.findings


def listed() -> QuerySet[ImportRun]:
    """Every run with the figures above as columns, and the name of who brought it."""
    known = Case(
        When(outcome__has_key="created", then=F("outcome")), default=F("findings"), output_field=JSONField(null=True)
    )
    counts = {name: Cast(KeyTextTransform(name, known), BigIntegerField()) for name in COUNTS}
    return ImportRun.objects.annotate(**counts, maker_name=_name_of("actor_id"))


def with_decider(runs: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
    """With the name of who said what is to become of the file."""
    return runs.annotate(decider_name=_name_of("decided_by"))


def _name_of(user: str) -> Subquery:
    return Subquery(User.objects.filter(pk=OuterRef(user)).values("name"))


def narrowed(rows: QuerySet[ImportRun], wanted: dict[str, Any]) -> QuerySet[ImportRun]:
    if wanted["kind"]:
        rows = rows.filter(kind=wanted["kind"])
    if wanted["status"]:
        rows = rows.filter(state=wanted["status"])
    return rows.filter(file_name__icontains=wanted["q"]) if wanted["q"] else rows


def has_rejects(run: ImportRun) -> bool:
    known = figures(run)
    return bool(known and known["rejected"] and run.files_kept)


def rejects(run: ImportRun) -> Iterator[list[str]]:
    """Line, column and sentence of each rejected cell, with its header."""
    return _lines(keeping.rejects_path(run.pk))


def _lines(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file)
    except FileNotFoundError:
        return


@dataclass
class Reason:
    """Why rows are rejected: the first of them, and how many are alike."""

    line: str
    column: str
    sentence: str
    rows: int = 0


def reasons(run: ImportRun) -> tuple[list[Reason], bool]:
    """By the line where each first occurs; and whether these are all, with all their rows."""
    if not has_rejects(run):
        return [], True
    found: dict[tuple[str, str], Reason] = {}
    read = 0
    for line, column, sentence in islice(rejects(run), 1, REJECTS_READ + 1):
        read += 1
        found.setdefault((column, sentence), Reason(line, column, sentence)).rows += 1
    whole = read < REJECTS_READ and len(found) <= REASONS_SHOWN
    return list(found.values())[:REASONS_SHOWN], whole


def neutral(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """A sentence may begin with a cell of the file: no spreadsheet shall compute it."""
    for line in lines:
        yield ["'" + cell if cell.startswith(_FORMULA) else cell for cell in line]


def title_of(kind: str) -> str:
    """A kind that went since is called by its name."""
    known = KINDS.get(kind)
    return str(known.title) if known else kind


def dress(runs: list[ImportRun]) -> list[ImportRun]:
    """Give runs what their page shows: their kind, who brought them, their figures."""
    people = User.objects.in_bulk({run.actor_id for run in runs} | {run.decided_by for run in runs if run.decided_by})
    run: Any  # the page reads what is added here
    for run in runs:
        run.title = title_of(run.kind)
        run.maker = people.get(run.actor_id)
        run.decider = people.get(run.decided_by) if run.decided_by else None
        run.figures = figures(run)
    return runs


def sources() -> list[str]:
    """The sources whose ids are known, by name."""
    return list(Source.objects.order_by("name").values_list("name", flat=True))


def importable() -> list[Kind]:
    """In the order in which an empty house is filled."""
    return [kind for kind in KINDS.values() if kind.write]
