"""What operations are asked for when a program is to act for a user. Shape only: actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import Day, Ground, Name
from accounts.models.tokens import SCOPES
from accounts.queries import Node
from crm.base.lists import ListForm
from crm.base.refusals import Asking


class TokenForm(Asking):
    """`id` is made where the form is opened: sent twice, it makes one."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = Name(_("What it is for"), 60, help_text=_("Such as the system that will use it."))
    scopes = forms.MultipleChoiceField(
        label=_("The program may"), widget=forms.CheckboxSelectMultiple({"class": "btn-check"})
    )
    last = Day(_("Last day"), help_text=_("After it, the program needs another token."))

    def __init__(self, *args: Any, nodes: Iterable[Node], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, f"{capfirst(word)} ({scope})") for scope, word in SCOPES.items()
        ]
        self.fields["territory"] = Ground(
            _("Only in"), nodes, required=False, empty_value=None, help_text=_("Empty: wherever this user may.")
        )
        self.order_fields(["name", "scopes", "territory", "last"])


class TokenFilter(ListForm):
    validity = forms.ChoiceField(choices=[("open", _("In force")), ("over", _("Over"))])
