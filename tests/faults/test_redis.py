"""Redis only wakes workers: flushed, killed or absent, it takes nothing along and stops no user."""

from datetime import date, timedelta

import pytest
import valkey

from crm.base.ids import uuid7
from tests.faults.browser import Browser
from tests.faults.conftest import MakeHouse
from tests.faults.gates import gate
from tests.faults.ground import Ground, eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults


def want_again(house: House, night: date) -> None:
    house.sql("""UPDATE base_jobrun SET state = 'wanted', steps = '[]' WHERE name = 'night' AND "on" = %s""", night)
    house.sql("DELETE FROM visits_reminder WHERE made_on = %s", night)


def test_nights_outlive_redis(make_house: MakeHouse, ground: Ground) -> None:
    """Absent as worker and beat start, flushed and killed in the middle of a night, back for the next one."""
    house, daily = make_house(), make_house()
    before, first, second = (house.today - timedelta(days=back) for back in (2, 1, 0))
    for each in (house, daily):
        each.schedule_stood_at(before)
    daily.night(first)
    daily.night(second)

    ground.kill_valkey()
    worker, beat = house.start_worker("--concurrency", "1"), house.start_beat()
    eventually("the worker misses Redis", lambda: "Cannot connect to" in house.log.read_text())
    with valkey.Valkey.from_url(house.env["REDIS_URL"]) as redis:
        with gate(house, "segmentation_tierassignment") as shut:
            ground.start_valkey()
            shut.wait_until_blocked()
            # One message works, the next waits in the worker's hand.
            eventually("a message is held", lambda: redis.zcard("unacked_index"))
            redis.flushall()
            ground.kill_valkey()
            eventually("the worker notices", lambda: "Connection to broker lost" in house.log.read_text())
        house.wait_for(first, second)
        # What becomes due while Redis is away is found when it is back, and after it forgot everything.
        want_again(house, second)
        ground.start_valkey()
        house.wait_for(second)
        redis.flushall()
        want_again(house, second)
        house.wait_for(second)
    assert [process.poll() for process in (worker, beat)] == [None, None]
    assert house.rows() == daily.rows()


def test_signing_in_and_logging_a_visit_need_no_redis(make_house: MakeHouse, ground: Ground) -> None:
    house = make_house(REDIS_URL="redis://127.0.0.1:1/0")
    port = house.start_web()
    rep, customer = house.sql(
        """SELECT u.username, cs.customer_id::text FROM customers_customerstatus cs
           JOIN accounts_posting p ON p.territory_id = cs.territory_id AND p.role = 'rep' AND p.during @> %s
           JOIN accounts_user u ON u.id = p.user_id ORDER BY 2 LIMIT 1""",
        house.today,
    )[0]
    browser = Browser(port)
    browser.sign_in(rep)
    visit = str(uuid7())
    entries = {"id": visit, "on": house.today.isoformat(), "channel": "face_to_face"}
    browser.post(f"/customers/{customer}/visits/new/", entries)
    assert house.sql("SELECT state FROM visits_visit WHERE id = %s", visit) == [("reported",)]
    # The night can be run by hand, too: it stands in the database, and needs no message.
    done = house.run("manage.py", "nightly", "--on", house.today.isoformat())
    assert done.returncode == 0, done.stderr
    assert "Redis does not answer" in done.stderr
    assert house.nights() == {house.today: "done"}
