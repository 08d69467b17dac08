"""Nobody was there for three days: the nights are made up in their order, and nothing is due twice."""

from datetime import timedelta

import pytest

from tests.faults.conftest import MakeHouse

pytestmark = pytest.mark.faults
DOUBLED = """SELECT count(*) FROM (
    SELECT 1 FROM visits_reminder WHERE kind = 'visit_due' AND state = 'open' GROUP BY customer_id, line_id
    HAVING count(*) > 1 UNION ALL
    SELECT 1 FROM visits_reminder GROUP BY kind, customer_id, source_id, due_on HAVING count(*) > 1) doubled"""


def test_three_missed_nights_are_made_up(make_house: MakeHouse) -> None:
    house, daily = make_house(), make_house()
    nights = [house.today - timedelta(days=back) for back in (3, 2, 1, 0)]
    for each in (house, daily):
        each.schedule_stood_at(nights[0])
    for night in nights[1:]:
        daily.night(night)
    house.start_worker()
    house.tick()
    house.wait_for(*nights)
    assert house.rows() == daily.rows()
    assert house.sql(DOUBLED) == [(0,)]
    ends = """SELECT finished_at <= lead(started_at) OVER (ORDER BY "on") FROM base_jobrun
              WHERE name = 'night' AND "on" > %s ORDER BY "on" """
    assert house.sql(ends, nights[0]) == [(True,), (True,), (None,)]


def test_no_later_night_begins_before_one_that_died_is_done(make_house: MakeHouse) -> None:
    house = make_house()
    died = house.today - timedelta(days=1)
    house.schedule_stood_at(died - timedelta(days=1))
    house.sql(
        """INSERT INTO base_jobrun (name, "on", state, steps, attempts, error, wanted_at, heartbeat_at, scheduled)
           VALUES ('night', %s, 'running', '[]', 3, '', now(), now(), true)""",
        died,
    )
    worker = house.start_worker()
    for _ in range(2):
        house.tick()
        house.ask_for(house.today)
    asked = house.run("manage.py", "nightly", "--on", house.today.isoformat())
    assert (asked.returncode, f"The night of {died} is not done yet" in asked.stderr) == (2, True)
    assert house.nights()[died] == "running"
    assert house.nights().get(house.today, "wanted") == "wanted"
    assert worker.poll() is None
    house.an_hour_passes()
    house.tick()
    house.wait_for(died, house.today)
