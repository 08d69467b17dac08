"""App, recovery codes, and who must have one: by the pages, as a browser sees them."""

from collections.abc import Callable

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from tests.cast import Cast
from tests.doors.conftest import code_of, is_in, sign_in, written

SECOND_STEP = "/sign-in/second-step/"
SetUp = Callable[[Client], str]


@pytest.fixture
def secret(clock: time_machine.Traveller, rep: Client, set_up_app: SetUp) -> str:
    found = set_up_app(rep)
    clock.shift(60)
    return found


def test_the_app_is_asked_before_anything_opens(cast: Cast, secret: str) -> None:
    client = Client()
    assert sign_in(client, "lin")["Location"] == SECOND_STEP
    assert not is_in(client)
    before = client.session.session_key
    answer = client.post(SECOND_STEP, {"code": code_of(secret)})
    assert answer["Location"] == reverse("today")
    assert is_in(client)
    assert client.session.session_key != before
    assert written(cast.lin)[-2:] == ["factor_added", "signed_in"]


def test_where_one_wanted_to_go_survives_the_second_step(cast: Cast, secret: str) -> None:
    client = Client()
    client.post("/sign-in/?next=/customers/", {"username": "lin", "password": "cast-of-rounds-1"})
    assert client.post(SECOND_STEP, {"code": code_of(secret)})["Location"] == "/customers/"


NO_PASSKEY = (
    "", "{", "null", "[]", '"x"', "{}", '{"id": "x"}', '{"id": "AA", "rawId": "AA"}', '{"rawId": "AA", "response": []}',
    '{"id": "\\ud800", "rawId": "AA", "response": {}}', "[" * 9_000,
    '{"rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}}',
    '{"rawId": "AA", "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"}}',
)  # fmt: skip


@pytest.mark.parametrize("credential", NO_PASSKEY, ids=lambda text: text[:40])
def test_what_is_no_passkey_opens_nothing_and_breaks_nothing(rep: Client, secret: str, credential: str) -> None:
    stranger, second = Client(), Client()
    stranger.get(reverse("mfa_login_webauthn"))
    assert stranger.post(reverse("mfa_login_webauthn"), {"credential": credential}).status_code == 302
    sign_in(second, "lin")
    assert second.post(SECOND_STEP, {"credential": credential}).status_code == 200
    for page in ("mfa_add_webauthn", "mfa_reauthenticate_webauthn"):
        assert rep.post(reverse(page), {"credential": credential}).status_code in (200, 302)
    assert not is_in(stranger)
    assert not is_in(second)
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()


def test_a_wrong_code_opens_nothing(cast: Cast, secret: str) -> None:
    client = Client()
    sign_in(client, "lin")
    answer = client.post(SECOND_STEP, {"code": "000000"})
    assert "This code is not right" in answer.content.decode()
    assert not is_in(client)
    assert written(cast.lin)[-1] == "code_refused"


def test_a_code_is_good_once(clock: time_machine.Traveller, secret: str) -> None:
    code = code_of(secret)
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, "lin")
    first.post(SECOND_STEP, {"code": code})
    clock.shift(31)  # what the library remembers itself is forgotten by then, and the code still within the tolerance
    second.post(SECOND_STEP, {"code": code})
    assert is_in(first)
    assert not is_in(second)


def test_a_recovery_code_is_good_once_and_spaces_do_not_matter(cast: Cast, rep: Client, secret: str) -> None:
    page = rep.get(reverse("mfa_view_recovery_codes"))
    code = page.context["unused_codes"][3]
    assert code in page.content.decode()
    for good in (True, False):
        client = Client()
        sign_in(client, "lin")
        client.post(SECOND_STEP, {"code": f" {code[:4]} {code[4:]} "})
        assert is_in(client) is good


def test_recovery_codes_come_as_a_file_and_new_ones_replace_them(rep: Client, secret: str) -> None:
    old = rep.get(reverse("mfa_download_recovery_codes"))
    assert old["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert "no-store" in old["Cache-Control"]
    assert len(old.content.split()) == 10
    rep.post(reverse("mfa_generate_recovery_codes"))
    new = rep.get(reverse("mfa_download_recovery_codes"))
    assert not set(old.content.split()) & set(new.content.split())


def test_the_secret_is_not_readable_in_the_database(cast: Cast, secret: str) -> None:
    stored = Authenticator.objects.get(user=cast.lin, type="totp").data["secret"]
    assert secret not in stored


def test_a_former_secret_key_still_opens_what_it_locked(secret: str) -> None:
    client = Client()
    sign_in(client, "lin")
    with override_settings(SECRET_KEY="another-key-" * 6, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert client.post(SECOND_STEP, {"code": code_of(secret)})["Location"] == reverse("today")


def test_setting_one_up_ends_all_other_sessions_and_renews_this_one(
    cast: Cast, rep: Client, clock: time_machine.Traveller, set_up_app: SetUp
) -> None:
    other = Client()
    sign_in(other, "lin")
    before = rep.session.session_key
    set_up_app(rep)
    assert rep.session.session_key != before
    assert is_in(rep)
    assert not is_in(other)
    assert len(rep.get(reverse("usersessions_list")).context["sessions"]) == 1


def test_later_than_a_few_minutes_after_signing_in_it_must_be_you(
    rep: Client, clock: time_machine.Traveller, cast: Cast
) -> None:
    clock.shift(360)
    page = reverse("mfa_activate_totp")
    answer = rep.get(page)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    wrong = rep.post(answer["Location"], {"password": "wrong"})
    assert "This password is not right" in wrong.content.decode()
    assert rep.get(page).status_code == 302
    assert rep.post(answer["Location"], {"password": "cast-of-rounds-1"})["Location"] == page
    assert rep.get(page).status_code == 200


def test_the_app_can_be_removed(cast: Cast, rep: Client, secret: str) -> None:
    assert rep.post(reverse("mfa_deactivate_totp"))["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=cast.lin).exists()  # the codes go with it
    assert sign_in(Client(), "lin")["Location"] == reverse("today")
    assert "factor_removed" in written(cast.lin)


class TestOfRolesThatNeedOne:
    @pytest.fixture(autouse=True)
    def needed(self) -> object:
        with override_settings(MFA_ROLES=("operations",)):
            yield

    def test_they_are_led_to_it_before_anything_else(
        self, cast: Cast, clock: time_machine.Traveller, set_up_app: SetUp
    ) -> None:
        client = Client()
        sign_in(client, "ops")
        for page in ("today", "customers", "tiers", "account", "usersessions_list"):
            assert client.get(reverse(page))["Location"] == reverse("mfa_index"), page
        assert client.post(f"/customers/{cast.chen.pk}/visits/new/")["Location"] == reverse("mfa_index")
        assert "Your role needs a second step" in client.get(reverse("mfa_index")).content.decode()
        set_up_app(client)
        assert client.get(reverse("tiers")).status_code == 200
        assert "Your role needs" not in client.get(reverse("mfa_index")).content.decode()

    def test_they_cannot_take_off_the_last_one(
        self, cast: Cast, clock: time_machine.Traveller, set_up_app: SetUp
    ) -> None:
        client = Client()
        sign_in(client, "ops")
        set_up_app(client)
        answer = client.post(reverse("mfa_deactivate_totp"))
        assert "set up another one first" in answer.content.decode()
        assert Authenticator.objects.filter(user=cast.operations, type="totp").exists()

    def test_others_are_not_asked(self, cast: Cast) -> None:
        client = Client()
        sign_in(client, "lin")
        assert is_in(client)
