"""Signing in, and lists that one may narrow to a territory."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import SUPERVISORS, ground_near
from crm.base.lists import ListForm, ListPage, Menu, Option


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
