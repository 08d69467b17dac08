"""Signing in and out, in one step or two, with or without a password."""

from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal.auth import begin_authentication, get_credentials
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts.actions.doors import count_challenge, count_passkey
from accounts.forms import SignInForm
from accounts.views.visitor import visitor_of
from crm.base import clock


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get_form_class(self) -> type[SignInForm]:
        return self.form_class


@method_decorator(login_not_required, name="dispatch")
class SecondStep(AuthenticateView):
    template_name = "accounts/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"has_passkey": bool(get_credentials(self.stage.login.user))}


@method_decorator(login_not_required, name="dispatch")
class Passkey(LoginWebAuthnView):
    """The script of the sign-in page asks for a challenge, and posts what the device answered to it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        count_challenge(visitor_of(request), at=clock.now())
        return JsonResponse({"request_options": begin_authentication(user=None)})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with count_passkey(visitor_of(request), at=clock.now()) as attempt:
            form = self.get_form()
            attempt.succeeded = form.is_valid()
        return self.form_valid(form) if attempt.succeeded else self.form_invalid(form)


class Closed(AccountInactiveView):
    template_name = "accounts/closed.html"


sign_in = SignIn.as_view()
second_step = SecondStep.as_view()
passkey = Passkey.as_view()
closed = Closed.as_view()
sign_out = login_not_required(require_POST(LogoutView.as_view()))
