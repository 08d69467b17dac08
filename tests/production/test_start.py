"""A start with secrets that everybody knows, or on a database that cannot search Chinese, is refused."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from tests import houses

pytestmark = pytest.mark.tooling
GOOD = "Zq3-v8TnR0uX6yKc1HsLwE9dJfGbM2aPoI7VtU5xNrQ4hYkCzW"
CONFIGURATION = 78
DOORS = {
    "web": ("gunicorn", "crm.wsgi:application", "--bind", "127.0.0.1:0", "--check-config"),
    "worker": ("celery", "-A", "crm", "worker", "--pool", "solo"),
    "beat": ("celery", "-A", "crm", "beat"),
}


def start(door: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """In a folder of its own: beat writes, and removes, its schedule where it stands."""
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(
            [sys.executable, "-m", *DOORS[door]],
            cwd=folder,
            env=os.environ
            | {"PYTHONPATH": str(houses.ROOT), "ROUNDS_TICK_SECONDS": "3600"}
            | houses.environment(houses.template())
            | {"SECRET_KEY": GOOD}
            | env,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


def test_a_sound_configuration_is_let_through() -> None:
    assert start("web").returncode == 0


@pytest.mark.parametrize("door", DOORS)
def test_an_example_key_is_refused_at_every_door(door: str) -> None:
    refused = start(door, SECRET_KEY="django-insecure-" + GOOD)
    assert refused.returncode == CONFIGURATION, refused.stderr
    assert "Rounds does not start (rounds.E004): SECRET_KEY is that of an example." in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "K7-tiny", "shorter than 50"),
        ("SECRET_KEY_FALLBACKS", "a" * 60, "too regular"),
        ("DATABASE_URL", "postgresql://rounds_app:postgres@127.0.0.1:1/x", "DATABASE_URL is known to everybody"),
        ("DATABASE_OWNER_URL", "postgresql://me:me@127.0.0.1:1/x", "DATABASE_OWNER_URL is known to everybody"),
        ("DATABASE_REPLICA_URL", "postgresql://rounds_app:rounds@127.0.0.1:1/x", "DATABASE_REPLICA_URL is known to"),
        ("METRICS_TOKEN", "changeme", "METRICS_TOKEN is known to everybody"),
        ("REDIS_URL", "redis://:changeme@127.0.0.1:1/0", "REDIS_URL is known to everybody"),
    ],
)
def test_known_secrets_are_refused(name: str, value: str, sentence: str) -> None:
    refused = start("web", **{name: value})
    assert refused.returncode == CONFIGURATION, refused.stderr
    assert sentence in refused.stderr
    assert value not in refused.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://:k9-Xw2@127.0.0.1:1/0"),
        ("METRICS_TOKEN", "k9-Xw2-7pQ"),
        ("DATABASE_REPLICA_URL", "postgresql://rounds_app:k9-Xw2@127.0.0.1:1/x"),
    ],
)
def test_short_passwords_are_refused_over_https(name: str, value: str) -> None:
    short = {name: value}
    assert start("web", **short).returncode == 0
    refused = start("web", ORIGIN="https://crm.example.com", **short)
    assert refused.returncode == CONFIGURATION
    assert f"{name} is shorter than 12" in refused.stderr
    assert value not in refused.stderr


@pytest.fixture
def old_database(worker: str) -> Iterator[str]:
    """A server says its own version, so here somebody else answers for it: what this role asks, it finds in a schema of
    its own before it finds PostgreSQL's."""
    name = f"old_{worker}"
    houses.make_database(name)
    with houses._superuser() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET search_path = old, pg_catalog, public")
    with closing(psycopg2.connect(houses.owner_url(name))) as owner, owner, owner.cursor() as cursor:
        cursor.execute("CREATE SCHEMA old; GRANT USAGE ON SCHEMA old TO rounds_app")
        cursor.execute(
            """CREATE FUNCTION old.current_setting(asked text) RETURNS text LANGUAGE sql AS $$
               SELECT CASE asked WHEN 'server_version_num' THEN '140012' ELSE pg_catalog.current_setting(asked) END
               $$"""
        )
    yield name
    houses.drop_database(name)


def test_a_server_that_is_too_old_is_refused(old_database: str) -> None:
    here = houses.environment(old_database)
    refused = start("web", **{name: here[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")})
    assert refused.returncode == CONFIGURATION, refused.stderr
    assert "Rounds does not start (rounds.E002): PostgreSQL 15 or newer is needed." in refused.stderr


@pytest.fixture
def database_without_chinese(worker: str) -> Iterator[str]:
    """Its character classes are those of the locale C."""
    name = f"no_chinese_{worker}"
    with houses._superuser() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(
            f"""CREATE DATABASE {name} OWNER rounds_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER libc
                LOCALE 'C'"""
        )
    yield name
    houses.drop_database(name)


def test_a_database_that_finds_no_chinese_is_refused(database_without_chinese: str) -> None:
    """Before the first migration, and by every door."""
    here = houses.environment(database_without_chinese)
    migrated = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database", "owner"],
        cwd=houses.ROOT, env=os.environ | here, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert migrated.returncode == 1
    assert "rounds.E003" in migrated.stderr
    for door in DOORS:
        refused = start(door, **{name: here[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL")})
        assert refused.returncode == CONFIGURATION, refused.stderr
        assert "would miss every Chinese name" in refused.stderr


def test_a_database_that_does_not_answer_is_waited_for() -> None:
    nobody = "postgresql://rounds_app:x9-Kw2vTnR0uX6y@127.0.0.1:1/x"
    assert start("web", DATABASE_URL=nobody, DATABASE_OWNER_URL=nobody).returncode == 0
