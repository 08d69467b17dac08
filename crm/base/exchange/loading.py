"""One import, from rows to the database: checked as a whole, then written in whole rows."""

import csv
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.base.actor import acting
from crm.base.exchange.csv_table import CsvTable
from crm.base.exchange.kinds import Check, Kind
from crm.base.exchange.staging import Stage
from crm.base.exchange.table import BadFile, Table
from crm.base.exchange.xlsx_table import XlsxTable
from crm.base.locks import claimed

BATCH = 10_000  # rows a transaction: a second or so of writing

Progress = Callable[[str, int], None]
"""Told ("read", rows so far), ("check", rows) once, and ("write", rows so far), never within a transaction."""


@dataclass
class Outcome:
    """What an import did. `rows` = created + updated + unchanged + rejected."""

    kind: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    reject_file: str | None = None
    seconds: float = 0.0
    dry_run: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def open_table(path: Path, kind: Kind) -> CsvTable | XlsxTable:
    """The file as a table, by what it is and not by its name. Raises BadFile."""
    try:
        with path.open("rb") as file:
            is_zip = file.read(4) == b"PK\x03\x04"
    except OSError as error:
        raise BadFile(_("The file can't be opened: %s.") % error.strerror) from None
    return XlsxTable(path, kind) if is_zip else CsvTable(path, kind)


def load(
    kind: Kind,
    table: Table,
    *,
    kinds: dict[str, Kind],
    source: str,
    actor: UUID | None,
    today: date,
    dry_run: bool = False,
    reject_path: Path | None = None,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Outcome:
    """Read `table` into the database by (source, external id), or by the kind's own key.

    `kinds` are those with an entity, by entity name. The whole file is checked before the first row is
    written; then up to `batch` rows are written a transaction, so that a large file neither holds one
    for minutes nor loses what it wrote: loaded again, it goes on where it was cut off. Raises BadFile when
    nothing could be read or the database refused. Sound rows are written even where others are rejected.
    A dry run tells no progress of writing: it is one transaction.
    """
    if kind.write is None:
        raise BadFile(_("%s can only be exported.") % kind.name)
    started = time.monotonic()
    tell = progress or _nobody
    outcome = Outcome(kind.name, dry_run=dry_run)
    stage = Stage(kind, table.columns, source=source, actor=actor, today=today, tables=kinds)
    with claimed(f"import {kind.name}", wait=True), stage:
        outcome.rows = _stage(stage, table, tell)
        for name, number in stage.counts().items():
            setattr(outcome, name, number)
        if outcome.rejected and reject_path:
            outcome.reject_file = str(_write_rejects(stage, reject_path))
        if dry_run:
            with acting(actor, job=f"import {kind.name}"):
                _write(stage, outcome.created + outcome.updated, _nobody)
                transaction.set_rollback(True)
        else:
            _write(stage, outcome.rows if kind.whole else batch, tell)
    outcome.seconds = round(time.monotonic() - started, 3)
    return outcome


def _nobody(step: str, rows: int) -> None: ...


def _stage(stage: Stage, table: Table, tell: Progress) -> int:
    kind = stage.kind
    stage.create()
    rows = stage.fill(table, lambda rows: tell("read", rows))
    tell("check", rows)
    stage.resolve()
    stage.drop_rejected()
    stage.reject_doubles()
    stage.drop_rejected()
    stage.match()
    if kind.prepare:
        kind.prepare(stage)
    for check in kind.checks:
        stage.reject(check)
    if kind.dated:
        _check_periods(stage)
    stage.drop_rejected()
    stage.judge()
    for check in kind.judged:
        stage.reject(check)
    stage.drop_rejected()
    # A row that is not written leaves the stored one where it was, which may close the ring of another.
    while kind.rising and stage.reject_rings(kind.rising):
        stage.drop_rejected()
    return rows


def _check_periods(stage: Stage) -> None:
    stage.reject(Check("to", 's."to" < s."from"', _("lies before the first day.")))
    stage.drop_rejected()
    # A rejected row no longer ends the stored one that it stands for, so that others may overlap it after all.
    while stage.reject_overlaps():
        stage.drop_rejected()


def _write(stage: Stage, batch: int, tell: Progress) -> None:
    """Changed rows first, so that a row that ends makes room for the one that follows it."""
    left = stage.begin_writing()
    written = 0
    while left:
        try:
            with acting(stage.actor, job=f"import {stage.kind.name}"):
                taken = stage.take(batch)
                _write_batch(stage)
                left -= taken
                if not left and stage.kind.after:
                    stage.kind.after(stage)
        except IntegrityError as refused:
            if written and stage.kind.after:
                # What is written may lean on what was not: then it waits for the file to be loaded again.
                with suppress(IntegrityError), acting(stage.actor, job=f"import {stage.kind.name}"):
                    stage.kind.after(stage)
            raise BadFile(_database_sentence(refused, written), rows_written=written) from refused
        except BadFile as refused:
            raise BadFile(str(refused), rows_written=written) from refused
        written += taken
        tell("write", written)


def _write_batch(stage: Stage) -> None:
    assert stage.kind.write is not None
    stage.kind.write(stage)
    if stage.kind.entity:
        stage.run(
            """INSERT INTO base_externalid (kind, source, external_id, object_id)
               SELECT %(entity)s, id_source, id_id, row_id FROM stage
               WHERE verdict = 'new' AND id_source <> 'rounds'""",
            {"entity": stage.kind.entity},
        )
        stage.run(
            """INSERT INTO base_source (name)
               SELECT DISTINCT id_source FROM stage WHERE verdict = 'new' AND id_source <> 'rounds'
               ON CONFLICT DO NOTHING"""
        )


def _write_rejects(stage: Stage, path: Path) -> Path:
    stage.run("SELECT line_no, column_name, sentence FROM rejects ORDER BY line_no, column_name, sentence")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "column", "sentence"])
        writer.writerows(iter(stage.cursor.fetchone, None))
    return path


def _database_sentence(refused: IntegrityError, written: int) -> str:
    diagnosis = getattr(refused.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or type(refused).__name__
    if written:
        return _("The database refused the file (%(rule)s) after %(rows)d rows; correct it and load it again.") % {
            "rule": name,
            "rows": written,
        }
    return _("The database refused the file (%s); nothing was changed.") % name
