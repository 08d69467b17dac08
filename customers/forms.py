"""What the address of the customers page may ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerStatus

NO_TIER = "none"
SORTS = ("due", "-due", "name", "-name", "tier", "-tier", "last", "-last")


class CustomerFilter(forms.Form):
    """Shape only: what is not understood is left out of `wanted`, so that an old link still opens."""

    q = forms.CharField(max_length=80)
    tier = forms.ChoiceField(choices=[*CustomerStatus.Tier.choices, (NO_TIER, _("no tier yet"))])
    kind = forms.ChoiceField(choices=Customer.Kind.choices)
    territory = forms.UUIDField()
    due = forms.ChoiceField(choices=[("overdue", _("Overdue")), ("week", _("Due this week")), ("never", _("Never visited"))])
    cycle = forms.SlugField(max_length=16)
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS])
    page = forms.IntegerField(min_value=1, max_value=1_000_000)

    @property
    def wanted(self) -> dict[str, object]:
        self.is_valid()
        return self.cleaned_data
