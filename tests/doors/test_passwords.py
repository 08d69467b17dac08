"""Links for a password: forgotten, invited; what they say and what not."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.actions import invite_user
from accounts.models import User
from crm.base import clock as company_clock
from tests.cast import PASSWORD, Cast
from tests.doors.conftest import is_in, sent, sign_in, written

NEW = "another-good-one-2"


def ask(name: str) -> tuple[int, str, str]:
    """What somebody sees who asks for a link."""
    client = Client()
    answer = client.post(reverse("account_reset_password"), {"username": name})
    sent()
    page = client.get(answer["Location"]).content.decode() if answer.status_code == 302 else ""
    return answer.status_code, answer.get("Location", ""), re.sub(r'value="[^"]{64}"', "", page)


def link_in(letter: mail.EmailMessage) -> str:
    found = re.search(r"http://localhost:8000(/password/new/\S+/)", str(letter.body))
    assert found, letter.body
    return found[1]


def set_by(link: str, password: str = NEW, client: Client | None = None):
    client = client or Client()
    page = client.get(link)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"password1": password, "password2": password})


@pytest.fixture
def lin(cast: Cast) -> User:
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.com")
    return User.objects.get(pk=cast.lin.pk)


def test_a_link_comes_by_mail_and_sets_a_password_once(lin: User, rep: Client) -> None:
    ask("lin")
    [letter] = mail.outbox
    assert letter.to == ["lin@example.com"]
    assert "林晓" in letter.body
    link = link_in(letter)
    assert set_by(link)["Location"] == reverse("account_reset_password_from_key_done")
    assert not is_in(rep)  # every session ended
    assert sign_in(Client(), "lin", NEW).status_code == 302
    again = set_by(link)
    assert again.status_code == 200
    assert "This link no longer works" in again.content.decode()
    assert [what for what in written(lin) if what in {"link_sent", "password_set"}] == ["link_sent", "password_set"]


def test_signing_in_by_mail_address_where_it_is_one_persons(lin: User, cast: Cast) -> None:
    assert sign_in(Client(), "LIN@example.com").status_code == 302
    User.objects.filter(pk=cast.zhao.pk).update(email="lin@example.com")
    assert sign_in(Client(), "lin@example.com").status_code == 200
    assert sign_in(Client(), "Lin").status_code == 302


def test_the_answer_says_nothing_about_who_exists(lin: User, cast: Cast) -> None:
    answers = {ask(name) for name in ("lin", "lin@example.com", "zhao", "nobody", "nobody@example.com", "\x00")}
    assert len({(status, location) for status, location, _page in answers}) <= 2  # the last is no text
    assert len({page for status, _location, page in answers if status == 302}) == 1
    assert len(mail.outbox) == 2


def test_a_link_grows_old(lin: User, clock: time_machine.Traveller) -> None:
    ask("lin")
    clock.shift(timedelta(days=3, seconds=1))
    assert "This link no longer works" in set_by(link_in(mail.outbox[0])).content.decode()


def test_a_link_does_not_leak_by_the_address_of_the_page(lin: User) -> None:
    ask("lin")
    client = Client()
    link = link_in(mail.outbox[0])
    shown = client.get(link)["Location"]
    assert shown.endswith("-set-password/")
    page = client.get(shown)
    assert link.split("-", 1)[1] not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


def test_a_closed_account_gets_no_mail(lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(is_active=False)
    ask("lin")
    assert mail.outbox == []


def test_the_letter_speaks_the_language_of_its_reader(lin: User) -> None:
    User.objects.filter(pk=lin.pk).update(language="zh-hans")
    ask("lin")
    assert "请在这里设置" in mail.outbox[0].body


def test_an_invitation_sets_the_first_password(cast: Cast) -> None:
    new = User.objects.create(username="new", name="新人", email="new@example.com")
    new.set_unusable_password()
    new.save()
    assert sign_in(Client(), "new", "").status_code == 200
    link, mailed = invite_user(new, actor=cast.operations.pk, at=company_clock.now())
    assert mailed
    assert link in mail.outbox[0].body
    assert "user name is new" in mail.outbox[0].body
    assert set_by(link.removeprefix("http://localhost:8000")).status_code == 302
    assert sign_in(Client(), "new", NEW).status_code == 302
    assert written(new)[0] == "invited"


def test_the_command_prints_the_link(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    call_command("invite", "lin")
    link, line = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"kind": "invitation", "username": "lin", "mailed": False, "steps_removed": 0}
    assert set_by(link.removeprefix("http://localhost:8000")).status_code == 302
    with pytest.raises(SystemExit) as refused:
        call_command("invite", "nobody")
    assert refused.value.code == 2


def test_the_command_takes_off_a_lost_second_step(
    cast: Cast, rep: Client, clock: time_machine.Traveller, set_up_app, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    set_up_app(rep)
    call_command("invite", "lin", "--remove-second-step")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["steps_removed"] == 2  # app and recovery codes
    assert not is_in(rep)
    assert sign_in(Client(), "lin", PASSWORD)["Location"] == reverse("today")
