"""What the address of the customers page may ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerStatus

NO_TIER = "none"
DUE = (("overdue", _("Overdue")), ("week", _("Due this week")), ("never", _("Never visited")))
SORT_LABELS = (
    ("due", _("by due date")),
    ("-due", _("by due date, latest first")),
    ("name", _("by name")),
    ("-name", _("by name, backwards")),
    ("tier", _("by tier")),
    ("-tier", _("by tier, C first")),
    ("last", _("by last visit, longest ago first")),
    ("-last", _("by last visit, newest first")),
)


class CustomerFilter(forms.Form):
    """Shape only: what is not understood is left out of `wanted`, so that an old link still opens."""

    q = forms.CharField(max_length=80)
    tier = forms.ChoiceField(choices=[*CustomerStatus.Tier.choices, (NO_TIER, _("no tier yet"))])
    kind = forms.ChoiceField(choices=Customer.Kind.choices)
    territory = forms.UUIDField()
    alone = forms.BooleanField(required=False)  # the territory without those below it
    due = forms.ChoiceField(choices=DUE)
    cycle = forms.SlugField(max_length=16)
    sort = forms.ChoiceField(choices=SORT_LABELS)
    page = forms.IntegerField(min_value=1, max_value=1_000_000)

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {word: self.cleaned_data.get(word) for word in self.fields}
