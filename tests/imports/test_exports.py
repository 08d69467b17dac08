"""Files out: what the page gives equals what the export writes, and comes back as it was."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from python_calamine import CalamineWorkbook

from crm.base.exchange import xlsx_dump
from crm.base.exchange.dumping import dump
from crm.exchange import KINDS
from crm.imports import runs
from customers.models import Affiliation, Customer
from tests.cast import TODAY, Cast, person
from tests.exchange.conftest import known_cast  # noqa: F401 - a fixture
from tests.imports.conftest import Bring


def taken(ops: Client, address: str) -> bytes:
    answer: Any = ops.get(address)
    assert answer.status_code == 200, address
    assert "no-store" in answer["Cache-Control"]
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def dumped(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    dump(KINDS[kind], out, **{"source": "file"} | more)
    return out.getvalue()


def cells(workbook: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_on_the_page_and_opens(ops: Client, known_cast: Cast, kind: str) -> None:  # noqa: F811
    page = ops.get("/files/exports/").content.decode()
    for form in ("csv", "xlsx"):
        assert f'href="/files/exports/{kind}.{form}"' in page
    rows = list(csv.reader(io.StringIO(taken(ops, f"/files/exports/{kind}.csv").decode())))
    assert rows == list(csv.reader(io.StringIO(dumped(kind).decode())))
    sheet = cells(taken(ops, f"/files/exports/{kind}.xlsx"))
    assert len(sheet) == len(rows)
    assert sheet[0] == rows[0]


def test_a_day_and_a_source_narrow_it(ops: Client, known_cast: Cast) -> None:  # noqa: F811
    Affiliation.objects.filter(person=known_cast.meng).update(during=f"[2025-01-01,{TODAY})")
    query = f"?source=crm&on={TODAY}"
    page = ops.get(f"/files/exports/{query}").content.decode()
    link = re.search(r'href="(/files/exports/affiliations\.csv[^"]*)"', page)
    assert link
    got = taken(ops, link[1].replace("&amp;", "&")).decode()
    assert got.encode() == dumped("affiliations", source="crm", on=TODAY)
    assert ("chen" in got, "meng" in got) == (True, False)
    assert "meng" in taken(ops, f"/files/exports/affiliations.csv?source=crm&on={TODAY - timedelta(1)}").decode()


@pytest.mark.parametrize("kind", ["territories", "institutions", "persons", "affiliations", "alignment", "products"])
def test_a_workbook_comes_back_without_a_change(
    ops: Client, bring: Bring, known_cast: Cast, kind: str  # noqa: F811
) -> None:  # fmt: skip
    run = bring(kind, taken(ops, f"/files/exports/{kind}.xlsx?source=crm"), work=True)
    run.refresh_from_db()
    assert run.findings, run.error
    assert run.findings["rows"] == run.findings["unchanged"] > 0


def test_a_formula_stays_a_text(ops: Client, bring: Bring, cast: Cast) -> None:
    person('=HYPERLINK("x")')
    person("-1+1")
    book = taken(ops, "/files/exports/persons.xlsx")
    names = [row[1] for row in cells(book)]
    assert {'\'=HYPERLINK("x")', "'-1+1"} <= set(names)
    assert b"<f>" not in book
    run = bring("persons", book, work=True)
    ops.post(f"/files/imports/{run.pk}/load/")
    runs.work_off()
    assert Customer.objects.filter(name='=HYPERLINK("x")').count() == 1


def test_more_rows_than_a_sheet_takes_are_refused_in_words(
    ops: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_dump, "MOST_ROWS", 3)
    answer = ops.get("/files/exports/persons.xlsx")
    assert answer.status_code == 422
    assert "These are 4 rows; a workbook takes at most 3. Take CSV" in answer.content.decode()
    assert taken(ops, "/files/exports/persons.csv")
    assert taken(ops, "/files/exports/institutions.xlsx")


@pytest.mark.parametrize("query", ["?source=Our+CRM", "?source=crm&on=yesterday", "?on=2026-13-01"])
def test_a_wrong_wish_is_answered_in_words(ops: Client, query: str) -> None:
    for address in ("/files/exports/persons.csv", "/files/exports/"):
        answer = ops.get(address + query)
        if "source" in query or address.endswith("csv"):
            assert answer.status_code == 422
            assert "Correct this first" in answer.content.decode()


def test_the_command_writes_workbooks_too(
    known_cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]  # noqa: F811
) -> None:  # fmt: skip
    for more in (["--out", str(tmp_path / "a.xlsx")], ["--out", str(tmp_path / "b"), "--format", "xlsx"]):
        call_command("export_data", "persons", *more)
        assert json.loads(capsys.readouterr().out)["rows"] == 4
        assert len(cells(Path(more[1]).read_bytes())) == 5
    call_command("export_data", "persons", "--out", str(tmp_path / "c.csv"))
    assert (tmp_path / "c.csv").read_bytes() == dumped("persons")


def test_the_command_refuses_too_many_rows_and_leaves_nothing(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_dump, "MOST_ROWS", 3)
    with pytest.raises(SystemExit) as ended:
        call_command("export_data", "persons", "--out", str(tmp_path / "a.xlsx"))
    assert ended.value.code == 2
    assert "at most 3" in json.loads(capsys.readouterr().out)["refused"][0]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_columns_stand_in_words_and_as_json(ops: Client, kind: str) -> None:
    page = ops.get(f"/files/kinds/{kind}/").content.decode()
    described = ops.get(f"/files/kinds/{kind}/columns.json").json()
    assert [column["name"] for column in described["columns"]] == [c.name for c in KINDS[kind].written(whole=False)]
    assert re.findall(r"<code>(\w+)</code>", page) == [column["name"] for column in described["columns"]]
    assert (f'action="/files/kinds/{kind}/"' in page or 'enctype="multipart/form-data"' in page) == described["import"]
    empty = ops.get(f"/files/kinds/{kind}/empty.csv").content.decode("utf-8-sig")
    assert empty.strip().split(",") == [c.name for c in KINDS[kind].written(whole=False)]


def test_an_empty_file_may_be_filled_and_brought(ops: Client, bring: Bring) -> None:
    header = ops.get("/files/kinds/lines/empty.csv").content
    run = bring("lines", header + "x,一线\r\n".encode(), work=True)
    run.refresh_from_db()
    assert run.findings
    assert run.findings["created"] == 1
