"""Saving a visit costs the same, whoever was met and whatever was talked about."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Product
from crm.base import commands
from crm.base.ids import uuid7
from customers.actions import refresh_alignment
from tests.cast import NOON, TODAY, person
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Attendee, VisitProduct


@pytest.mark.parametrize(("people", "products"), [(1, 0), (1, 10), (10, 0), (10, 10)])
def test_logging_a_visit_takes_ten_statements(cast, people: int, products: int) -> None:
    met = [person(f"人{number}", cast.hospital) for number in range(people)]
    carried = [Product.objects.create(name=f"P{number}", line=cast.line) for number in range(products)]
    refresh_alignment(on=TODAY)
    report = VisitReport(
        id=uuid7(),
        on=TODAY,
        customers=[one.pk for one in met],
        products=[(product.pk, "neutral") for product in carried],
        messages={product.pk: "once a day" for product in carried},
        next_step=NextStep(kind="call", due_on=TODAY),
    )
    with CaptureQueriesContext(connection) as statements:
        log_visit(actor=cast.lin, report=report, at=NOON)
    assert len(statements) <= 10, [query["sql"][:100] for query in statements]
    assert (Attendee.objects.count(), VisitProduct.objects.count()) == (people, products)
    assert list(Attendee.objects.order_by("pk").values_list("customer", flat=True)) == [one.pk for one in met]


class Deadlock(Exception):
    pgcode = "40P01"


@pytest.mark.parametrize(("losses", "tries", "stored"), [(0, 1, True), (1, 2, True), (2, 2, False)])
def test_who_loses_a_deadlock_tries_once_more(monkeypatch, losses: int, tries: int, stored: bool) -> None:
    receipt, tried = commands.Receipt(None, {}, again=False), []

    def attempt(*_arguments):
        tried.append(1)
        if len(tried) <= losses:
            raise OperationalError("deadlock detected") from Deadlock()
        return receipt

    monkeypatch.setattr(commands, "_attempt", attempt)
    monkeypatch.setattr(commands, "connection", SimpleNamespace(in_atomic_block=False))

    def send():
        return commands.execute(command_id=uuid7(), kind="x", body={}, actor=uuid7(), effect=lambda: (None, {}))

    if stored:
        assert send() is receipt
    else:
        with pytest.raises(OperationalError):
            send()
    assert len(tried) == tries
