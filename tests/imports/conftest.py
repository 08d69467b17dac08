"""Operations at the pages of files; a worker that is called by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils.translation import trans_real

from crm.base.models import ImportRun
from crm.imports import runs, tasks
from tests.cast import NOON, Cast

PERSONS = "id,name,title\nu1,周其琛,主任\nu2,孟小楼,\n"


@pytest.fixture(scope="package", autouse=True)
def words() -> None:
    """Compiled translations."""
    call_command("words")
    vars(trans_real)["_translations"].clear()


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def time_machine_moves(noon: time_machine.Traveller) -> Callable[[timedelta], None]:
    return noon.shift


@pytest.fixture
def second_session(db: None) -> Iterator[Any]:
    """Another process's session of the same database."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    session = psycopg2.connect(**parameters)
    session.autocommit = True
    yield session
    session.close()


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Messages to workers; nobody reads them."""
    sent: list[str] = []
    monkeypatch.setattr(tasks.work_off_imports, "apply_async", lambda **more: sent.append("work off imports"))
    return sent


@pytest.fixture
def private_files(tmp_path: Path, settings: Any) -> Path:
    """The private storage, this test's own."""
    folder = tmp_path / "files"
    private = settings.STORAGES["private"]
    options = private["OPTIONS"] | {"location": str(folder)}
    settings.STORAGES = settings.STORAGES | {"private": private | {"OPTIONS": options}}
    return folder


@pytest.fixture
def ops(cast: Cast, private_files: Path) -> Client:
    client = Client()
    client.force_login(cast.operations)
    return client


Bring = Callable[..., ImportRun]


@pytest.fixture
def bring(ops: Client) -> Bring:
    """Upload as operations do; the run as it stands right after. With `work=True`, after a worker's turn."""

    def upload(kind: str = "persons", content: str | bytes = PERSONS, name: str = "客户.csv", *, work: bool = False):
        raw = content if isinstance(content, bytes) else content.encode()
        answer = ops.post(f"/files/kinds/{kind}/", {"source": "crm", "file": SimpleUploadedFile(name, raw)})
        assert answer.status_code == 302, answer.content.decode()
        if work:
            runs.work_off()
        return ImportRun.objects.get(pk=answer["Location"].strip("/").split("/")[-1])

    return upload
