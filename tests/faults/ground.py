"""Servers that may be killed: a PostgreSQL and a Valkey of the faults' own, and the databases in it."""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from tooling import processes, roles
from tooling.checkout import Checkout
from tooling.credentials import Credentials
from tooling.ports import LOOPBACK
from tooling.postgres import THROW_AWAY, Cluster, embedded_binaries
from tooling.valkey import Valkey, valkey_binary

# As quick as for other tests, but what was committed is there after a crash of the server.
SETTINGS = THROW_AWAY | {"synchronous_commit": "on", "full_page_writes": "on"}
OLDEST_SUPPORTED = Path("/usr/lib/postgresql/15/bin")


def midday() -> str:
    """A time zone in which it is noon: no test runs over midnight."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class Ground:
    def __init__(self) -> None:
        # Not in pytest's own folder, which the user that PostgreSQL runs as may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="rounds-faults-")).resolve()
        self.folder.chmod(0o755)
        checkout = Checkout(self.folder, Path(sys.prefix))
        checkout.prepare_state()
        self.credentials = Credentials()
        self.zone = midday()
        old = os.environ.get("ROUNDS_TEST_SERVER") == "15"
        binaries = OLDEST_SUPPORTED if old else embedded_binaries(checkout.venv)
        log = checkout.log("postgres")
        self.cluster = Cluster(checkout.state / "postgres", binaries, self.credentials.postgres, log, SETTINGS)
        self.valkey = Valkey(
            checkout.state / "valkey", valkey_binary(checkout.venv), self.credentials.valkey, checkout.log("valkey")
        )
        self.cluster.start()
        roles.prepare(self.cluster, self.credentials)
        self.valkey.start()
        self.ports = (self.cluster.port, self.valkey.port)

    def remove(self) -> None:
        self.valkey.remove()
        self.cluster.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    # PostgreSQL

    def stop_database_hard(self) -> None:
        """Immediate shutdown: no checkpoint, every session is cut, and recovery follows the next start."""
        self.cluster.stop(signal.SIGQUIT)

    def start_database(self) -> None:
        self.cluster.start(self.ports[0])
        assert self.cluster.port == self.ports[0]

    def address(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@{LOOPBACK}:{self.ports[0]}/{database}"

    def enter(self, database: str) -> Any:
        """A superuser's session, each statement for itself."""
        session = psycopg2.connect(self.address("postgres", self.credentials.postgres, database))
        session.autocommit = True
        return session

    @contextmanager
    def cursor(self, database: str = "postgres") -> Iterator[Any]:
        session = self.enter(database)
        try:
            with session.cursor() as cursor:
                yield cursor
        finally:
            session.close()

    def make_database(self, name: str, like: str = roles.DATABASE) -> None:
        with self.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} OWNER {roles.OWNER} TEMPLATE {like}")

    def drop_database(self, name: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    # Valkey

    def kill_valkey(self) -> None:
        """With all that it held: it keeps nothing on disk."""
        pid = self.valkey.running_pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        assert processes.wait_until_gone(pid, 5)

    def start_valkey(self) -> None:
        self.valkey.start(self.ports[1])
        assert self.valkey.port == self.ports[1]

    def environment(self, database: str, redis_database: int) -> dict[str, str]:
        app, owner = self.credentials.rounds_app, self.credentials.rounds_owner
        return {
            "DATABASE_URL": self.address(roles.APP, app, database),
            "DATABASE_OWNER_URL": self.address(roles.OWNER, owner, database),
            "REDIS_URL": f"redis://:{self.credentials.valkey}@{LOOPBACK}:{self.ports[1]}/{redis_database}",
            "SECRET_KEY": self.credentials.secret_key,
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "COMPANY_TIME_ZONE": self.zone,
            "NIGHT_HOUR": "0",
            "ROUNDS_TICK_SECONDS": "1",
            "ROUNDS_DEMO_PASSWORD": "round-and-round-1",
            "ROUNDS_FILES": str(self.folder / f"files_{database}"),
            "PYTHONUNBUFFERED": "1",
        }


PATIENCE = 120  # seconds: a busy machine starts a worker in half a minute


def eventually(what: str, happened: Any) -> Any:
    """Wait until `happened()` is true and return it; fail with `what` else."""
    end = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < end, f"{what}: not after {PATIENCE} s"
        time.sleep(0.02)
    return found
