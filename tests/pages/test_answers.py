"""Reminders are done, postponed and dismissed, each once, with a way back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages

from crm.base.ids import uuid7
from crm.base.toasts import Undo, undo_of
from customers.models import CustomerStatus
from tests.cast import NOON, TODAY
from visits.actions import Amendment, NextStep, VisitReport, amend_visit, log_visit, make_reminders, refresh_due
from visits.models import FollowUp, Reminder

WEEK = timedelta(days=7)


@pytest.fixture
def due(world) -> Reminder:
    world.give(world.cast.chen.customer, "A", last=TODAY - timedelta(9), due=TODAY - timedelta(2), visits=4)
    return world.remind(world.cast.chen.customer, TODAY - timedelta(2))


@pytest.fixture
def promise(world) -> Reminder:
    step = NextStep(kind="material", due_on=TODAY, text="dosing data")
    report = VisitReport(id=uuid7(), on=TODAY, customers=[world.cast.chen.pk], next_step=step)
    log_visit(actor=world.cast.lin, report=report, at=NOON)
    make_reminders(on=TODAY)
    return Reminder.objects.get(kind="promise")


def say(world, reminder: Reminder, what: str, user: Any = None, **more: Any) -> Any:
    entries = {"id": str(uuid7()), "what": what, **more}
    return world.client(user or world.cast.lin).post(f"/reminders/{reminder.pk}/", entries)


def way_back(answer: Any) -> Undo:
    way = undo_of(list(get_messages(answer.wsgi_request))[-1])
    assert way
    return way


def undo(world, answer: Any) -> Any:
    way = way_back(answer)
    return world.client(world.cast.lin).post(way.url, way.fields)


def state(reminder: Reminder) -> tuple[str, date | None, str]:
    reminder.refresh_from_db()
    return reminder.state, reminder.postponed_to, reminder.answer


def test_no_promise_comes_back_of_a_visit_that_was_made_void(world, promise: Reminder) -> None:
    answer = say(world, promise, "done")
    void = Amendment(id=uuid7(), visit=FollowUp.objects.get().visit_id, version=1, reason="not there", report=None)
    amend_visit(actor=world.cast.lin, amendment=void, at=NOON)
    undo(world, answer)
    assert "something changed since" in world.client(world.cast.lin).get("/").content.decode()
    assert (state(promise)[0], FollowUp.objects.get().state) == ("done", "done")


def test_a_kept_promise_closes_its_follow_up_and_comes_back_by_undo(world, promise: Reminder) -> None:
    answer = say(world, promise, "done")
    assert answer["Location"] == "/"
    assert state(promise)[0] == "done"
    assert FollowUp.objects.get().state == "done"
    assert "dosing data" not in world.client(world.cast.lin).get("/").content.decode().split("<main")[1]
    undo(world, answer)
    assert state(promise)[0] == "open"
    assert FollowUp.objects.get().state == "open"


def test_postponed_it_shows_again_when_its_day_comes(world, due: Reminder, time_machine_to) -> None:
    later = TODAY + WEEK
    answer = say(world, due, "postponed", until=later.isoformat(), reason="away until then", back="customer")
    assert answer["Location"] == f"/customers/{world.cast.chen.pk}/"
    assert state(due) == ("open", later, "away until then")
    page = world.client(world.cast.lin)
    assert "陈望舒" not in page.get("/").content.decode()
    assert "away until then" in page.get(f"/customers/{world.cast.chen.pk}/").content.decode()
    with time_machine_to(later):
        page.force_login(world.cast.lin)  # a session does not last a week
        body = page.get("/").content.decode()
    assert "陈望舒" in body
    assert "postponed from 19 Nov: away until then" in body
    assert "overdue" not in body


def test_a_skipped_visit_is_due_again_after_its_interval(world, due: Reminder) -> None:
    answer = say(world, due, "dismissed", reason="on leave")
    again = TODAY + WEEK  # 30 days ÷ 4 visits
    assert state(due) == ("dismissed", again, "on leave")
    refresh_due(on=TODAY)
    make_reminders(on=again)
    status = CustomerStatus.objects.get(customer=world.cast.chen.pk)
    assert status.next_due_on == again
    assert list(Reminder.objects.open().values_list("due_on", flat=True)) == [again]
    undo(world, answer)  # too late: the next one is there
    assert state(due)[0] == "dismissed"


def test_a_skipped_visit_comes_back_by_undo(world, due: Reminder) -> None:
    undo(world, say(world, due, "dismissed", reason="on leave"))
    assert state(due) == ("open", None, "")
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).next_due_on == TODAY - timedelta(2)


def test_a_visit_after_a_skip_counts_from_itself(world, due: Reminder) -> None:
    say(world, due, "dismissed", reason="on leave")
    log_visit(actor=world.cast.lin, report=VisitReport(id=uuid7(), on=TODAY, customers=[world.cast.chen.pk]), at=NOON)
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).next_due_on == TODAY + WEEK


def test_sent_twice_it_is_taken_once(world, promise: Reminder) -> None:
    entries = {"id": str(uuid7()), "what": "postponed", "until": (TODAY + WEEK).isoformat(), "reason": "away"}
    client = world.client(world.cast.lin)
    assert [client.post(f"/reminders/{promise.pk}/", entries).status_code for _time in range(2)] == [302, 302]
    assert state(promise) == ("open", TODAY + WEEK, "away")


@pytest.mark.parametrize(
    ("what", "more", "sentence"),
    [
        ("done", {}, "not one of the available choices"),  # a visit due is done by logging it
        ("dismissed", {}, "Say why, in a few words."),
        ("postponed", {"until": TODAY.isoformat(), "reason": "x"}, "Choose a day after today."),
        ("postponed", {"until": "2027-08-01", "reason": "x"}, "more than half a year"),
        ("postponed", {"until": "2026-11-30", "reason": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_is_refused_changes_nothing(world, due: Reminder, what: str, more: dict, sentence: str) -> None:
    answer = say(world, due, what, **more)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert state(due) == ("open", None, "")


def test_two_at_once_the_second_learns_of_the_first(world, promise: Reminder) -> None:
    say(world, promise, "done", user=world.cast.zheng)
    answer = say(world, promise, "dismissed", reason="not needed")
    assert answer.status_code == 422
    assert "answered this reminder meanwhile" in answer.content.decode()
    assert state(promise)[0] == "done"


def test_others_have_no_say(world, promise: Reminder) -> None:
    assert say(world, promise, "done", user=world.cast.zhao).status_code == 404
    assert say(world, promise, "done", user=world.cast.operations).status_code == 403
    given = say(world, promise, "done")
    way = way_back(given)
    assert world.client(world.cast.zheng).post(way.url, way.fields).status_code == 404
    assert state(promise)[0] == "done"
