"""The nights through the pages of operations."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import translation

from crm import nightly
from crm.base.models import JobRun
from crm.nights import views
from crm.nights.queries import WORDS, figures, outlook
from tests.cast import NOON, TODAY
from tests.operations.conftest import Office

State = JobRun.State
FIGURES = {"customers_moved": 3, "policies": [{"policy": "潜力", "changed": 1}]}
STEP = {"name": "day turn", "seconds": 1.25, "result": FIGURES}


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    sent: list[Any] = []
    monkeypatch.setattr(views.run_the_night, "apply_async", lambda **more: sent.append(more["args"]))
    return sent


def run(on: Any = TODAY, state: str = State.DONE, **more: Any) -> JobRun:
    return JobRun.objects.create(name="night", on=on, state=state, **{"scheduled": True} | more)


def test_a_night_shows_its_steps_and_what_went_wrong(office: Office) -> None:
    run(state=State.FAILED, steps=[STEP], attempts=3, error="OperationalError", heartbeat_at=NOON, started_at=NOON)
    text = office.get(office.north, f"/setup/nights/{TODAY}/").content.decode()
    for words in ("Failed with OperationalError", "1.25 s", "Customers moved", "潜力", "not yet", "12:04"):
        assert words in text, words
    assert "Run again" not in text, "the house's nights are not the district's to begin"
    assert office.get(office.north, "/setup/nights/2026-01-01/").status_code == 404
    assert office.get(office.north, "/setup/nights/soon/").status_code == 404


def test_every_step_and_figure_of_a_night_has_its_word(office: Office) -> None:
    done = nightly.run_night(TODAY)
    assert done
    with translation.override("zh-hans"):
        words = [str(WORDS.get(step["name"], step["name"])) for step in done.steps]
        words += [word for step in done.steps for word, _figure in figures(step["result"])]
    assert len(words) > 25
    assert [word for word in words if re.search("[a-z]", word)] == []


def test_the_root_runs_a_failed_night_again(office: Office, woken: list[Any]) -> None:
    night = run(state=State.FAILED, attempts=1, error="X", heartbeat_at=NOON)
    address = f"/setup/nights/{TODAY}/"
    assert "Run again" in office.get(office.whole, address).content.decode()
    office.client(office.whole).post(f"{address}again/")
    night.refresh_from_db()
    assert night.state == State.WANTED
    assert woken == [[TODAY.isoformat()]]
    again = office.client(office.whole).post(f"{address}again/", follow=True)
    assert "has not failed" in again.content.decode()
    assert len(woken) == 1
    assert office.client(office.south).post(f"{address}again/").status_code == 403


def test_a_night_waits_for_the_one_before(office: Office, woken: list[Any]) -> None:
    run(on=TODAY - timedelta(days=1), state=State.FAILED, heartbeat_at=NOON)
    run(state=State.FAILED, heartbeat_at=NOON)
    answer = office.client(office.whole).post(f"/setup/nights/{TODAY}/again/", follow=True)
    assert "it comes first" in answer.content.decode()
    assert JobRun.objects.get(on=TODAY).state == State.FAILED
    assert not woken


def test_a_night_under_way_refreshes_itself_and_then_the_page(office: Office) -> None:
    night = run(state=State.RUNNING, heartbeat_at=NOON - timedelta(seconds=40), started_at=NOON)
    page = office.get(office.south, f"/setup/nights/{TODAY}/").content.decode()
    assert f'hx-get="/setup/nights/{TODAY}/progress/"' in page
    assert "40 s ago" in page
    part = office.get(office.south, f"/setup/nights/{TODAY}/progress/")
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part.headers
    night.state = State.DONE
    night.save()
    assert office.get(office.south, f"/setup/nights/{TODAY}/progress/")["HX-Refresh"] == "true"


def test_what_is_next_and_what_was_missed(office: Office) -> None:
    assert outlook(NOON).missed == []
    run(on=TODAY - timedelta(days=2))
    seen = outlook(NOON)
    assert seen.missed == [TODAY - timedelta(days=1), TODAY]
    assert (seen.next_at.date(), seen.next_at.hour) == (TODAY + timedelta(days=1), 2)
    text = office.get(office.whole, "/setup/nights/").content.decode()
    assert "2 nights since" in text
    early = NOON.replace(hour=1)
    with time_machine.travel(early, tick=False):
        assert outlook(early).missed == [TODAY - timedelta(days=1)]
        assert outlook(early).next_at.date() == TODAY
    assert outlook(NOON.replace(hour=2, minute=5)).missed == [TODAY - timedelta(days=1)], "the tick has a moment"
