"""The services of docker-compose.yml on an empty database, migrated and filled by their own commands."""

import os
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests import houses
from tests.faults.ground import Ground
from tests.production.compose import ROOT, Stack
from tooling.ports import free_port

SECRETS = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "OWNER_PASSWORD": os.environ["ROUNDS_TEST_OWNER_PASSWORD"],
    "APP_PASSWORD": os.environ["ROUNDS_TEST_APP_PASSWORD"],
    "REDIS_PASSWORD": urlsplit(os.environ["ROUNDS_TEST_REDIS_URL"]).password or "",
}


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


@pytest.fixture(scope="package")
def stack(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Everything runs, with a small invented country."""
    database, folder, port = f"composed_{worker}", tmp_path_factory.mktemp("stack"), free_port(None)
    houses.make_database(database, like="template0")
    run_roles_script(database)
    server, broker = (urlsplit(os.environ[f"ROUNDS_TEST_{name}_URL"]) for name in ("SUPERUSER", "REDIS"))
    stack = Stack(
        SECRETS
        | {"ORIGIN": f"http://localhost:{port}", "ROUNDS_TICK_SECONDS": "1", "NIGHT_HOUR": "0"}
        | {"METRICS_TOKEN": "a-token-for-metrics-in-tests"},
        folder,
        {
            "postgres:5432/rounds": f"127.0.0.1:{server.port}/{database}",
            "valkey:6379": f"127.0.0.1:{broker.port}",
            "0.0.0.0:8000": f"127.0.0.1:{port}",
            "127.0.0.1:8000": f"127.0.0.1:{port}",
            "/files": str(folder / "files"),
        },
    )
    try:
        assert stack.start("migrate").wait(timeout=300) == 0, stack.log("migrate").read_text()
        password = {"ROUNDS_DEMO_PASSWORD": "round-and-round-1"}
        loaded = stack.manage("web", "load_demo", "--districts", "1", **password)
        assert loaded.returncode == 0, loaded.stderr
        yield stack
    finally:
        stack.stop()
        houses.drop_database(database)
