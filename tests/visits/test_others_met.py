"""A visit at which people of two territories were met: nobody learns from it whom the other holds."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from customers.models import Customer
from tests.cast import NOON, TODAY, Cast
from visits.models import Attendee, Visit


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Lin met the shopkeeper, whom Dongdu holds, beside her own doctor."""
    made = Visit.objects.create(maker=cast.lin, line=cast.line, territory=cast.xixi, on=TODAY, known_on=TODAY)
    for one, ground in ((cast.chen, cast.xixi), (cast.shopkeeper, cast.dongdu)):
        Attendee.objects.create(visit=made, customer=one.customer, territory=ground)
    return made


def page(user: User, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def row_of(visit: Visit) -> str:
    return f'href="/visits/{visit.pk}/"'


def test_a_name_that_is_not_told_finds_nothing(cast: Cast, visit: Visit) -> None:
    foreign: Customer = cast.shopkeeper.customer
    assert row_of(visit) in page(cast.lin, f"/visits/?q={cast.chen.customer.name}")
    assert row_of(visit) not in page(cast.lin, f"/visits/?q={foreign.name}")
    assert row_of(visit) in page(cast.zheng, f"/visits/?q={foreign.name}"), "the manager of both sees both"


def test_the_history_says_not_whose_the_other_is(cast: Cast, visit: Visit) -> None:
    address = f"/visits/{visit.pk}/history/"
    text = page(cast.lin, address)
    assert "a customer outside your territory" in text
    assert cast.xixi.name in text
    assert cast.dongdu.name not in text
    assert cast.dongdu.name in page(cast.zheng, address)
