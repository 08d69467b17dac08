"""Forms of the doors, and lists that one may narrow to a territory."""

from collections.abc import Iterator
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts.actions.doors import judge_password, judging_code, use_code
from accounts.models import User
from accounts.queries import SUPERVISORS, ground_near
from accounts.templatetags.rounds import in_a_row
from accounts.views.visitor import visitor_of
from crm.base import clock
from crm.base.lists import ListForm, ListPage, Menu, Option


class SignInForm(forms.Form):
    """User name or e-mail, and password."""

    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        # Focus goes to what is to be done: the first field, or the summary of what went wrong.
        if self.is_bound:
            self.fields["username"].widget.attrs.pop("autofocus", None)

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            entered = self.cleaned_data
            visitor = visitor_of(self.request)
            self.user = judge_password(entered["username"], entered["password"], visitor, at=clock.now())
            if self.user is None:
                raise forms.ValidationError(
                    _("This user name and password do not match. Check both; capitals count in the password.")
                )
        return self.cleaned_data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """On to the second step, or in."""
        assert self.user
        login = Login(user=self.user, redirect_url=redirect_url)
        return perform_password_login(request, {"username": self.user.username}, login)


class ConfirmForm(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "password", _("Password"))


class _Code:
    """A code is counted before it is judged, and one of an app is good once."""

    user: User
    fields: dict[str, forms.Field]
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "code", _("Code"), autofocus=True, autocomplete="one-time-code", inputmode="numeric", maxlength=12)

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        now = clock.now()
        with judging_code(self.user, visitor_of(context.request), at=now) as attempt:
            for authenticator in _answering_to_codes(self.user):
                if authenticator.wrap().validate_code(code) and use_code(self.user, code, at=now):
                    authenticator.user = self.user
                    self.authenticator = authenticator
                    attempt.succeeded = True
                    return code
        raise get_adapter().validation_error("incorrect_code")


def _answering_to_codes(user: User) -> Iterator[Authenticator]:
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    yield from Authenticator.objects.filter(user_id=user.pk, type__in=kinds).order_by("-type")


class CodeForm(_Code, AuthenticateForm):
    """The second step by a code of an app, or a recovery code."""


class ConfirmCodeForm(_Code, ReauthenticateByCodeForm):
    """A code once more, before something that matters."""


class AppForm(ActivateTOTPForm):
    """The first code of a new authenticator app. What it is compared with is shown beside it: nothing to guess."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "code", _("Code in the app"), autocomplete="one-time-code", inputmode="numeric", maxlength=12)

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class Credential(forms.JSONField):
    """What a browser says of a passkey, in the `shape` of an answer. Nested a thousand times, or with a number of
    thousands of digits, it is no JSON either."""

    def __init__(self, shape: type[AuthenticationResponse | RegistrationResponse]) -> None:
        super().__init__(widget=forms.HiddenInput)
        self.shape = shape

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
            if found is not None:
                self.shape.from_dict(found)
            return found
        except (RecursionError, AttributeError, LookupError, TypeError, ValueError):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        try:
            return super().bound_data(data, initial)
        except (RecursionError, ValueError):
            return ""


class PasskeyStepForm(AuthenticateWebAuthnForm):
    """A passkey after the password."""

    credential = Credential(AuthenticationResponse)


class PasskeySignInForm(LoginWebAuthnForm):
    """Who one is, by a passkey alone."""

    credential = Credential(AuthenticationResponse)


class ConfirmPasskeyForm(ReauthenticateWebAuthnForm):
    """A passkey once more, before something that matters."""

    credential = Credential(AuthenticationResponse)


class PasskeyForm(AddWebAuthnForm):
    """What the browser made, and a name for it. Every passkey opens without a password."""

    credential = Credential(RegistrationResponse)
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "name", _("Name"), maxlength=60)


class PasskeyNameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, "name", _("Name"), maxlength=60)


class _TwiceTheSame(forms.Form):
    """A new password, typed twice."""

    password1 = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"].help_text = in_a_row(password_validators_help_texts())

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return str(self.cleaned_data["password1"])

    def clean(self) -> dict[str, Any]:
        first, second = (self.cleaned_data.get(name) for name in ("password1", "password2"))
        if first and second and first != second:
            self.add_error("password2", _("The two are not the same."))
        return self.cleaned_data

    def set_password(self) -> None:
        get_account_adapter().set_password(self.user, self.cleaned_data["password1"])

    save = set_password  # as the views of allauth call it


class NewPasswordForm(_TwiceTheSame):
    """By a link."""

    def __init__(self, *args: Any, temp_key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ChangePasswordForm(_TwiceTheSame):
    """By who knows the old one."""

    oldpassword = forms.CharField(
        label=_("Current password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["oldpassword", "password1", "password2"]

    def clean_oldpassword(self) -> str:
        adapter = get_account_adapter()
        if not adapter.reauthenticate(self.user, self.cleaned_data["oldpassword"]):
            raise adapter.validation_error("enter_current_password")
        return str(self.cleaned_data["oldpassword"])


class ForgottenForm(forms.Form):
    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
    )


def _plain(form: Any, name: str, label: Any, **attrs: Any) -> None:
    """Our label, no text inside the field, and what helps a keyboard."""
    field = form.fields[name]
    field.label = label
    field.help_text = ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class GroundForm(ListForm):
    """The filters of a list whose rows lie in territories."""

    territory = forms.UUIDField(label=_("Territory"))
    alone = forms.BooleanField()  # the territory without those below it


def territory_menu(page: ListPage, user: User) -> Menu | None:
    """For those who have territories below them: the way down to the one that is chosen, and where it goes on."""
    focus = page.wanted["territory"]
    above, under = ground_near(user, focus) if user.has_role(*SUPERVISORS) else ([], [])
    if not (above or under):
        return None
    options = [Option(_("All territories"), page.address(territory=None, alone=None), chosen=not above)]
    for place, territory in enumerate([*above, *under]):
        address = page.address(territory=territory.pk, alone=None)
        options.append(Option(territory.name, address, territory.pk == focus, depth=min(place, len(above))))
    return Menu("territory", _("Territory"), above[-1].name if above else "", options)
