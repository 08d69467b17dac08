"""What django-allauth asks of us: its questions, our answers."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from accounts.actions.doors import What, judge_password, note
from accounts.actions.doors import set_password as set_new_password
from accounts.actions.letters import note_change
from accounts.models import User
from accounts.views.guards import SEEN, SINCE, needs_second_step, second_steps
from accounts.views.visitor import address_of, remember_device, visitor_of
from crm.base import clock

_JUST_NOW = timedelta(minutes=5)

# What is said after something was done; about the rest allauth wants to say, the page itself says enough.
_SAID = {
    "account/messages/password_changed.txt": _("Your password is changed; all other devices are signed out."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made; keep them in a safe place."),
    "usersessions/messages/sessions_logged_out.txt": _("All other devices are signed out."),
}


class Accounts(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_password": _("This password is not right. Capitals count."),
        "enter_current_password": _("This is not your current password. Capitals count."),
        "invalid_password_reset": _("This link was used, is too old, or is incomplete."),
        "too_many_login_attempts": _("Too many attempts. Wait a while."),
        "rate_limited": _("Too many attempts. Wait a while."),
        "incorrect_code": _("This code is not right. Type the newest one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # pages only

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or _SAID.get(message_template or "")
        if said and request.user.is_authenticated:
            messages.add_message(request, level, said, extra_tags=extra_tags)

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "::"  # a socket without an address

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """The session gets a new key here, after the last step."""
        super().login(request, user)
        request.session[SINCE] = request.session[SEEN] = clock.now().isoformat()

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **more: Any) -> HttpResponse:
        response = super().post_login(request, user, **more)
        note(What.SIGNED_IN, visitor_of(request), at=clock.now(), user=user.pk)
        remember_device(request, response, cast(User, user))
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            note(What.SIGNED_OUT, visitor_of(request), at=clock.now(), user=request.user.pk)
        super().logout(request)

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """By the same limits as signing in."""
        request = context.request
        found = judge_password(user.get_username(), password, visitor_of(request), at=clock.now())
        return found is not None and found.pk == user.pk

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        request = context.request
        own = request.user.is_authenticated and request.user.pk == user.pk
        keep = request.session.session_key or "" if own else ""
        set_new_password(cast(User, user), password, actor=user.pk, keep_session=keep)
        note_change(What.PASSWORD_SET, visitor_of(request), at=clock.now(), user=cast(User, user))

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not of who has just signed in."""
        since = context.request.session.get(SINCE)
        return not since or clock.now() - datetime.fromisoformat(since) > _JUST_NOW


class SecondStep(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. Type the newest one."),
        "cannot_delete_authenticator": _("Your role needs a second step: set up another one first."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not needs_second_step(authenticator.user) or second_steps(authenticator.user) > 1

    def encrypt(self, text: str) -> str:
        """So that a copy of the database opens no door."""
        return _lock().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _lock().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return "Rounds" if settings.COMPANY_NAME == "Rounds" else f"Rounds {settings.COMPANY_NAME}"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def build_totp_svg(self, url: str) -> str:
        """On white, so that the dark look can be scanned, too."""
        return qrcode.make(url, image_factory=SvgPathFillImage, border=3).to_string(encoding="unicode")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.ORIGIN).hostname or "localhost", "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: AbstractBaseUser, kind: str) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=kind).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}


def _lock() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"rounds.mfa:{key}".encode()).digest())) for key in keys]
    )
