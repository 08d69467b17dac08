"""What the address of the list of visits may ask for."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from accounts.forms import GroundForm
from accounts.models import User
from visits.models import Visit


class VisitFilter(GroundForm):
    since = forms.DateField(label=gettext_lazy("From"))
    until = forms.DateField(label=gettext_lazy("Until"))
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=Visit.Channel.choices)
    maker = forms.ChoiceField(label=gettext_lazy("Made by"))
    known = forms.DateField(label=gettext_lazy("Known before"))  # in links of figures, which count as of a night

    dates = ("since", "until")
    field_order = ("q", "since", "until", "channel", "maker", "known", "territory", "alone")

    def __init__(self, data: QueryDict, *, makers: list[User]) -> None:
        super().__init__(data)
        self.fields["maker"].choices = [(str(maker.pk), maker.name) for maker in makers]  # type: ignore[attr-defined]
