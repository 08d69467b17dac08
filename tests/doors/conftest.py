"""Users at the doors: clients from several places, codes as an app shows them, the events that are written."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from accounts.models import SignInEvent, User
from tests.cast import NOON, PASSWORD, Cast


@pytest.fixture(scope="session", autouse=True)
def words() -> None:
    """Compiled translations, also where an earlier test asked for them before they were there."""
    call_command("words")
    vars(trans_real)["_translations"].clear()


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def code_of(secret: str, step: int = 0) -> str:
    """What an authenticator app shows now, or some steps of half a minute later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: Any):
    return client.post(reverse("sign-in"), {"username": username, "password": password}, **more)


def is_in(client: Client) -> bool:
    return client.get(reverse("account")).status_code == 200


@pytest.fixture
def rep(clock: time_machine.Traveller, cast: Cast) -> Client:
    """Lin, signed in by her password."""
    client = Client()
    assert sign_in(client, "lin").status_code == 302
    return client


@pytest.fixture
def set_up_app() -> Callable[[Client], str]:
    """Sets up an authenticator app; its secret."""

    def set_up(client: Client) -> str:
        page = client.get(reverse("mfa_activate_totp"))
        secret = str(page.context["form"].secret)
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
        assert answer["Location"] == reverse("mfa_view_recovery_codes")
        return secret

    return set_up


def sent() -> list[mail.EmailMessage]:
    """The letters, all that were begun."""
    for thread in threading.enumerate():
        if thread.name == "letter":
            thread.join(10)
    return mail.outbox


def written(user: User | None = None) -> list[str]:
    """What happened at the doors, oldest first."""
    events = SignInEvent.objects.order_by("id")
    return list((events.filter(user_id=user.pk) if user else events).values_list("what", flat=True))
