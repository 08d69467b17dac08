"""What the address of the customers page may ask for, and who shall hold a customer."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import GroundForm
from accounts.forms.setup import Day, Ground
from accounts.queries import Node
from crm.base.refusals import Asking
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


class AlignForm(Asking):
    """Which territory shall hold a customer, and when."""

    first = Day(_("From"))
    last = Day(_("Last day"), required=False, help_text=_("Empty: until further notice."))

    def __init__(self, *args: Any, nodes: Iterable[Node], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["territory"] = Ground(_("Territory"), nodes)
        self.order_fields(["territory", "first", "last"])
