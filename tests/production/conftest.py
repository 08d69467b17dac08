"""The services of docker-compose.yml on an empty database, migrated and filled by their own commands."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest

from tests.faults.ground import Ground
from tests.production.compose import ROOT, Stack
from tooling.ports import free_port

NAMES = ("SECRET_KEY", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD")
SECRETS = {name: secrets.token_urlsafe(64) for name in NAMES}


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """Servers of a module's own, which a test may stop or put something before."""
    ground = Ground()
    yield ground
    ground.remove()


def run_roles_script(database: str) -> None:
    """What docs/postgres-roles.sh does inside the new database; the roles themselves are there."""
    script = (ROOT / "docs" / "postgres-roles.sh").read_text(encoding="utf-8")
    superuser = os.environ["ROUNDS_TEST_SUPERUSER_URL"].rpartition("/")[0]
    connection = psycopg2.connect(f"{superuser}/{database}")
    with connection, connection.cursor() as cursor:
        cursor.execute(script.partition("\\connect rounds\n")[2].partition("SQL\n")[0])
    connection.close()


@contextmanager
def make_stack(**given: str) -> Iterator[Stack]:
    """All of the compose file, at ports of its own; nothing runs yet, and what was started ends."""
    # Not in pytest's own folder: PostgreSQL runs as somebody who has to pass through.
    folder, port = Path(tempfile.mkdtemp(prefix="rounds-compose-")).resolve(), free_port()
    folder.chmod(0o711)
    given = SECRETS | {"ROUNDS_TICK_SECONDS": "1", "NIGHT_HOUR": "0", "ORIGIN": f"http://localhost:{port}"} | given
    here = {f"{host}:8000": f"127.0.0.1:{port}" for host in ("0.0.0.0", "127.0.0.1")}
    stack = Stack(given, folder, here | {"/files": str(folder / "files")})
    try:
        yield stack
    finally:
        stack.remove()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Migrated, and filled with a small invented country."""
    with make_stack(METRICS_TOKEN="a-token-for-metrics-in-tests") as stack:
        stack.up("migrate", "valkey")
        password = {"ROUNDS_DEMO_PASSWORD": "round-and-round-1"}
        loaded = stack.manage("web", "load_demo", "--districts", "1", **password)
        assert loaded.returncode == 0, loaded.stderr
        yield stack
