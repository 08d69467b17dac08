"""How long a session lives, and what ends it."""

from datetime import timedelta

import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.cast import PASSWORD, Cast
from tests.doors.conftest import is_in, sign_in, written

IDLE = settings.SESSION_COOKIE_AGE
NEW = "another-good-one-2"


def test_a_session_gets_a_new_key_as_somebody_signs_in(cast: Cast) -> None:
    client = Client()
    client.get(reverse("mfa_login_webauthn"))  # an anonymous session, as an attacker may have planted one
    planted = client.session.session_key
    sign_in(client, "lin")
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_an_idle_session_ends(cast: Cast, clock: time_machine.Traveller, rep: Client) -> None:
    clock.shift(IDLE - 60)
    assert is_in(rep)
    clock.shift(IDLE - 60)
    assert is_in(rep)
    key = rep.cookies["session"].value
    clock.shift(IDLE + 60)
    rep.cookies["session"] = key  # a browser that keeps the cookie longer than it should
    assert not is_in(rep)


def test_the_server_ends_an_idle_session_by_itself(cast: Cast, clock: time_machine.Traveller, rep: Client) -> None:
    """Also where the stored session says that it lives longer."""
    Session.objects.update(expire_date=timezone.now() + timedelta(days=30))
    clock.shift(IDLE + 60)
    assert not is_in(rep)
    assert written(cast.lin)[-1] == "timed_out"


def test_a_session_in_use_ends_when_it_is_old(cast: Cast, clock: time_machine.Traveller, rep: Client) -> None:
    for _hour in range(7 * 3):
        assert is_in(rep)
        clock.shift(8 * 3600)
    clock.shift(1)
    assert not is_in(rep)
    assert written(cast.lin) == ["signed_in", "timed_out"]


def test_use_is_noted_every_few_minutes_only(
    cast: Cast, clock: time_machine.Traveller, rep: Client, django_assert_num_queries
) -> None:
    is_in(rep)
    clock.shift(60)
    with django_assert_num_queries(3):  # session, user, postings
        is_in(rep)
    clock.shift(300)
    with django_assert_num_queries(6):  # and one update in a savepoint
        is_in(rep)


def test_who_is_closed_is_out_at_once(cast: Cast, rep: Client) -> None:
    User.objects.filter(pk=cast.lin.pk).update(is_active=False)
    assert not is_in(rep)
    answer = sign_in(Client(), "lin")
    assert answer["Location"] == reverse("account_inactive")
    assert "This account is closed" in Client().get(answer["Location"]).content.decode()


def test_a_changed_password_ends_all_other_sessions(cast: Cast, rep: Client) -> None:
    other = Client()
    sign_in(other, "lin")
    before = rep.session.session_key
    entries = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert rep.post(reverse("account_change_password"), entries)["Location"] == reverse("account")
    assert is_in(rep)
    assert not is_in(other)
    assert rep.session.session_key != before
    assert Session.objects.count() == 1
    assert sign_in(Client(), "lin").status_code == 200
    assert sign_in(Client(), "lin", NEW).status_code == 302
    assert "password_set" in written(cast.lin)


def test_a_password_is_not_changed_by_who_does_not_know_it(cast: Cast, rep: Client) -> None:
    for entries, sentence in (
        ({"oldpassword": "wrong", "password1": NEW, "password2": NEW}, "not your current password"),
        ({"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "x"}, "The two are not the same"),
        ({"oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"}, "too common"),
    ):
        page = rep.post(reverse("account_change_password"), entries).content.decode()
        assert sentence in page
        assert "The password is not changed" in page
    assert User.objects.get(pk=cast.lin.pk).check_password(PASSWORD)


def test_the_list_of_devices_signs_out_the_others(cast: Cast, rep: Client) -> None:
    phone = Client(
        headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"}
    )
    stranger = Client()
    sign_in(phone, "lin")
    sign_in(stranger, "zhao")
    page = rep.get(reverse("usersessions_list")).content.decode()
    assert "Chrome, Android" in page
    assert page.count("this device") == 1
    assert rep.post(reverse("usersessions_list"), follow=True).status_code == 200
    assert is_in(rep)
    assert is_in(stranger)
    assert not is_in(phone)
    assert written(cast.lin)[-1] == "others_out"


def test_signing_out_is_written_down_and_ends_the_session(cast: Cast, rep: Client) -> None:
    key = rep.cookies["session"].value
    rep.post(reverse("sign-out"))
    rep.cookies["session"] = key
    assert not is_in(rep)
    assert written(cast.lin) == ["signed_in", "signed_out"]


def test_who_sends_a_form_after_his_session_ended_reads_that_it_was_not_saved(
    cast: Cast, clock: time_machine.Traveller, rep: Client
) -> None:
    clock.shift(IDLE + 60)
    sent = rep.post(reverse("customer-change", args=[cast.chen.pk]), {"name": "陈望"}, follow=True)
    assert sent.redirect_chain[0][0].startswith("/sign-in/?next=")
    assert "was not saved" in sent.content.decode()
    rep.get(reverse("sign-in"))
    assert "was not saved" not in rep.get(reverse("sign-in")).content.decode()  # said once


def test_a_search_after_the_session_ended_has_lost_nothing(cast: Cast, rep: Client) -> None:
    rep.logout()
    sent = rep.post(reverse("search"), {"q": "chen"}, headers={"Sec-Fetch-Mode": "cors"}, follow=True)
    assert "was not saved" not in sent.content.decode()
