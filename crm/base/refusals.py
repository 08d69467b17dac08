"""What can't be done, said to whoever asked for it by a form."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=Model)


class Refused(Exception):
    """The sentence says what to do; `field` is the form's field, empty for the whole. Nothing was changed."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def mark_of(*values: object) -> str:
    """What somebody saw of a row when he began to change it, in a few letters."""
    return hashlib.sha256(repr([str(value) for value in values]).encode()).hexdigest()[:16]


class ChangedMeanwhile(Refused):
    """`stored`: what stands there now, by the names of the form's fields; None: the page reads it itself."""

    def __init__(self, stored: Mapping[str, Any] | None = None) -> None:
        if stored is None:
            sentence = _(
                "Somebody changed this while you were at it; see above what is stored now. Save again to overwrite it."
            )
        else:
            sentence = _("Somebody changed this while you were at it, so nothing was saved yet. Look, and save again.")
        super().__init__(sentence)
        self.stored = stored


def refuse_if_changed(was: str, *values: object) -> None:
    """`was` is the mark that a form was given; empty: whoever asks does not mind. Raises ChangedMeanwhile."""
    if was and was != mark_of(*values):
        raise ChangedMeanwhile


def refuse_if_overtaken(was: str, seen: Mapping[str, Any]) -> None:
    """As `refuse_if_changed`; `seen` is what stands there now, by the names of the form's fields, with its mark."""
    if was and was != seen["was"]:
        raise ChangedMeanwhile(seen)


def held(rows: QuerySet[Row], pk: UUID, was: str, seen_of: Callable[[Row], Mapping[str, Any]]) -> Row:
    """One of the rows that its actor may change, locked, as he saw it. Raises DoesNotExist, ChangedMeanwhile."""
    row = rows.select_for_update(of=("self",), no_key=True).get(pk=pk)
    refuse_if_overtaken(was, seen_of(row))
    return row


@contextmanager
def refusing(sentences: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """The sentence and field of the constraint by which the database refuses. Around the transaction, not in it."""
    try:
        yield
    except IntegrityError as error:
        known = sentences.get(getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or "")
        if known is None:
            raise
        raise Refused(*known) from error


class Asking(forms.Form):
    """A form whose wish may be refused. `was` marks what its writer saw."""

    was = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    overtaken = False

    def carried_out(self, do: Callable[[dict[str, Any]], object]) -> bool:
        """Do what is asked for, with the cleaned data. False: it can't be done, and the form says why."""
        if not self.is_valid():
            return False
        try:
            do(self.cleaned_data)
        except Refused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, str(refused))
            self.overtaken = isinstance(refused, ChangedMeanwhile)
            return False
        return True

    def renew(self, was: str) -> None:
        """Its writer sees now what is stored: saving again overwrites that."""
        self.renew_entry("was", was)

    def renew_entry(self, name: str, value: str) -> None:
        """Everything else stays as it was sent, of what has several values each."""
        entries = self.data.copy()  # type: ignore[attr-defined]
        entries[name] = value
        self.data = entries
