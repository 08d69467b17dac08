"""Whole copies of a house: every kind of file and the audit trail in one folder, and back into an empty house.

    FOLDER/manifest.json      what the copy consists of: rows and SHA-256 of each file
    FOLDER/KIND.csv           the rows of a kind, in the columns of a copy
    FOLDER/trail/TABLE.csv    the audit trail of a table

Not in a copy: passwords and second factors (people set new ones), and what `crm.exchange.NOT_IN_FILES` names.
Equal houses give equal copies, byte by byte.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, connections, transaction
from django.utils.translation import gettext as _

from crm.base.audit import tracked_models
from crm.base.exchange.dumping import dump
from crm.base.exchange.loading import load, open_table
from crm.base.exchange.references import OWN
from crm.base.exchange.staging import q
from crm.base.exchange.table import BadFile
from crm.base.models import JobRun
from crm.exchange import COPY_ORDER, DEFAULT_SOURCE, ENTITIES, KINDS

FORMAT = 1
MANIFEST = "manifest.json"
_MARK = "import_all"  # the name of a run that says: this house is being filled, and may be filled on
_PIECE = 1024 * 1024
Said = Callable[[str, int], None]


def write_copy(folder: Path, said: Said) -> dict[str, int]:
    """Write a copy of the house as it is at this moment; rows by file. The folder must be new or empty."""
    if folder.exists() and any(folder.iterdir()):
        raise BadFile(_("%s is not empty; name a new folder.") % folder)
    (folder / "trail").mkdir(parents=True, exist_ok=True)
    written: dict[str, dict[str, Any]] = {}
    with transaction.atomic():  # one snapshot for all files
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name in COPY_ORDER:
            kind = KINDS[name]
            with _file(folder, f"{name}.csv", written) as (out, entry):
                entry["rows"] = dump(kind, out, source=OWN, whole=True)
            said(name, entry["rows"])
        for table, columns in _trails():
            with _file(folder, f"trail/{table}.csv", written) as (out, entry), connection.cursor() as cursor:
                cursor.copy_expert(
                    f"COPY (SELECT {columns} FROM {table} ORDER BY pgh_id) TO STDOUT WITH (FORMAT csv, HEADER)", out
                )
                entry["rows"] = cursor.rowcount
            said(f"trail/{table}", entry["rows"])
    manifest = {"format": FORMAT, "files": written}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return {name: entry["rows"] for name, entry in written.items()}


def read_copy(folder: Path, *, today: date, said: Said) -> dict[str, int]:
    """Fill an empty house from a copy; rows by file. Cut off, it goes on where it was. Raises BadFile when the
    copy is damaged or the house is not empty: nothing was changed then, and when a row is refused."""
    files = _check(folder)
    _mark_filling()
    for name in COPY_ORDER:
        path = folder / f"{name}.csv"
        kind = KINDS[name]
        rejects = folder.with_name(f"{folder.name}.{name}.rejects.csv")
        outcome = load(
            kind, open_table(path, kind), kinds=ENTITIES, source=DEFAULT_SOURCE, actor=None, today=today,
            reject_path=rejects,
        )  # fmt: skip
        if outcome.rejected:
            sentence = _("%(rows)d rows of %(kind)s were refused; why stands in %(file)s. Correct that and go on.")
            shown = {"rows": outcome.rejected, "kind": name, "file": rejects}
            raise BadFile(sentence % shown, rows_written=outcome.rows - outcome.rejected)
        said(name, outcome.rows)
    _bring_trail(folder, said)
    JobRun.objects.filter(name=_MARK).delete()
    return {name: entry["rows"] for name, entry in files.items()}


@contextmanager
def _file(folder: Path, name: str, written: dict[str, dict[str, Any]]) -> Iterator[tuple[BinaryIO, dict[str, Any]]]:
    path, entry = folder / name, {"rows": 0, "sha256": ""}
    with path.open("xb") as out:
        yield out, entry
    entry["sha256"] = _hash(path)
    written[name] = entry


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _check(folder: Path) -> dict[str, dict[str, Any]]:
    """What the manifest says, if it is true."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, dict[str, Any]] = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadFile(_("%s is no copy: its manifest is missing or damaged.") % folder) from None
    if manifest.get("format") != FORMAT:
        raise BadFile(_("This copy is of another format; import it with the version that wrote it, and upgrade."))
    wanted = [*(f"{name}.csv" for name in COPY_ORDER), *(f"trail/{table}.csv" for table, _columns in _trails())]
    damaged = [
        name
        for name in wanted
        if name not in files or not (folder / name).is_file() or _hash(folder / name) != files[name]["sha256"]
    ]
    if damaged:
        raise BadFile(_("The copy is damaged or cut off: %s.") % ", ".join(damaged[:10]))
    return files


def _mark_filling() -> None:
    """Only an empty house is filled, or one whose filling was cut off."""
    if JobRun.objects.filter(name=_MARK).exists():
        return
    with connection.cursor() as cursor:
        for name in COPY_ORDER:
            if name == "retention":  # comes with the migrations
                continue
            cursor.execute(f"SELECT EXISTS (SELECT FROM ({KINDS[name].current}) c)")
            if cursor.fetchone()[0]:
                sentence = _("This house is not empty: it has %s. A copy is read into an empty one only.")
                raise BadFile(sentence % KINDS[name].title)
    JobRun.objects.create(pk=-1, name=_MARK, on=date.min, state=JobRun.State.RUNNING)  # no number of a copy


def _trails() -> list[tuple[str, str]]:
    """Each table of the trail with its columns as the model has them."""
    found = []
    for event in sorted(tracked_models().values(), key=lambda model: model._meta.db_table):
        columns = ", ".join(q(str(field.column)) for field in event._meta.local_fields)
        found.append((event._meta.db_table, columns))
    return found


def _bring_trail(folder: Path, said: Said) -> None:
    """In place of what filling the house left behind. Only the owner of the tables can."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table, columns in _trails():
            cursor.execute(f"TRUNCATE {table}")
            with (folder / f"trail/{table}.csv").open("rb") as file:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER)", file)
            rows = cursor.rowcount
            cursor.execute(
                f"""SELECT setval(pg_get_serial_sequence('{table}', 'pgh_id'), max(pgh_id)) FROM {table}
                    HAVING max(pgh_id) IS NOT NULL"""
            )
            said(f"trail/{table}", rows)
