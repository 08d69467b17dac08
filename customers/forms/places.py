"""What people are asked for when they change what belongs to an institution. Shape only: actions decide."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.setup import Day
from crm.base.bidi import refuse_turning
from crm.base.editing import Editing
from customers.forms.editing import MOST_OUTPATIENTS, UNTIL, Entering, choice_of, words_of
from customers.models import Customer, Department, Licence, TradeFile
from customers.queries.places import TRADE_PARTS

MOST_DAYS = 3650  # of credit
LONG = 200  # characters; what may be longer gets more than a line


class LicenceForm(Editing):
    kind = choice_of(Licence, "kind")
    number = words_of(Licence, "number")
    first = Day(_("Valid from"), required=False)
    last = Day(_("Valid until"), required=False, help_text=UNTIL)


class NewLicenceForm(LicenceForm, Entering):
    pass


class DepartmentForm(Editing):
    name = words_of(Department, "name")
    parent = forms.TypedChoiceField(label=_("Part of"), required=False, coerce=UUID, empty_value=None)
    head = forms.TypedChoiceField(
        label=pgettext_lazy("of a department", "Head"), required=False, coerce=UUID, empty_value=None
    )
    outpatients = forms.IntegerField(
        label=_("Outpatients a day"), required=False, min_value=0, max_value=MOST_OUTPATIENTS
    )

    def __init__(self, *args: Any, wholes: Iterable[Department], heads: Iterable[Customer] | None, **more: Any) -> None:
        """`heads`: None where one stands there whom the reader does not see: he stays."""
        super().__init__(*args, **more)
        self._offer("parent", wholes)
        if heads is None:
            del self.fields["head"]
        else:
            self._offer("head", heads)

    def _offer(self, name: str, rows: Iterable[Any]) -> None:
        choices = [("", "—"), *((str(row.pk), row.name) for row in rows)]
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class NewDepartmentForm(DepartmentForm, Entering):
    pass


def _trade_field(name: str) -> forms.Field:
    field: Any = TradeFile._meta.get_field(name)
    if field.choices:
        return choice_of(TradeFile, name)
    label = capfirst(field.verbose_name)
    if isinstance(field, models.DateField):
        return Day(label, required=False)
    if isinstance(field, models.IntegerField):
        most = MOST_DAYS if name == "credit_days" else MOST_OUTPATIENTS
        return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)
    rows = forms.Textarea({"rows": 2}) if field.max_length > LONG else None
    return forms.CharField(
        label=label, required=False, max_length=field.max_length, widget=rows, validators=[refuse_turning]
    )


def _trade_fields() -> Iterator[tuple[str, forms.Field]]:
    """All of the file; the first of each of its four parts carries the title."""
    for title, names in TRADE_PARTS:
        for name in names:
            field = _trade_field(name)
            field.heading = title if name == names[0] else ""  # type: ignore[attr-defined]
            yield name, field


TradeFileForm: type[Editing] = type("TradeFileForm", (Editing,), dict(_trade_fields()))
