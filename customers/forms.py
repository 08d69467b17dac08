"""What the address of the customers page may ask for."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import GroundForm
from customers.models import Customer, CustomerStatus

NO_TIER = "none"
DUE = (("overdue", _("Overdue")), ("week", _("Due this week")), ("never", _("Never visited")))


class CustomerFilter(GroundForm):
    due = forms.ChoiceField(choices=DUE)
    tier = forms.ChoiceField(label=_("Tier"), choices=[*CustomerStatus.Tier.choices, (NO_TIER, _("no tier yet"))])
    kind = forms.ChoiceField(
        label=_("People and institutions"),
        choices=[(Customer.Kind.PERSON, _("People")), (Customer.Kind.INSTITUTION, _("Institutions"))],
    )
    cycle = forms.ChoiceField(label=_("This cycle"))

    field_order = ("q", "due", "tier", "kind", "cycle", "territory", "alone")

    def __init__(self, data: QueryDict, *, cycle_words: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["cycle"].choices = list(cycle_words.items())  # type: ignore[attr-defined]
