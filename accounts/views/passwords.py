"""Passwords: forgotten, set by a link, changed."""

from typing import Any

from allauth.account.views import PasswordChangeView, PasswordResetFromKeyView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from accounts.actions.doors import count_mail
from accounts.actions.inviting import send_password_link
from accounts.forms import ChangePasswordForm, ForgottenForm, NewPasswordForm
from accounts.models import User
from accounts.queries import find_user
from accounts.views.visitor import visitor_of
from crm.base import clock


@method_decorator(login_not_required, name="dispatch")
class Forgotten(FormView):
    """A mail with a link, where there is somebody. What is answered never says whether there is."""

    form_class = ForgottenForm
    template_name = "accounts/forgotten.html"
    success_url = reverse_lazy("account_reset_password_done")

    def form_valid(self, form: ForgottenForm) -> HttpResponse:
        name, visitor, now = form.cleaned_data["username"], visitor_of(self.request), clock.now()
        count_mail(name, visitor, at=now)
        send_password_link(find_user(name), visitor, at=now)
        return super().form_valid(form)


@method_decorator(login_not_required, name="dispatch")
class Sent(TemplateView):
    template_name = "accounts/sent.html"


@method_decorator(login_not_required, name="dispatch")
class NewPassword(PasswordResetFromKeyView):
    form_class = NewPasswordForm
    template_name = "accounts/new_password.html"

    def get_form_class(self) -> type[NewPasswordForm]:
        return self.form_class


@method_decorator(login_not_required, name="dispatch")
class PasswordIsSet(TemplateView):
    template_name = "accounts/password_is_set.html"


class ChangePassword(PasswordChangeView):
    """By the old one. Who has none, but a passkey, asks for a link."""

    form_class = ChangePasswordForm
    template_name = "accounts/ask.html"
    extra_context = {
        "heading": _("Change the password"),
        "sentence": _("All your other devices are signed out then."),
        "button": _("Change the password"),
        "refusal": _("The password is not changed"),
    }
    success_url = reverse_lazy("account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User) and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[ChangePasswordForm]:
        return self.form_class


forgotten = Forgotten.as_view()
sent = Sent.as_view()
new_password = NewPassword.as_view()
password_is_set = PasswordIsSet.as_view()
change_password = ChangePassword.as_view()
