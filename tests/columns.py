"""What every list owes to whoever chooses its columns: tests/pages and tests/operations hold each list to it."""

import csv
import html
import io
import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import SavedView


def opened(client: Client, name: str, address: str = "?") -> Any:
    answer = client.get(reverse(name) + address)
    assert answer.status_code == 200, (name, address)
    return answer


def names(page: Any) -> list[str]:
    return [column.name for column in page.context["list"].shown]


def form_of(page: Any) -> tuple[dict[str, list[str]], set[str]]:
    """What the menu of columns sends as it stands, and the columns that one can tick or not."""
    form = page.content.decode().split("menu-columns")[1].split("<form")[1].split("</form>")[0]
    sent: dict[str, list[str]] = {}
    free = set()
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if 'type="checkbox"' in tag and " disabled" not in tag:
            free.add(found["value"])
        if " disabled" not in tag and ('type="hidden"' in tag or " checked" in tag):
            sent.setdefault(found["name"], []).append(html.unescape(found["value"]))
    return sent, free


def send(client: Client, name: str, sent: dict[str, list[str]]) -> Any:
    """As a browser without scripts sends a form."""
    return opened(client, name, f"?{urlencode(sent, doseq=True)}")


def files(client: Client, name: str, address: str) -> list[list[str]]:
    """The heads of both files, whose rows are as long as these."""
    heads = []
    lines = b"".join(opened(client, name, f"{address}&as=csv").streaming_content).decode()
    sheet = io.BytesIO(b"".join(opened(client, name, f"{address}&as=xlsx").streaming_content))
    for rows in (
        list(csv.reader(io.StringIO(lines[1:]))),
        CalamineWorkbook.from_filelike(sheet).get_sheet_by_index(0).to_python(),
    ):
        assert len({len(row) for row in rows}) == 1
        heads.append([str(cell) for cell in rows[0]])
    return heads


def heads_of_files(of: Any) -> list[str]:
    """A value a column: `2 / 4` of a page are two."""
    return [str(part.label) for column in of.shown for part in column.in_files or [column]]


def stands(page: Any, wanted: list[str]) -> None:
    """The table, which is the cards of a phone as well, has these columns and no other."""
    assert names(page) == wanted
    shown = page.context["list"].shown
    head, rows = page.content.decode().split("<thead>")[1].split("<tbody>")
    more = bool(page.context["list"].action)
    assert len(re.findall(r"<th\b", head)) == len(wanted) + more
    labels = [html.escape(str(column.label)) for column in shown]
    assert [label for label in labels if label not in head] == []
    for row in rows.split("</tr>")[:-1]:
        assert len(re.findall(r"<t[dh]\b", row)) == len(wanted) + more
        assert row.count('<th scope="row"') == 1


def hold_chosen(client: Client, name: str) -> None:
    """One column less, in the table, on cards, in files, on paper and in every address; then the usual ones again."""
    page = opened(client, name)
    of, usual = page.context["list"], names(page)
    title = next(column.name for column in of.shown if column.leads)
    sent, free = form_of(page)
    assert sent["columns"] == usual
    assert free == {column.name for column in of.offered_columns()} - {title}
    for gone in sorted(free & set(usual))[:3]:
        left = [one for one in usual if one != gone]
        less = send(client, name, sent | {"columns": [one for one in sent["columns"] if one != gone]})
        stands(less, left)
    now = less.context["list"]
    assert now.query == f"columns={','.join(left)}"
    stands(opened(client, name, f"?{now.query}"), left)
    stands(opened(client, name, f"?{now.query}&as=print"), left)
    assert files(client, name, f"?{now.query}") == [heads_of_files(now)] * 2
    addresses = [option.address for menu in now.menus for option in menu.options]
    addresses += [option.address for option, _count in now.tab_menu()]
    addresses += [head.address for head in now.heads() if head.address] + [now.as_csv, now.as_xlsx, now.as_print]
    assert [address for address in addresses if now.query not in address] == []
    kept = less.content.decode().count(f'name="columns" value="{",".join(left)}"')
    assert kept == 1 + bool(now.form.dates), "the search and the period keep the columns"
    assert now.usual_columns in less.content.decode()
    stands(opened(client, name, now.usual_columns), usual)


def hold_what_is_asked(client: Client, name: str) -> None:
    """Whatever the address says, that which leads to the row stays; what is unknown is left out."""
    page = opened(client, name)
    usual, offered = names(page), [column.name for column in page.context["list"].offered_columns()]
    title = next(column.name for column in page.context["list"].shown if column.leads)
    other = next(one for one in reversed(usual) if one != title)
    both = [one for one in usual if one in (title, other)]
    for words, wanted in (
        (title, [title]),
        (other, both),
        (f"{other},{title}", both),  # in the order of the list
        (f"{other},nonsense,{other}", both),
        (f"{other}&columns={title}", both),
        ("nonsense", usual),
        ("%00", usual),
        ("", usual),
        (",".join(usual), usual),
        (",".join(reversed(offered)), offered),
    ):
        found = opened(client, name, f"?columns={words}")
        stands(found, wanted)
        assert found.context["list"].query == ("" if wanted == usual else f"columns={','.join(wanted)}")
        assert found.context["rows"][0].link == page.context["rows"][0].link
        assert "c-hide" not in found.content.decode() or wanted == usual, "what is chosen is on cards too"
    heads = heads_of_files(found.context["list"])
    assert len(set(heads)) == len(heads)
    assert files(client, name, f"?columns={','.join(offered)}") == [heads, heads]


def hold_order(client: Client, name: str) -> None:
    """What is not shown can be sorted by, and the page says so."""
    of = opened(client, name).context["list"]
    title = next(column.name for column in of.shown if column.leads)
    for column in of.offered_columns():
        if column.sort and column.name != title:
            sort = f"-{column.name}"
            seen = opened(client, name, f"?sort={sort}")
            blind = opened(client, name, f"?sort={sort}&columns={title}")
            assert blind.context["list"].sort == sort
            assert [row.of.pk for row in blind.context["rows"]] == [row.of.pk for row in seen.context["rows"]]
            [word] = [option.label for option in blind.context["list"].sort_menu() if option.chosen]
            assert f": {html.escape(str(word))}" in blind.content.decode()


def hold_view(client: Client, name: str) -> None:
    """A saved view has its columns."""
    of = opened(client, name).context["list"]
    title = next(column.name for column in of.shown if column.leads)
    query = opened(client, name, f"?columns={title}").context["list"].query
    client.post(reverse("save-view"), {"list": name, "query": query, "name": "Narrow"})
    page = opened(client, name)
    [address] = re.findall(r'<a href="([^"]*)"[^>]*>\s*Narrow', page.content.decode())
    view = client.get(html.unescape(address))
    stands(view, [title])
    assert re.search(r'aria-current="page">\s*Narrow', view.content.decode())
    assert SavedView.objects.get(name="Narrow").query == query


def hold(client: Client, name: str) -> None:
    hold_chosen(client, name)
    hold_what_is_asked(client, name)
    hold_order(client, name)
    hold_view(client, name)
