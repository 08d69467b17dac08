"""Messages, workers and beats come twice; the night comes once."""

import pytest

from tests.faults.conftest import MakeHouse
from tests.faults.gates import gate
from tests.faults.ground import eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults


def test_two_workers_two_beats_and_doubled_messages(make_house: MakeHouse, clean: House) -> None:
    house = make_house()
    with gate(house, "visits_calltarget") as shut:
        for name in ("one", "two"):
            house.start_worker("--concurrency", "1", "-n", name)
            house.start_beat(name)
            house.ask_for(house.today)
        shut.wait_until_blocked()
        # The other worker looks, finds the night taken, and stays free: messages are used up as they come.
        for _ in range(2):
            house.ask_for(house.today)
            house.tick()
        eventually("the queue is empty", lambda: house.log.read_text().count("succeeded in") >= 6)
        assert list(house.nights().values()) == ["running"]
    house.wait_for(house.today)
    for _ in range(2):
        house.ask_for(house.today)
    ticks = house.log.read_text().count("succeeded in")
    eventually("more messages after the night", lambda: house.log.read_text().count("succeeded in") > ticks + 3)
    assert house.sql("SELECT attempts, silent_since FROM base_jobrun WHERE name = 'night'") == [(1, None)]
    assert house.rows() == clean.rows()
