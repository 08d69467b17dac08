"""The visit form: one screen, no JavaScript needed."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Product
from crm.base.ids import uuid7
from customers.models import Affiliation
from visits.actions import NextStep, VisitRefused, VisitReport
from visits.models import FollowUp, Visit, VisitProduct

CHIP = {"class": "btn-check"}
DAY = {"type": "date"}
AT_A_PLACE = (Visit.Channel.FACE_TO_FACE, Visit.Channel.MEETING)


class Anybody(forms.TypedMultipleChoiceField):
    """Who may be met is the action's to say: it judges by the date of the visit, not by today's choices."""

    def valid_value(self, value: str) -> bool:
        return True


class VisitForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How"), choices=Visit.Channel.choices, widget=forms.RadioSelect(CHIP)
    )
    products = forms.MultipleChoiceField(
        label=gettext_lazy("What you talked about"), required=False, widget=forms.CheckboxSelectMultiple(CHIP)
    )
    also_met = Anybody(
        label=gettext_lazy("Also met"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple(CHIP)
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2, "placeholder": gettext_lazy("The customer’s own words help most")}),
    )
    next_step = forms.ChoiceField(
        label=gettext_lazy("Next step"),
        required=False,
        choices=[("", gettext_lazy("none")), *FollowUp.Kind.choices],
        widget=forms.RadioSelect(CHIP),
    )
    next_step_on = forms.DateField(
        label=gettext_lazy("By"), required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d")
    )
    next_step_text = forms.CharField(label=gettext_lazy("What exactly"), required=False, max_length=500)

    def __init__(self, *args: Any, customer: UUID, products: list[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.fields["products"].choices = [(str(p.pk), p.name) for p in products]  # type: ignore[attr-defined]
        for product in products:
            self.fields[f"reaction-{product.pk}"] = forms.ChoiceField(
                label=_("Reaction to %s") % product.name,
                required=False,
                choices=VisitProduct.Reaction.choices,
                widget=forms.RadioSelect(CHIP),
            )

    @property
    def talk(self) -> list[tuple[Any, forms.BoundField]]:
        """Each product's chip with the reactions to it."""
        chips = list(self["products"])
        return [(chip, self[f"reaction-{chip.data['value']}"]) for chip in chips]

    @classmethod
    def blank(cls, *, customer: UUID, products: list[Product], today: date) -> "VisitForm":
        """Prefilled: who, today, face to face."""
        first = {"id": uuid7(), "on": today, "channel": Visit.Channel.FACE_TO_FACE, "next_step": ""}
        return cls(initial=first, customer=customer, products=products)

    def offer_colleagues(self, people: list[Affiliation]) -> None:
        self.fields["also_met"].choices = [  # type: ignore[attr-defined]
            (str(a.person_id), a.person.customer.name) for a in people
        ]

    def clean_also_met(self) -> list[UUID]:
        return [pk for pk in self.cleaned_data["also_met"] if pk != self.customer]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("next_step") and not data.get("next_step_on") and "next_step_on" not in self.errors:
            self.add_error("next_step_on", _("Say by which day."))
        return data

    def report(self, place: UUID | None) -> VisitReport:
        data, step = self.cleaned_data, None
        if data["next_step"]:
            step = NextStep(kind=data["next_step"], due_on=data["next_step_on"], text=data["next_step_text"])
        return VisitReport(
            id=data["id"],
            on=data["on"],
            customers=[self.customer, *data["also_met"]],
            channel=data["channel"],
            place=place if data["channel"] in AT_A_PLACE else None,
            products=[(UUID(pk), data[f"reaction-{pk}"]) for pk in data["products"]],
            note=data["note"],
            next_step=step,
        )

    def refuse(self, refused: VisitRefused) -> None:
        """Show what the action refused at the field that it names."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))

    def renew(self, sentence: str) -> None:
        """The id was used for other contents: the entries stay, under a new id."""
        assert isinstance(self.data, QueryDict)
        entries = self.data.copy()
        entries["id"] = str(uuid7())
        self.data = entries
        self.add_error(None, sentence)
