"""What people are asked for when they agree on a target with a customer. Shape only: actions decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import Currency, Day
from accounts.models import Product
from crm.base.editing import Editing
from customers.forms.editing import Entering, choice_of, words_of
from visits.models import Target
from visits.models.targets import AGREED

DIGITS, DECIMALS = 18, 3  # as many as any currency has


class Measures(forms.ChoiceField):
    """Which one may be agreed with whom is the action's to say, with the reason."""

    def valid_value(self, value: str) -> bool:
        return value in AGREED


class TargetForm(Editing):
    measure = Measures(label=_("Of what"))
    value = forms.DecimalField(
        label=_("How many or how much"),
        max_digits=DIGITS,
        decimal_places=DECIMALS,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
        help_text=_("Money with a dot and without separators, such as 120000.50."),
    )
    currency = Currency(_("Of money alone: three capitals such as CNY."))
    product = forms.TypedChoiceField(label=_("Product"), required=False, coerce=UUID, empty_value=None)
    first = Day(_("First day"))
    last = Day(_("Last day"))

    def __init__(
        self, *args: Any, offered: tuple[Iterable[Target.Measure], str], products: Iterable[Product], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        measures, fields["measure"].help_text = offered
        fields["measure"].choices = [("", "—"), *((one.value, capfirst(one.label)) for one in measures)]
        fields["product"].choices = [("", _("all products")), *((str(one.pk), one.name) for one in products)]
        if not any(one in Target.MONEY for one in measures):
            fields["value"].label, fields["value"].help_text = _("How many"), ""
            del fields["currency"]


class NewTargetForm(TargetForm, Entering):
    pass


class TargetChangeForm(TargetForm):
    """Also what is said when one looks back."""

    reason = choice_of(Target, "reason")
    review = words_of(Target, "review", help_text=_("Looking back: what was reached, and what was not."))
    next_plan = words_of(Target, "next_plan")
