"""Backups of the demo country; the drill on the real data is in tests/test_real_data.py."""

import json
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from secrets import token_urlsafe

import psycopg2
import pytest

from crm.base import clock
from tests.faults.browser import Browser
from tests.houses import House, owner_url
from tests.production.compose import Stack, documented
from tests.production.conftest import make_stack
from tests.production.drill import drill, empty_house, last_line

pytestmark = pytest.mark.tooling
# The night of today is to be done again, from nothing.
MORNING = """
DELETE FROM base_jobrun WHERE name = 'night';
DELETE FROM visits_reminder;
DELETE FROM segmentation_tiermove;
DELETE FROM segmentation_tierassignment;
UPDATE customers_customerstatus SET tier = '', provisional = false, next_due_on = NULL
"""


@pytest.fixture(scope="module")
def country(make_house: Callable[..., House]) -> House:
    house = make_house()
    loaded = house.manage("load_demo", "--districts", "1", ROUNDS_DEMO_PASSWORD="round-and-round-1")
    assert loaded.returncode == 0, loaded.stderr
    with closing(psycopg2.connect(owner_url(house.database))) as owner, owner, owner.cursor() as cursor:
        cursor.execute(MORNING)
    return house


def test_the_drill_on_the_demo_country(country: House, tmp_path: Path, worker: str) -> None:
    with empty_house(f"restored_{worker}", int(worker[2:]) * 16 + 14) as restored:
        drill(country, restored, tmp_path, clock.company_date(clock.now()).isoformat())
        refused = restored.manage("restore", str(tmp_path / "backup"), ROUNDS_FILES=str(tmp_path / "none"))
        assert refused.returncode == 2
        assert "not empty" in last_line(refused.stdout)["refused"][0]
        assert "permission denied" in restored.manage(
            "shell", "-c", "from django.db import connection as c; c.cursor().execute('DELETE FROM base_command')"
        ).stderr  # fmt: skip


def test_private_files_come_along_and_nobody_else_reads_a_backup(country: House, tmp_path: Path, worker: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "imports").mkdir(parents=True)
    (here / "imports" / "one.upload").write_bytes(b"\0\1" * 700_000)
    assert country.manage("backup", str(tmp_path / "backup"), ROUNDS_FILES=str(here)).returncode == 0
    for path in (tmp_path / "backup", *(tmp_path / "backup").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    with empty_house(f"restored_files_{worker}", int(worker[2:]) * 16 + 14) as restored:
        done = restored.manage("restore", str(tmp_path / "backup"), ROUNDS_FILES=str(there))
        assert done.returncode == 0, done.stdout
    assert (there / "imports" / "one.upload").read_bytes() == b"\0\1" * 700_000


def test_a_damaged_backup_is_refused_before_anything_is_changed(country: House, tmp_path: Path, worker: str) -> None:
    folder = tmp_path / "backup"
    assert country.manage("backup", str(folder)).returncode == 0
    assert country.manage("backup", str(folder), "--check").returncode == 0
    again = country.manage("backup", str(folder))
    assert again.returncode == 2
    whole, manifest = (folder / "database.dump").read_bytes(), json.loads((folder / "manifest.json").read_text())
    with empty_house(f"restored_damaged_{worker}", int(worker[2:]) * 16 + 14) as restored:

        def refused() -> str:
            done = restored.manage("restore", str(folder), ROUNDS_FILES=str(tmp_path / "none"))
            assert done.returncode == 2, done.stdout
            assert restored.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
            sentence: str = last_line(done.stdout)["refused"][0]
            return sentence

        (folder / "database.dump").write_bytes(whole[:-1000])
        assert "damaged: database.dump" in refused()
        (folder / "database.dump").write_bytes(whole)
        for change, sentence in (
            ({"migrations": [*manifest["migrations"], ["visits", "9999_of_tomorrow"]]}, "newer version"),
            ({"app": "somebody_else"}, "role somebody_else"),
            ({"format": 99}, "another format"),
        ):
            (folder / "manifest.json").write_text(json.dumps(manifest | change))
            assert sentence in refused()
        (folder / "manifest.json").unlink()
        assert "manifest is missing" in refused()


def test_the_commands_of_the_docs_bring_a_company_back(stack: Stack) -> None:
    """In containers: from one set of volumes into another, which is empty."""
    backup, check, up, back, all_up = documented("Backup and restore")
    folder = stack.folder / "backups"
    with make_stack(APP_PASSWORD=token_urlsafe(24), OWNER_PASSWORD=token_urlsafe(24)) as fresh:
        stack.here["/backups"] = fresh.here["/backups"] = str(folder)
        stack.up("postgres", "valkey")
        stack.obey(backup)
        stack.obey(check)
        manifest = json.loads((folder / backup.rpartition("/")[2] / "manifest.json").read_text("utf-8"))
        for line in (up, back):
            fresh.obey(line)
        assert not fresh.is_healthy("web")
        visits = "SELECT count(*) FROM visits_visit"
        for one in (stack, fresh):
            with closing(psycopg2.connect(one.superuser)) as session, session.cursor() as cursor:
                cursor.execute(visits)
                assert cursor.fetchone() == (manifest["tables"]["visits_visit"],)
                cursor.execute("SELECT username FROM accounts_user WHERE is_active ORDER BY 1 LIMIT 1")
                name = cursor.fetchone()[0]
        fresh.obey(all_up)
        browser = Browser(int(fresh.environment("web")["ORIGIN"].rpartition(":")[2]))
        browser.sign_in(name)
        assert browser.get("/").status == 200
