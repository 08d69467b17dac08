"""The visit form: one screen, no JavaScript needed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Product, User
from crm.base.bidi import refuse_turning
from crm.base.ids import uuid7
from customers.actions.knowledge import UNLAWFUL
from visits.actions import NextStep, VisitRefused, VisitReport
from visits.actions.amend import REASON_LENGTH, Amendment, report_of
from visits.actions.judging import IN_PERSON, LENGTHS, MESSAGE_LENGTH, STEP_LENGTH
from visits.models import FollowUp, Visit, VisitProduct

CHIP = {"class": "btn-check"}
DAY = {"type": "date"}
MORE = ("purpose", "needs", "objections", "competitors", "materials", "joint_with")  # what is folded away at first
OBJECTIONS = (
    gettext_lazy("The price is too high"),
    gettext_lazy("Doubts that it works"),
    gettext_lazy("Not listed here"),
    gettext_lazy("Content with the present product"),
    gettext_lazy("The contract still runs"),
    gettext_lazy("Was served badly before"),
    gettext_lazy("Short of funds"),
)


class Words(forms.CharField):
    default_validators = [refuse_turning]


class AnyOf(forms.TypedMultipleChoiceField):
    """Whom one may meet and what one may talk about is the action's to say: it judges by the date of the visit,
    not by today's choices."""

    def valid_value(self, value: str) -> bool:
        return True


def _text(name: str, label: Any, **attributes: Any) -> forms.CharField:
    return Words(label=label, required=False, max_length=LENGTHS[name], widget=forms.TextInput(attributes))


class VisitForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    order = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)  # of the talk, by a script
    warned = forms.BooleanField(required=False, widget=forms.HiddenInput)  # of unlawful words: meant when sent again
    on = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    channel = forms.ChoiceField(
        label=gettext_lazy("How"), choices=Visit.Channel.choices, widget=forms.RadioSelect(CHIP)
    )
    products = AnyOf(
        label=gettext_lazy("What you talked about"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple(CHIP),
    )
    also_met = AnyOf(
        label=gettext_lazy("Also met"), required=False, coerce=UUID, widget=forms.CheckboxSelectMultiple(CHIP)
    )
    note = Words(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LENGTHS["note"],
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
    next_step_text = Words(label=gettext_lazy("What exactly, and why"), required=False, max_length=STEP_LENGTH)
    purpose = _text("purpose", gettext_lazy("Purpose of the visit"))
    needs = _text("needs", gettext_lazy("Needs that you heard"))
    objections = _text("objections", gettext_lazy("Objections"), list="objections")
    competitors = _text("competitors", gettext_lazy("Competitors"))
    materials = _text("materials", gettext_lazy("Materials handed over"))
    joint_with = forms.TypedChoiceField(
        label=gettext_lazy("Joint visit with"), required=False, coerce=UUID, empty_value=None
    )

    def __init__(self, *args: Any, customer: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.names: dict[str, str] = {}
        if isinstance(self.data, QueryDict):
            for sent in self.data.getlist("products"):
                self._ask_about(sent)
            self._offer("joint_with", [(one, one) for one in self.data.getlist("joint_with")])

    @classmethod
    def blank(cls, *, customer: UUID, today: date, talked: Iterable[UUID] = ()) -> "VisitForm":
        """Prefilled: who, today, face to face, what was talked about the last time."""
        products = [str(product) for product in talked]
        first = {
            "id": uuid7(), "on": today, "channel": Visit.Channel.FACE_TO_FACE, "next_step": "", "products": products
        }  # fmt: skip
        return cls(initial=first | {"order": ",".join(products)}, customer=customer)

    def offer(self, products: list[Product], people: Mapping[UUID, str], leaders: list[User]) -> None:
        """What the page shows to choose from; what was sent needs none of it."""
        self.names = {str(product.pk): product.name for product in products}
        for product in self.names:
            self._ask_about(product)
        self._offer("products", list(self.names.items()))
        self._offer("also_met", [(str(pk), name) for pk, name in people.items() if pk != self.customer])
        nobody = [("", _("nobody"))]
        self._offer("joint_with", [*nobody, *((str(leader.pk), leader.name) for leader in leaders)] if leaders else [])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _ask_about(self, product: str) -> None:
        if f"reaction-{product}" in self.fields:
            return
        self.fields[f"reaction-{product}"] = forms.ChoiceField(
            label=_("Reaction"),
            required=False,
            choices=VisitProduct.Reaction.choices,
            widget=forms.RadioSelect(CHIP),
        )
        self.fields[f"message-{product}"] = Words(label=_("Key message"), required=False, max_length=MESSAGE_LENGTH)

    @property
    def talk(self) -> list[dict[str, Any]]:
        """Each product's chip with the reactions to it, and what was said of it."""
        return [
            {
                "chip": chip,
                "name": self.names[chip.data["value"]],
                "reaction": self[f"reaction-{chip.data['value']}"],
                "message": self[f"message-{chip.data['value']}"],
            }
            for chip in self["products"]
        ]

    @property
    def more(self) -> list[forms.BoundField]:
        """What is rarely said: folded away until something stands there."""
        return [self[name] for name in MORE if name != "joint_with" or self.fields[name].choices]  # type: ignore[attr-defined]

    @property
    def has_more(self) -> bool:
        return any(field.value() or field.errors for field in self.more)

    @property
    def usual_objections(self) -> tuple[Promise, ...]:
        """Offered as one types; any other is as good."""
        return OBJECTIONS

    def clean_also_met(self) -> list[UUID]:
        return [pk for pk in self.cleaned_data["also_met"] if pk != self.customer]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("next_step") and not data.get("next_step_on") and "next_step_on" not in self.errors:
            self.add_error("next_step_on", _("Say by which day."))
        if not data.get("warned") and "void" not in self.data:
            self._warn(data)
        return data

    def _warn(self, data: Mapping[str, Any]) -> None:
        """Once, before saving: a note may also tell that somebody asked and was refused."""
        said = [name for name, text in data.items() if isinstance(text, str) and any(one in text for one in UNLAWFUL)]
        for name in said:
            self.add_error(
                name,
                _(
                    "What somebody prescribed and what he was promised for it is not kept. Take it out; or, if this "
                    "only tells that it was asked for and refused, save again."
                ),
            )
        if said:
            self._send_again(warned="on")

    def report(self) -> VisitReport:
        data, step = self.cleaned_data, None
        if data["next_step"]:
            step = NextStep(kind=data["next_step"], due_on=data["next_step_on"], text=data["next_step_text"])
        talked = self._in_order(data["products"])
        return VisitReport(
            id=data["id"],
            on=data["on"],
            customers=[self.customer, *data["also_met"]],
            channel=data["channel"],
            products=[(product, data[f"reaction-{product}"]) for product in talked],
            messages={product: text for product in talked if (text := data[f"message-{product}"])},
            next_step=step,
            joint_with=data["joint_with"],
            **{name: data[name] for name in LENGTHS},
        )

    def _in_order(self, products: list[UUID]) -> list[UUID]:
        """As they were chosen, where a script noted it; else as the page shows them."""
        noted = self.cleaned_data["order"].split(",")
        return sorted(products, key=lambda pk: noted.index(str(pk)) if str(pk) in noted else len(noted))

    def refuse(self, refused: VisitRefused) -> None:
        """Show what the action refused at the field that it names."""
        self.add_error(refused.field if refused.field in self.fields else None, str(refused))

    def renew(self, sentence: str) -> None:
        """The id was used for other contents: the entries stay, under a new id."""
        self._send_again(id=str(uuid7()))
        self.add_error(None, ValidationError(sentence))

    def _send_again(self, **changes: str) -> None:
        """What the next save sends beside the entries that stay."""
        assert isinstance(self.data, QueryDict)
        entries = self.data.copy()
        for name, value in changes.items():
            entries[name] = value
        self.data = entries


class AmendForm(VisitForm):
    """All that a visit says, once more, and why it changes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = Words(label=gettext_lazy("Reason of the amendment"), max_length=REASON_LENGTH)

    @classmethod
    def of(cls, visit: Visit, people: list[UUID]) -> "AmendForm":
        first = report_of(visit) | {"id": uuid7(), "version": visit.version, "also_met": list(map(str, people[1:]))}
        form = cls(initial=first, customer=people[0])
        for product in first["products"]:
            form._ask_about(product)
        return form

    def amendment(self, visit: Visit, *, void: bool) -> Amendment:
        data = self.cleaned_data
        report = None if void else replace(self.report(), id=visit.pk, place=self._place(visit))
        return Amendment(id=data["id"], visit=visit.pk, version=data["version"], reason=data["reason"], report=report)

    def _place(self, visit: Visit) -> UUID | None:
        """Where it was, as long as one meets there in person."""
        return visit.place_id if self.cleaned_data["channel"] in IN_PERSON else None

    def look_again(self, visit: Visit) -> None:
        """What was typed stays, over the state that is stored now: the next save is meant."""
        self._send_again(version=str(visit.version), id=str(uuid7()))
