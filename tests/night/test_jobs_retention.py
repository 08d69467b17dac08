"""Retention: one table says how long, the nightly step obeys it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session

from crm.base import retention
from crm.base.ids import uuid7
from crm.base.models import Command, CommandBody, JobRun, Retention
from crm.nightly import EXPIRING, retain
from sales.models import SalesMonth, SalesRollup
from tests.cast import Cast

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.django_db


def body(days: int) -> None:
    command = Command.objects.create(id=uuid7(), kind="x", body_sha256=b"", result={})
    CommandBody.objects.create(command=command, body={"note": "x"})
    CommandBody.objects.filter(pk=command.pk).update(kept_since=NOW - timedelta(days=days))


def obey() -> dict[str, int]:
    return retention.obey(on=TODAY, tables=EXPIRING, job="test")


def test_the_table_and_the_step_speak_of_the_same_things() -> None:
    assert set(Retention.objects.values_list("what", flat=True)) == {expiring.what for expiring in EXPIRING}
    assert not Retention.objects.filter(reason="").exists()


def test_what_has_had_its_time_goes_in_pieces_and_the_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    for days in (0, 89, 91, 92, 93, 94, 95):
        body(days)
    for days in (-1, 3):
        Session.objects.create(session_key=f"s{days}", session_data="", expire_date=NOW - timedelta(days=days))
    for days, state in ((399, "done"), (402, "done"), (403, "failed")):
        on = TODAY - timedelta(days=days)
        JobRun.objects.create(name="night", on=on, state=state, finished_at=NOW - timedelta(days=days))
    JobRun.objects.create(name="demo country", on=TODAY, state="done", finished_at=NOW - timedelta(days=900))
    assert {what: gone for what, gone in obey().items() if gone} == {"command_bodies": 5, "sessions": 1, "nights": 1}
    assert not any(obey().values())
    assert (Command.objects.count(), CommandBody.objects.count(), JobRun.objects.count()) == (7, 2, 3)


def test_the_table_decides() -> None:
    body(100)
    Retention.objects.filter(what="command_bodies").update(days=200)
    assert obey()["command_bodies"] == 0
    Retention.objects.all().delete()
    assert obey() == {}


def test_a_night_of_the_past_leaves_the_rollup_of_the_newest(cast: Cast) -> None:
    SalesMonth.objects.create(
        customer=cast.pharmacy.customer, product=cast.product, month=date(2026, 10, 1), currency="CNY", units=5,
        revenue=500, source="x", known_on=date(2026, 11, 1),
    )  # fmt: skip
    JobRun.objects.create(name="night", on=TODAY, state="done")
    retain(date(2026, 3, 1))
    assert SalesRollup.objects.get().units == 5
