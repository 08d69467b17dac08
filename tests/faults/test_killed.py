"""The worker dies at each step of the night; what it leaves equals a night that went through."""

import os
import signal
from pathlib import Path

import pytest

from crm.nightly import STEPS
from tests.faults.conftest import MakeHouse
from tests.faults.gates import WRITES, gate, record_gate
from tests.faults.ground import eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults
STEP_NAMES = [name for name, _do in STEPS]


def done_steps(house: House) -> list[str]:
    steps = house.sql("SELECT jsonb_path_query_array(steps, '$[*].name') FROM base_jobrun WHERE name = 'night'")
    return list(steps[0][0])


def lock_is_free(house: House) -> bool:
    query = """SELECT NOT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
               WHERE l.locktype = 'advisory' AND d.datname = current_database())"""
    return bool(house.sql(query)[0][0])


def test_killed_in_the_middle_of_each_step(make_house: MakeHouse, clean: House) -> None:
    """One night that loses its worker six times, each time with a step half done."""
    house = make_house()
    assert list(WRITES) == STEP_NAMES
    for position, table in enumerate(WRITES.values()):
        with gate(house, table) as shut:
            house.an_hour_passes()
            worker = house.start_worker("--concurrency", "1")
            house.tick()
            shut.wait_until_blocked()
            assert done_steps(house) == STEP_NAMES[:position]
            house.kill(worker)
            if position == 0:  # PostgreSQL notices the death although the statement still waits
                eventually("the lock is free", lambda: lock_is_free(house))
        eventually("the lock is free", lambda: lock_is_free(house))
    house.an_hour_passes()
    house.start_worker("--concurrency", "1")
    house.tick()
    house.wait_for(house.today)
    assert house.sql("SELECT attempts FROM base_jobrun WHERE name = 'night'") == [(len(WRITES) + 1,)]
    assert house.rows() == clean.rows()


def children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def test_killed_between_the_work_of_each_step_and_its_record(make_house: MakeHouse, clean: House) -> None:
    """Each step is done twice, for its process died before it could say so. Here the kernel picks only the
    process that works, and its worker goes on."""
    house = make_house()
    worker = house.start_worker("--concurrency", "1")
    for position, table in enumerate(WRITES.values()):
        with gate(house, table) as before:
            house.an_hour_passes()
            house.tick()
            before.wait_until_blocked()
            with record_gate(house) as shut:
                before.open()
                shut.wait_until_blocked()
                assert done_steps(house) == STEP_NAMES[:position]
                os.kill(deepest(worker.pid), signal.SIGKILL)
        eventually("the lock is free", lambda: lock_is_free(house))
    house.an_hour_passes()
    house.tick()
    house.wait_for(house.today)
    assert house.rows() == clean.rows()


def deepest(pid: int) -> int:
    """The process at the end of the line worker – pool process (or namespace – worker – pool process)."""
    while below := children(pid):
        pid = below[-1]
    return pid
