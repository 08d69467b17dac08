"""How many statements an answer takes at most, asked of every line of the table: whoever adds a route is held to it."""

import pytest

from crm.base.lists import list_pages
from tests.access.conftest import Visitors
from tests.access.table import ROUTES
from tests.access.test_table import answers

LIST, DETAIL, CREATE = 10, 12, 15
OF_A_DOOR = "the counts of failures around it are transactions of their own, and the user is told by mail"
MORE = {  # by route and method: how many, and why
    ("calendar", "GET"): (16, "guesses at the link are counted before it is read and taken back after it"),
    ("account_reauthenticate", "POST"): (16, OF_A_DOOR),
    ("account_change_password", "POST"): (24, OF_A_DOOR),
    ("mfa_remove_webauthn", "POST"): (21, OF_A_DOOR),
}


def usual(name: str, method: str) -> int:
    return CREATE if method == "POST" else LIST if name in list_pages() else DETAIL


@pytest.mark.parametrize("name", ROUTES)
def test_no_answer_takes_more_statements_than_it_may(visitors: Visitors, name: str) -> None:
    most: dict[str, tuple[int, str, str]] = {}
    for (method, which, actor), seen in answers(visitors, name).items():
        if seen.said in (".", ">"):
            most[method] = max(most.get(method, (0, "", "")), (seen.statements, which, actor))
    for method, (statements, which, actor) in most.items():
        limit, _why = MORE.get((name, method), (usual(name, method), ""))
        assert statements <= limit, f"{method} {name} {which} by {actor} takes {statements} statements"
        if (name, method) in MORE:
            assert statements > usual(name, method), f"{method} {name} takes {statements}: no exception any more"


def test_every_exception_is_a_route() -> None:
    assert {name for name, _method in MORE} <= ROUTES.keys()
