"""Two people edit one thing: what is stored by now beside what the second one typed, field by field."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.utils.dateformat import format as format_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class Difference:
    name: str
    label: str
    stored: str
    typed: str


def differences(form: forms.BaseForm, stored: dict[str, Any]) -> list[Difference]:
    """The fields in which a form that was sent says something else than what is stored now."""
    found = []
    for name, field in form.fields.items():
        if name not in stored or name not in form.cleaned_data:
            continue
        theirs, yours = (_shown(field, value) for value in (stored[name], form.cleaned_data[name]))
        if theirs != yours:
            found.append(Difference(name, capfirst(str(field.label or name)), theirs, yours))
    return found


def _shown(field: forms.Field, value: Any) -> str:
    if isinstance(value, models.Model):
        value = value.pk
    if value in (None, "", []):
        return "—"
    if isinstance(value, list | tuple):
        return pgettext("between things", ", ").join(_shown(field, one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return format_date(value, pgettext("date", "j M Y"))
    choices = {str(code): str(word) for code, word in getattr(field, "choices", ())}
    return choices.get(str(value), str(value))
