"""PostgreSQL stops hard in the middle of the night; nobody else is restarted."""

import urllib.error

import pytest

from tests.faults.browser import Browser
from tests.faults.conftest import MakeHouse
from tests.faults.gates import gate
from tests.faults.ground import Ground, eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults


def test_worker_beat_and_web_outlive_the_database(make_house: MakeHouse, clean: House, ground: Ground) -> None:
    house = make_house()
    port = house.start_web()
    browser = Browser(port)
    name = house.sql("SELECT username FROM accounts_user ORDER BY username LIMIT 1")[0][0]
    browser.sign_in(name)
    worker, beat = house.start_worker(), house.start_beat()
    shut = gate(house, "segmentation_tierassignment")
    with shut as held:
        held.wait_until_blocked()
        ground.stop_database_hard()
        with pytest.raises(urllib.error.HTTPError, match="503"):
            browser.get("/account/")
        assert Browser(port).get("/healthz").status == 200
        eventually("the worker has noticed", lambda: "failed with OperationalError" in house.log.read_text())
        ground.start_database()
    assert browser.get("/account/").status == 200
    # Nobody could write down that it failed: the run looks as it did when it was cut.
    state = house.sql("SELECT state, error, attempts FROM base_jobrun WHERE name = 'night'")
    assert state == [("running", "", 1)]
    house.an_hour_passes()
    house.wait_for(house.today)
    assert [process.poll() for process in (worker, beat)] == [None, None]
    assert house.rows() == clean.rows()


def test_a_worker_that_lost_its_lock_writes_nothing_more(make_house: MakeHouse, clean: House) -> None:
    """Its session is cut, another worker takes over; the first must not speak of a run that is not his."""
    house = make_house()
    house.start_worker("--concurrency", "1")
    with gate(house, "visits_reminder") as shut:
        house.tick()
        cut = shut.wait_until_blocked()
        house.sql("SELECT pg_terminate_backend(%s)", cut)
        eventually("the worker has noticed", lambda: "failed with OperationalError" in house.log.read_text())
        house.tick()  # the same worker, with a new connection: it waits for its pause like everybody
        eventually("the tick is over", lambda: house.log.read_text().count("succeeded in") >= 2)
        assert house.sql("SELECT state, error FROM base_jobrun WHERE name = 'night'") == [("running", "")]
        house.an_hour_passes()
        house.tick()
        shut.wait_until_blocked()
    house.wait_for(house.today)
    assert house.sql("SELECT attempts FROM base_jobrun WHERE name = 'night'") == [(2,)]
    assert house.rows() == clean.rows()
