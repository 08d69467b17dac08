"""What operations are asked for when they plan cycles."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import OfLine
from accounts.models import Line
from crm.base.lists import ListForm
from crm.base.refusals import Asking

MOST = 24  # cycles planned at once


class PlanForm(Asking):
    month = forms.RegexField(
        label=_("First month"),
        regex=r"^(20[0-9]{2})-(0[1-9]|1[0-2])$",
        widget=forms.TextInput({"type": "month", "placeholder": "2027-01"}),
        error_messages={"invalid": _("is not a month; write it as 2027-01.")},
    )
    months = forms.TypedChoiceField(
        label=_("Length of a cycle"), coerce=int, choices=[(1, _("A month")), (3, _("A quarter"))]
    )
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST, initial=4)

    def __init__(self, *args: Any, lines: Iterable[Line], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["line"] = OfLine(lines)
        self.order_fields(["line", "month", "months", "count"])


class CycleFilter(ListForm):
    status = forms.ChoiceField(choices=[("running", _("Running")), ("planned", _("Planned")), ("over", _("Over"))])
    line = forms.ChoiceField(label=_("Product line"))

    def __init__(self, *args: Any, lines: Iterable[Line], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["line"].choices = [(str(line.pk), line.name) for line in lines]  # type: ignore[attr-defined]
