"""The private calendar link: made, read by a calendar program, replaced, revoked."""

import hashlib
import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client, override_settings

from accounts.models import CalendarLink, Posting, SignInEvent, User
from crm.base.ics import Event, calendar
from crm.base.periods import period
from tests.cast import NOON, SINCE, TODAY
from visits.models import Reminder

NAMES = ("陈望舒", "孟书远", "阿福", "西溪", "林晓")


def make(world: Any, user: User) -> str:
    """The path of a new link, as the page shows it once."""
    page = world.client(user).post("/account/calendar/")
    found = re.search(r'value="http://localhost:\d+(/calendar/[\w-]{40,}\.ics)"', page.content.decode())
    assert found
    assert "no-store" in page["Cache-Control"]
    return found[1]


def read(path: str) -> list[tuple[date, str]]:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    whole = icalendar.Calendar.from_ical(answer.content)
    assert not whole.errors
    found = []
    for event in whole.walk("VEVENT"):
        assert not event.errors
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        found.append((event.decoded("dtstart"), str(event["summary"])))
    return sorted(found)


@pytest.fixture
def due(world: Any) -> Any:
    """Chen is overdue, Meng falls due in ten days, the shopkeeper is somebody else's, the stray nobody's."""
    cast = world.cast
    world.give(cast.chen.customer, "A", due=TODAY - timedelta(3), visits=4)
    world.give(cast.meng.customer, "B", due=TODAY + timedelta(10), visits=2)
    world.give(cast.shopkeeper.customer, "C", due=TODAY + timedelta(5), visits=1)
    world.remind(cast.chen.customer, TODAY - timedelta(3))
    return world


def test_a_program_reads_what_is_due_and_no_name(due: Any) -> None:
    path = make(due, due.cast.lin)
    assert [day for day, _what in read(path)] == [TODAY, TODAY + timedelta(10)]
    body = Client().get(path).content.decode()
    assert not [name for name in NAMES if name in body + path]
    (far,) = [e for e in icalendar.Calendar.from_ical(body).walk("VEVENT") if e.decoded("dtstart") > TODAY]
    assert str(far["url"]).endswith(f"/customers/{due.cast.meng.pk}/")
    with override_settings(CALENDAR_NAMES=True):
        assert [what.split(" · ")[0] for _day, what in read(path)] == ["陈望舒", "孟书远"]


def test_the_secret_is_shown_once_and_kept_as_a_hash(due: Any) -> None:
    path = make(due, due.cast.lin)
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    link = CalendarLink.objects.get()
    assert link.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert link.last_read_at is None
    assert secret not in due.client(due.cast.lin).get("/account/calendar/").content.decode()
    read(path)
    link.refresh_from_db()
    assert link.last_read_at == NOON
    noted = SignInEvent.objects.filter(user_id=due.cast.lin.pk).values_list("what", flat=True)
    assert "calendar_made" in noted


def test_revoked_replaced_closed_and_unknown_are_the_same_404(due: Any) -> None:
    cast = due.cast
    first = make(due, cast.lin)
    second = make(due, cast.lin)
    unknown = Client().get("/calendar/nobody-has-this-secret.ics")
    assert read(second)
    answers = [unknown, Client().get(first)]
    cast.lin.is_active = False
    cast.lin.save()
    answers.append(Client().get(second))
    cast.lin.is_active = True
    cast.lin.save()
    assert read(second)
    due.client(cast.lin).post("/account/calendar/revoke/")
    answers.append(Client().get(second))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not CalendarLink.objects.exists()


def test_who_moves_takes_nothing_along(due: Any) -> None:
    cast = due.cast
    path = make(due, cast.lin)
    Posting.objects.filter(user=cast.lin).update(during=period(SINCE, TODAY - timedelta(1)))
    assert read(path) == []
    Posting.objects.create(user=cast.lin, territory=cast.dongdu, role=Posting.Role.REP, during=period(TODAY))
    assert [day for day, _what in read(path)] == [TODAY + timedelta(5)]


def test_a_manager_gets_no_calendar_of_his_reps(due: Any) -> None:
    assert read(make(due, due.cast.zheng)) == []


def test_unchanged_is_not_sent_again(due: Any) -> None:
    path = make(due, due.cast.lin)
    first = Client().get(path)
    again = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in again["Cache-Control"]
    Reminder.objects.update(state="done")
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_guessing_and_hammering_meet_a_pause(due: Any) -> None:
    path = make(due, due.cast.lin)
    assert [Client().get(path).status_code for _ in range(31)][-1] == 429
    guesses = [Client().get(f"/calendar/{n}.ics").status_code for n in range(101)]
    assert guesses[:99] == [404] * 99
    assert guesses[-1] == 429


def test_the_language_is_the_users(due: Any) -> None:
    due.cast.lin.language = "zh-hans"
    due.cast.lin.save()
    assert (TODAY + timedelta(10), "拜访到期") in read(make(due, due.cast.lin))


def test_statements_do_not_depend_on_rows(due: Any, django_assert_max_num_queries: Any) -> None:
    path = make(due, due.cast.lin)
    read(path)
    with django_assert_max_num_queries(24):
        Client().get(path)


def test_long_and_strange_texts_survive() -> None:
    text = "西溪湾医院，心内科；" * 20 + "a,b;c\\d\ne\u202e"
    body = calendar(text, [Event("x@y", TODAY, TODAY, text, "http://localhost/")])
    assert max(map(len, body.split(b"\r\n"))) <= 75
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert str(event["summary"]) == text.replace("\u202e", " ")
