"""Whoever sends a form with what is another's, its id or its name, learns nothing of it: not from a refusal, a form
that comes back, its choices, a conflict, or the page to which it leads."""

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.db import transaction

from tests.access.canaries import nonsense
from tests.access.conftest import Visitors
from tests.access.house import Branch
from tests.access.objects import ABSENT
from tests.access.table import ROUTES
from tests.access.test_bad_input import send
from tests.access.test_canaries import SEES, is_meant, whole
from tests.access.test_table import grid
from tests.access.ways import WAYS, Way, new_words, words_of

pytestmark = pytest.mark.once

# Who has no part in `north`; the first whom the table lets sends it.
SENDERS = ("rep", "man", "sub", "ops")
_IDS = ("customer", "institution", "territory", "user", "department")
_CHOSEN = (forms.ChoiceField, forms.UUIDField)  # what names a row; all other texts may hold a name


def foreign_ids(branch: Branch, far: Branch) -> Iterator[str]:
    yield from (str(branch.rows[name]) for name in _IDS)
    yield str(far.product.pk)


def foreign_names(branch: Branch) -> Iterator[tuple[str, str]]:
    """With what is like them and nobody's."""
    person = branch.rows["person"]
    yield person.customer.name, nonsense(0)
    yield person.affiliations.get().department, nonsense(0)
    yield person.phone, "10000000001"


def sendings(visitors: Visitors, way: Way) -> Iterator[tuple[str, str, str]]:
    """What is sent in which field, and what is like it but names nothing; where another way has sent all, the first."""
    north, far = (visitors.house.branches[name] for name in ("north", "far"))
    ids, names, new = [*foreign_ids(north, far)], [*foreign_names(north)], new_words(visitors, way)
    for word in words_of(visitors, way):
        name, field, last = word.name, word.field, None if word.name in new else 1
        if name == "id" or name.startswith("initial-"):
            continue  # an id is made for one form; what a writer saw comes back to him alone
        if field is None or isinstance(field, _CHOSEN):
            yield from ((name, sent, str(ABSENT["uuid"])) for sent in ids[:last])
        if field is None or (isinstance(field, forms.CharField) and not isinstance(field, _CHOSEN)):
            yield from ((name, sent, absent) for sent, absent in names[:last])


def told(visitors: Visitors, way: Way, actor: str, body: dict[str, Any]) -> tuple[int, str]:
    """The answer, and the page to which it leads: what a message says is said there."""
    with transaction.atomic():
        answer = send(visitors, actor, way.address(visitors.house), body, keep=True)
        text, where = whole(answer), answer.headers.get("Location", "")
        if answer.status_code == 302 and where.startswith("/") and not where.startswith("/sign-in/"):
            text += whole(visitors.ask(actor, "GET", where.partition("#")[0], keep=True))
        transaction.set_rollback(True)
    return answer.status_code, text


def sender(way: Way) -> str:
    cells = grid(ROUTES[way.route].post)[way.which]
    return way.actor if way.actor == "anon" else next(actor for actor in SENDERS if cells[actor] in "o.>")


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_what_is_sent_of_others_tells_nothing_of_them(visitors: Visitors, way: Way) -> None:
    flock, address, actor = visitors.house.flock, way.address(visitors.house), sender(way)
    good, wrong = way.body(visitors.house), []
    own = {"shared", *SEES[actor].split()} if actor in SEES else set()  # at the door nobody is anybody
    before: dict[tuple[str, str], int] = {}
    for field, sent, absent in sendings(visitors, way):
        if (field, absent) not in before:
            before[field, absent] = told(visitors, way, actor, good | {field: absent})[0]
        status, text = told(visitors, way, actor, good | {field: sent})
        if status != before[field, absent]:
            wrong.append(f"{actor}, {field}={sent}: {status}, and {before[field, absent]} for what is not there")
        for canary in flock.heard(text.replace(sent, "")):
            if canary.branch not in own and not is_meant(canary, address, actor):
                wrong.append(f"{actor}, {field}={sent}: reads {canary.field} of {canary.branch}")
    assert not wrong, "\n".join([way.name, *wrong])
