"""What operations are asked for when they change our own people, ground and goods. Shape only: actions decide."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Line, Posting
from accounts.queries import Node
from crm.base.bidi import is_seen
from crm.base.lists import ListForm
from crm.base.refusals import Asking

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
PLAIN = {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}


class Day(forms.DateField):
    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(
            label=label,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("is not a date; write it as 2026-11-21.")},
            validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
            **more,
        )


class Name(forms.CharField):
    """One line; what is invisible in it would only keep two apart that look alike."""

    def __init__(self, label: Any, max_length: int = 120, **more: Any) -> None:
        super().__init__(label=label, max_length=max_length, **more)

    def clean(self, value: Any) -> str:
        cleaned = " ".join(super().clean(value).split())
        if not is_seen(cleaned):
            raise forms.ValidationError(_("holds a character that can't be seen; type it anew."))
        return cleaned


class Currency(forms.CharField):
    """A code by ISO 4217, in capitals however it was typed."""

    def __init__(self, help_text: Any) -> None:
        widget = forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"})
        super().__init__(label=_("Currency"), required=False, max_length=3, widget=widget, help_text=help_text)

    def clean(self, value: Any) -> str:
        currency: str = super().clean(value)
        return currency.upper()


class Ground(forms.TypedChoiceField):
    """One territory of the reader's own, indented as the tree is."""

    def __init__(self, label: Any, nodes: Iterable[Node], **more: Any) -> None:
        choices = [(str(node.territory.pk), "\u2003" * node.depth + node.territory.name) for node in nodes]
        super().__init__(label=label, coerce=UUID, choices=[("", "—"), *choices], **more)
        self.error_messages["invalid_choice"] = _("Choose a territory of your own ground.")


class OfLine(forms.TypedChoiceField):
    """One of the lines; of a single one nothing is asked or said."""

    def __init__(self, lines: Iterable[Line]) -> None:
        choices = [(str(line.pk), line.name) for line in lines]
        first = choices[0][0] if choices else ""
        super().__init__(label=_("Product line"), coerce=UUID, choices=choices, initial=first)
        if len(choices) < 2:
            self.widget = forms.HiddenInput()


class TerritoryForm(Asking):
    name = Name(_("Name"))
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=forms.TextInput({**PLAIN, "list": "zones"}),
        help_text=_("Where its people work, such as Asia/Shanghai; empty: as the territory above."),
    )
    jurisdiction = forms.CharField(
        label=_("Jurisdiction"),
        required=False,
        max_length=2,
        widget=forms.TextInput(PLAIN),
        validators=[RegexValidator("^[A-Z]{2}$", _("Write a country code of two capitals such as CN."))],
        help_text=_("Whose law holds, such as CN; empty: as the territory above."),
    )

    def __init__(self, *args: Any, whole_house: bool, nodes: Iterable[Node] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if not whole_house:
            del self.fields["jurisdiction"]
        if nodes is not None:
            self.fields["parent"] = Ground(_("Under"), nodes)
            self.order_fields(["name", "parent"])

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("is not a time zone; write one such as Asia/Shanghai."))
        return zone


class MoveForm(Asking):
    first = Day(pgettext_lazy("a day", "From"))

    def __init__(self, *args: Any, nodes: Iterable[Node], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["parent"] = Ground(_("Under"), nodes)
        self.order_fields(["parent", "first"])


class UserForm(Asking):
    name = Name(pgettext_lazy("of a person", "Name"))
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput(PLAIN))
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", capfirst(_("as the browser asks"))), ("en", "English"), ("zh-hans", "简体中文")],
    )


class PostingForm(Asking):
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", "—"), *((code, capfirst(word)) for code, word in Posting.Role.choices)]
    )
    first = Day(_("First day"))
    last = Day(_("Last day"), required=False, help_text=_("Empty: until further notice."))

    def __init__(self, *args: Any, nodes: Iterable[Node], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["territory"] = Ground(_("Territory"), nodes)
        self.order_fields(["username", "name", "email", "language", "territory"])


class NewUserForm(PostingForm, UserForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(PLAIN),
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Letters, digits and @ . + - _ only."))],
        help_text=_("To sign in with; it can't be changed later."),
    )


class EndForm(Asking):
    last = Day(_("Last day"), required=False, help_text=_("Empty: until further notice."))


class ProductForm(Asking):
    name = Name(_("Name"))
    unit = Name(_("Unit"), 32, required=False, help_text=_("What its units count, such as boxes."))

    def __init__(self, *args: Any, lines: Iterable[Line] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        if lines is not None:
            self.fields["line"] = OfLine(lines)


class HolidayForm(Asking):
    on = Day(_("Date"))
    name = Name(_("Name"))
    jurisdiction = forms.ChoiceField(label=_("Country"))
    works = forms.ChoiceField(
        label=_("That day"),
        choices=[("", _("Nobody works")), ("1", _("Is worked, though it is a weekend day"))],
        required=False,
    )

    def __init__(self, *args: Any, countries: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["jurisdiction"].choices = [(code, code) for code in countries]  # type: ignore[attr-defined]


class UserFilter(ListForm):
    status = forms.ChoiceField(
        choices=[("posted", _("Posted today")), ("unposted", _("Without a posting")), ("closed", _("May not sign in"))]
    )
    role = forms.ChoiceField(label=_("Role"), choices=Posting.Role.choices)
    territory = forms.UUIDField(label=_("Territory"))


class ProductFilter(ListForm):
    active = forms.ChoiceField(label=_("Sold"), choices=[("1", _("Sold")), ("0", _("Not sold any more"))])


class HolidayFilter(ListForm):
    works = forms.ChoiceField(label=_("That day"), choices=[("0", _("Nobody works")), ("1", _("Is worked"))])


class TimeOffFilter(ListForm):
    since = forms.DateField(label=_("From"))
    until = forms.DateField(label=_("To"))
    dates = ("since", "until")
