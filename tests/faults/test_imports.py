"""An import whose worker dies: at the check, in the middle of loading; and one without Redis."""

from pathlib import Path

import pytest

from tests.faults.browser import Browser
from tests.faults.conftest import MakeHouse
from tests.faults.gates import Gate, gate
from tests.faults.ground import Ground, eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults

ROWS = 25_000  # three transactions of loading
CONTENT = ("id,name\n" + "".join(f"f{n},人{n}\n" for n in range(ROWS))).encode()


def operations(house: House) -> Browser:
    house.sql("UPDATE accounts_user SET language = 'en'")
    browser = Browser(house.start_web())
    username = house.sql(
        """SELECT u.username FROM accounts_user u JOIN accounts_posting p ON p.user_id = u.id
           WHERE p.role = 'operations' AND p.during @> %s""",
        house.today,
    )[0][0]
    browser.sign_in(username)
    return browser


def bring(browser: Browser) -> str:
    """Upload; the address of the run's page."""
    return str(browser.upload("/files/kinds/persons/", {"source": "faults"}, CONTENT).url).removeprefix(browser.origin)


def states(house: House) -> list[tuple[str, int]]:
    return house.sql("SELECT state, attempts FROM base_importrun ORDER BY wanted_at")


def loaded(house: House) -> int:
    return int(house.sql("SELECT count(*) FROM base_externalid WHERE source = 'faults'")[0][0])


def third_batch(house: House) -> Gate:
    """Nobody writes the name of a row of the last transaction, because somebody else is about to."""
    return Gate(
        house,
        """INSERT INTO base_externalid (kind, source, external_id, object_id)
           VALUES ('person', 'faults', %s, gen_random_uuid())""",
        f"f{ROWS - 1}",
    )


def test_killed_in_the_check_and_in_the_middle_of_loading(make_house: MakeHouse) -> None:
    house = make_house()
    browser = operations(house)
    with gate(house, "customers_customer") as shut:  # the check writes, too, before it takes everything back
        worker = house.start_worker("--concurrency", "1")
        page = bring(browser)
        shut.wait_until_blocked()
        house.kill(worker)
    assert states(house) == [("checking", 1)]
    worker = house.start_worker("--concurrency", "1")
    house.start_beat()
    eventually("the check goes on", lambda: states(house)[0][0] == "checked")
    assert loaded(house) == 0
    assert "25,000" in browser.get(page).read().decode()

    shut = third_batch(house)
    browser.post(f"{page}load/", {}, form_on=page)
    shut.wait_until_blocked()
    written = loaded(house)
    assert 0 < written < ROWS  # whole transactions are there, the rest is not
    eventually("progress shows", lambda: b"20,000</span>" in browser.get(f"{page}progress/").read())
    house.kill(worker)
    shut.close()
    assert states(house) == [("loading", 1)]
    assert loaded(house) == written
    house.start_worker("--concurrency", "1")
    eventually("the load goes on", lambda: states(house)[0][0] == "done")
    assert loaded(house) == ROWS
    figures = house.sql("SELECT (outcome->>'created')::int, (outcome->>'unchanged')::int, attempts FROM base_importrun")
    assert figures == [(ROWS - written, written, 2)]
    people = house.sql("SELECT count(*), count(DISTINCT name) FROM customers_customer WHERE name ~ '^人[0-9]+$'")
    assert people == [(ROWS, ROWS)]


def test_without_redis_the_upload_stands_and_is_done_when_it_is_back(make_house: MakeHouse, ground: Ground) -> None:
    house = make_house()
    browser = operations(house)
    ground.kill_valkey()
    page = bring(browser)
    assert states(house) == [("checking", 0)]
    assert b"Waits for a worker" in browser.get(page).read()
    ground.start_valkey()
    house.start_worker("--concurrency", "1")
    house.start_beat()
    eventually("the tick finds it", lambda: states(house) == [("checked", 1)])


def test_what_a_worker_logs_names_nobody(make_house: MakeHouse) -> None:
    house = make_house()
    browser = operations(house)
    house.start_worker("--concurrency", "1")
    browser.upload("/files/kinds/persons/", {"source": "faults"}, "id,name,gender\n1,张三丰,x\n".encode())
    eventually("checked", lambda: states(house) == [("checked", 1)])
    assert "张三丰" not in house.log.read_text()
    folder = Path(house.env["ROUNDS_FILES"])
    assert {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_file()} == {"0o600"}
