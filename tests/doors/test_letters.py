"""Whoever changes what opens an account: its user hears of it by mail, in his language, and can look it up."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import Posting, SignInEvent, User
from crm.base import clock as company_clock
from tests.cast import NOON, PASSWORD, Cast, user
from tests.doors.conftest import sent, sign_in
from tests.doors.test_passwords import NEW, ask, link_in, set_by
from tests.pages.test_customer import text

ANDROID = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
SetUp = Callable[[Client], str]


@pytest.fixture
def lin(cast: Cast, rep: Client) -> User:
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.com", language="zh-hans")
    rep.defaults |= {"HTTP_USER_AGENT": ANDROID, "REMOTE_ADDR": "198.51.100.7"}
    return User.objects.get(pk=cast.lin.pk)


def change_password(client: Client, old: str = PASSWORD) -> Any:
    entries = {"oldpassword": old, "password1": NEW, "password2": NEW}
    return client.post(reverse("account_change_password"), entries)


def test_a_changed_password_is_told_in_ones_language(lin: User, rep: Client) -> None:
    assert change_password(rep).status_code == 302
    [letter] = sent()
    assert letter.to == ["lin@example.com"]
    for word in ("林晓", "密码", "Chrome, Android", "198.51.100.7", "2026年11月21日", "http://localhost:8000/password/"):
        assert word in letter.body, word
    assert NEW not in letter.body


def test_a_password_set_by_a_link_is_told(lin: User) -> None:
    ask("lin")
    set_by(link_in(mail.outbox[0]))
    assert len(sent()) == 2
    assert "密码" in sent()[1].body


def test_a_second_step_is_told_when_it_comes_and_when_it_goes(
    lin: User, rep: Client, clock: time_machine.Traveller, set_up_app: SetUp
) -> None:
    set_up_app(rep)
    assert "已开启两步验证" in sent()[0].body
    rep.post(reverse("mfa_generate_recovery_codes"))
    assert "备用码" in sent()[1].body
    rep.post(reverse("mfa_deactivate_totp"))
    assert "已取消" in sent()[2].body
    assert len(sent()) == 3


def test_the_command_that_takes_it_off_tells_it(lin: User, rep: Client, set_up_app: SetUp) -> None:
    set_up_app(rep)
    call_command("invite", "lin", "--remove-second-step")
    told = [letter.body for letter in sent() if "由管理员操作" in letter.body]
    assert len(told) == 1


def test_what_changes_nothing_sends_nothing(lin: User, rep: Client) -> None:
    assert change_password(rep, "wrong").status_code == 200
    sign_in(Client(), "lin", "wrong")
    assert sent() == []
    User.objects.filter(pk=lin.pk).update(email="")
    assert change_password(rep).status_code == 302
    assert sent() == []


def test_a_mail_server_that_is_gone_stops_nothing(
    lin: User, rep: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", gone)
    with caplog.at_level(logging.ERROR):
        assert change_password(rep).status_code == 302
        sent()
    assert "ConnectionRefusedError" in caplog.text
    assert "lin@example.com" not in caplog.text


def test_an_invitation_that_the_mail_server_does_not_take_is_handed_over(
    lin: User, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", gone)
    client = Client()
    client.force_login(cast.operations)
    page = client.post(f"/setup/users/{lin.pk}/invite/").content.decode()
    assert "did not take the mail to lin@example.com" in page
    assert "http://localhost:8000/password/" in page
    assert "lin@example.com" not in caplog.text


def test_a_changed_address_is_told_to_the_one_of_before(
    lin: User, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    client.force_login(cast.operations)

    def change(email: str) -> None:
        entries = {"name": "林晓", "email": email, "language": "zh-hans"}
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(f"/setup/users/{lin.pk}/change/", entries).status_code == 302

    change("LIN@example.com")
    assert sent() == []  # the same box
    change("somebody@example.org")
    [letter] = sent()
    assert letter.to == ["LIN@example.com"]
    assert "邮箱" in letter.body
    assert "somebody@example.org" not in letter.body


# The page of what happened


def test_one_reads_what_happened_at_ones_own_doors(cast: Cast, clock: time_machine.Traveller) -> None:
    client = Client(REMOTE_ADDR="198.51.100.7", headers={"user-agent": ANDROID})
    sign_in(client, "lin", "wrong")
    sign_in(client, "lin")
    SignInEvent.objects.create(what="paused", user_id=cast.zhao.pk, at=NOON, address="203.0.113.9")
    page = text(client.get("/account/sign-ins/"))
    first, second = page.index("Signed in"), page.index("Wrong name or password")
    assert first < second
    assert "Chrome, Android · 198.51.100.7" in page
    assert "21 Nov 2026, 12:00" in page
    assert "Too many attempts" not in page
    assert "203.0.113.9" not in page


def test_the_newest_fifty_at_any_length(cast: Cast, rep: Client, django_assert_max_num_queries: Any) -> None:
    now = company_clock.now()
    SignInEvent.objects.bulk_create(
        SignInEvent(what="refused", user_id=cast.lin.pk, at=now, address=f"198.51.100.{number}") for number in range(60)
    )
    with django_assert_max_num_queries(10):
        page = text(rep.get("/account/sign-ins/"))
    assert page.count("Wrong name or password") == 50
    assert "198.51.100.59" in page
    assert "198.51.100.9 " not in page
    assert "Only the newest ones" in page


def test_operations_read_it_of_whom_they_see(cast: Cast, rep: Client, django_assert_max_num_queries: Any) -> None:
    address = f"/setup/users/{cast.lin.pk}/sign-ins/"
    south = user("south", "江南运营", cast.jiangnan, Posting.Role.OPERATIONS)
    north = user("north", "江北运营", cast.jiangbei, Posting.Role.OPERATIONS)
    for who, status in ((south, 200), (cast.operations, 200), (north, 404), (cast.zheng, 403), (cast.lin, 403)):
        client = Client()
        client.force_login(who)
        with django_assert_max_num_queries(12):
            answer = client.get(address)
        assert answer.status_code == status, who
        if status == 200:
            assert "Signed in" in text(answer)
            assert address in client.get(f"/setup/users/{cast.lin.pk}/").content.decode()
    assert "/account/sign-ins/" in rep.get("/account/").content.decode()
