"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Django's own, in our words and with its errors in the summary of every form."""

    error_messages = {
        "invalid_login": _("This user name and password do not match. Check both; capitals count."),
        "inactive": _("This account is closed. Ask operations."),
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        # Focus goes to what is to be done: the first field, or the summary of what went wrong.
        if self.is_bound:
            self.fields["username"].widget.attrs.pop("autofocus", None)
