"""What the addresses of the rows behind a figure may ask for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import GroundForm
from customers.forms import NO_TIER
from customers.models import Customer, CustomerStatus, Institution, RoleAssignment

TRADE = "trade"
NOWHERE = "none"  # somebody who works at no institution
TIERS = [*CustomerStatus.Tier.choices, (NO_TIER, _("no tier yet"))]
ROLES = [*RoleAssignment.Role.choices, (TRADE, _("trade account"))]
PLACES = [*Institution.Kind.choices, (NOWHERE, _("no institution"))]


class FiguresForm(GroundForm):
    """Of which cycle, and by what customers are told apart."""

    cycle = forms.ChoiceField(label=pgettext_lazy("of visits", "Cycle"))
    tier = forms.ChoiceField(label=_("Tier"), choices=TIERS)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    place_kind = forms.ChoiceField(label=_("Kind of institution"), choices=PLACES)
    kind = forms.ChoiceField(
        label=_("People and institutions"),
        choices=[(Customer.Kind.PERSON, _("People")), (Customer.Kind.INSTITUTION, _("Institutions"))],
    )

    def __init__(self, data: QueryDict, *, cycles: Sequence[tuple[str, Any]]) -> None:
        super().__init__(data)
        self.fields["cycle"].choices = list(cycles)  # type: ignore[attr-defined]


class CycleCustomerFilter(FiguresForm):
    show = forms.ChoiceField(
        label=_("This cycle"),
        choices=[
            ("held", _("Held")),
            ("planned", _("Planned")),
            ("reached", _("Reached")),
            ("unreached", _("Not reached")),
            ("on_frequency", _("As often as due")),
            ("off_frequency", _("Too seldom or too often")),
            ("overdue", _("Overdue")),
        ],
    )

    field_order = ("q", "cycle", "show", "tier", "role", "place_kind", "kind", "territory", "alone")


class CallFilter(FiguresForm):
    show = forms.ChoiceField(
        label=_("Which visits"),
        choices=[
            ("on_plan", _("On plan")),
            ("off_plan", _("Off plan")),
            ("in_time", _("Logged within a day")),
            ("late", _("Logged late")),
        ],
    )

    field_order = ("q", "cycle", "show", "tier", "role", "place_kind", "kind", "territory", "alone")


class PromiseFilter(FiguresForm):
    show = forms.ChoiceField(
        label=_("Which promises"), choices=[("kept", _("Kept on time")), ("not_kept", _("Not kept on time"))]
    )

    field_order = ("q", "cycle", "show", "tier", "role", "place_kind", "kind", "territory", "alone")


class MoveFilter(FiguresForm):
    way = forms.ChoiceField(choices=[("up", _("Promoted")), ("down", _("Demoted"))])
    before = forms.ChoiceField(label=pgettext_lazy("tier", "From"), choices=CustomerStatus.Tier.choices)
    undone = forms.ChoiceField(
        label=_("Undone"), choices=[("yes", _("Undone within 30 nights")), ("no", _("Not undone"))]
    )

    field_order = ("q", "way", "cycle", "before", "tier", "undone", "role", "place_kind", "kind", "territory", "alone")

    def __init__(self, data: QueryDict, *, cycles: Sequence[tuple[str, Any]]) -> None:
        super().__init__(data, cycles=cycles)
        self.fields["tier"].label = pgettext_lazy("tier", "To")
        self.fields["tier"].choices = CustomerStatus.Tier.choices  # type: ignore[attr-defined]
