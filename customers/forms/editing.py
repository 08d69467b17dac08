"""What people are asked for when they enter or change customers and their relations. Shape only: actions decide."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.setup import PLAIN, Day, Name
from accounts.models import Product, Territory
from crm.base import wgs84
from crm.base.bidi import refuse_turning
from crm.base.editing import Editing
from crm.base.ids import uuid7
from crm.base.refusals import Asking
from customers.actions.persons import InstitutionFacts, PersonFacts
from customers.models import Affiliation, Customer, InfluenceLink, Institution, Person, RoleAssignment

MOST_OUTPATIENTS = 1_000_000
STEPS = range(1000, 0, -100)  # of a weight, in thousandths
UNTIL = _("Empty: until further notice.")


def field_of(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def words_of(model: type[models.Model], name: str, **more: Any) -> Name:
    """One line, as long as the column."""
    field = field_of(model, name)
    return Name(capfirst(field.verbose_name), field.max_length, required=not field.blank, **more)


def options_of(choices: Iterable[tuple[Any, Any]], *first: tuple[str, Any]) -> list[tuple[str, Any]]:
    return [*first, *((str(code), capfirst(word)) for code, word in choices)]


def choice_of(model: type[models.Model], name: str) -> forms.ChoiceField:
    field = field_of(model, name)
    return forms.ChoiceField(
        label=capfirst(field.verbose_name),
        required=not field.blank,
        choices=options_of(field.choices, ("", "—")),
    )


def number_of(label: Any, choices: Iterable[tuple[Any, Any]], **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, coerce=int, empty_value=None, choices=list(choices), **more)


def _chosen(label: Any) -> forms.UUIDField:
    """Who or what was chosen on the page before."""
    said = {"required": _("Choose it once more."), "invalid": _("Choose it once more.")}
    return forms.UUIDField(label=label, widget=forms.HiddenInput, error_messages=said)


class YesNo(forms.TypedChoiceField):
    """Two words for yes and no."""

    def __init__(self, label: Any, yes: Any, no: Any, **more: Any) -> None:
        super().__init__(label=label, coerce=lambda sent: sent == "1", choices=[("1", yes), ("0", no)], **more)

    def prepare_value(self, value: Any) -> Any:
        return {True: "1", False: "0"}.get(value, value)


class MapPoint(forms.CharField):
    """One line as it is pasted from a map; cleaned it reads as `wgs84.said`. Whether it lies on earth is the action's
    to say."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label=label, required=False, max_length=wgs84.LONGEST, **more)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return wgs84.said(wgs84.read(text))
        except ValueError:
            return text

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            wgs84.read(value or "0, 0")
        except ValueError as nonsense:
            raise forms.ValidationError(
                _("is no point on a map; write its latitude, then its longitude, such as 30.274085, 120.155070.")
            ) from nonsense


class Entering(Editing):
    """`id` is made where the form is opened: sent twice, it enters once."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def renew_id(self, sentence: str) -> None:
        """The id was used for other contents: the entries stay, under a new id."""
        self.enter({"id": str(uuid7())})
        self.add_error(None, sentence)


class PersonForm(Editing):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = Name(pgettext_lazy("of a person", "Name"), 200)
    honorific = words_of(Person, "honorific")
    title = words_of(Person, "title")
    specialty = words_of(Person, "specialty")
    gender = choice_of(Person, "gender")
    phone = words_of(
        Person,
        "phone",
        widget=forms.TextInput(PLAIN | {"type": "tel"}),
        validators=[RegexValidator("[0-9].*[0-9].*[0-9]", _("is not a phone number; write its digits."))],
    )

    def facts(self) -> PersonFacts:
        return PersonFacts(**{name: self.cleaned_data[name] for name in PersonFacts.__dataclass_fields__})


class InstitutionForm(Editing):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = Name(_("Name"), 200)
    kind = choice_of(Institution, "kind")
    level = number_of(_("Level"), options_of(Institution.Level.choices, ("", "—")), required=False)
    grade = choice_of(Institution, "grade")
    address = words_of(Institution, "address")
    point = MapPoint(
        _("Map coordinates"),
        widget=forms.TextInput(PLAIN),
        help_text=_(
            "Latitude, then longitude, in degrees of WGS-84, as copied from a map: 30.274085, 120.155070. "
            "Baidu and AMap shift theirs: convert them first."
        ),
    )
    distribution_tier = number_of(
        capfirst(field_of(Institution, "distribution_tier").verbose_name),
        [("", "—"), ("1", "1"), ("2", "2")],
        required=False,
        help_text=_("Of a distributor: 1 buys from the maker, 2 from another distributor."),
    )
    outpatients_per_day = forms.IntegerField(
        label=capfirst(field_of(Institution, "outpatients_per_day").verbose_name),
        required=False,
        min_value=0,
        max_value=MOST_OUTPATIENTS,
    )
    patient_groups = words_of(Institution, "patient_groups")
    patient_means = choice_of(Institution, "patient_means")
    culture = forms.CharField(
        label=capfirst(field_of(Institution, "culture").verbose_name),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        validators=[refuse_turning],
    )

    def facts(self) -> InstitutionFacts:
        point = self.cleaned_data["point"]
        latitude, longitude = wgs84.read(point) if point else (None, None)
        asked = {**self.cleaned_data, "latitude": latitude, "longitude": longitude}
        said = {**self.initial, **asked}  # what is not asked here stays
        return InstitutionFacts(**{name: said[name] for name in InstitutionFacts.__dataclass_fields__ if name in said})


class NewPersonForm(PersonForm, Entering):
    other = _chosen(_("Institution"))
    department = words_of(Affiliation, "department", widget=forms.TextInput({"list": "departments"}))
    position = words_of(Affiliation, "position")
    first = Day(_("Works there since"))

    field_order = ("name", "department", "position", "title", "honorific", "specialty", "phone", "gender", "first")


class NewInstitutionForm(InstitutionForm, Entering):
    first = Day(_("Held since"))

    def __init__(self, *args: Any, ground: Iterable[Territory], **more: Any) -> None:
        super().__init__(*args, **more)
        own = [(str(territory.pk), territory.name) for territory in ground]
        self.fields["territory"] = forms.TypedChoiceField(
            label=_("Territory"),
            coerce=UUID,
            choices=own if len(own) == 1 else [("", "—"), *own],
            initial=own[0][0] if len(own) == 1 else "",
        )
        self.order_fields(["name", "kind", "territory", "address", "point", "level", "grade"])


class RoleForm(Editing):
    role = choice_of(RoleAssignment, "role")
    product = forms.TypedChoiceField(label=_("Product"), required=False, coerce=UUID, empty_value=None)
    strength = number_of(
        _("Strength"),
        [("1", _("1 · weak")), ("2", "2"), ("3", _("3 · middle")), ("4", "4"), ("5", _("5 · strong"))],
        initial=3,
    )
    evidence = words_of(RoleAssignment, "evidence", help_text=_("What shows it: something that was said or done."))
    first = Day(_("Since"))
    last = Day(_("Last day"), required=False, help_text=UNTIL)

    def __init__(self, *args: Any, products: Iterable[Product], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("all products")), *((str(product.pk), product.name) for product in products)]
        self.fields["product"].choices = choices  # type: ignore[attr-defined]


class NewRoleForm(RoleForm, Entering):
    pass


class LinkForm(Editing):
    kind = choice_of(InfluenceLink, "kind")
    weight = number_of(_("Strength (0–1)"), [], initial=500)
    evidence = words_of(InfluenceLink, "evidence", help_text=_("What shows it: something that was said or done."))
    first = Day(_("Since"))
    last = Day(_("Last day"), required=False, help_text=UNTIL)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        steps = {*STEPS, self.initial.get("weight", STEPS[0])}  # one from a file may lie between two steps
        choices = [(str(weight), _weight(weight)) for weight in sorted(steps, reverse=True)]
        self.fields["weight"].choices = choices  # type: ignore[attr-defined]


def _weight(thousandths: int) -> Any:
    figure = f"{thousandths / 1000:g}"
    return {"1": _("1 · strong"), "0.5": _("0.5 · middle"), "0.1": _("0.1 · weak")}.get(figure, figure)


class NewLinkForm(LinkForm, Entering):
    other = _chosen(_("Person"))
    sways = YesNo(_("Who follows whom"), "", "")

    field_order = ("sways", "kind", "weight")

    def introduce(self, one: str, other: Customer | None) -> None:
        """Who they are, once it is known."""
        names = {"one": one, "other": other.name if other else "—"}
        self.initial["other"] = other and other.pk
        self.fields["sways"].choices = [  # type: ignore[attr-defined]
            ("1", gettext("%(other)s follows %(one)s") % names),
            ("0", gettext("%(one)s follows %(other)s") % names),
        ]


class AffiliationForm(Editing):
    department = words_of(Affiliation, "department", widget=forms.TextInput({"list": "departments"}))
    position = words_of(Affiliation, "position")
    is_primary = YesNo(
        _("Place of work"),
        _("the primary one"),
        _("a further one"),
        help_text=_("The primary one decides which territory holds the person."),
    )
    first = Day(_("Since"))
    last = Day(_("Last day"), required=False, help_text=UNTIL)


class NewAffiliationForm(AffiliationForm, Entering):
    other = _chosen(_("Institution"))
    stays = YesNo(
        _("The primary place until then"), _("stays as a further one"), _("ends the day before"), required=False
    )

    field_order = ("department", "position", "is_primary", "stays", "first", "last")

    def begin(self, place: Customer | None, has_primary: bool) -> None:
        """At which institution, and whether there is a primary place already."""
        self.initial["other"] = place and place.pk
        self.initial.setdefault("is_primary", not has_primary)
        if not has_primary:
            del self.fields["stays"]


class EndForm(Asking):
    """Until when something is so."""

    last = Day(_("Last day"))
