"""Whoever works in one product line never meets the word, nor the name of the line."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import Line, User
from crm.base.lists import list_pages
from tests.access.conftest import Visitors
from tests.access.objects import address_of
from tests.access.table import ROUTES
from tests.access.test_canaries import whole
from tests.access.test_table import asked, expected, grid, routes

# Where it stands for everybody, by how the address begins, and why.
ALSO = {
    "/files/": "by a file of lines a company with one comes to have several; its columns are the same for all",
    "/api/": "for those who write programs: their fields are the same for all",
}


def opened(visitors: Visitors, actor: str) -> Iterator[str]:
    """Every page that the actor may read, once; every list with all its columns, as a page and as a file."""
    for name, route in ROUTES.items():
        own = [which for _get, which, table in asked(route) if expected(grid(table)[which], actor) == "."]
        if route.get and own:
            yield address_of(visitors.house, name, route.kind, own[0])
    for name in set(list_pages()) & set(routes()):
        every = ",".join(column.name for column in list_pages()[name].columns)
        yield from (f"{reverse(name)}?columns={every}&as={kind}" for kind in ("", "csv"))


@pytest.mark.parametrize("actor", ["rep", "man", "ops"])
def test_nobody_meets_the_word(visitors: Visitors, actor: str) -> None:
    met, looked = [], 0
    with transaction.atomic():
        User.objects.update(language="zh-hans")  # where every word for it is one
        words = f"产品线|{Line.objects.get(code='default').name}"
        for address in opened(visitors, actor):
            if not address.startswith(tuple(ALSO)):
                answer = visitors.ask(actor, "GET", address)
                looked += answer.status_code == 200
                met += [f"{address}: {line.strip()}" for line in re.findall(f".*(?:{words}).*", whole(answer))]
        transaction.set_rollback(True)
    assert looked > 40
    assert not met, "\n".join(met)
