"""Visits are logged while the night runs. Each counts as made before the night or after it, never by halves."""

import subprocess
from datetime import timedelta
from typing import Any

import pytest

from crm.base.ids import uuid7
from tests.faults.conftest import MakeHouse
from tests.faults.gates import gate, record_gate
from tests.faults.ground import eventually
from tests.faults.house import House

pytestmark = pytest.mark.faults
STORM = 12  # visits at once, where as many are due
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def visits_due(clean: House) -> tuple[str, list[str]]:
    """A rep and those of his customers that the clean night reminds him of, in the order of its locks."""
    rows = clean.sql(
        """SELECT u.username, array_agg(r.customer_id::text ORDER BY cs.id) FROM visits_reminder r
           JOIN customers_customerstatus cs ON cs.customer_id = r.customer_id AND cs.line_id = r.line_id
           JOIN accounts_posting p ON p.territory_id = r.territory_id AND p.role = 'rep' AND p.during @> %s
           JOIN accounts_user u ON u.id = p.user_id
           WHERE r.kind = 'visit_due' AND r.state = 'open' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1""",
        clean.today,
    )
    return rows[0]


def rows_but_answered(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """A visit before the night leaves no reminder, one after it a done one, and whoever was met before he was
    counted is not overdue: both are right."""
    rows = house.rows()
    for counted, overdue in (("customers of cycles", 4), ("sums of cycles", 7)):
        rows[counted] = [(*row[:overdue], *row[overdue + 1 :]) for row in rows[counted]]
    rows["reminders"] = [row for row in rows["reminders"] if row[7] != "done"]
    del rows["bodies"]  # retention leaves those of the visits: as many as there were
    return rows


class Phone:
    """A process that logs visits by the action."""

    def __init__(self, house: House, rep: str, visits: list[str], days_ago: int = 0) -> None:
        self.house = house
        on = house.today - timedelta(days=days_ago)
        self.command = ["tests.faults.visitor", rep, on.isoformat(), *visits]

    def log(self) -> "subprocess.Popen[bytes]":
        return self.house.start(*self.command)


def test_visits_under_way_while_the_night_plans_and_reminds(make_house: MakeHouse, clean: House) -> None:
    house, calm = make_house(), make_house(clean)
    rep, customers = visits_due(clean)
    assert len(customers) > 8  # how many are due depends on the weekday
    storming = customers[2 : min(STORM + 4, len(customers) - 1)]
    # The night locks by id (visits.actions.due): it holds the row of the first while it waits for that of the last.
    waiting, planned, reminded = customers[0], customers[-1], customers[1]
    met = (waiting, planned, reminded, *storming)
    visits = {customer: f"{customer}={uuid7()}" for customer in met}
    earlier = f"{planned}={uuid7()}"
    assert Phone(calm, rep, list(visits.values())).log().wait(30) == 0
    assert Phone(calm, rep, [earlier], days_ago=1).log().wait(30) == 0

    house.start_worker("--concurrency", "1")
    with gate(house, "visits_calltarget") as call_targets:
        house.tick()
        call_targets.wait_until_blocked()
        with gate(house, "base_command") as ends:
            # It has written its status and not committed when the night plans, which waits for it …
            first = Phone(house, rep, [visits[planned]]).log()
            visit_backend = ends.wait_until_blocked()
            call_targets.open()
            night_backend = wait_for_waiter(house, visit_backend)
            # … and here is one that waits for the night in turn.
            second = Phone(house, rep, [visits[waiting]]).log()
            wait_for_waiter(house, night_backend)
            # … and yesterday's visit to whom the first one visits today: it is not the last one.
            late = Phone(house, rep, [earlier], days_ago=1).log()
            eventually("four wait", lambda: house.sql(WAITING) == [(4,)])
            with record_gate(house) as recorded:
                ends.open()
                recorded.wait_until_blocked()
                assert (first.wait(30), second.wait(30), late.wait(30)) == (0, 0, 0)
                # The night has planned. The next visit is under way while it makes reminders.
                with gate(house, "base_command") as ends_again:
                    third = Phone(house, rep, [visits[reminded]]).log()
                    visit_backend = ends_again.wait_until_blocked()
                    storm = [visits[customer] for customer in storming]
                    recorded.open()
                    wait_for_waiter(house, visit_backend, house.today)
                    ends_again.open()
                    assert (third.wait(30), Phone(house, rep, storm).log().wait(30)) == (0, 0)
    house.wait_for(house.today)
    assert rows_but_answered(house) == rows_but_answered(calm)


def wait_for_waiter(house: House, backend: int, *or_done: Any) -> int:
    """Until somebody waits for this backend (or the night is done); returns who."""

    def found() -> int | None:
        rows = house.sql("SELECT pid FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", backend)
        if rows:
            return int(rows[0][0])
        return -1 if or_done and house.nights().get(or_done[0]) == "done" else None

    return int(eventually("somebody waits", found))
