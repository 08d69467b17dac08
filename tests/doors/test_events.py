"""The log of the doors only grows, until it is old."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Attempts, SignInEvent
from crm.base import clock, retention
from crm.nightly import EXPIRING
from tests.cast import Cast
from tests.doors.conftest import sign_in


def _event(days_ago: int) -> SignInEvent:
    return SignInEvent.objects.create(what="refused", at=clock.now() - timedelta(days=days_ago))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_signinevent SET what = 'signed_in'",
        "UPDATE accounts_signinevent SET user_id = NULL WHERE at < now()",
        "DELETE FROM accounts_signinevent",
        "TRUNCATE accounts_signinevent",
        "ALTER TABLE accounts_signinevent DISABLE TRIGGER ALL",
    ],
)
def test_the_application_cannot_change_it(db: None, statement: str) -> None:
    event = _event(3)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert SignInEvent.objects.filter(pk=event.pk, what="refused").exists()


def test_the_night_deletes_what_is_old(cast: Cast) -> None:
    kept, _gone = _event(399), _event(402)
    Attempts.objects.create(key="new", last_at=clock.now())
    Attempts.objects.create(key="old", last_at=clock.now() - timedelta(days=4))
    today: date = clock.company_date(clock.now())
    done = retention.obey(on=today, tables=EXPIRING, job="night")
    assert (done["sign_ins"], done["attempts"]) == (1, 1)
    assert list(SignInEvent.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(Attempts.objects.values_list("key", flat=True)) == ["new"]


def test_an_event_says_from_where_and_with_what(cast: Cast) -> None:
    sign_in(Client(REMOTE_ADDR="198.51.100.7", headers={"user-agent": "Firefox/140.0 " + "x" * 400}), "lin")
    event = SignInEvent.objects.get()
    assert (event.what, event.user_id, event.address) == ("signed_in", cast.lin.pk, "198.51.100.7")
    assert event.agent.startswith("Firefox/140.0")
    assert len(event.agent) == 200


def test_logs_hold_no_names(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    for name in ("lin", "some-name-or-password"):
        for number in range(7):
            sign_in(client, name, f"wrong-{number}")
    assert "lin" not in caplog.text
    assert "some-name" not in caplog.text
    assert "wrong-" not in caplog.text
