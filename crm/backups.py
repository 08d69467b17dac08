"""A backup: the database and the files that users brought in, of one moment, with a manifest that proves it whole.

    FOLDER/database.dump   pg_dump's custom format, with the rights of rounds_app
    FOLDER/files.tar       the private folder (uploads that wait for their import)
    FOLDER/manifest.json   written last: version, migrations, rows of each table, rights, SHA-256 of both

Nothing is held in memory. It is restored whole or not at all, into an empty database, by the owner. A backup holds
everything about everybody: encrypt it before it leaves the machine. SECRET_KEY is not in it.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from crm import postgres_tools as tools
from crm.base.exchange.table import BadFile

FORMAT = 1
DUMP, FILES, MANIFEST = "database.dump", "files.tar", "manifest.json"
_PIECE = 1024 * 1024

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1
"""
# Whose rights on tables, columns, sequences and functions; where nothing was granted, those that come by themselves.
_RIGHTS = """
SELECT c.relname || ' ' || item
FROM pg_class c,
    unnest(coalesce(c.relacl,
                    acldefault((CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", c.relowner))::text[]) item
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT c.relname || '.' || a.attname || ' ' || item FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
    unnest(a.attacl::text[]) item WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
UNION ALL
SELECT p.oid::regprocedure::text || ' ' || item
FROM pg_proc p, unnest(coalesce(p.proacl, acldefault('f'::"char", p.proowner))::text[]) item
WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""


def write_backup(folder: Path) -> dict[str, Any]:
    """Write a backup into a new folder; its manifest."""
    if folder.exists() and any(folder.iterdir()):
        raise BadFile(_("%s is not empty; name a new folder.") % folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _snapshot() as (cursor, snapshot):
        tools.dump(folder / DUMP, snapshot)
        found = _state(cursor)
    _pack(folder / FILES)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "app": settings.DATABASES["default"]["USER"],
        **found,
        "sha256": {name: _hash(folder / name) for name in (DUMP, FILES)},
    }
    with _private(folder / MANIFEST) as out:
        out.write(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return manifest


def check_backup(folder: Path) -> dict[str, Any]:
    """The manifest of a backup that is whole. Raises BadFile."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        hashes = {name: str(manifest["sha256"][name]) for name in (DUMP, FILES)}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadFile(_("%s is no backup: its manifest is missing or damaged.") % folder) from None
    if manifest.get("format") != FORMAT:
        raise BadFile(_("This backup is of another format; restore it with the version that wrote it, and upgrade."))
    damaged = [name for name, sha256 in hashes.items() if _hash(folder / name) != sha256]
    if damaged:
        raise BadFile(_("The backup is damaged: %s.") % ", ".join(damaged))
    return manifest


def restore(folder: Path) -> dict[str, Any]:
    """Fill an empty database and an empty private folder; the manifest. Raises BadFile: nothing was changed then,
    or, when what came back is not what was written, the database is not to be used."""
    manifest = check_backup(folder)
    _refuse_what_does_not_fit(manifest)
    tools.restore(folder / DUMP, manifest["extensions"])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
        found = _state(cursor)
    different = [part for part in ("tables", "migrations", "rights") if found[part] != manifest[part]]
    if different:
        raise BadFile(_("What was restored differs from the backup in: %s. Do not use it.") % ", ".join(different))
    _unpack(folder / FILES)
    return manifest


def _refuse_what_does_not_fit(manifest: dict[str, Any]) -> None:
    unknown = {tuple(pair) for pair in manifest["migrations"]} - set(MigrationLoader(None).disk_migrations or ())
    known_apps = {app for app, _name in MigrationLoader(None).disk_migrations or ()}
    if any(app in known_apps for app, _name in unknown):
        raise BadFile(_("This backup was written by a newer version of Rounds; restore it with that one."))
    if manifest["app"] != settings.DATABASES["default"]["USER"]:
        raise BadFile(_("The backup gives rights to the role %s; let DATABASE_URL use it.") % manifest["app"])
    with connections["owner"].cursor() as cursor:
        cursor.execute(_TABLES)
        if cursor.fetchone():
            raise BadFile(_("This database is not empty. A backup is restored into an empty one only."))
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [manifest["app"]])
        if not cursor.fetchone()[0]:
            raise BadFile(_("There is no role %s here: make the roles first (docs/operations.md).") % manifest["app"])
    if any(path.is_file() for path in _private_folder().rglob("*")):
        raise BadFile(_("The folder of private files is not empty: %s.") % _private_folder())


@contextmanager
def _snapshot() -> Iterator[tuple[Any, str]]:
    """What pg_dump writes and what is counted is of the same moment."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
        finally:
            cursor.execute("ROLLBACK")


def _state(cursor: Any) -> dict[str, Any]:
    def column(statement: str) -> list[Any]:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]

    cursor.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2")
    migrations = [list(row) for row in cursor.fetchall()]
    return {
        "server": column("SHOW server_version")[0],
        "extensions": column("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"),
        "migrations": migrations,
        "tables": {table: column(f'SELECT count(*) FROM "{table}"')[0] for table in column(_TABLES)},
        "rights": hashlib.sha256("\n".join(column(_RIGHTS)).encode()).hexdigest(),
    }


def _private_folder() -> Path:
    private = storages["private"]
    assert isinstance(private, FileSystemStorage)
    return Path(private.location)


@contextmanager
def _private(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out


def _pack(path: Path) -> None:
    """A file that goes away meanwhile was let go: it is left out."""
    root = _private_folder()
    with _private(path) as out, tarfile.open(fileobj=out, mode="w|") as tar:
        for file in sorted(file for file in root.rglob("*") if file.is_file()):
            try:
                tar.add(file, str(file.relative_to(root)), recursive=False)
            except FileNotFoundError:
                continue


def _unpack(path: Path) -> None:
    """Plain files only, and only inside the folder."""
    root = _private_folder()
    with tarfile.open(path, "r|") as tar:
        for member in tar:
            target = (root / member.name).resolve()
            content = tar.extractfile(member) if member.isfile() else None
            if content is None or not target.is_relative_to(root.resolve()):
                raise BadFile(_("The backup is damaged: %s.") % FILES)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _private(target) as out:
                shutil.copyfileobj(content, out, _PIECE)


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()
