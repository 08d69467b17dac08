"""Every way in which the forms of a page are sent: with a good body, by its other buttons, in its second step, by
somebody who was overtaken, and for objects whose form is another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.urls import reverse

from customers.actions.knowledge import mark_of_fact, newest_fact
from tests.access.conftest import Visitors
from tests.access.grids import COLUMNS
from tests.access.house import TODAY, TOMORROW, House
from tests.access.objects import address_of, body_of
from tests.access.table import ROUTES
from tests.access.test_table import grid

Words = dict[str, Any]
# Who fills in the form of a route, and of which object: the first whom the table lets.
_GOOD = {">", "."}
OURS = {"accounts", "customers", "sales", "visits", "segmentation", "crm"}  # where forms of ours are
_AT_THE_DOOR = ("sign-in", "account_login", "mfa_login_webauthn", "account_reset_password")
_END = {"end": "1", "end-last": TODAY}
_STALE = "0" * 16  # the mark of what nobody saw
_OVERTAKEN = {"was": _STALE, "version": 1}
_TYPED = {"title": "主任", "phone": "13800000000", "evidence": "Said so", "position": "Head", "department": "内科"}


@dataclass(frozen=True)
class Way:
    """A route by an actor for an object; `of`: the kind of object where it is not that of the route; `more`: beside
    the good body, or instead of it where `alone`; `start`: the address that is opened before."""

    route: str
    which: str
    actor: str
    called: str = ""
    more: Callable[[House], Words] = lambda _house: {}
    alone: bool = False
    of: str = ""
    key: str = ""

    @property
    def name(self) -> str:
        return f"{self.route}, {self.called}" if self.called else self.route

    def address(self, house: House) -> str:
        if self.of:
            found = house.branches[self.which].rows[self.of]
            return reverse(self.route, args=[getattr(found, "pk", found), *([self.key] if self.key else [])])
        return address_of(house, self.route, ROUTES[self.route].kind, self.which)

    def body(self, house: House) -> Words:
        good = {} if self.alone else body_of(house, self.route, self.which)
        return {word: value for word, value in (good | self.more(house)).items() if value is not None}


def _said(**words: Any) -> Callable[[House], Words]:
    return lambda _house: words


def _fact(key: str, value: str) -> Callable[[House], Words]:
    def said(house: House) -> Words:
        known = newest_fact(house.branches["xixi"].rows["customer"], key)
        return {"value": value, "source": "told", "learned_on": TODAY, "was": mark_of_fact(known)}

    return said


def _place(house: House) -> Words:
    return {"other": house.branches["xixi"].rows["hospital"].pk}


# By route: how it is called, what is sent, and whatever else of a `Way` is another.
_MORE: dict[str, list[tuple[str, Callable[[House], Words], Words]]] = {
    **{
        name: [
            ("choosing again", _said(another="1", **_TYPED), {}),
            ("chosen", _said(taken="1", **_TYPED), {}),
            ("looked for", _said(q="chen"), {"alone": True}),
        ]
        for name in ("person-new", "influence-new", "affiliation-new")
    },
    **{
        name: [
            ("ended", lambda _house: _END, {"alone": True}),
            ("going on", _said(reopen=TODAY), {"alone": True}),
            ("taken back", _said(**{"take-back": "1"}), {"alone": True}),
            ("overtaken", lambda _house: _OVERTAKEN, {}),
        ]
        for name in (
            "role-change", "influence-change", "affiliation-change", "licence-change", "listing-change", "target-change"
        )
    },
    "customer-change": [
        ("overtaken", _said(version=0), {}),
        ("ended", lambda _house: _END, {"alone": True}),
        ("of an institution", _said(name="新医院", kind="clinic"), {"alone": True, "of": "hospital"}),
        ("of an institution, overtaken", _said(name="新医院", kind="clinic", version=0),
         {"alone": True, "of": "hospital"}),
    ],
    "parent-change": [
        ("looked for", _said(q="chen"), {"alone": True}),
        ("overtaken", lambda _house: _OVERTAKEN, {}),
    ],
    "department-change": [("overtaken", lambda _house: _OVERTAKEN, {})],
    "trade-file": [("overtaken", lambda _house: _OVERTAKEN, {})],
    "fact-change": [
        ("overtaken", lambda _house: _OVERTAKEN, {}),
        ("withdrawn", _said(withdraw="1", was=_STALE), {"alone": True}),
        ("in figures", _fact("competitor_share", "20"), {"alone": True, "of": "customer", "key": "competitor_share"}),
        ("a day", _fact("birthday", "5-12"), {"alone": True, "of": "customer", "key": "birthday"}),
    ],
    "potential": [("overtaken", lambda _house: _OVERTAKEN, {})],
    "consent-new": [("overtaken", lambda _house: _OVERTAKEN, {})],
    "amend-visit": [("void", _said(void="1"), {}), ("overtaken", _said(version=9), {})],
    "log-visit": [("with a promise", _said(next_step="call", next_step_on=TOMORROW, next_step_text="Call"), {})],
    "target-new": [("of money", _said(measure="revenue", value="1000.50", currency="CNY"), {"of": "shop"})],
    "policy-publish": [("tried", _said(**{"try": "1"}), {})],
    "answer": [("dismissed", _said(what="dismissed"), {})],
}  # fmt: skip


def _ways() -> Iterator[Way]:
    for route, line in ROUTES.items():
        if line.post and (first := ("page", "anon") if route in _AT_THE_DOOR else _first(line.post)):
            yield Way(route, *first)
            for called, more, other in _MORE.get(route, ()):
                yield Way(route, *first, called, more, **other)


def _first(name: str) -> tuple[str, str] | None:
    for which, cells in grid(name).items():
        for actor in COLUMNS:
            if cells[actor] in _GOOD and actor != "out":
                return which, actor
    return None


WAYS = list(_ways())


@contextmanager
def noting() -> Iterator[list[forms.BaseForm]]:
    """The forms that are made from what was sent."""
    made: list[forms.BaseForm] = []
    plain = forms.BaseForm.__init__

    def note(form: forms.BaseForm, *args: Any, **more: Any) -> None:
        plain(form, *args, **more)
        if form.is_bound:
            made.append(form)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms.BaseForm, "__init__", note)
        yield made


def filled(visitors: Visitors, way: Way) -> list[forms.BaseForm]:
    """The forms that take what is sent this way; asked once."""
    known: dict[Way, list[forms.BaseForm]] = visitors.answers.setdefault("filled", {})
    if way not in known:
        with noting() as made:
            visitors.ask(way.actor, "POST", way.address(visitors.house), way.body(visitors.house))
        known[way] = made
    return known[way]


@dataclass(frozen=True)
class Word:
    """What is sent under a name, and the field of which form reads it: none where a view does."""

    name: str
    form: str = ""
    field: forms.Field | None = None


def words_of(visitors: Visitors, way: Way) -> list[Word]:
    """All that is sent this way: what the body says, what the forms ask for, and what each field carries of what its
    writer saw."""
    found = {name: Word(name) for name in way.body(visitors.house)}
    for form in filled(visitors, way):
        for name, one in form.fields.items():
            found[form.add_prefix(name)] = Word(form.add_prefix(name), type(form).__name__, one)
            if one.show_hidden_initial:
                seen = form[name].html_initial_name
                found[seen] = Word(seen, type(form).__name__)
    return [found[name] for name in sorted(found)]


def new_words(visitors: Visitors, way: Way) -> set[str]:
    """The names that no earlier way of the same route sends to the same form; what a writer saw is none of them."""
    ways = [one for one in WAYS if one.route == way.route]
    before = {(word.name, word.form) for one in ways[: ways.index(way)] for word in words_of(visitors, one)}
    words = [word for word in words_of(visitors, way) if (word.name, word.form) not in before]
    return {word.name for word in words if word.field or not word.form}
