"""Numbers as large as their columns take, and zero: no page gets wider for them, and none fails."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest

from segmentation.queries.figures import STORED
from tests.browser.conftest import DESK, SMALL, ZOOMED, sideways
from tests.houses import House, owner_url
from tooling.pictures import reach
from tooling.shots import Shot

pytestmark = pytest.mark.browser

FIRST = "click .row-link"
PAGES = (
    Shot("team", "manager", "/team/"),
    Shot("team by role", "manager", "/team/?by=role"),
    Shot("tiers", "manager", "/tiers/"),
    Shot("moves", "manager", "/moves/"),
    Shot("moves, all columns", "manager", "/moves/?columns=move,name,on,before,after,rank,why,undone,territory"),
    Shot("person", "manager", "/customers/?kind=person&sort=tier", (FIRST,)),
    Shot("pharmacy", "manager", "/customers/?kind=institution&q=药房", (FIRST,)),
    Shot("hospital", "manager", "/customers/?kind=institution&q=医院", (FIRST,)),
)


def _sums(times: int) -> dict[str, str]:
    return {measure: f"{measure} * {times}" for measure in STORED}


REASON = 'reason || \'{"volume": 999999999999999, "rank": 25000000}\''
MOST, MOST_SMALL, MONEY = "2147483647", "32767", "999999999999999"
# By table, with its key. Sums are a million times as large: all rows together still fit into what sums hold.
HUGE = {
    ("segmentation_cyclerollup", "id"): _sums(1_000_000),
    ("segmentation_tierassignment", "id"): {"reason": REASON},
    ("visits_calltarget", "id"): {"visits_due": MOST_SMALL},
    ("visits_target", "id"): {"value": MONEY},
    ("customers_institution", "customer_id"): {
        "outpatients_per_day": MOST,
        "annual_purchases": f"annual_purchases * 0 + {MONEY}",
    },
    ("customers_tradefile", "institution_id"): {"floor_area": MOST, "staff": MOST, "credit_days": MOST_SMALL},
    ("customers_department", "id"): {"outpatients_per_day": MOST},
}
NOTHING = {
    ("segmentation_cyclerollup", "id"): _sums(0),
    ("customers_institution", "customer_id"): {"outpatients_per_day": "0", "annual_purchases": "annual_purchases * 0"},
    ("customers_tradefile", "institution_id"): {"floor_area": "0", "staff": "0", "credit_days": "0"},
    ("customers_department", "id"): {"outpatients_per_day": "0"},
}
Numbers = dict[tuple[str, str], dict[str, str]]


@contextmanager
def _numbers(house: House, numbers: Numbers) -> Iterator[None]:
    """A house with these numbers in its tables, until the end."""
    with psycopg2.connect(owner_url(house.database)) as owner, owner.cursor() as cursor:
        for (table, key), columns in numbers.items():
            cursor.execute(f"CREATE TEMP TABLE was_{table} AS SELECT {key}, {', '.join(columns)} FROM {table}")
            to = ", ".join(f"{column} = {value}" for column, value in columns.items())
            cursor.execute(f"UPDATE {table} SET {to}")
        owner.commit()
        try:
            yield
        finally:
            for (table, key), columns in numbers.items():
                back = ", ".join(f"{column} = was.{column}" for column in columns)
                cursor.execute(f"UPDATE {table} SET {back} FROM was_{table} was WHERE was.{key} = {table}.{key}")


@pytest.mark.parametrize("set_to", [HUGE, NOTHING], ids=["huge", "zero"])
def test_no_number_widens_a_page(house: House, open_browser: Any, sign_in: Any, set_to: Numbers) -> None:
    page = open_browser(DESK, locale="zh-CN", reduced_motion="reduce")
    sign_in(page, house.url, house.users["manager"])
    found = {}
    with _numbers(house, set_to):
        for shot in PAGES:
            page.set_viewport_size(DESK)
            reach(page, house.url, shot)
            assert page.locator("main h1, main h2").first.is_visible(), shot.name
            if shot.name == "team":
                seen = re.search(r"\d{2},\d{3},\d{3}", page.inner_text("main"))
                assert bool(seen) == (set_to is HUGE)
            if said := sideways(page, SMALL, ZOOMED, DESK):
                found[shot.name] = said
    assert found == {}
