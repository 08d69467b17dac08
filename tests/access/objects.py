"""What an address or a body of the table names, and bodies that are good: a refusal is then about who asks."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Territory, TerritoryParent, User
from crm.base.ids import uuid7
from customers.actions.knowledge import (
    mark_of_consents,
    mark_of_fact,
    mark_of_potential,
    newest_fact,
    newest_potential,
)
from customers.models import Consent
from segmentation.models.document import DEFAULT_CALLS
from tests.access.house import TOMORROW, Branch, House
from tests.cast import PASSWORD, TODAY

ABSENT: dict[str, Any] = {
    "uuid": UUID("01999999-0000-7000-8000-000000000000"),
    "int": 999_999_999,
    "night": date(2020, 2, 2),
    "file": "nothing",
    "calendar": "A" * 43,
    "file kind": "nothing",
}
_OTHER = "another-of-rounds-2"
OF_CUSTOMERS = {"customer fact": "interests", "customer consent": "processing"}
_NUMBERED = {"reminder", "view", "policy", "holiday", "cycle", "passkey"}


def key_of(house: House, kind: str, which: str) -> Any:
    """What names the object `which` (a branch, a visit, or `absent`) of a kind."""
    if which == "absent":
        return ABSENT.get(kind) or ABSENT["int" if kind in _NUMBERED else "uuid"]
    if kind.startswith("customer "):  # and something of it
        kind = "customer"
    if kind in ("file", "file kind"):
        return "persons"
    if which.endswith(" visit"):
        return house.branches["xixi"].rows[which]
    branch = house.branches[which]
    if kind == "product":
        return branch.product.pk
    if kind == "cycle" and which != "xixi":
        return branch.cycle.pk
    return branch.rows[kind]


def address_of(house: House, route: str, kind: str, which: str) -> str:
    place, _colon, word = kind.rpartition(":")
    if kind == "link":
        return reverse(route, args=["a", "b"])
    if kind == "file":
        return reverse(route, args=[key_of(house, kind, which), "csv"])
    if kind in OF_CUSTOMERS:
        return reverse(route, args=[key_of(house, kind, which), OF_CUSTOMERS[kind]])
    if place == "query":
        return f"{reverse(route)}?{word}={key_of(house, word, which)}"
    return reverse(route, args=[key_of(house, kind, which)] if kind and not place else [])


Body = Callable[[House, str], dict[str, Any]]


def body_of(house: House, route: str, which: str) -> dict[str, Any]:
    return BODIES[route](house, which) if route in BODIES else {}


def _branch(house: House, which: str) -> Branch:
    return house.branches.get(which, house.branches["xixi"])


def _visit(house: House, which: str) -> dict[str, Any]:
    product = str(_branch(house, which).product.pk)
    return {"id": uuid7(), "on": TODAY, "channel": "face_to_face", "products": product, f"reaction-{product}": "agrees"}


def _amendment(house: House, which: str) -> dict[str, Any]:
    return _visit(house, which) | {"version": 1, "reason": "Mistyped"}


def _territory(house: House, which: str) -> Territory:
    return house.ground[which if which in house.branches else "xixi"]


def _under(house: House, which: str) -> dict[str, Any]:
    return {"parent": key_of(house, "territory", which), "name": "New"}


def _move(house: House, which: str) -> dict[str, Any]:
    parent = TerritoryParent.objects.get(territory=_territory(house, which)).parent_id
    return {"parent": parent, "first": TOMORROW}


def _new_user(house: House, which: str) -> dict[str, Any]:
    return {"username": "new", "name": "New", **_posting(house, which), "territory": key_of(house, "territory", which)}


def _token(_house: House, _which: str) -> dict[str, Any]:
    return {"name": "Mirror", "scopes": ["customers:read"], "last": TOMORROW}


def _posting(house: House, which: str) -> dict[str, Any]:
    return {"territory": _territory(house, which).pk, "role": "safety", "first": TODAY}


def _policy(house: House, which: str) -> dict[str, Any]:
    calls = {f"{role}_{tier}": 1 for role in DEFAULT_CALLS for tier in "ABC"}
    ranked = {
        "customers": "person",
        "measure": "potential",
        "months": 12,
        "share_a": 50,
        "share_b": 85,
        "source": "crm",
    }
    ground = key_of(house, "territory", which)
    return {"id": uuid7(), "name": "P", "territory": ground, **ranked, **calls, "first_night": TOMORROW}


def _answer(_house: House, _which: str) -> dict[str, Any]:
    return {"id": uuid7(), "what": "postponed", "until": TOMORROW, "reason": "He is away"}


def _user(house: House, which: str) -> dict[str, Any]:
    known = User.objects.filter(pk=key_of(house, "user", which)).first()
    return {"name": "Other", "email": known.email if known else ""}


def _file(_house: House, _which: str) -> dict[str, Any]:
    return {"source": "crm", "file": SimpleUploadedFile("persons.csv", b"id,name\nu1,Zhou\n")}


def _entered(_house: House, _which: str) -> dict[str, Any]:
    return {"id": uuid7(), "first": TODAY}


def _new_person(house: House, which: str) -> dict[str, Any]:
    return _entered(house, which) | {"other": key_of(house, "institution", which), "name": "周其琛"}


def _new_institution(house: House, which: str) -> dict[str, Any]:
    ground = {"territory": key_of(house, "territory", which)}
    return _entered(house, which) | ground | {"name": "新医院", "kind": "clinic"}


def _role(house: House, which: str) -> dict[str, Any]:
    return _entered(house, which) | {"role": "prescriber", "strength": 4}


def _link(house: House, which: str) -> dict[str, Any]:
    words = {"other": _branch(house, which).rows["follower"].pk, "sways": "1", "kind": "friend", "weight": 300}
    return _entered(house, which) | words


def _place(house: House, which: str) -> dict[str, Any]:
    words = {"other": _branch(house, which).rows["pharmacy"].pk, "is_primary": "0", "stays": "1"}
    return _entered(house, which) | words


def _listing(house: House, which: str) -> dict[str, Any]:
    return _entered(house, which) | {"product": _branch(house, which).product.pk, "state": "requested"}


def _consent(house: House, which: str) -> dict[str, Any]:
    return {"purpose": "phone", "wording": "1", "first": TODAY, "was": mark_of_consents(_consents(house, which))}


def _consents(house: House, which: str) -> Any:
    return Consent.objects.filter(person=_branch(house, which).rows["customer"])


def _fact(house: House, which: str) -> dict[str, Any]:
    known = newest_fact(_branch(house, which).rows["customer"], "interests")
    return {"value": "Chess", "source": "told", "learned_on": TODAY, "was": mark_of_fact(known)}


def _potential(house: House, which: str) -> dict[str, Any]:
    known = newest_potential(_branch(house, which).rows["customer"], TODAY)
    return {"patients": 20, "openness": 2, "was": mark_of_potential(known)}


BODIES: dict[str, Body] = {
    "person-new": _new_person,
    "institution-new": _new_institution,
    "customer-change": lambda *_: {"name": "周其琛"},
    "role-new": _role,
    "role-change": lambda *_: {"role": "influencer", "strength": 5, "first": TODAY},
    "influence-new": _link,
    "influence-change": lambda *_: {"kind": "advice", "weight": 300, "first": TODAY},
    "affiliation-new": _place,
    "affiliation-change": lambda *_: {"position": "Head", "is_primary": "1", "first": TODAY},
    "parent-change": lambda house, which: {"other": _branch(house, which).rows["pharmacy"].pk},
    "target-new": lambda house, which: _entered(house, which) | {"measure": "meetings", "value": 2, "last": TOMORROW},
    "target-change": lambda *_: {"measure": "visits", "value": 5, "first": TODAY, "last": TOMORROW},
    "licence-new": lambda house, which: _entered(house, which) | {"kind": "other", "number": "7"},
    "licence-change": lambda *_: {"kind": "other", "number": "8"},
    "department-new": lambda house, which: _entered(house, which) | {"name": "新科"},
    "department-change": lambda *_: {"name": "改科"},
    "trade-file": lambda *_: {"staff": "7"},
    "listing-new": _listing,
    "listing-change": lambda *_: {"state": "refused", "first": TODAY},
    "fact-change": _fact,
    "fact-undo": lambda *_: {"key": "interests", "rows": ""},
    "potential": _potential,
    "consent-new": _consent,
    "consent-end": lambda house, which: {"ended_on": TODAY, "was": mark_of_consents(_consents(house, which))},
    "sign-in": lambda *_: {"username": "nobody", "password": "nothing"},
    "account_login": lambda *_: {"username": "nobody", "password": "nothing"},
    "account_reset_password": lambda *_: {"username": "nobody"},
    "account_change_password": lambda *_: {"oldpassword": PASSWORD, "password1": _OTHER, "password2": _OTHER},
    "account_reauthenticate": lambda *_: {"password": PASSWORD},
    "mfa_edit_webauthn": lambda *_: {"name": "Other"},
    "language": lambda *_: {"language": "en"},
    "search": lambda *_: {"q": "chen"},
    "log-whom": lambda *_: {"q": "chen"},
    "log-visit": _visit,
    "amend-visit": _amendment,
    "answer": _answer,
    "take-back": lambda house, which: {"answer": key_of(house, "answer", which), "id": uuid7()},
    "save-view": lambda *_: {"list": "customers", "name": "Mine", "query": "tier=A"},
    "rename-view": lambda *_: {"name": "Other"},
    "user-token": _token,
    "territory-new": _under,
    "territory-change": lambda *_: {"name": "Other"},
    "territory-move": _move,
    "align-customer": lambda house, which: {"territory": _territory(house, which).pk, "first": TODAY},
    "user-new": _new_user,
    "user-change": _user,
    "user-active": lambda *_: {"active": "0"},
    "posting-new": _posting,
    "posting-end": lambda *_: {"last": TODAY},
    "product-new": lambda house, _: {"name": "New", "unit": "box", "line": house.branches["xixi"].line.pk},
    "product": lambda *_: {"name": "Other", "unit": "box"},
    "product-active": lambda *_: {"active": "0"},
    "holiday-new": lambda *_: {"on": "2026-12-31", "name": "New", "jurisdiction": "CN"},
    "cycles-plan": lambda house, _: {
        "line": house.branches["xixi"].line.pk, "month": "2027-01", "months": 1, "count": 1
    },
    "cycles-remove": lambda house, which: {"ids": key_of(house, "cycle", which)},
    "policy-publish": _policy,
    "kind": _file,
}  # fmt: skip
