"""Where an institution lies, what it belongs to and what it buys: written by programs as by the pages."""

from typing import Any

import pytest
from django.urls import reverse

from crm.base.ids import uuid7_text
from customers.actions import refresh_alignment
from customers.models import Institution
from tests.api.conftest import Programs, World, problem
from tests.cast import TODAY, Cast, institution

DAY = TODAY.isoformat()
MONEY = {"minor": 123_456_789_050, "currency": "CNY"}
POINT = {"latitude": 30.274085, "longitude": -120.15507}


@pytest.fixture
def chain(cast: Cast) -> Institution:
    made = institution("百草堂", "chain_headquarters", cast.xixi)
    refresh_alignment(on=TODAY)
    return made


def _new(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid7_text(), "name": "百草堂一店", "kind": "chain_branch", "territory": str(cast.xixi.pk), "first": DAY,
        **more,
    }  # fmt: skip


def test_it_is_entered_whole_and_once(cast: Cast, chain: Institution, program: Programs) -> None:
    lin = program(cast.lin)
    whole = {**POINT, "parent": str(chain.pk), "annual_purchases": MONEY}
    body = _new(cast, **whole)
    made = lin.post("institutions", body)
    assert made.status_code == 201, made.content
    assert made.json() | whole == made.json()
    again = lin.post("institutions", body)
    assert (again.status_code, again.json()) == (200, made.json())
    for other in ({"parent": str(cast.hospital.pk)}, {"annual_purchases": None}, {"latitude": 30.274086}):
        problem(lin.post("institutions", body | other), 409, "other_body_same_id")
    assert [row["id"] for row in lin.items(f"institutions?parent={chain.pk}")] == [body["id"]]
    row = Institution.objects.get(pk=body["id"])
    assert (row.latitude, row.longitude, row.annual_purchases) == (30_274_085, -120_155_070, MONEY["minor"])


def test_it_is_changed_and_emptied(cast: Cast, chain: Institution, program: Programs) -> None:
    lin = program(cast.lin)
    path = f"institutions/{cast.hospital.pk}"
    for change in (
        {"annual_purchases": MONEY},
        {"annual_purchases": {"minor": 0, "currency": "JPY"}},
        POINT,
        {"latitude": -90},
        {"parent": str(chain.pk)},
        {"parent": str(chain.pk), "address": "西溪路 2 号"},
        {"annual_purchases": None, "latitude": None, "longitude": None, "parent": None},
    ):
        seen = lin.get(path).headers["ETag"]
        changed = lin.patch(path, change, If_Match=seen)
        assert changed.status_code == 200, changed.content
        assert changed.json() | change == changed.json()
    assert changed.json()["address"] == "西溪路 2 号"
    finer = lin.patch(path, {"latitude": 30.2740854, "longitude": 1e-7}, If_Match="*")
    assert (finer.json()["latitude"], finer.json()["longitude"]) == (30.274085, 0)


def test_what_was_not_seen_stays(cast: Cast, chain: Institution, program: Programs) -> None:
    lin = program(cast.lin)
    path = f"institutions/{cast.hospital.pk}"
    stale = lin.get(path).headers["ETag"]
    assert lin.patch(path, {"parent": str(chain.pk)}, If_Match=stale).json()["version"] == 2
    for change in ({"parent": None}, POINT, {"annual_purchases": MONEY}):
        problem(lin.patch(path, change), 428, "precondition_required")
        problem(lin.patch(path, change, If_Match=stale), 412, "changed_meanwhile")
    assert lin.get(path).json()["parent"] == str(chain.pk)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"latitude": 30.1}, "/latitude"),
        ({"latitude": 90.1, "longitude": 1}, "/latitude"),
        ({"latitude": 1, "longitude": -180.1}, "/longitude"),
        ({"latitude": "30.1", "longitude": 1}, "/latitude"),
        ({"latitude": True, "longitude": 1}, "/latitude"),
        ({"parent": "shopkeeper"}, "/parent"),
        ({"parent": "pharmacy"}, "/parent"),
        ({"parent": "hospital"}, "/parent"),
        ({"parent": 1}, "/parent"),
        ({"annual_purchases": {"minor": -1, "currency": "CNY"}}, "/annual_purchases/minor"),
        ({"annual_purchases": {"minor": 1.5, "currency": "CNY"}}, "/annual_purchases/minor"),
        ({"annual_purchases": {"minor": 10**15 + 1, "currency": "CNY"}}, "/annual_purchases/minor"),
        ({"annual_purchases": {"minor": 1, "currency": "RMB"}}, "/annual_purchases/currency"),
        ({"annual_purchases": {"minor": 1}}, "/annual_purchases/currency"),
        ({"annual_purchases": 12.5}, "/annual_purchases"),
    ],
)
def test_what_can_not_be_stored_is_refused(change: dict[str, Any], pointer: str, cast: Cast, program: Programs) -> None:
    """Neither a stranger, nor a person, nor the institution itself is what it belongs to."""
    lin = program(cast.lin)
    path = f"institutions/{cast.hospital.pk}"
    if isinstance(change.get("parent"), str):
        change = {"parent": str(getattr(cast, change["parent"]).pk)}
    before = lin.get(path).content
    said = problem(lin.patch(path, {"address": "x", **change}, If_Match="*"), 422, "invalid")
    assert [error["pointer"] for error in said["errors"]] == [pointer]
    assert lin.get(path).content == before
    said = problem(lin.post("institutions", _new(cast, **change)), 422, "invalid") if pointer != "/parent" else said
    assert said["errors"][0]["pointer"] == pointer


def test_endless_degrees_are_no_place(cast: Cast, program: Programs) -> None:
    path = f"institutions/{cast.hospital.pk}"
    answer = program(cast.lin).patch(path, b'{"latitude": 1e999, "longitude": 1}', If_Match="*")
    assert answer.status_code in (400, 422), answer.content


def test_by_the_other_systems_id(cast: Cast, chain: Institution, program: Programs) -> None:
    lin = program(cast.lin)
    whole = {**POINT, "parent": str(chain.pk), "annual_purchases": MONEY}
    body = {name: value for name, value in _new(cast, **whole).items() if name != "id"}
    made = lin.put("institutions/external/crm/HCO-1", body)
    assert made.status_code == 201, made.content
    assert made.json() | whole == made.json()
    other = {"parent": None, "annual_purchases": MONEY | {"minor": 1}, "latitude": 31, "longitude": 121}
    changed = lin.put("institutions/external/crm/HCO-1", body | other)
    assert changed.status_code == 200, changed.content
    assert changed.json() | other == changed.json()


def test_the_page_leaves_alone_what_it_does_not_ask(cast: Cast, world: World, program: Programs) -> None:
    lin = program(cast.lin)
    path = f"institutions/{cast.hospital.pk}"
    lin.patch(path, {"annual_purchases": MONEY}, If_Match="*")
    sent = {"version": "2", "name": "西溪湾医院", "kind": "hospital", "address": "西溪路 3 号", "point": "30.1, 120.2"}
    answer = world.client(cast.lin).post(reverse("customer-change", args=[cast.hospital.pk]), sent)
    assert answer.status_code == 302
    now = lin.get(path).json()
    assert (now["address"], now["latitude"], now["annual_purchases"]) == ("西溪路 3 号", 30.1, MONEY)
