"""Every list of operations is held to what tests/pages/test_lists.py asks of lists. Whoever adds one adds its rows."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import ApiToken, Holiday, Posting, Product, SavedView, TimeOff, User
from accounts.views.setup import OperationsList
from crm.base.models import JobRun
from crm.base.periods import month_start, period
from segmentation.models import TierPolicy, TierPolicyVersion
from tests import columns
from tests.cast import NOON, SINCE, TODAY
from tests.operations.conftest import Office
from tests.pages.test_lists import LISTS, body, csv_rows, opened
from visits.models import Cycle

OURS = [name for name, view in LISTS.items() if issubclass(view, OperationsList)]
each = pytest.mark.parametrize("name", OURS)
MANY = 53
HOSTILE = "=cmd|' /C calc'!A0"
SPEAKS = {"users": "name", "time-off": "user", "products": "name", "holidays": "name", "policies": "name"}
SPEAKS |= {"tokens": "name"}


@pytest.fixture
def full(office: Office) -> Office:
    """More than a page of everything."""
    cast = office.cast
    names = [HOSTILE if n == 7 else f"名字{n}" for n in range(MANY)]
    users = User.objects.bulk_create(User(username=f"u{n}", name=name) for n, name in enumerate(names))
    Posting.objects.bulk_create(Posting(user=u, territory=cast.xixi, role="rep", during=period(SINCE)) for u in users)
    TimeOff.objects.bulk_create(TimeOff(user=u, kind="leave", during=period(TODAY, TODAY)) for u in users)
    Product.objects.bulk_create(Product(name=name, line=cast.line, unit="盒") for name in names)
    Holiday.objects.bulk_create(
        Holiday(jurisdiction="CN", on=TODAY + timedelta(n), name=name, works=n % 3 == 0) for n, name in enumerate(names)
    )
    Cycle.objects.bulk_create(
        Cycle(line=cast.line, during=period(month_start(TODAY, n - 9), month_start(TODAY, n - 8) - timedelta(1)))
        for n in range(MANY)
    )
    policy = TierPolicy.objects.create(territory=cast.jiangnan, customers="both")
    TierPolicyVersion.objects.bulk_create(
        TierPolicyVersion(
            policy=policy,
            number=n + 1,
            name=name,
            document={},
            during=period(TODAY + timedelta(n), TODAY + timedelta(n)),
        )
        for n, name in enumerate(names)
    )
    JobRun.objects.bulk_create(
        JobRun(name="night", on=TODAY - timedelta(n), state=JobRun.State.values[n % 4], attempts=n, error="E" * (n % 2))
        for n in range(MANY)
    )
    ApiToken.objects.bulk_create(
        ApiToken(
            user=users[n],
            name=name,
            begins="rounds_abcdef",
            digest=f"{n:064x}",
            scopes=["customers:read"],
            created_at=NOON,
            expires_at=NOON + timedelta(n + 1),
        )
        for n, name in enumerate(names)
    )
    return office


def test_these_are_the_lists() -> None:
    assert set(OURS) == {"users", "time-off", "products", "holidays", "cycles", "policies", "nights", "tokens"}


@each
def test_every_column_sorts_in_both_directions(full: Office, name: str) -> None:
    client = full.client(full.whole)
    heads = [head for head in opened(client, name).context["list"].heads() if head.address]
    assert heads
    for head in heads:
        for sort in (head.column.name, f"-{head.column.name}"):
            page = opened(client, name, f"?sort={sort}")
            values = [next(c.value for c in row.cells if c.column is head.column) for row in page.context["rows"]]
            known = [value for value in values if isinstance(value, int | float | date)]
            assert known == sorted(known, reverse=sort[0] == "-"), (name, sort)
            assert 'aria-sort="{}"'.format("descending" if sort[0] == "-" else "ascending") in body(page)


@each
def test_every_filter_counts_what_it_opens(full: Office, name: str) -> None:
    client = full.client(full.whole)
    page = opened(client, name).context["list"]
    options = [option for menu in page.menus for option in menu.options]
    for option in [*options, *(option for option, _count in page.tab_menu())]:
        shown = opened(client, name, option.address).context["list"]
        assert len(csv_rows(client, name, option.address)) - 1 == shown.count <= page.count
    for option, count in page.tab_menu():
        assert opened(client, name, option.address).context["list"].count == count


@each
def test_files_print_and_pages_hold_every_row_once(full: Office, name: str) -> None:
    client = full.client(full.whole)
    page = opened(client, name).context["list"]
    heads, *rows = csv_rows(client, name)
    assert heads == [str(column.label) for column in page.shown]
    assert len(rows) == page.count > page.size
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r-]", cell)]
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(b"".join(opened(client, name, "?as=xlsx").streaming_content))
    ).get_sheet_by_index(0)
    assert len(sheet.to_python()) - 1 == page.count
    assert len(opened(client, name, "?as=print").context["rows"]) == page.count
    pages = opened(client, name).context["page"].paginator.page_range
    seen = [row.of.pk for number in pages for row in opened(client, name, f"?page={number}").context["rows"]]
    assert len(seen) == len(set(seen)) == page.count
    if name in SPEAKS:
        assert any(HOSTILE in cell for row in rows for cell in row)
        assert opened(client, name, "?q=名字12").context["list"].count == 1
    assert "Clear all filters" in body(opened(client, name, "?q=zzzz"))


@each
def test_statements_nonsense_and_views(full: Office, name: str, django_assert_max_num_queries: Any) -> None:
    client = full.client(full.whole)
    everything = opened(client, name).context["list"].count
    with django_assert_max_num_queries(10):
        page = opened(client, name, "?q=1")
    shown = page.context["list"].shown
    assert [column.card for column in shown].count("title") == 1
    words = [word for word in LISTS[name].form_class.base_fields if word != "q"]
    nonsense = "&".join(f"{word}=%00%27;drop" for word in [*words, "sort", "page", "as"])
    assert opened(client, name, f"?{nonsense}").context["list"].count == everything
    say = {"list": name, "query": page.context["list"].query, "name": "Mine"}
    client.post(reverse("save-view"), say)
    assert re.search(r'aria-current="page">\s*Mine', body(opened(client, name, f"?{say['query']}")))
    assert SavedView.objects.get().list_name == name


@each
def test_columns_are_chosen(full: Office, name: str, django_assert_max_num_queries: Any) -> None:
    client = full.client(full.whole)
    columns.hold(client, name)
    every = ",".join(column.name for column in LISTS[name].columns)
    with django_assert_max_num_queries(10):
        opened(client, name, f"?columns={every}&q=1")


@each
def test_an_empty_list_says_what_to_do_first(office: Office, name: str) -> None:
    Product.objects.all().delete()
    for who in (office.whole, office.north):
        text = body(opened(office.client(who), name))
        assert ('<div class="empty">' in text) == (name != "users")
        assert "Clear all filters" not in text
