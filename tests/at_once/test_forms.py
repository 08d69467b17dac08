"""What is sent twice at the same moment, as by a double click: every form and button of every page."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Posting, Product, User
from crm.base.periods import period
from customers.models import Affiliation, Customer, Department, InfluenceLink, Licence, RoleAssignment
from sales.models import Listing
from tests.access.grids import COLUMNS
from tests.access.house import House
from tests.access.objects import address_of, body_of
from tests.access.table import ROUTES
from tests.access.test_table import expected, grid
from tests.at_once.company import Company, at_once, rows
from tests.cast import TODAY
from visits.models import Target, Visit

_SECOND = 0.3
# After these others could not be done any more: a visit answers a reminder, a user is shut out.
_LATE = ("amend-visit", "log-visit", "posting-end", "account_change_password", "user-change", "user-active")
_TOLD = (409, 422)  # refused with a sentence
# Where the second is answered otherwise: with its own check; with the token's page, which says that it is renewed;
# with the fact's page, which says that somebody changed it.
_OTHERWISE = {"kind": 302, "token-renew": 302, "a fact withdrawn": 200}
# Tables in which the second leaves a row. What is said of a period again is written anew, and the trail tells of both;
# each upload is a check of its own, which changes nothing.
_MORE = {
    "territory-move": {"accounts_territoryparentevent"},
    "align-customer": {"customers_alignmentevent"},
    "kind": {"base_importrun"},
}


def doer(name: str) -> tuple[str, str] | None:
    """Who may send the form of an address, and of which object."""
    table = grid(ROUTES[name].post)
    every = [(which, actor) for which in table for actor in COLUMNS[1:]]
    done = [pair for pair in every if expected(table[pair[0]], pair[1]) == ">"]
    return next(iter(done or [pair for pair in every if expected(table[pair[0]], pair[1]) == "."]), None)


FORMS = [name for name, route in ROUTES.items() if route.post not in ("", "at the door") and doer(name)]

# The other things that a page does beside its form: the address, and what a button sends.
Other = Callable[[House], tuple[str, dict[str, Any]]]
_BACK = {"take-back": "1"}


def _of(house: House, name: str) -> Any:
    return house.branches["xixi"].rows[name]


def _taken_back(route: str, make: Callable[[House], Any]) -> Other:
    return lambda house: (reverse(route, args=[make(house).pk]), _BACK)


def _role(house: House) -> Any:
    return RoleAssignment.objects.create(
        person=_of(house, "follower"), role="decision_maker", strength=1, during=period(TODAY)
    )


def _link(house: House) -> Any:
    return InfluenceLink.objects.create(
        influencer=_of(house, "follower"), influenced=_of(house, "person"), kind="friend", during=period(TODAY)
    )


def _place(house: House) -> Any:
    during = period(TODAY)
    return Affiliation.objects.create(
        person=_of(house, "follower"), institution=_of(house, "pharmacy"), is_primary=False, during=during
    )


def _licence(house: House) -> Any:
    return Licence.objects.create(institution=_of(house, "pharmacy"), kind="other", number="9", during=period(TODAY))


def _listing(house: House) -> Any:
    branch = house.branches["xixi"]
    good = Product.objects.create(name="新品", line=branch.line, unit="盒")
    return Listing.objects.create(
        institution=_of(house, "pharmacy"), product=good, state="requested", during=period(TODAY)
    )


def _target(house: House) -> Any:
    branch = house.branches["xixi"]
    return Target.objects.create(
        territory=branch.territory, customer=_of(house, "follower").customer, measure="meetings", value=1, currency="",
        during=period(TODAY, TODAY + timedelta(9)), agreed_on=TODAY, author=branch.rep,
    )  # fmt: skip


def _department(house: House) -> tuple[str, dict[str, Any]]:
    row = Department.objects.create(institution=_of(house, "hospital"), name="误录科")
    return reverse("department-change", args=[row.pk]), {"remove": "1"}


def _withdrawn(house: House) -> tuple[str, dict[str, Any]]:
    return reverse("fact-change", args=[_of(house, "customer"), "other_firms"]), {"withdraw": "1"}


def _ended(house: House) -> tuple[str, dict[str, Any]]:
    return reverse("customer-change", args=[_of(house, "follower").pk]), {"end": "1", "end-last": TODAY}


def _reopened(house: House) -> tuple[str, dict[str, Any]]:
    follower = _of(house, "follower").pk
    Customer.objects.filter(pk=follower).update(ended_on=TODAY)
    return reverse("customer-change", args=[follower]), {"reopen": "1"}


def _role_ended(house: House) -> tuple[str, dict[str, Any]]:
    row = RoleAssignment.objects.create(
        person=_of(house, "follower"), role="influencer", strength=1, during=period(TODAY)
    )
    return reverse("role-change", args=[row.pk]), {"end": "1", "end-last": TODAY}


def _voided(house: House) -> tuple[str, dict[str, Any]]:
    visit = Visit.objects.filter(maker=house.branches["xixi"].rep, state="reported").latest("pk")
    body = body_of(house, "amend-visit", "xixi") | {"void": "1", "version": visit.version}
    return reverse("amend-visit", args=[visit.pk]), body


def _posting(house: House) -> tuple[str, dict[str, Any]]:
    ground, later = house.ground["waste"], TODAY + timedelta(5)
    row = Posting.objects.create(
        user=User.objects.get(username="emp"), territory=ground, role="safety", during=period(later)
    )
    return reverse("posting-remove", args=[row.pk]), {}


OTHERS: dict[str, tuple[str, Other]] = {
    "a role taken back": ("rep", _taken_back("role-change", _role)),
    "a tie taken back": ("rep", _taken_back("influence-change", _link)),
    "a place of work taken back": ("rep", _taken_back("affiliation-change", _place)),
    "a licence taken back": ("rep", _taken_back("licence-change", _licence)),
    "a listing taken back": ("rep", _taken_back("listing-change", _listing)),
    "a target taken back": ("rep", _taken_back("target-change", _target)),
    "a department taken away": ("rep", _department),
    "a fact withdrawn": ("man", _withdrawn),
    "a role ended": ("rep", _role_ended),
    "a customer ended": ("rep", _ended),
    "a customer again": ("rep", _reopened),
    "a visit made void": ("rep", _voided),
    "a posting taken back": ("ops", _posting),
}


def copied(body: dict[str, Any]) -> dict[str, Any]:
    """A file is read to its end by whoever takes it."""
    found = dict(body)
    for name, value in body.items():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
            found[name] = SimpleUploadedFile(value.name or "", value.read())
    return found


def filled_in(window: Client, address: str, body: dict[str, Any]) -> dict[str, Any]:
    """With what the page itself sends along: its id, and the mark of what was seen."""
    page = window.get(address)
    form = page.context.get("form") if page.status_code == 200 and page.context else None
    hidden = form.hidden_fields() if form else []
    given = {field.html_name: field.value() for field in hidden if field.value() not in (None, "")}
    return given | body


def said(answer: Any) -> tuple[int, str]:
    if isinstance(answer, Exception):
        raise answer
    return answer.status_code, answer.headers.get("Location", "")


CASES = [*(name for name in FORMS if name not in _LATE), *OTHERS, *_LATE]


@pytest.mark.parametrize("what", CASES)
def test_what_is_sent_twice_at_once_is_done_once(company: Company, what: str) -> None:
    if what in OTHERS:
        actor, other = OTHERS[what]
        address, body = other(company.house)
    else:
        pair = doer(what)
        assert pair
        which, actor = pair
        address = address_of(company.house, what, ROUTES[what].kind, which)
        body = body_of(company.house, what, which)
    one, *two = company.clients(actor, 3)
    body = filled_in(one, address, body)
    with transaction.atomic():
        alone = said(one.post(address, copied(body)))
        after_one = rows()
        transaction.set_rollback(True)
    assert alone[0] in (200, 302), alone
    assert "/sign-in/?next" not in alone[1]
    bodies = zip(two, map(copied, [body, body]), strict=True)
    came = at_once([partial(w.post, address, sent) for w, sent in bodies], meet=_SECOND)
    answers = sorted(map(said, came), key=lambda answer: answer[0] != alone[0])
    assert answers[0][0] == alone[0]
    assert answers[1] == answers[0] or answers[1][0] in (*_TOLD, _OTHERWISE.get(what)), answers
    after_two = {name: number for name, number in rows().items() if number != after_one[name]}
    assert not after_two.keys() - _MORE.get(what, set()), after_two
