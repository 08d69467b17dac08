"""What a user does about his own doors: second step, passkeys, recovery codes, devices."""

from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions.doors import What, end_sessions, note
from accounts.actions.letters import note_change
from accounts.forms import ConfirmForm
from accounts.models import User
from accounts.views.adapters import SecondStep as Adapter
from accounts.views.guards import lacks_second_step
from accounts.views.visitor import visitor_of
from crm.base import clock

SECURITY = reverse_lazy("mfa_index")


def _renew(request: HttpRequest, what: str) -> None:
    """After a change of what opens the account: a new key for this session, an end to all others."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)
    assert isinstance(request.user, User)
    end_sessions(request.user, keep=request.session.session_key or "")
    note_change(what, visitor_of(request), at=clock.now(), user=request.user)


class Security(IndexView):
    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"needed": lacks_second_step(self.request.user)}


class AddApp(ActivateTOTPView):
    template_name = "accounts/add_app.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _renew(self.request, What.FACTOR_ADDED)
        return response


class RemoveApp(DeactivateTOTPView):
    template_name = "accounts/ask.html"
    extra_context = {
        "heading": _("Remove the authenticator app"),
        "sentence": _("Its codes stop working. Without another second step the password alone is enough."),
        "button": _("Remove the app"),
        "refusal": _("The app is not removed"),
        "back": SECURITY,
        "danger": True,
    }

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _renew(self.request, What.FACTOR_REMOVED)
        return response


class Codes(ViewRecoveryCodesView):
    template_name = "accounts/codes.html"


class NewCodes(GenerateRecoveryCodesView):
    template_name = "accounts/ask.html"
    extra_context = {
        "heading": _("New recovery codes"),
        "sentence": _("Your current codes, used or not, stop working."),
        "button": _("Make new codes"),
        "refusal": _("No codes were made"),
        "back": SECURITY,
    }

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note_change(What.CODES_MADE, visitor_of(self.request), at=clock.now(), user=self.request.user)
        return response


class CodesAsFile(DownloadRecoveryCodesView):
    template_name = "accounts/codes.txt"


class AddPasskey(AddWebAuthnView):
    template_name = "accounts/add_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every passkey asks for finger, face or PIN, so that it is both steps at once."""
        context = super().get_context_data(**kwargs)
        return context | {"options": begin_registration(self.request.user, passwordless=True)}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        _renew(self.request, What.FACTOR_ADDED)
        return response


class RenamePasskey(EditWebAuthnView):
    template_name = "accounts/ask.html"
    extra_context = {
        "heading": _("Rename the passkey"),
        "sentence": "",
        "button": _("Save"),
        "refusal": _("The passkey is not renamed"),
        "back": SECURITY,
    }
    success_url = SECURITY


class RemovePasskey(RemoveWebAuthnView):
    template_name = "accounts/ask.html"
    extra_context = {
        "heading": _("Remove the passkey"),
        "sentence": _("It stops working. Your device may still offer it; remove it there, too."),
        "button": _("Remove the passkey"),
        "refusal": _("The passkey is not removed"),
        "back": SECURITY,
        "danger": True,
    }
    success_url = SECURITY

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = Adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        response = super().form_valid(form)
        _renew(self.request, What.FACTOR_REMOVED)
        return response


class _Confirming:
    """Before something that matters: the same page for password, code and passkey."""

    template_name = "accounts/confirm.html"


class Confirm(_Confirming, ReauthenticateView):
    form_class = ConfirmForm

    def get_form_class(self) -> type[ConfirmForm]:
        return self.form_class


class ConfirmByCode(_Confirming, ReauthenticateByCodeView):
    pass


class ConfirmByPasskey(_Confirming, ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"options": context["js_data"]["request_options"]}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))


class Devices(ListUserSessionsView):
    template_name = "accounts/devices.html"

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        note(What.OTHERS_OUT, visitor_of(self.request), at=clock.now(), user=self.request.user.pk)
        return response


security = Security.as_view()
add_app = AddApp.as_view()
remove_app = RemoveApp.as_view()
codes = Codes.as_view()
new_codes = NewCodes.as_view()
codes_as_file = CodesAsFile.as_view()
add_passkey = AddPasskey.as_view()
rename_passkey = RenamePasskey.as_view()
remove_passkey = RemovePasskey.as_view()
confirm = Confirm.as_view()
confirm_by_code = ConfirmByCode.as_view()
confirm_by_passkey = ConfirmByPasskey.as_view()
devices = Devices.as_view()
