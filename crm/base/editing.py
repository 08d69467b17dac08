"""A form over something that two people may edit at once: what the other one changed is neither overwritten nor
hidden, and what was typed is not lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from crm.base.conflicts import Difference, differences
from crm.base.refusals import Asking, ChangedMeanwhile

CHOICE, THEIRS = "choose-{}", "stored"


@dataclass(frozen=True)
class Both:
    """A field that both changed: what is stored and what was typed, in words and as the form sends them."""

    difference: Difference
    choice: str  # the name of the radio buttons
    hidden: list[tuple[str, str]]  # both values, by the names under which they travel


class Editing(Asking):
    """Every field carries what its writer saw. Who was overtaken sees what the other one changed elsewhere taken
    over, and chooses where both changed the same."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.both: list[Both] = []
        self.taken_over: list[Difference] = []
        for name, field in self.fields.items():
            field.show_hidden_initial = not field.widget.is_hidden
            if self.data.get(CHOICE.format(name)) == THEIRS:
                self.enter({name: self.data.get(self[name].html_initial_name, "")})

    def carried_out(self, do: Callable[[dict[str, Any]], object]) -> bool:
        def attempt(data: dict[str, Any]) -> None:
            try:
                do(data)
            except ChangedMeanwhile as quicker:
                self._meet(quicker.stored or {})
                raise

        return super().carried_out(attempt)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields to be filled in: those that wait for a choice stand apart."""
        apart = {both.difference.name for both in self.both}
        return [field for field in self.visible_fields() if field.name not in apart]

    def _meet(self, stored: Mapping[str, Any]) -> None:
        """Take over what is stored by now, but where its writer typed something else."""
        mine = set(self.changed_data)
        asked = {name: value for name, value in stored.items() if name in self.fields}
        visible = {name: value for name, value in asked.items() if not self.fields[name].widget.is_hidden}
        for one in differences(self, visible):
            theirs, seen = sent(self.fields[one.name], stored[one.name]), self[one.name].html_initial_name
            if one.name not in mine:
                self.taken_over.append(one)
            elif theirs != self.data.get(seen, ""):  # else only this writer changed it: what he typed stays
                typed = sent(self.fields[one.name], self.cleaned_data[one.name])
                self.both.append(Both(one, CHOICE.format(one.name), [(one.name, typed), (seen, theirs)]))
        for name, value in asked.items():
            theirs, field = sent(self.fields[name], value), self.fields[name]
            if field.show_hidden_initial:
                self.enter({self[name].html_initial_name: theirs})
            if name not in mine or not field.show_hidden_initial:
                self.enter({name: theirs})

    def enter(self, entries: Mapping[str, str]) -> None:
        """As if its writer had sent this, too."""
        self.data = {**dict(self.data.items()), **entries}


def sent(field: forms.Field, value: Any) -> str:
    """As a browser sends it."""
    prepared = field.prepare_value(value)
    return "" if prepared is None else str(prepared)
