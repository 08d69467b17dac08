"""Fixtures for all tests: a database for each worker, whole houses for what needs real processes."""

import os
import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import houses
from tests.houses import House

if TYPE_CHECKING:
    from tests.cast import Cast

if "ROUNDS_TEST_SUPERUSER_URL" not in os.environ:
    raise pytest.UsageError("Tests need servers of their own: run ./dev test, with pytest's arguments after it.")

_numbers = count(1)


def pytest_configure() -> None:
    """Signing in is not what most tests are about: a cheap hash saves a second a test."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def worker(worker_id: str) -> str:
    return "gw0" if worker_id == "master" else worker_id


@pytest.fixture(scope="session")
def django_db_setup(worker: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """In place of Django's own test database: one copied from the template, used as rounds_app."""
    from django.conf import settings
    from django.db import connections

    name = houses.make_database(f"test_{worker}")
    for alias in ("default", "owner"):
        settings.DATABASES[alias]["NAME"] = connections[alias].settings_dict["NAME"] = name
    yield
    connections.close_all()
    houses.drop_database(name)


@pytest.fixture(scope="session")
def make_house(worker: str) -> Iterator[Callable[..., House]]:
    """Makes houses: `make_house()` an empty one, `make_house(like=other)` a copy of another's data."""
    made: list[House] = []

    def make(like: House | None = None) -> House:
        number = next(_numbers)
        database = houses.make_database(f"house_{worker}_{number}", like=like.database if like else None)
        house = House(database, redis_database=int(worker[2:]) * 16 + number % 15 + 1)
        made.append(house)
        return house

    yield make
    for house in made:
        house.close()


@pytest.fixture(autouse=True)
def nobodys_language() -> Iterator[None]:
    """A page leaves its reader's language on the thread; what the next test reads is in none but the default one."""
    from django.utils import timezone, translation

    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def free_port() -> int:
    return _free_port()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def house(make_house: Callable[..., House], tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo country behind a real web server. `users` are its sign-ins by role."""
    demo = make_house()
    demo.static = str(tmp_path_factory.mktemp("static"))
    collected = demo.manage("collectstatic", "--noinput")
    assert collected.returncode == 0, collected.stderr
    loaded = demo.manage("load_demo", ROUNDS_DEMO_PASSWORD="round-and-round-1")
    assert loaded.returncode == 0, loaded.stderr
    for role, name in demo.rows(
        """SELECT DISTINCT ON (p.role) p.role, u.username
           FROM accounts_posting p JOIN accounts_user u ON u.id = p.user_id
           WHERE p.during @> current_date ORDER BY p.role, u.username"""
    ):
        demo.users[role] = (name, "round-and-round-1")
    demo.start_web(_free_port())
    return demo


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets; its absence is said loudly."""
    data = Path(os.environ.get("ROUNDS_SHARED_DATA") or houses.ROOT.parent / "shared" / "data")
    if not data.is_dir():
        pytest.skip(f"*** REAL DATA NOT TESTED: there is no folder {data}; set ROUNDS_SHARED_DATA ***")
    return data


@pytest.fixture
def cast(db: None) -> "Cast":
    from tests.cast import assemble

    return assemble()
