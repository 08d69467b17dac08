"""Every list of the product, found by walking the addresses, is held to the same. Whoever adds one adds nothing here"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from python_calamine import CalamineWorkbook

from accounts.models import SavedView
from accounts.views.setup import OperationsList
from crm.base.lists import ListPage, list_pages
from crm.base.models import ImportRun
from crm.base.periods import period
from customers.actions import refresh_alignment
from segmentation.actions import roll_up_cycles
from segmentation.models import TierAssignment
from tests import columns
from tests.cast import NOON, TODAY, person
from tests.pages.conftest import MONTH, REASON
from visits.models import Attendee, Cycle, FollowUp, Visit

# Pages with rows that are no lists, and why. One with a customer in its address is not walked by the test.
NO_LISTS = {
    "team": "a table of figures",
    "tiers": "a table of figures",
    "territories": "a tree: its order says who stands under whom",
    "exports": "the kinds of files: declared in code, all on one page, in the order in which a house is filled",
    "policy-publish": "a form: visits a cycle, a field for each role and tier",
    "customer-history": "transactions of several tables as a story, the newest first: no columns to sort, no files",
}
# Lists of a ground: for those who supervise it.
SUPERVISED = {"team-customers", "team-calls", "team-promises", "moves"}


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        else:
            yield entry


def lists() -> dict[str, type[ListPage]]:
    """The lists that have an address."""
    found = {route.name: getattr(route.callback, "view_class", None) for route in routes()}
    return {str(name): view for name, view in found.items() if isinstance(view, type) and issubclass(view, ListPage)}


CLOSED = {"files"}  # to everybody but operations
LISTS = lists()
# Lists that operations alone open have other rows: tests/operations/test_lists.py holds them to the same.
each = pytest.mark.parametrize("name", [name for name, view in LISTS.items() if not issubclass(view, OperationsList)])


@pytest.fixture
def full(world) -> Any:
    """Enough of everything that a list could show for more than one page of it, with hostile names."""
    cast = world.cast
    people = [person("=cmd|' /C calc'!A0" if n == 7 else f"客户{n}", cast.hospital, title="主任") for n in range(57)]
    refresh_alignment(on=TODAY)
    for number, one in enumerate(people):
        world.give(one.customer, "ABC"[number % 3], last=TODAY - timedelta(number), due=TODAY, visits=2)
    visits = [
        Visit(
            maker=cast.lin,
            line=cast.line,
            territory=cast.xixi,
            place=cast.hospital,
            on=TODAY - timedelta(number),
            known_on=TODAY,
            channel=Visit.Channel.values[number % 3],
            note="@SUM(1)",
        )
        for number in range(57)
    ]
    Visit.objects.bulk_create(visits)
    met = zip(visits, people, strict=True)
    Attendee.objects.bulk_create(Attendee(visit=v, customer=p.customer, territory=cast.xixi) for v, p in met)
    ImportRun.objects.bulk_create(imports(cast))
    _count(world, people, visits)
    return world


def _count(world: Any, people: list[Any], visits: list[Visit]) -> None:
    """A cycle in which all of it lies, with a promise for each visit and a move for each customer."""
    first = TODAY - timedelta(90)
    Cycle.objects.update(during=period(first, TODAY + timedelta(9)))
    for number, (one, visit) in enumerate(zip(people, visits, strict=True)):
        FollowUp.objects.create(visit=visit, customer=one.customer, kind="call", due_on=visit.on, text="@SUM(1)")
        TierAssignment.objects.create(
            customer=one.customer, line=world.cast.line, version=world.version, tier="BCA"[number % 3],
            during=period(date(2026, 9, 1), MONTH - timedelta(1)), reason=REASON | {"rank": number + 1},
        )  # fmt: skip
    roll_up_cycles(night=TODAY + timedelta(1))


def imports(cast: Any) -> Iterator[ImportRun]:
    """Files of several kinds in several states; a file is found as its maker called it."""
    for number in range(57):
        found = {"rows": number, "created": number % 5, "updated": 1, "unchanged": 0, "rejected": number % 2}
        state = ("checking", "checked", "done")[number % 3]
        yield ImportRun(
            kind=("persons", "sales")[number % 2],
            source="crm",
            file_name="=cmd|' /C calc'!A0" if number == 7 else f"客户{number}_kehu.csv",
            size=1,
            sha256="",
            language="en",
            state=state,
            findings=None if state == "checking" else found,
            outcome=found | {"created": number} if state == "done" else None,
            actor_id=(cast.operations, cast.zheng)[number % 2].pk,
            wanted_at=NOON - timedelta(hours=number),
        )


def reader(world: Any, name: str, who: str = "lin") -> Client:
    """A client of `who`, or of the first that may open the list: a manager, operations."""
    for opener in (who, "zheng", "operations"):
        client: Client = world.client(getattr(world.cast, opener))
        if client.get(reverse(name)).status_code != 403:
            break
    return client


def opened(client: Client, name: str, address: str = "") -> Any:
    answer = client.get(reverse(name) + address)
    assert answer.status_code == 200, (name, address)
    return answer


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def csv_rows(client: Client, name: str, address: str = "?") -> list[list[str]]:
    text = body(opened(client, name, f"{address}&as=csv"))
    assert text.startswith("﻿")
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.parametrize("who", ["lin", "zheng", "operations"])
def test_every_address_with_rows_is_a_list(full, who: str) -> None:
    """A page that shows a table of rows by hand has not sort, filter, export and the rest."""
    assert LISTS.keys() >= {"customers", "visits", "files"}
    assert list_pages() == LISTS
    client = full.client(getattr(full.cast, who))
    for route in routes():
        plain = isinstance(route.pattern, RoutePattern) and not route.pattern.converters
        if route.name and plain and route.name not in NO_LISTS | LISTS:
            answer = client.get(reverse(route.name))
            assert "<table" not in body(answer), f"{route.name}: make it a ListPage (crm/base/lists)"


@each
def test_every_column_sorts_in_both_directions(full, name: str) -> None:
    client = reader(full, name, "zheng")
    first = opened(client, name).context["list"]
    heads = [head for head in first.heads() if head.address]
    assert heads
    for head in heads:
        for sort in (head.column.name, f"-{head.column.name}"):
            page = opened(client, name, f"?sort={sort}")
            values = [next(c.value for c in row.cells if c.column is head.column) for row in page.context["rows"]]
            known = [value for value in values if value is not None]
            assert values[: len(known)] == known, "nothing comes last"
            if not isinstance(known[0], str):  # texts sort by their sound
                assert known == sorted(known, reverse=sort[0] == "-"), (name, sort)
            assert 'aria-sort="{}"'.format("descending" if sort[0] == "-" else "ascending") in body(page)
            assert {option.address for option in page.context["list"].sort_menu() if option.chosen} == {
                page.context["list"].address()
            }


@each
def test_every_filter_keeps_the_others_and_counts_what_it_opens(full, name: str) -> None:
    client = reader(full, name, "zheng")
    page = opened(client, name, "?sort=-" + LISTS[name].columns[0].name if LISTS[name].columns[0].sort else "?")
    everything = page.context["list"].count
    opened_by_menu = [option for menu in page.context["list"].menus for option in menu.options]
    tabs = [option for option, _count in page.context["list"].tab_menu()]
    assert opened_by_menu
    for option in [*opened_by_menu, *tabs]:
        narrowed = opened(client, name, option.address)
        shown = narrowed.context["list"]
        assert shown.count <= everything
        assert shown.sort == page.context["list"].sort
        assert len(csv_rows(client, name, option.address)) - 1 == shown.count
    for option, count in page.context["list"].tab_menu():
        assert opened(client, name, option.address).context["list"].count == count


@each
def test_search_is_in_the_address_and_finds(full, name: str) -> None:
    client = reader(full, name)
    found = opened(client, name, "?q=客户12")
    assert found.context["list"].count == 1
    assert 'value="客户12"' in body(found)
    assert opened(client, name, "?q=kehu").context["list"].count >= 50
    nothing = opened(client, name, "?q=zzzz")
    assert "Clear all filters" in body(nothing)


@each
def test_files_hold_the_same_rows_and_columns_and_no_formula(full, name: str) -> None:
    client = reader(full, name)
    page = opened(client, name).context["list"]
    heads, *rows = csv_rows(client, name)
    assert heads == [str(part.label) for column in page.shown for part in column.in_files or [column]]
    assert len(rows) == page.count > page.size
    assert not [cell for row in rows for cell in row if re.match(r"[=+@\t\r-]", cell)]
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)
    answer = opened(client, name, "?as=xlsx")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0)
    lines = sheet.to_python()
    assert lines[0] == heads
    assert len(lines) - 1 == page.count
    assert any(cell == "=cmd|' /C calc'!A0" for line in lines for cell in line)  # a text, not a formula
    assert "no-store" in answer["Cache-Control"]
    assert f"{name}-{TODAY}" in answer["Content-Disposition"]


@each
def test_a_file_holds_the_readers_own_rows_only(full, name: str) -> None:
    cast = full.cast
    if name in CLOSED:
        for who in (cast.stranger, cast.lin):
            assert full.client(who).get(f"{reverse(name)}?as=csv").status_code == 403
        return
    assert len(csv_rows(full.client(cast.stranger), name)) == 1
    if name in SUPERVISED:
        assert full.client(cast.lin).get(reverse(name)).status_code == 403
    else:
        assert len(csv_rows(full.client(cast.zhao), name)) < len(csv_rows(full.client(cast.lin), name))


@each
def test_printing_shows_all_rows(full, name: str) -> None:
    answer = opened(reader(full, name), name, "?as=print")
    assert len(answer.context["rows"]) == answer.context["list"].count > 50
    assert "print.js" in body(answer)


@each
def test_pages_hold_every_row_once(full, name: str) -> None:
    client = reader(full, name)
    seen: list[Any] = []
    page = opened(client, name).context["page"]
    for number in page.paginator.page_range:
        seen += [row.of.pk for row in opened(client, name, f"?page={number}").context["rows"]]
    assert len(seen) == len(set(seen)) == page.paginator.count


@pytest.mark.parametrize(("asked", "shown"), [("0", 1), ("-1", 1), ("abc", 1), ("", 1), ("2", 2), ("9999", None)])
def test_a_page_that_there_is_not_is_the_first_or_the_last(full, asked: str, shown: int | None) -> None:
    page = opened(reader(full, "customers"), "customers", f"?page={asked}").context["page"]
    assert page.number == (shown or page.paginator.num_pages) > 0


@each
def test_a_row_is_a_link_and_a_card(full, name: str) -> None:
    client = reader(full, name)
    page = opened(client, name)
    shown = page.context["list"].shown
    assert [column.card for column in shown].count("title") == 1
    for row in page.context["rows"][:3]:
        assert client.get(row.link).status_code == 200
    rows = body(page).split("<tbody>")[1].split("</tr>")
    act = page.context["list"].action
    assert len(re.findall("<t[dh]", rows[0])) == len(shown) + bool(act)
    if act:
        first = page.context["rows"][0].of
        assert f'href="{act.address(first)}"' in rows[0]
        assert client.get(act.address(first)).status_code == 200


def test_who_logs_no_visits_is_offered_none(full) -> None:
    assert "act-head" in body(opened(reader(full, "customers"), "customers"))
    assert "act-head" not in body(opened(reader(full, "customers", "operations"), "customers"))


@each
def test_an_empty_list_says_what_to_do_first(world, name: str) -> None:
    text = body(opened(reader(world, name, "stranger"), name))
    assert '<div class="empty">' in text
    assert "Clear all filters" not in text


@each
@pytest.mark.parametrize("who", ["lin", "zheng", "operations"])
def test_statements_stay_within_ten(full, name: str, who: str, django_assert_max_num_queries) -> None:
    client = reader(full, name, who)
    with django_assert_max_num_queries(10):
        opened(client, name, "?q=客户")


@each
def test_columns_are_chosen(full, name: str, django_assert_max_num_queries) -> None:
    client = reader(full, name, "zheng")
    columns.hold(client, name)
    every = ",".join(column.name for column in LISTS[name].columns)
    with django_assert_max_num_queries(10):
        opened(client, name, f"?columns={every}&q=客户")


@each
def test_nonsense_in_the_address_is_left_out(full, name: str) -> None:
    client = reader(full, name)
    words = [word for word in LISTS[name].form_class.base_fields if word != "q"]
    nonsense = "&".join(f"{word}=%00%27;drop" for word in [*words, "sort", "columns", "page", "as"])
    everything = opened(client, name).context["list"].count
    assert opened(client, name, f"?{nonsense}").context["list"].count == everything


@each
def test_a_view_is_saved_renamed_deleted_and_brought_back(full, name: str) -> None:
    client = reader(full, name)
    query = opened(client, name, "?q=客户").context["list"].query
    say = {"list": name, "query": query, "name": "  Mine  "}
    home = f"{reverse(name)}?{query}"
    saved = client.post(reverse("save-view"), say, follow=True)
    assert saved.redirect_chain[-1][0] == home
    assert re.search(r'aria-current="page">\s*Mine', body(saved))
    view = SavedView.objects.get(list_name=name)
    assert (view.name, view.query) == ("Mine", query)
    renamed = client.post(reverse("rename-view", args=[view.pk]), {"name": "Ours"}, follow=True)
    assert re.search(r'aria-current="page">\s*Ours', body(renamed))
    gone = client.post(reverse("delete-view", args=[view.pk]), follow=True)
    assert not SavedView.objects.filter(pk=view.pk).exists()
    undo = dict(re.findall(r'name="(list|name|query)" value="([^"]*)"', body(gone).split('class="tell')[1]))
    client.post(reverse("save-view"), undo)
    assert SavedView.objects.get().name == "Ours"


def test_a_view_is_its_owners_only(world) -> None:
    mine = SavedView.objects.create(user=world.cast.lin, list_name="customers", name="My own", query="tier=A")
    other = world.client(world.cast.zhao)
    assert "My own" in body(opened(world.client(world.cast.lin), "customers"))
    assert "My own" not in body(opened(other, "customers"))
    for name in ("rename-view", "delete-view"):
        assert other.post(reverse(name, args=[mine.pk]), {"name": "B"}).status_code == 404
    assert SavedView.objects.get().name == "My own"


@pytest.mark.parametrize(
    "wrong", [{"list": "nothing"}, {"query": ""}, {"query": "x" * 2000}, {"list": "https://elsewhere.example"}]
)
def test_a_view_of_nothing_is_refused(world, wrong: dict[str, str]) -> None:
    entries = {"list": "customers", "query": "tier=A", "name": "A"}
    assert world.client(world.cast.lin).post(reverse("save-view"), entries | wrong).status_code == 400
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_and_one_too_many_are_not_saved(world) -> None:
    client = world.client(world.cast.lin)
    entries = {"list": "customers", "query": "tier=A"}
    answer = client.post(reverse("save-view"), entries | {"name": " "}, follow=True)
    assert "give it a name" in body(answer)
    for number in range(21):
        answer = client.post(reverse("save-view"), entries | {"name": str(number)}, follow=True)
    assert "delete one first" in body(answer)
    assert SavedView.objects.count() == 20


@pytest.mark.parametrize("sort", ["-on", "on", "maker"])
def test_what_grows_for_ever_is_counted_and_sorted_so_far(full, monkeypatch, sort: str) -> None:
    """A company makes millions of visits: their list shows the newest, and a file holds all of them."""
    client = full.client(full.cast.zheng)
    every = opened(client, "visits", "?as=print").context["list"].count
    monkeypatch.setattr(LISTS["visits"], "most_counted", every - 2)
    newest = [row.of.pk for row in opened(client, "visits", "?as=print").context["rows"]][: every - 2]
    page = opened(client, "visits", f"?sort={sort}")
    assert f"1–50 of the newest {every - 2}" in body(page)
    pages = [opened(client, "visits", f"?sort={sort}&page={number}").context["rows"] for number in (1, 2)]
    shown = [row.of.pk for rows in pages for row in rows]
    assert sorted(shown) == sorted(newest)
    assert len(csv_rows(client, "visits", f"?sort={sort}")) == every + 1
