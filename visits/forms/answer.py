"""What became of a reminder."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.base.bidi import refuse_turning
from crm.base.ids import uuid7
from visits.actions.answers import DISMISSED, DONE, POSTPONED, REASON_LENGTH, Answer, AnswerRefused
from visits.models import Reminder

WORDS = {DONE: _("Done"), POSTPONED: _("Postpone"), DISMISSED: _("Dismiss")}
A_WEEK = timedelta(days=7)
REASONS = (
    _("The customer asked for it"),
    _("The customer is away"),
    _("I am away"),
    _("Waiting for material"),
    _("No longer needed"),
)


class AnswerForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect({"class": "btn-check"}))
    until = forms.DateField(
        label=_("Postpone until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.TextInput({"list": "reasons"}),
        validators=[refuse_turning],
    )

    def __init__(self, *args: Any, reminder: Reminder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reminder = reminder
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (code, word)
            for code, word in WORDS.items()
            if code != DONE or reminder.kind != Reminder.Kind.VISIT_DUE  # that is done by logging it
        ]

    @classmethod
    def blank(cls, reminder: Reminder, today: date) -> "AnswerForm":
        first = {"id": uuid7(), "what": POSTPONED, "until": today + A_WEEK}
        return cls(initial=first, reminder=reminder)

    @property
    def reasons(self) -> tuple[Any, ...]:
        """Offered as one types; any other is as good."""
        return REASONS

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(
            id=data["id"],
            reminder=self.reminder.pk,
            what=data["what"],
            reason="" if data["what"] == DONE else data["reason"],
            until=data["until"] if data["what"] == POSTPONED else None,
        )

    def refuse(self, refused: AnswerRefused) -> None:
        self.add_error(refused.field, str(refused))
