"""What the address of a list may ask for, and the menus that ask for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.base.lists.columns import Words

OWN_WORDS = ("sort", "columns", "page", "as")  # of the address; no filter may be called so


class ListForm(forms.Form):
    """Shape only: what is not understood is left out of `wanted`, so that an old link still opens. What a person
    typed himself, such as a date, is said to be wrong. `dates` names the two ends of a period."""

    q = forms.CharField(label=_("Search"), max_length=80, required=False)
    dates: tuple[str, str] | None = None

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, one in self.fields.items():
            one.required = False
            if isinstance(one, forms.DateField):
                one.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            if name in OWN_WORDS:
                raise ValueError(f"A filter can't be called {name!r}.")

    @property
    def wanted(self) -> dict[str, Any]:
        """Every filter; those that are not asked for are None, "" or False."""
        self.is_valid()
        return {word: self.cleaned_data.get(word) for word in self.fields}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.dates:
            first, last = (data.get(name) for name in self.dates)
            if first and last and first > last:
                self.add_error(self.dates[1], _("The last day lies before the first."))
        return data

    @property
    def typed_errors(self) -> list[forms.BoundField]:
        """Fields that a person filled in by hand, and wrongly."""
        dates = (self[name] for name, one in self.fields.items() if isinstance(one, forms.DateField))
        return [bound for bound in dates if bound.errors]

    def state(self) -> dict[str, str]:
        """What was asked for and understood, as the address has it."""
        return {name: str(self.data[name]) for name, value in self.wanted.items() if value}


@dataclass(frozen=True)
class Option:
    label: Words
    address: str
    chosen: bool = False
    depth: int = 0  # of a tree


@dataclass(frozen=True)
class Menu:
    """A filter: closed it says what is chosen."""

    name: str
    label: Words
    chosen: Words = ""
    options: list[Option] = field(default_factory=list)
    fields: list[forms.BoundField] = field(default_factory=list)  # filled in rather than chosen: a period


@dataclass(frozen=True)
class Tick:
    """A column in the menu of columns."""

    name: str
    label: Words
    shown: bool
    fixed: bool  # it stays


def choice_menu(bound: forms.BoundField, wanted: Any, address: Callable[..., str]) -> Menu:
    """The menu of a choice; the first option takes the filter away."""
    options = [Option(_("All"), address(**{bound.name: None}), chosen=not wanted)]
    chosen: Words = ""
    for value, label in bound.field.choices:  # type: ignore[attr-defined]
        is_chosen = str(value) == wanted
        options.append(Option(label, address(**{bound.name: value}), chosen=is_chosen))
        chosen = label if is_chosen else chosen
    return Menu(bound.name, bound.label, chosen, options)


def menus(form: ListForm, wanted: dict[str, Any], apart: str, address: Callable[..., str]) -> Iterator[Menu]:
    """Menus of choices between several, and one of the period. For other kinds of fields a page has `own_menu`."""
    for name, one in form.fields.items():
        if isinstance(one, forms.ChoiceField) and name != apart and len(list(one.widget.choices)) > 1:
            yield choice_menu(form[name], wanted[name], address)
        elif form.dates and name == form.dates[0]:
            yield Menu(name, _("Period"), fields=[form[end] for end in form.dates])
