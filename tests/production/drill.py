"""The restore drill: a house is backed up, restored beside itself, and both live on alike."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import houses
from tests.houses import House
from tests.production.conftest import run_roles_script


def last_line(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return found


@contextmanager
def empty_house(name: str, redis_database: int) -> Iterator[House]:
    """A new database as docs/operations.md makes it, without a table."""
    houses.make_database(name, like="template0")
    run_roles_script(name)
    house = House(name, redis_database)
    yield house
    house.close()


def copied(house: House, folder: Path, **env: str) -> dict[str, Any]:
    """SHA-256 of every file of a whole copy."""
    done = house.manage("export_all", str(folder), **env)
    assert done.returncode == 0, done.stderr
    files: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["files"]
    return files


RIGHTS = """
SELECT table_name, privilege_type FROM information_schema.table_privileges
WHERE grantee = 'rounds_app' AND table_schema = 'public' ORDER BY 1, 2
"""
NIGHT = """
SELECT 'tier', customer_id::text, tier, during::text, reason::text FROM segmentation_tierassignment
UNION ALL SELECT 'reminder', customer_id::text, kind, due_on::text, state || reason::text FROM visits_reminder
UNION ALL SELECT 'status', customer_id::text, tier, next_due_on::text, territory_id::text FROM customers_customerstatus
ORDER BY 1, 2, 3, 4, 5
"""


def drill(house: House, restored: House, folder: Path, night: str) -> None:
    """`house` must stand still meanwhile."""
    there = {"ROUNDS_FILES": str(folder / "files")}
    written = house.manage("backup", str(folder / "backup"))
    assert written.returncode == 0, written.stdout + written.stderr
    done = restored.manage("restore", str(folder / "backup"), **there)
    assert done.returncode == 0, done.stdout + done.stderr
    assert last_line(done.stdout)["rows"] == last_line(written.stdout)["rows"] > 0
    assert restored.rows(RIGHTS) == house.rows(RIGHTS) != []
    assert copied(restored, folder / "second", **there) == copied(house, folder / "first")
    for one in (house, restored):
        ran = one.manage("nightly", "--on", night, **(there if one is restored else {}))
        assert ran.returncode == 0, ran.stderr
        assert last_line(ran.stdout)["state"] == "done"
    assert restored.rows(NIGHT) == house.rows(NIGHT) != []
