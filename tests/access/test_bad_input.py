"""Everything that can be typed, into every field of every form and every word of every address: never an error of the
server, never a word that becomes part of the page, never an entry that is lost."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django import forms
from django.db import transaction
from django.urls import reverse

from crm.base.lists import list_pages
from tests.access.conftest import Visitors
from tests.access.objects import address_of, body_of
from tests.access.table import ROUTES
from tests.access.test_table import grid, routes
from tests.access.ways import OURS, WAYS, Way, filled, new_words, noting, words_of

pytestmark = pytest.mark.once

TYPED = {
    "markup": "<script>alert(1)</script>",
    "an attribute": '"><img src=x onerror=alert(1)>',
    "a template": "{{ 7|add:7 }}{% now 'Y' %}${7*7}",
    "emoji": "👩🏽‍⚕️🙂",
    "right to left": "\u202eمرحبا بالعالم",
    "marks upon marks": "e" + "\u0301" * 3_000,
    "lines that are none": "a\u2028b\u2029c\x85d",
    "a NUL": "a\x00b",
    "half a character": "\ud800",
    "a long word": "w" * 5_000,
    "a megabyte": "w" * 1_000_000,
    "more than is taken": "长" * 1_000_000,
    "nothing": "",
    "spaces": " \u3000\u200b ",
    "zero": "0",
    "below zero": "-1",
    "zero from below": "-0",
    "sixteens": "0x10",
    "figures of another script": "١٢٣",
    "huge": str(10**30),
    "infinite": "1e400",
    "no number": "NaN",
    "no day": "2026-02-31",
    "a day another way": "31/02/2026",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "a day before it": "0000-01-01",
    "no leap day": "2026-02-29",
    "a leap day": "2028-02-29",
    "a day in Chinese": "2026年11月22日",
    "tomorrow": "2026-11-22",
    "an id": "01999999-0000-7000-8000-000000000000",
    "a list": "[1, {}]",
    "deep": "[" * 20_000,
    "digits": "9" * 5_000,
}
MARKUP = ("markup", "an attribute")
# What is typed into a field that another way of the same route has filled already, and into what its writer saw.
AGAIN = ("markup", "half a character", "a NUL", "nothing", "the first day")


def send(visitors: Visitors, actor: str, address: str, body: dict[str, Any], **more: Any) -> Any:
    """As a browser would if it let everything through: bytes that are no UTF-8 among it."""
    if any(hasattr(value, "read") for value in body.values()):  # as a form with a file is sent
        parts = {word: _sendable(value) for word, value in body.items()}
        return visitors.ask(actor, "POST", address, parts, **more)
    pairs = [(word, str(one)) for word, value in body.items() for one in _each(value)]
    raw = urlencode(pairs, errors="surrogatepass")
    return visitors.ask(actor, "POST", address, raw.encode(), **more)


class Twice(tuple[Any, ...]):
    """Values of one word."""

    def __new__(cls, *values: Any) -> "Twice":
        return super().__new__(cls, values)


def _each(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, Twice) else (value,)


def _sendable(value: Any) -> Any:
    return value.encode(errors="surrogatepass") if isinstance(value, str) else value


def typings(visitors: Visitors, way: Way) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is typed into which fields: everything into all at once, and every third into each alone, for what is wrong
    with one field may hide what is wrong with the next. A way that is not the first of its form types less."""
    names, new = [word.name for word in words_of(visitors, way)], new_words(visitors, way)
    known, fresh = [name for name in names if name not in new], [name for name in names if name in new]
    together = tuple(name for name in fresh if name != "id")  # by which a form may be known already
    for turn, what in enumerate(TYPED):
        if what != "more than is taken":
            yield from [(what, together)] if together else []
            yield from ((what, (name,)) for name in fresh[turn % 3 :: 3])
        elif names and not way.called:  # no form is asked, and it is slow
            yield what, (names[0],)
        if what in AGAIN:
            yield from ((what, (name,)) for name in known)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_whatever_is_typed_into_a_form(visitors: Visitors, way: Way) -> None:
    address, good, wrong = way.address(visitors.house), way.body(visitors.house), []
    for what, fields in typings(visitors, way):
        answer = send(visitors, way.actor, address, {**good, **dict.fromkeys(fields, TYPED[what])})
        where = f"{', '.join(fields)}: {what}"
        if answer.status_code not in (200, 302, 400, 404, 409, 422):
            wrong.append(f"{where}: {answer.status_code}")
        elif what in MARKUP and TYPED[what] in answer.whole.decode():
            wrong.append(f"{where}: stands in the page as it was typed")
        elif answer.status_code == 422 and len(fields) == 1:
            wrong += [f"{where}: {lost}" for lost in lost_of(answer, good, fields[0])]
    assert not wrong, "\n".join([way.name, *wrong])


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_field_that_is_sent_twice_or_not_at_all(visitors: Visitors, way: Way) -> None:
    address, good = way.address(visitors.house), way.body(visitors.house)
    wrong = []
    for field in (word.name for word in words_of(visitors, way)):
        without = {word: value for word, value in good.items() if word != field}
        twice = {**good, field: Twice(good.get(field, "1"), "<script>")}
        for what, body in (("not at all", without), ("twice", twice)):
            answer = send(visitors, way.actor, address, body)
            if answer.status_code not in (200, 302, 400, 404, 409, 422):
                wrong.append(f"{field}, {what}: {answer.status_code}")
            elif answer.status_code == 422 and what == "not at all":
                wrong += [f"{field}, {what}: {lost}" for lost in lost_of(answer, body, field)]
    assert not wrong, "\n".join([way.name, *wrong])


def lost_of(answer: Any, good: dict[str, Any], field: str) -> Iterator[str]:
    """What was typed beside the wrong field, and is not in the form that comes back."""
    form = answer.context.get("refused") or answer.context["form"]
    if not form.errors or not any(str(error) for errors in form.errors.values() for error in errors):
        yield "refused without a sentence"
    for other, name in ((form.add_prefix(name), name) for name in form.fields):
        if other == field or other in ("id", "was", "version") or other not in good:
            continue
        if isinstance(form.fields[name].widget, forms.PasswordInput | forms.FileInput):
            continue
        kept = form[name].value()
        if str(good[other]) not in (kept if isinstance(kept, list) else [str(kept)]):
            yield f"{other} is lost: {kept!r}"


# Forms into which nothing is typed here, by the reason.
UNTYPED = {
    "only others are made of it": """
        Asking Editing Entering ListForm GroundForm FiguresForm _TwiceTheSame TargetForm""",
    "between two steps at the door, where nobody of this company stands: tests/doors": """
        CodeForm PasskeyStepForm ConfirmCodeForm""",
    "stands on no page of a house at work": "SpecimenForm",
}


def every_form(kind: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for one in kind.__subclasses__():
        if one.__module__.split(".")[0] in OURS:
            yield one
        yield from every_form(one)


def test_nothing_is_typed_past_a_form(visitors: Visitors) -> None:
    """Second steps, second forms of a page, and those that come with a choice: whatever takes what people send."""
    known = set(routes())
    assert not (strange := {way.route for way in WAYS} - known), strange
    reached = {type(form).__name__ for way in WAYS for form in filled(visitors, way)}
    with noting() as made:
        for actor, address, word in asked_of_addresses(visitors):
            visitors.ask(actor, "GET", f"{address}?{word}=1")
    reached |= {type(form).__name__ for form in made}
    every = {kind.__name__ for kind in every_form()}
    excused = {name for names in UNTYPED.values() for name in names.split()}
    assert not (missed := every - reached - excused), (
        f"Nothing is typed into {sorted(missed)}: say in tests/access/ways.py how it is sent, or in UNTYPED why not."
    )
    assert not (idle := excused - every | excused & reached), f"Needs no excuse: {sorted(idle)}"


def test_a_passkey_of_nobody(visitors: Visitors) -> None:
    """At the door, where everybody may send what he likes."""
    for what, typed in TYPED.items():
        answer = send(visitors, "anon", reverse("mfa_login_webauthn"), {"credential": typed})
        assert answer.status_code in (200, 302, 400), what


# Words that pages read beside the filters of lists: by address.
WORDS = {
    "search": ("q",), "log-whom": ("q",), "territories": ("q",), "align": ("q", "territory"),
    "align-customer": ("territory",), "territory-new": ("under",), "policy-publish": ("version",),
    "exports": ("source", "on"), "export": ("source", "on"), "today": ("page",), "answer": ("back",),
    "customer-history": ("page",), "team": ("territory", "cycle", "by", "as"),
    "tiers": ("territory", "cycle", "by", "as"), "sign-in": ("next",),
}  # fmt: skip
ASKED = {
    **{what: typed for what, typed in TYPED.items() if len(typed) < 5_000 and what not in ("nothing", "a list")},
    "a far page": "99999999999999", "an attribute of Python": "__class__", "a column of another": "password",
    "two columns": "name,-name", "SQL": "name; DROP TABLE accounts_user", "twice": "-" * 9 + "name",
    "half an escape": "%E4%B8",
}  # fmt: skip


def asked_of_addresses(visitors: Visitors) -> Iterator[tuple[str, str, str]]:
    """Who asks, the address, and each word that it knows."""
    named = set(routes())  # which loads the lists
    for name, page in list_pages().items():
        if name in named:
            actor = "ops" if name in ROUTES and "ops" in _readers(name) else "rep"
            form: Any = page.form_class
            words = {"q", *form.base_fields, "sort", "columns", "page", "as"}
            yield from ((actor, reverse(name), word) for word in sorted(words))
    for name, known in WORDS.items():
        which = next(iter(grid(ROUTES[name].get)))
        address = address_of(visitors.house, name, ROUTES[name].kind, which)
        actor = next(actor for actor in ("ops", "man", "rep") if actor in _readers(name))
        yield from ((actor, address.partition("?")[0], word) for word in known)


def _readers(name: str) -> list[str]:
    first = next(iter(grid(ROUTES[name].get).values()))
    return [actor for actor, cell in first.items() if cell in ".o>"]


def queries_of_addresses(visitors: Visitors) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Everything for all words of an address at once, and every third for each word alone: what is wrong with one word
    may hide what is wrong with the next."""
    words: dict[tuple[str, str], list[str]] = {}
    for actor, address, word in asked_of_addresses(visitors):
        words.setdefault((actor, address), []).append(word)
    turn = 0
    for (actor, address), known in words.items():
        for what, typed in ASKED.items():
            yield actor, address, what, dict.fromkeys(known, typed)
            yield from ((actor, address, what, {word: typed}) for word in known[turn % 3 :: 3])
            turn += 1


def test_whatever_an_address_asks_for(visitors: Visitors) -> None:
    wrong, count = [], 0
    for actor, address, what, asked in queries_of_addresses(visitors):
        count += 1
        query = urlencode(asked, errors="surrogatepass", safe="%" if what == "half an escape" else "")
        answer = visitors.ask(actor, "GET", f"{address}?{query}")
        if answer.status_code not in (200, 302, 404, 422):
            wrong.append(f"{address}?{'&'.join(asked)}, {what}: {answer.status_code}")
        elif what in MARKUP and ASKED[what].encode() in answer.whole:
            wrong.append(f"{address}?{'&'.join(asked)}, {what}: stands in the page as it was typed")
    assert not wrong, "\n".join(wrong)
    assert count > 1_000


def test_what_can_be_stored_comes_back_as_it_was_typed(visitors: Visitors) -> None:
    name = address_of(visitors.house, "territory-change", "territory", "xixi")
    own = address_of(visitors.house, "amend-visit", "visit", "xixi")
    for typed in (*(TYPED[what] for what in (*MARKUP, "a template")), "🙂", "مرحبا بالعالم", "长" * 120):
        with transaction.atomic():
            visitors.ask("ops", "POST", name, {"name": typed}, keep=True)
            assert visitors.ask("ops", "GET", name).context["form"]["name"].value() == typed
            body = body_of(visitors.house, "amend-visit", "xixi") | {"note": typed * 10}
            assert visitors.ask("rep", "POST", own, body, keep=True).status_code == 302
            assert visitors.ask("rep", "GET", own).context["form"]["note"].value() == typed * 10
            transaction.set_rollback(True)


@pytest.mark.parametrize("actor", ["emp", "idle"])
def test_who_has_nothing_reads_what_to_do(visitors: Visitors, actor: str) -> None:
    """A manager of nothing, and somebody without a posting: pages that say that there is nothing, and why."""
    for name, route in ROUTES.items():
        if route.get in ("whoever is in", "who supervises", "who logs visits"):
            page = visitors.ask(actor, "GET", address_of(visitors.house, name, "", "page"))
            if page.status_code == 200 and "list" in (page.context or {}):
                assert not page.context["rows"]
                assert "<table" not in page.whole.decode(), name
                assert "empty" in page.whole.decode(), name
    ground = visitors.house.ground["waste"].pk
    for name in ("team", "tiers"):
        page = visitors.ask(actor, "GET", f"{reverse(name)}?territory={ground}")
        assert page.status_code == (200 if actor == "emp" else 403)


def test_names_as_long_as_names_may_be(visitors: Visitors) -> None:
    """Two hundred characters without a place to break them."""
    longest = "欧阳" * 100
    own = visitors.house.branches["xixi"]
    with transaction.atomic():
        person = own.rows["person"].customer
        person.name = longest
        person.save(update_fields=["name"])
        for name, route in ROUTES.items():
            if route.get in ("whoever is in", "a customer", "a visit", "whom one may log", "a rep's day"):
                address = address_of(visitors.house, name, route.kind, next(iter(grid(route.get))))
                assert visitors.ask("rep", "GET", address).status_code == 200, name
        assert longest in visitors.ask("rep", "GET", reverse("customers")).whole.decode()
        transaction.set_rollback(True)
