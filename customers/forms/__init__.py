"""What the address of the customers page may ask for, who shall hold a customer, and what is known of one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms import GroundForm
from accounts.forms.setup import Day, Ground, Name
from accounts.queries import Node
from crm.base.refusals import Asking
from customers.models import Consent, Customer, CustomerStatus, Fact, Institution, RoleAssignment
from customers.models.facts import FREE_TEXT, FactKind

CHIP = {"class": "btn-check"}
NO_TIER = "none"
DUE = (("overdue", _("Overdue")), ("week", _("Due this week")), ("never", _("Never visited")))
COMPLETE = {"thin": (0, 39), "half": (40, 79), "full": (80, 100)}  # per cent of what may be known, both ends in


class CustomerFilter(GroundForm):
    due = forms.ChoiceField(choices=DUE)
    tier = forms.ChoiceField(label=_("Tier"), choices=[*CustomerStatus.Tier.choices, (NO_TIER, _("no tier yet"))])
    kind = forms.ChoiceField(
        label=_("People and institutions"),
        choices=[(Customer.Kind.PERSON, _("People")), (Customer.Kind.INSTITUTION, _("Institutions"))],
    )
    role = forms.ChoiceField(label=_("Role"), choices=RoleAssignment.Role.choices)
    place_kind = forms.ChoiceField(label=_("Kind of institution"), choices=Institution.Kind.choices)
    institution = forms.UUIDField(label=_("Institution"))
    complete = forms.ChoiceField(
        label=_("Completeness"),
        choices=[("thin", _("below 40%")), ("half", _("40 to 79%")), ("full", _("80% and more"))],
    )
    cycle = forms.ChoiceField(label=_("This cycle"))

    field_order = (
        *("q", "due", "tier", "kind", "role", "place_kind", "institution"),
        *("complete", "cycle", "territory", "alone"),
    )

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


def _value_field(kind: FactKind) -> forms.Field:
    """What a fact is entered with: chips for codes, figures for a number, else words."""
    label = _("What you know")
    if kind.choices:
        return forms.ChoiceField(label=label, choices=kind.choices, widget=forms.RadioSelect(CHIP))
    if kind.is_number:
        number = forms.NumberInput({"inputmode": "numeric", "placeholder": kind.hint, "class": "two"})
        return forms.IntegerField(label=label, min_value=0, max_value=99_999, widget=number)
    field = Name(label, 500)
    if kind.pattern == FREE_TEXT:
        field.widget = forms.Textarea({"rows": 3, "maxlength": "500"})
    elif kind.hint:
        field.help_text = _("For example %s") % kind.hint
    return field


class FactForm(Asking):
    """One fact of a person. The action says what may be kept."""

    source = forms.ChoiceField(label=_("From where"), choices=Fact.Source.choices, widget=forms.RadioSelect(CHIP))
    learned_on = Day(_("Learned on"), help_text=_("Today, if it is still true."))

    def __init__(self, *args: Any, kind: FactKind, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind = kind
        self.fields["value"] = _value_field(kind)
        self.order_fields(["value"])

    def clean_value(self) -> str:
        """A day as one writes it: 5-12, 5/12, 5月12日."""
        value = str(self.cleaned_data["value"])
        found = re.fullmatch(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?", value)
        if self.kind.key == "birthday" and found:
            return f"{int(found[1]):02}-{int(found[2]):02}"
        return value


class ConsentForm(Asking):
    purpose = forms.ChoiceField(label=_("Agreed to"), choices=Consent.Purpose.choices, widget=forms.RadioSelect(CHIP))
    wording = Name(_("Version of the wording"), 60, help_text=_("Of the text that was shown, such as 2025-1."))
    evidence = Name(_("Evidence"), 300, required=False, help_text=_("What shows it, such as a signed paper."))
    first = Day(_("Given on"))
    last = Day(_("Last day"), required=False, help_text=_("Empty: until it is withdrawn."))


class EndConsentForm(Asking):
    ended_on = Day(_("Withdrawn on"), help_text=_("From this day on it holds no more."))


class PotentialForm(Asking):
    patients = forms.TypedChoiceField(
        label=_("Suitable patients a day"), coerce=int, choices=(), widget=forms.RadioSelect(CHIP)
    )
    openness = forms.TypedChoiceField(
        label=_("How open to our products"),
        coerce=int,
        choices=[(1, _("1 little")), (2, _("2 somewhat")), (3, _("3 very"))],
        widget=forms.RadioSelect(CHIP),
    )

    def __init__(self, *args: Any, bands: Iterable[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["patients"].choices = list(bands)  # type: ignore[attr-defined]
