"""Products, holidays and cycles, which belong to a line or a country: read by all operations, changed from the root."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import refresh_ground
from accounts.models import Holiday, Line, Posting, Product, Territory, TimeOff
from crm.base.periods import last_day, period
from tests.cast import TODAY
from tests.operations.conftest import Office, said
from visits.models import Cycle

Trail = Callable[..., list[tuple[str, Any]]]


def test_of_two_products_that_are_named_at_once_the_second_waits(office: Office) -> None:
    """Else neither would see the other, and visits offer two chips that nobody can tell apart."""
    with CaptureQueriesContext(connection) as asked:
        office.post(office.whole, "/setup/products/new/", name="新药", unit="盒")
    said = [query["sql"] for query in asked]
    (held,) = (n for n, sql in enumerate(said) if 'FROM "accounts_line"' in sql and "FOR NO KEY UPDATE" in sql)
    (looked,) = (n for n, sql in enumerate(said) if 'FROM "accounts_product"' in sql and "新药" in sql)
    assert held < looked


def test_a_product_is_created_changed_and_taken_from_sale(office: Office, trail: Trail) -> None:
    line = office.cast.line
    assert office.post(office.whole, "/setup/products/new/", name="新药", unit="盒").status_code == 302
    made = Product.objects.get(name="新药")
    assert (made.line, made.unit, made.is_active) == (line, "盒", True)
    address = f"/setup/products/{made.pk}/"
    form = office.get(office.whole, address).context["form"]
    stale = {name: form[name].value() for name in form.fields}
    office.client(office.whole).post(address, stale | {"unit": "支"})
    assert "see above" in said(office.client(office.whole).post(address, stale | {"unit": "瓶"}))
    office.client(office.whole).post(f"{address}active/", {"active": "0"})
    made.refresh_from_db()
    assert (made.unit, made.is_active) == ("支", False)
    assert trail(Product, id=made.pk) == [(deed, office.whole.pk) for deed in ("insert", "update", "update")]
    assert "of this name already" in said(office.post(office.whole, "/setup/products/new/", name="新药"))
    assert office.post(office.whole, "/setup/products/new/", name="").status_code == 422
    foreign = Line.objects.create(code="other", name="别线")
    assert office.post(office.whole, "/setup/products/new/", name="丙", line=foreign.pk).status_code == 422
    hidden = Product.objects.create(name="别药", line=foreign)
    assert office.get(office.whole, f"/setup/products/{hidden.pk}/").status_code == 404
    assert "别药" not in office.get(office.whole, "/setup/products/").content.decode()


def test_a_holiday_comes_goes_and_comes_back(office: Office, trail: Trail) -> None:
    entries = {"on": date(2027, 2, 6), "name": "春节", "jurisdiction": "CN", "works": ""}
    assert office.post(office.whole, "/setup/holidays/new/", **entries).status_code == 302
    assert "already" in said(office.post(office.whole, "/setup/holidays/new/", **entries))
    assert office.post(office.whole, "/setup/holidays/new/", **entries | {"jurisdiction": "US"}).status_code == 422
    made = Holiday.objects.get()
    assert "春节" in office.get(office.north, "/setup/holidays/").content.decode()
    office.client(office.whole).post(f"/setup/holidays/{made.pk}/remove/")
    assert not Holiday.objects.exists()
    assert trail(Holiday) == [("insert", office.whole.pk), ("delete", office.whole.pk)]


def test_time_off_is_that_of_ones_own_people(office: Office) -> None:
    for who in (office.cast.lin, office.cast.stranger):
        TimeOff.objects.create(user=who, kind="leave", during=period(TODAY, TODAY))
    south = office.get(office.south, "/setup/time-off/")
    assert [row.of.user for row in south.context["rows"]] == [office.cast.lin]
    assert len(office.get(office.whole, "/setup/time-off/").context["rows"]) == 2
    assert not office.get(office.whole, "/setup/time-off/?since=2026-11-22").context["rows"]


def cycles() -> list[tuple[date, date]]:
    return [(c.during.lower, last_day(c.during) or date.max) for c in Cycle.objects.order_by("during")]


def plan(office: Office, **entries: Any) -> Any:
    return office.post(office.whole, "/setup/cycles/plan/", **entries)


def test_cycles_are_planned_whole_or_not_at_all(office: Office, trail: Trail) -> None:
    assert plan(office, month="2027-01", months=3, count=2).status_code == 302
    quarters = [(date(2027, 1, 1), date(2027, 3, 31)), (date(2027, 4, 1), date(2027, 6, 30))]
    assert cycles() == quarters
    assert trail(Cycle) == [("insert", office.whole.pk)] * 2
    assert "2027-01-01 to 2027-03-31" in said(plan(office, month="2026-12", months=1, count=3))
    assert "begins in January" in said(plan(office, month="2027-08", months=3, count=1))
    assert "from this month on" in said(plan(office, month="2026-10", months=1, count=1))
    for nonsense in ({"month": "2027-13"}, {"count": 0}, {"count": 99}, {"months": 2}, {"line": "x"}):
        assert plan(office, **{"month": "2028-01", "months": 1, "count": 1} | nonsense).status_code == 422
    assert cycles() == quarters


def test_a_cycle_that_has_begun_or_is_open_stays(office: Office) -> None:
    line = office.cast.line
    begun = Cycle.objects.create(line=line, during=period(date(2026, 11, 1), date(2026, 11, 30)))
    opened = Cycle.objects.create(
        line=line, during=period(date(2026, 12, 1), date(2026, 12, 31)), opened_on=date(2026, 11, 20)
    )
    planned = Cycle.objects.create(line=line, during=period(date(2027, 1, 1), date(2027, 1, 31)))
    for cycle in (begun, opened):
        ids = f"{planned.pk},{cycle.pk}"
        answer = office.client(office.whole).post("/setup/cycles/remove/", {"ids": ids}, follow=True)
        assert "targets are fixed" in answer.content.decode()
        assert Cycle.objects.count() == 3
    office.client(office.whole).post("/setup/cycles/remove/", {"ids": planned.pk})
    assert set(Cycle.objects.all()) == {begun, opened}
    assert office.client(office.whole).post("/setup/cycles/remove/", {"ids": "x"}).status_code == 404
    assert [row.of for row in office.get(office.north, "/setup/cycles/?status=running").context["rows"]] == [begun]


def test_a_line_is_told_and_asked_for_only_where_there_are_several(office: Office) -> None:
    """The search box of cycles goes by their days; a line of its own is chosen from a menu."""
    cast = office.cast
    Cycle.objects.create(line=cast.line, during=period(date(2027, 1, 1), date(2027, 1, 31)))
    pages = (
        "/setup/products/", "/setup/products/new/", "/setup/cycles/", "/setup/cycles/plan/",
        f"/setup/territories/{cast.china.pk}/", "/setup/territories/",
    )  # fmt: skip

    def telling() -> list[str]:
        return [page for page in pages if "Product line" in office.get(office.whole, page).content.decode()]

    assert telling() == []
    assert [row.of.line for row in office.get(office.whole, "/setup/cycles/?q=2027-01").context["rows"]] == [cast.line]
    assert not office.get(office.whole, "/setup/cycles/?q=2027-02").context["rows"]
    other = Line.objects.create(code="two", name="二线")
    root = Territory.objects.create(name="二线中国", line=other)
    Posting.objects.create(user=office.whole, territory=root, role="operations", during=period(TODAY))
    refresh_ground(on=TODAY)
    office.clients.clear()
    office.whole.__dict__.pop("todays_postings", None)
    assert telling() == list(pages)
    assert plan(office, month="2027-03", months=1, count=1, line=other.pk).status_code == 302
    assert Cycle.objects.get(line=other).during.lower == date(2027, 3, 1)
    office.post(office.whole, "/setup/products/new/", name="新药", line=other.pk)
    assert Product.objects.get(name="新药").line == other
