"""Whom the limits stop, whom not, and for how long."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from accounts.actions.attempts import HERE, NAME, PLACE, Rule, TooManyAttempts, attempting, scope
from accounts.models import Attempts, SignInEvent
from accounts.views.visitor import address_of, visitor_of
from crm.base import clock as company_clock
from tests.cast import Cast
from tests.doors.conftest import is_in, sign_in, written

pytestmark = pytest.mark.usefixtures("clock", "cast")

SECONDS = timedelta(seconds=1)


def fail(client: Client, times: int, username: str = "lin", **more: str) -> list[int]:
    return [sign_in(client, username, f"wrong-{n}", **more).status_code for n in range(times)]


def test_pauses_double_up_to_the_longest() -> None:
    rule = Rule(3, 10 * SECONDS, 60 * SECONDS, timedelta(days=1))
    assert [rule.pause(n) for n in range(1, 8)] == [None, None, *(n * SECONDS for n in (10, 20, 40, 60, 60))]


def test_after_five_failures_one_waits_then_one_more_is_judged(clock: time_machine.Traveller) -> None:
    client = Client()
    assert fail(client, 6) == [200] * 5 + [429]
    answer = sign_in(client, "lin", "wrong")
    assert answer["Retry-After"] == "30"
    assert "Try again in 30 seconds" in answer.content.decode()
    clock.shift(31)
    assert fail(client, 2) == [200, 429]
    assert sign_in(client, "lin")["Retry-After"] == "60"


def test_waiting_is_never_for_nothing(clock: time_machine.Traveller) -> None:
    """Refused attempts do not lengthen the pause, and the right password opens once it is over."""
    client = Client()
    fail(client, 40)
    clock.shift(31)
    assert sign_in(client, "lin").status_code == 302
    client.post(reverse("sign-out"))
    assert fail(Client(), 5) == [200] * 5  # nothing is held against who has shown that it is he


def test_a_quiet_day_is_forgotten(clock: time_machine.Traveller) -> None:
    fail(Client(), 5)
    clock.shift(24 * 3600 + 31)
    assert fail(Client(), 6) == [200] * 5 + [429]


def test_a_stranger_elsewhere_keeps_nobody_out() -> None:
    here = Client(REMOTE_ADDR="198.51.100.1")
    fail(Client(REMOTE_ADDR="203.0.113.9"), 20)
    assert sign_in(here, "lin").status_code == 302


def test_many_places_share_the_limit_of_a_name_but_not_with_a_known_device() -> None:
    known = Client(REMOTE_ADDR="198.51.100.1")
    sign_in(known, "lin")
    known.post(reverse("sign-out"))
    statuses = [fail(Client(REMOTE_ADDR=f"203.0.113.{n}"), 1)[0] for n in range(NAME.free + 5)]
    assert statuses == [200] * NAME.free + [429] * 5
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "lin").status_code == 429
    assert fail(known, 2) == [200, 200]
    assert sign_in(known, "lin").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "zhao").status_code == 302


def test_a_known_device_has_a_limit_of_its_own_and_for_its_user_only(cast: Cast) -> None:
    known = Client()
    sign_in(known, "lin")
    known.post(reverse("sign-out"))
    assert fail(known, 6) == [200] * 5 + [429]
    assert fail(known, 6, "zhao") == [200] * 5 + [429]


def test_one_place_may_fail_often_before_it_waits() -> None:
    """An office stands behind one address: each name has its own limit, all together a wide one."""
    names = [f"name-{n}" for n in range(PLACE.free // HERE.free)]
    for name in names:
        assert fail(Client(), HERE.free, name) == [200] * HERE.free
    assert fail(Client(), 1, "one-more") == [429]
    assert fail(Client(REMOTE_ADDR="198.51.100.1"), 1, "one-more") == [200]


def test_ones_own_success_buys_no_attempts_on_others() -> None:
    for number in range(PLACE.free):
        sign_in(Client(), f"name-{number}", "wrong")
        if number % 10 == 0:
            sign_in(Client(), "zhao")
    assert fail(Client(), 1, "one-more") == [429]


def test_the_address_is_that_before_our_own_proxies() -> None:
    requests = RequestFactory()
    asked = requests.get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "1.1.1.1, 198.51.100.7, 10.0.0.2"})
    for proxies, address in ((0, "10.0.0.1"), (1, "10.0.0.2"), (2, "198.51.100.7"), (8, "1.1.1.1")):
        with override_settings(TRUSTED_PROXIES=proxies):
            assert address_of(asked) == address
    with override_settings(TRUSTED_PROXIES=1):
        assert address_of(requests.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
        assert address_of(requests.get("/", REMOTE_ADDR="", headers={"x-forwarded-for": "<script>"})) is None


def test_who_comes_through_a_socket_for_both_is_no_neighbour_of_everybody() -> None:
    """Such a socket writes 203.0.113.9 as ::ffff:203.0.113.9."""
    for number in range(PLACE.free):
        sign_in(Client(REMOTE_ADDR="::ffff:203.0.113.9"), f"name-{number}", "wrong")
    assert sign_in(Client(REMOTE_ADDR="::ffff:203.0.113.9"), "lin").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), "lin").status_code == 429
    assert sign_in(Client(REMOTE_ADDR="::ffff:198.51.100.1"), "lin").status_code == 302
    assert SignInEvent.objects.latest("pk").address == "198.51.100.1"


def test_a_forged_address_is_not_another_place() -> None:
    statuses = [fail(Client(headers={"x-forwarded-for": f"198.51.100.{n}"}), 1)[0] for n in range(7)]
    assert statuses == [200] * 5 + [429] * 2


def test_of_ipv6_a_whole_network_is_one_place() -> None:
    near = [visitor_of(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{n}")).network for n in (1, 2)]
    assert near[0] == near[1] == "2001:db8::/64"


def test_a_device_cookie_cannot_be_made_up() -> None:
    client = Client()
    sign_in(client, "lin")
    good = client.cookies["device"]
    assert good["httponly"]
    assert visitor_of(_with_cookie(good.value)).device_of is not None
    assert visitor_of(_with_cookie(good.value[:-2] + "xx")).device_of is None
    assert visitor_of(_with_cookie("")).device_of is None


def _with_cookie(value: str):
    request = RequestFactory().get("/")
    request.COOKIES["device"] = value
    return request


def test_confirming_by_password_has_the_same_limit(rep: Client, clock: time_machine.Traveller) -> None:
    clock.shift(600)
    page = reverse("account_reauthenticate")
    statuses = [rep.post(page, {"password": f"wrong-{n}"}).status_code for n in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert is_in(rep)


def test_links_are_mailed_three_times_then_after_pauses(clock: time_machine.Traveller) -> None:
    page = reverse("account_reset_password")
    statuses = [Client().post(page, {"username": name}).status_code for name in ("lin", "LIN ", "lin", "lin")]
    assert statuses == [302, 302, 302, 429]


def test_what_is_stored_names_nobody(cast: Cast) -> None:
    sign_in(Client(headers={"user-agent": "Firefox/140.0"}), "my-secret-password", "x")
    sign_in(Client(), "lin", "wrong")
    assert written() == ["refused", "refused"]
    kept = str([*Attempts.objects.values_list(), *SignInEvent.objects.values_list()])
    assert "my-secret-password" not in kept
    assert "wrong" not in kept
    assert [event.user_id for event in SignInEvent.objects.order_by("id")] == [None, cast.lin.pk]


def test_an_unknown_name_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in hashes made, not in milliseconds: that is what takes the time."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        made.append("hash")
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for name in ("lin", "nobody"):
        made.clear()
        sign_in(Client(), name, "wrong")
        counts.append(len(made))
    assert counts == [1, 1]


def test_a_refusal_counts_in_no_scope() -> None:
    now = company_clock.now()
    strict, wide = scope(Rule(1, 60 * SECONDS, 60 * SECONDS, timedelta(days=1)), "a"), scope(HERE, "b")
    with attempting([strict, wide], at=now):
        pass
    with pytest.raises(TooManyAttempts) as refused, attempting([strict, wide], at=now + SECONDS):
        pytest.fail("it was judged")
    assert refused.value.seconds == 59
    assert Attempts.objects.get(key=wide.key).failures == 1
