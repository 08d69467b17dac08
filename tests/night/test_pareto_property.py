"""The Pareto rule against the same rule in plain Python, on volumes, ties and ids that hypothesis makes up."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.base.models import ExternalId
from customers.actions import refresh_alignment
from customers.models import Alignment, Customer
from sales.actions import roll_up
from sales.models import SalesMonth
from segmentation.actions import compute_tiers, publish_policy
from segmentation.models import TierAssignment
from tests.cast import TODAY, Cast, institution

pytestmark = pytest.mark.django_db
SHOPS = 8

shops = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-3, 12), st.integers(0, 2**40)),
        st.one_of(st.none(), st.from_regex(r"[0-9]{1,3}|[a-zA-Z甲乙0-9]{1,3}", fullmatch=True)),
    ),
    min_size=1,
    max_size=SHOPS,
    unique_by=lambda shop: shop[1] or object(),
)


def plain(rows: list[tuple[int | None, str | None, str]], a: int, b: int) -> list[str]:
    """Decision 19, word by word. Rows are (net volume, external id, UUID)."""

    def order(index: int) -> tuple:
        volume, identity, key = rows[index]
        digits = identity is not None and identity.isascii() and identity.isdigit()
        return (
            -max(volume or 0, 0),
            0 if digits else 1 if identity is not None else 2,
            int(identity) if digits and identity else 0,
            identity or "",
            key,
        )

    total = sum(max(volume or 0, 0) for volume, _id, _key in rows)
    tiers, before = [""] * len(rows), 0
    for index in sorted(range(len(rows)), key=order):
        tiers[index] = "A" if before * 100 < a * total else "B" if before * 100 < b * total else "C"
        before += max(rows[index][0] or 0, 0)
    return tiers


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=shops, a=st.integers(1, 98), step=st.integers(1, 50))
def test_tiers_equal_the_plain_rule(cast: Cast, made: list[tuple[int | None, str | None]], a: int, step: int) -> None:
    b = min(a + step, 99)
    _clear()
    ExternalId.objects.create(kind="territory", source="crm", external_id="dongdu", object_id=cast.dongdu.pk)
    stored = [institution(f"店{n}", "pharmacy", cast.dongdu).customer for n in range(len(made))]
    refresh_alignment(on=TODAY)
    for customer, (volume, identity) in zip(stored, made, strict=True):
        if identity is not None:
            ExternalId.objects.create(kind="institution", source="crm", external_id=identity, object_id=customer.pk)
        if volume is not None:
            SalesMonth.objects.create(
                source="erp", customer=customer, product=cast.product, month=date(2026, 10, 1), units=volume,
                known_on=date(2026, 11, 5),
            )  # fmt: skip
    publish_policy(
        raw={
            "name": "P",
            "territory": "crm:dongdu",
            "source": "crm",
            "customers": ["institution"],
            "measure": "units",
            "months": 3,
            "shares": {"A": a, "B": b},
        },
        actor=None,
        today=TODAY,
    )
    roll_up(before=TODAY)
    compute_tiers(night=TODAY)

    everybody: list[tuple[Customer, int | None, str | None]] = [(cast.pharmacy.customer, None, None)]
    everybody += [(customer, volume, identity) for customer, (volume, identity) in zip(stored, made, strict=True)]
    expected = plain([(volume, identity, str(customer.pk)) for customer, volume, identity in everybody], a, b)
    found = dict(TierAssignment.objects.filter(during__contains=TODAY).values_list("customer", "tier"))
    assert [found[customer.pk] for customer, _volume, _identity in everybody] == expected


def _clear() -> None:
    """Examples share one transaction: what the last one made must not count in this one."""
    ExternalId.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_salesmonth SET current = false")
    extra = Customer.objects.filter(name__startswith="店").values("pk")
    Alignment.objects.filter(customer__in=extra).delete()
