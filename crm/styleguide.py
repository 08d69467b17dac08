"""What the style page shows: components with the names and numbers that break them."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest

from crm.base import clock
from crm.base.toasts import Undo, tell

LONGEST_NAME = "阿卜杜热西提·麦麦提明·阿卜杜外力·乌拉音江·吐尔逊阿依古丽"
LONGEST_WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"
FIGURES = (0, 1, -1, 999, 1_234_567, 98_765_432_109, None)


class SpecimenForm(forms.Form):
    name = forms.CharField(label="Name", max_length=20, help_text=LONGEST_WORD)
    day = forms.DateField(label="Date", widget=forms.DateInput({"type": "date"}))
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", LONGEST_NAME)], required=False)
    how = forms.ChoiceField(
        label="How",
        choices=[("x", "X"), ("y", LONGEST_NAME)],
        widget=forms.RadioSelect({"class": "btn-check"}),
    )


def specimens(request: HttpRequest) -> dict[str, Any]:
    on: date = clock.company_date(clock.now())
    tell(request, "Done, with a way back.", Undo("/styleguide/"))
    return {
        "on": on,
        "days": [on - timedelta(400), on - timedelta(1), on, on + timedelta(40), None],
        "figures": FIGURES,
        "names": [LONGEST_NAME, LONGEST_WORD, "=1+1", "<b>&"],
        "blank": SpecimenForm(prefix="blank"),
        "letters": "ABC",
        "form": SpecimenForm({"name": LONGEST_WORD, "day": "x"}),
    }
