"""Imports through pages, from upload to result. What is to be done stands in `ImportRun`; a message only
wakes a worker, and the tick finds what no process works on."""

import hashlib
import logging
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import Error
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from crm.base import clock
from crm.base.actor import acting
from crm.base.beside import beside
from crm.base.exchange.loading import Outcome, load, open_table
from crm.base.exchange.table import BadFile
from crm.base.ids import uuid7
from crm.base.locks import ClaimLost, claimed
from crm.base.models import ImportRun
from crm.exchange import ENTITIES, KINDS
from crm.imports import keeping
from crm.imports.progress import NOTE_SECONDS, Progress, Stopped

log = logging.getLogger(__name__)

State, Phase = ImportRun.State, ImportRun.Phase
TO_DO = (State.CHECKING, State.LOADING)
MOST_ATTEMPTS = 5  # a file that ends its worker so often does not get a sixth one
LONGEST_PAUSE = timedelta(minutes=8)


@dataclass(frozen=True)
class Upload:
    """A file with what the user says of it."""

    kind: str
    source: str
    file: UploadedFile
    language: str  # for the sentences about it


def receive(upload: Upload, *, actor: UUID, at: datetime) -> ImportRun:
    """Store the file and want its check."""
    digest = hashlib.sha256()
    for piece in upload.file.chunks():
        digest.update(piece)
    pk = uuid7()
    keeping.storage().save(keeping.upload_name(pk), upload.file)
    with acting(actor):
        return ImportRun.objects.create(
            id=pk,
            kind=upload.kind,
            source=upload.source,
            file_name=_shown_name(upload.file.name or ""),
            size=upload.file.size or 0,
            sha256=digest.hexdigest(),
            language=upload.language,
            actor_id=actor,
            wanted_at=at,
            heartbeat_at=at,
        )


def _shown_name(name: str) -> str:
    """As the user calls it, from its end, which tells files apart; without what would garble a page."""
    return "".join(character for character in name if character.isprintable())[-200:] or "—"


def decide_to_load(run: UUID, *, actor: UUID, at: datetime) -> bool:
    """The person who read what the check found wants it. False: it no longer waits for that."""
    with acting(actor):
        return bool(
            ImportRun.objects.filter(pk=run, state=State.CHECKED, files_kept=True).update(
                state=State.LOADING, decided_by=actor, decided_at=at, started_at=None, heartbeat_at=at,
                attempts=0, phase="", rows_done=0, rows_expected=None, rows_a_second=None,
            )
        )  # fmt: skip


def discard(run: UUID, *, actor: UUID, at: datetime) -> bool:
    """Nothing of the file is loaded. False: it is being loaded, or finished."""
    with acting(actor):
        return bool(
            ImportRun.objects.filter(pk=run, state__in=[State.CHECKING, State.CHECKED]).update(
                state=State.DISCARDED, decided_by=actor, decided_at=at, finished_at=at
            )
        )


def work_off() -> None:
    """Do what waits, oldest first. Of a kind that another process is at, nothing: it looks again itself."""
    met: set[UUID] = set()
    while run := ImportRun.objects.filter(state__in=TO_DO).exclude(pk__in=met).order_by("wanted_at", "id").first():
        met.add(run.pk)
        if _may_begin(run, clock.now()):
            _work_on(run)


def _may_begin(run: ImportRun, at: datetime) -> bool:
    """After a death at once; after more of them with 1, 3, 7 minutes between."""
    if run.attempts < 2 or run.heartbeat_at is None:
        return True
    pause = timedelta(minutes=2 ** (run.attempts - 1) - 1)
    return at >= run.heartbeat_at + min(pause, LONGEST_PAUSE)


def _work_on(run: ImportRun) -> None:
    with claimed(f"import {run.kind}") as claim:  # the lock that every import of this kind takes
        if claim is None:
            return
        begun = ImportRun.objects.filter(pk=run.pk, state=run.state)
        if not begun.update(
            attempts=F("attempts") + 1, started_at=clock.now(), heartbeat_at=clock.now(),
            phase="", rows_done=0, rows_expected=None, rows_a_second=None,
        ):  # fmt: skip
            return
        run = begun.get()
        try:
            with translation.override(run.language):
                _do(run)
        except Stopped:
            pass
        except Exception as failure:
            _say_broken(run, failure)


def _do(run: ImportRun) -> None:
    """Check or load, and note what came of it."""
    if run.attempts > MOST_ATTEMPTS:
        _finish(run, State.FAILED, error=_("Rounds had to begin with this file %d times and could not finish. Ask whoever runs Rounds to look at the worker's log.") % MOST_ATTEMPTS)  # fmt: skip  # noqa: E501
        return
    try:
        if run.state == State.CHECKING:
            _finish(run, State.CHECKED, findings=_through(run, dry_run=True).as_dict())
        else:
            _finish(run, State.DONE, outcome=_through(run, dry_run=False).as_dict())
    except BadFile as bad:
        _finish(run, State.FAILED, error=_storable(str(bad)), outcome={"rows_written": bad.rows_written})


def _through(run: ImportRun, *, dry_run: bool) -> Outcome:
    kind = KINDS[run.kind]
    table = open_table(keeping.upload_path(run.pk), kind)
    found = run.findings or {}
    changed = None if dry_run else found.get("created", 0) + found.get("updated", 0)
    rejects = keeping.rejects_path(run.pk)
    rejects.touch(mode=0o600)
    progress = Progress(run, {Phase.READ: table.expected_rows, Phase.WRITE: changed})
    with beside("progress", progress.note, NOTE_SECONDS):
        outcome = load(
            kind,
            table,
            kinds=ENTITIES,
            source=run.source,
            actor=run.decided_by or run.actor_id,
            # Begun again after midnight, it is still the import of its day.
            today=clock.company_date(run.decided_at or run.wanted_at),
            dry_run=dry_run,
            reject_path=rejects,
            progress=progress,
        )
    if not outcome.rejected:
        rejects.unlink(missing_ok=True)
    outcome.reject_file = None  # where it lies is ours alone
    return outcome


def _storable(sentence: str) -> str:
    """A sentence may quote the header of a picture."""
    return "".join(character if character.isprintable() or character == "\n" else "�" for character in sentence)


def _finish(run: ImportRun, state: str, **what: Any) -> None:
    """Unless it was discarded meanwhile."""
    at = clock.now()
    ImportRun.objects.filter(pk=run.pk, state=run.state).update(
        state=state, heartbeat_at=at, finished_at=None if state == State.CHECKED else at, **what
    )
    log.info("import %s of %s: %s", run.pk, run.kind, state)


def _say_broken(run: ImportRun, failure: Exception) -> None:
    """Something that is not the file's fault: the tick tries again. Of an error only its type and frames are
    logged, because its text may hold cells."""
    frames = "".join(traceback.format_tb(failure.__traceback__))
    log.error("import %s of %s: broke with %s\n%s", run.pk, run.kind, type(failure).__name__, frames)
    with suppress(Error, ClaimLost):
        ImportRun.objects.filter(pk=run.pk, state=run.state).update(heartbeat_at=clock.now())
