"""Two sessions amend one visit: whoever comes second waits, then sees the state that the first one left."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

from tests import houses
from tests.houses import House
from visits.actions.amend import HOLD

FILES = {
    "territories": "id,name,jurisdiction\nCN,中国,CN\nXX,西溪,\n",
    "institutions": "id,name,kind\nh,西溪湾医院,hospital\n",
    "persons": "id,name\nx,陈望舒\ny,孟书远\n",
    "affiliations": "person,institution,from\nx,h,2026-01-01\ny,h,2026-01-01\n",
    "alignment": "institution,territory,from\nh,CN,2026-01-01\n",
    "users": "id,username,name\nlin,lin,林晓\n",
    "postings": "user,territory,role,from\nlin,CN,rep,2026-01-01\n",
    "visits": "id,rep,on,persons\nv,lin,2026-02-02,x\n",
}
AMENDED = """UPDATE visits_visit SET version = version + 1, note = 'first',
             territory_id = (SELECT id FROM accounts_territory WHERE name = '西溪')"""


@pytest.fixture
def house(make_house: Callable[..., House], tmp_path: Path) -> House:
    made = make_house()
    for kind, text in FILES.items():
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        loaded = made.manage("import_data", kind, str(path))
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    return made


@pytest.mark.parametrize(
    "held",
    [
        "SELECT FROM customers_customerstatus ORDER BY id FOR NO KEY UPDATE",
        "SELECT FROM visits_visit FOR NO KEY UPDATE",
    ],
    ids=["statuses", "visit"],
)
def test_the_second_one_waits_and_sees_the_newest_version(house: House, held: str) -> None:
    ((visit, maker),) = house.rows("SELECT id::text, maker_id::text FROM visits_visit")
    url = houses.app_url(house.database)
    seen: list[Any] = []
    with closing(psycopg2.connect(url)) as first, closing(psycopg2.connect(url)) as second:

        def hold() -> None:
            with second.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
                cursor.execute(HOLD, {"id": visit, "maker": maker, "customers": []})
                seen.extend(cursor.fetchall())

        with first.cursor() as cursor:
            cursor.execute(held)
            cursor.execute(AMENDED)
        waiting = threading.Thread(target=hold)
        waiting.start()
        waiting.join(1)
        assert waiting.is_alive()
        first.commit()
        waiting.join(30)
    assert [(row["version"], row["note"]) for row in seen] == [(2, "first")]
