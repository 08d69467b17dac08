"""What people are asked for about the way of products into an institution. Shape only: actions decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import Day
from accounts.models import Product
from crm.base.editing import Editing
from customers.forms.editing import UNTIL, Entering, choice_of, words_of
from sales.models import Listing


class ListingForm(Editing):
    state = choice_of(Listing, "state")
    evidence = words_of(Listing, "evidence", help_text=_("What shows it: minutes, a letter, who said it."))
    first = Day(_("Since"))
    last = Day(_("Last day"), required=False, help_text=UNTIL)


class NewListingForm(ListingForm, Entering):
    product = forms.TypedChoiceField(label=_("Product"), coerce=UUID)

    field_order = ("product",)

    def __init__(self, *args: Any, products: Iterable[Product], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", "—"), *((str(product.pk), product.name) for product in products)]
        self.fields["product"].choices = choices  # type: ignore[attr-defined]
