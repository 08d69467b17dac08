"""Databases and whole houses for tests: real PostgreSQL, real processes, nothing shared.

`./dev test` gives a throw-away cluster; each pytest worker, and each house, gets a database of its own,
copied from a template that was migrated once. The application connects as rounds_app, as in production,
so that a test which writes where it may not fails here.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
_TEMPLATE_LOCK = 5220
_SECRET = "for-tests-only-" * 5


def _url(user: str, password: str, database: str) -> str:
    server = urlsplit(os.environ["ROUNDS_TEST_SUPERUSER_URL"])
    return urlunsplit(("postgresql", f"{user}:{password}@{server.hostname}:{server.port}", f"/{database}", "", ""))


def app_url(database: str) -> str:
    return _url("rounds_app", os.environ["ROUNDS_TEST_APP_PASSWORD"], database)


def owner_url(database: str) -> str:
    return _url("rounds_owner", os.environ["ROUNDS_TEST_OWNER_PASSWORD"], database)


@contextmanager
def _superuser() -> Iterator["psycopg2.extensions.cursor"]:
    connection = psycopg2.connect(os.environ["ROUNDS_TEST_SUPERUSER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("**/migrations/*.py")):
        if ".venv" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def template() -> str:
    """The name of a migrated database, made by whichever process comes first."""
    name = f"template_{_fingerprint()}"
    with _superuser() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f"DROP DATABASE IF EXISTS making_{name}")
            cursor.execute(f"CREATE DATABASE making_{name} OWNER rounds_owner")
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "--database", "owner", "-v0"],
                cwd=ROOT,
                env=os.environ | environment(f"making_{name}"),
                check=True,
            )
            cursor.execute(f"ALTER DATABASE making_{name} RENAME TO {name}")
    return name


def make_database(name: str, like: str | None = None) -> str:
    with _superuser() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} OWNER rounds_owner TEMPLATE {like or template()}")
    return name


def drop_database(name: str) -> None:
    with _superuser() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def environment(database: str, redis_database: int = 0) -> dict[str, str]:
    redis = os.environ.get("ROUNDS_TEST_REDIS_URL", "redis://127.0.0.1:1/0").rsplit("/", 1)[0]
    return {
        "DATABASE_URL": app_url(database),
        "DATABASE_OWNER_URL": owner_url(database),
        "REDIS_URL": f"{redis}/{redis_database}",
        "SECRET_KEY": _SECRET,
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "COMPANY_TIME_ZONE": "Asia/Shanghai",
    }


@dataclass
class House:
    """One installation with a database of its own. What it starts, it stops."""

    database: str
    redis_database: int
    url: str = ""
    users: dict[str, tuple[str, str]] = field(default_factory=dict)
    static: str = ""  # a folder for collectstatic: the pages' files are then sent as in production
    settings: Mapping[str, str] = field(default_factory=dict)  # of its own
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _web: "subprocess.Popen[bytes] | None" = None

    @property
    def env(self) -> dict[str, str]:
        own = environment(self.database, self.redis_database)
        static = {"ROUNDS_STATIC": self.static} if self.static else {}
        return os.environ | own | static | ({"ORIGIN": self.url} if self.url else {}) | dict(self.settings)

    def manage(self, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as `./dev manage` does; stdout and stderr are kept apart."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env | env, capture_output=True, text=True, check=False)

    def rows(self, sql: str, *params: object) -> list[tuple]:
        """Read state out, as the database's owner."""
        connection = psycopg2.connect(owner_url(self.database))
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()
        finally:
            connection.close()

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def start_web(self, port: int, seconds: float = 30) -> None:
        self.url = f"http://localhost:{port}"
        self._web = self.start("gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4")
        end = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def end_web(self) -> None:
        """At once: what it is about to answer stays without an answer."""
        web = self._web
        assert web
        web.send_signal(signal.SIGQUIT)
        web.wait(timeout=30)

    def close(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=30)
        drop_database(self.database)
