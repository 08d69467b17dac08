"""What people are asked for when they agree on a target with a customer. Shape only: actions decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import Day
from accounts.models import Product
from crm.base.editing import Editing
from customers.forms.editing import Entering, choice_of, words_of
from visits.models import Target

MOST = 10_000  # of visits, meetings or listings by a target


class TargetForm(Editing):
    measure = forms.ChoiceField(label=_("Of what"))
    value = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST)
    product = forms.TypedChoiceField(label=_("Product"), required=False, coerce=UUID, empty_value=None)
    first = Day(_("First day"))
    last = Day(_("Last day"))

    def __init__(
        self, *args: Any, measures: Iterable[Target.Measure], products: Iterable[Product], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["measure"].choices = [("", "—"), *((one.value, capfirst(one.label)) for one in measures)]
        fields["product"].choices = [("", _("all products")), *((str(one.pk), one.name) for one in products)]


class NewTargetForm(TargetForm, Entering):
    pass


class TargetChangeForm(TargetForm):
    """Also what is said when one looks back."""

    reason = choice_of(Target, "reason")
    review = words_of(Target, "review", help_text=_("Looking back: what was reached, and what was not."))
    next_plan = words_of(Target, "next_plan")
