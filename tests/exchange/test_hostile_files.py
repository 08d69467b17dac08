"""Files that want to do harm, or were made by somebody in a hurry. Each ends in a sentence or in sound rows;
none ends in a traceback, a half-written row, or a row that says something else than the file."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import xlsxwriter

from crm.base.exchange import xlsx_table
from crm.base.exchange.dumping import dump
from crm.base.exchange.table import BadFile
from crm.base.models import ExternalId
from crm.exchange import KINDS
from customers.models import Customer, Person
from tests.cast import Cast
from tests.exchange.conftest import Load

Rejects = Callable[[], list[tuple[str, str, str]]]


def sheet(*rows: tuple[object, ...], formula: str = "") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}) as book:
        first = book.add_worksheet()
        for line, row in enumerate(rows):
            first.write_row(line, 0, row)
        if formula:
            first.write_formula(1, 1, formula, None, "算过的")
    return out.getvalue()


def archive(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def lying(size: int) -> bytes:
    """An archive whose entry says that it is small."""
    raw = archive({"xl/workbook.xml": b"0" * 5_000_000})
    honest = (5_000_000).to_bytes(4, "little")
    return raw.replace(honest, size.to_bytes(4, "little"))


HEAD = b"id,name\n"
BOM = b"\xef\xbb\xbf"

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "only a byte order mark": (BOM, "empty"),
    "only blank lines": (b"\n\n\n", "empty"),
    "only commas": (b",,,\n", "empty"),
    "no header": ("1,陈望舒\n2,孟书远\n".encode(), "unknown columns"),
    "a header in Chinese": ("编号,姓名\n1,陈\n".encode(), "unknown columns"),
    "a missing column": (b"id,title\n1,x\n", "lacks columns: name"),
    "a column twice": (b"id,name,name\n1,a,b\n", "twice: name"),
    "the id twice": (b"id,ID,name\n1,1,a\n", "twice: id"),
    "10,000 columns": (b"id,name," + b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "c0, c1, c2"),
    "a name where columns belong": ("陈望舒\n".encode() * 3, "unknown columns"),
    "an unclosed quotation mark": (HEAD + b'1,"a\n2,b\n', "quotation marks"),
    "text after a quotation mark": (HEAD + b'1,"a"b\n', "quotation marks"),
    "a 10 MB cell": (HEAD + b"1," + b"x" * 10_000_000 + b"\n", "longer than"),
    "a 10 MB cell in quotes": (HEAD + b'1,"' + b"x\n" * 5_000_000 + b'"\n', "longer than"),
    "UTF-16": ("id,name\n1,陈\n".encode("utf-16"), "neither UTF-8 nor GB18030|unknown columns"),
    "UTF-32": ("id,name\n1,陈\n".encode("utf-32"), "neither UTF-8 nor GB18030|unknown columns|empty"),
    "mixed encodings": (HEAD + "1,孟书远大夫\n".encode() + "2,陈望舒\n".encode("gb18030"), "Line 2 is UTF-8"),
    "mixed the other way": (HEAD + "1,陈望舒\n".encode("gb18030") + "2,孟书远大夫\n".encode(), "Line 3 is UTF-8"),
    "bytes of no encoding": (HEAD + b"1,\xff\xff\xfe\n", "neither"),
    "a cut UTF-8 character": (HEAD + "1,陈".encode()[:-1], "cut off"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "unknown columns|neither"),
    "a PDF": (b"%PDF-1.7\n1 0 obj\n", "unknown columns"),
    "a web page": (b"<!doctype html><title>x</title>\n", "unknown columns"),
    "JSON": (b'[{"id": 1, "name": "a"}]\n', "unknown columns"),
    "an empty archive": (b"PK\x05\x06" + bytes(18), "unknown columns"),
    "an archive of something else": (archive({"a.txt": b"x"}), "readable XLSX"),
    "a cut archive": (sheet(("id", "name"), (1, "a"))[:-200], "readable XLSX"),
    "an archive that lies about its size": (lying(10), "readable XLSX"),
    "a workbook without rows": (sheet(), "empty"),
    "a workbook with another header": (sheet(("编号", "姓名"), (1, "陈")), "unknown columns"),
    "a workbook with 10,000 columns": (sheet(("id", "name", *(f"c{n}" for n in range(10_000)))), "c0"),
    "sheet XML that is none": (archive({"[Content_Types].xml": b"<", "xl/workbook.xml": b"<"}), "readable XLSX"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_as_a_whole_is_refused_by_a_sentence(load_file: Load, name: str) -> None:
    content, sentence = REFUSED[name]
    with pytest.raises(BadFile, match=sentence) as refused:
        load_file("persons", content)
    assert len(str(refused.value)) < 600
    assert not Customer.objects.exists()


def test_a_zip_bomb_is_not_unpacked(load_file: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "MOST_UNPACKED", 20 * 1024 * 1024)
    bomb = archive({"xl/worksheets/sheet1.xml": b"0" * (64 * 1024 * 1024), "[Content_Types].xml": b"<x/>"})
    assert len(bomb) < 100_000
    with pytest.raises(BadFile, match="larger than 20 MB"):
        load_file("persons", bomb)


FAR_OUT = {
    "a cell": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "a cell of small letters": "<row r='99999'><c s='1' r = 'xfd99999'><v>1</v></c></row>",
    "a row without cells of their own place": '<row r="1048576">' + "<c/>" * 16_000 + "<c><v>1</v></c></row>",
    "a tag over two pieces": " " * 1_048_000 + '<row r="1048576"><c' + " " * 900 + 'r="XFD1048576"><v>1</v></c></row>',
    "names with a prefix": '<x:row xmlns:x="x"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
}


@pytest.mark.parametrize("name", FAR_OUT)
def test_a_sheet_that_reaches_far_out_is_not_spread(load_file: Load, name: str) -> None:
    """Ten cells of it would fill the memory with empty ones, and end the worker."""
    with zipfile.ZipFile(io.BytesIO(sheet(("id", "name"), ("1", "陈")))) as packed:
        entries = {entry: packed.read(entry) for entry in packed.namelist()}
    (place,) = (entry for entry in entries if "worksheets/sheet" in entry)
    entries[place] = entries[place].replace(b"</sheetData>", FAR_OUT[name].encode() + b"</sheetData>")
    far = archive(entries)
    assert len(far) < 20_000
    with pytest.raises(BadFile, match=r"reaches to row (1048576|99999) and column (16384|16001)"):
        load_file("persons", far)


def test_a_tag_without_end_is_no_sheet(load_file: Load) -> None:
    with pytest.raises(BadFile, match="readable XLSX"):
        load_file("persons", archive({"xl/worksheets/sheet1.xml": b"<c " + b" " * 3_000_000}))


def test_a_sheet_with_too_many_rows_is_refused(load_file: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "MOST_ROWS", 3)
    rows = [("id", "name"), *((n, f"人{n}") for n in range(4))]
    with pytest.raises(BadFile, match="at most 3"):
        load_file("persons", sheet(*rows))
    assert load_file("persons", sheet(*rows[:4])).created == 3


@dataclass(frozen=True)
class Bad:
    """A row that comes back: its kind, its header and cells, and words of the sentence."""

    kind: str
    text: str
    column: str
    word: str


VISIT = "id,rep,on,persons{}\nv,lin,2026-11-20,chen{}\n"
SAID = VISIT.format(",products,messages", ",nuo=agrees,{}")
NO_JSON = {
    "NaN": "[NaN]", "Infinity": "[-Infinity]", "half a character": '"[""\\ud800""]"', "1e999999": "[1e999999]",
    "1e-99999": "[1e-99999]", "a number without end": "[" + "9" * 5000 + "]", "nothing but brackets": "[" * 20_000,
}  # fmt: skip
TURNED = {"turns round": '"[""a\u202eb""]"', "turns round by its number": '"[""a\\u2067b""]"'}
STEP = (",next_step,next_step_on", ",material,2027-11-23")  # 367 days after TODAY
SALE = "institution,product,month,units,revenue,currency\nP,nuo,{},{},{},{}\n"
LINK = "influencer,influenced,kind,weight\n{},{},{},{}\n"
REJECTED: dict[str, Bad] = {
    "a NUL in a name": Bad("persons", "id,name\n1,陈\x00望舒\n", "name", "control"),
    "an escape sequence in a name": Bad("persons", "id,name\n1,\x1b[31m红\n", "name", "control"),
    "a line break in a name": Bad("persons", 'id,name\n1,"陈\n望舒"\n', "name", "line break"),
    "a name that turns round": Bad("persons", "id,name\n1,陈\u202e望舒\n", "name", "turns words round"),
    "a note that turns round": Bad("visits", VISIT.format(",note", ",a\u2067b"), "note", "turns words round"),
    "a name of blanks": Bad("persons", "id,name\n1,   \n", "name", "empty"),
    "an id of blanks": Bad("persons", "id,name\n  ,陈\n", "id", "empty"),
    "an id that turns round": Bad("persons", "id,name\n1\u202e2,陈\n", "id", "turns words round"),
    "an id with a bar": Bad("persons", "id,name\n1|2,陈\n", "id", "without |"),
    "an id of 200 characters": Bad("persons", f"id,name\n{'9' * 200},陈\n", "id", "128"),
    "an id of Rounds that is none": Bad("persons", "id,name\nrounds:1,陈\n", "id", "rounds:0190"),
    "a name where an id belongs": Bad("affiliations", "person,institution\n陈望舒,P\n", "person", "陈望舒"),
    "an unknown person": Bad("affiliations", "person,institution\n999,P\n", "person", "999"),
    "an unknown institution": Bad("affiliations", "person,institution\nchen,999\n", "institution", "999"),
    "an institution for a person": Bad("affiliations", "person,institution\nP,P\n", "person", "person"),
    "an id of another source": Bad("affiliations", "person,institution\nerp:chen,P\n", "person", "erp:chen"),
    "too few cells": Bad("persons", "id,name,title\n1,陈\n", "", "cells"),
    "too many cells": Bad("persons", "id,name\n1,陈,x\n", "", "cells"),
    "31 February": Bad("sales", SALE.format("2026-02-31", 1, "", ""), "month", "2026-11"),
    "a date with slashes": Bad("visits", "id,rep,on,persons\nv,lin,20/11/2026,chen\n", "on", "2026-11-21"),
    "31/02": Bad("visits", "id,rep,on,persons\nv,lin,31/02,chen\n", "on", "2026-11-21"),
    "a date in Chinese": Bad("visits", "id,rep,on,persons\nv,lin,2026年11月20日,chen\n", "on", "2026-11-21"),
    "digits that are not ASCII": Bad("visits", "id,rep,on,persons\nv,lin,２０２６-11-20,chen\n", "on", "2026-11-21"),
    "the year 0": Bad("visits", "id,rep,on,persons\nv,lin,0000-01-01,chen\n", "on", "2026-11-21"),
    "a month 13": Bad("sales", SALE.format("2026-13", 1, "", ""), "month", "2026-11"),
    "1,234.5": Bad("sales", SALE.format("2026-10", '"1,234.5"', "", ""), "units", "1234.5"),
    "1e400": Bad("sales", SALE.format("2026-10", "1e400", "", ""), "units", "exponent"),
    "NaN": Bad("sales", SALE.format("2026-10", "NaN", "", ""), "units", "number"),
    "Infinity": Bad("sales", SALE.format("2026-10", "-Infinity", "", ""), "units", "number"),
    "a number of 40 digits": Bad("sales", SALE.format("2026-10", "9" * 40, "", ""), "units", "number"),
    "a number beyond reason": Bad("sales", SALE.format("2026-10", "9" * 18, "", ""), "units", "between"),
    "half a box": Bad("sales", SALE.format("2026-10", "1.5", "", ""), "units", "whole"),
    "a currency sign": Bad("sales", SALE.format("2026-10", "1", "¥5", "CNY"), "revenue", "number"),
    "three decimals of a yuan": Bad("sales", SALE.format("2026-10", "1", "5.001", "CNY"), "revenue", "decimals"),
    "decimals of a yen": Bad("sales", SALE.format("2026-10", "1", "5.1", "JPY"), "revenue", "whole"),
    "money without currency": Bad("sales", SALE.format("2026-10", "1", "5", ""), "currency", "needed"),
    "a currency in small letters": Bad("sales", SALE.format("2026-10", "1", "5", "cny"), "currency", "CNY"),
    "sales of a doctor": Bad("sales", "person,product,month,units\nchen,nuo,2026-10,1\n", "person", "CN-NO-DOCTOR"),
    "sales of nobody": Bad("sales", "product,month,units\nnuo,2026-10,1\n", "person", "only one"),
    "a weight of 2": Bad("influence", LINK.format("chen", "meng", "advice", "2"), "weight", "between"),
    "a weight below 0": Bad("influence", LINK.format("chen", "meng", "advice", "-0.1"), "weight", "between"),
    "a kind in Chinese": Bad("influence", LINK.format("chen", "meng", "请教", "1"), "kind", "advice"),
    "a visit tomorrow": Bad("visits", "id,rep,on,persons\nv,lin,2026-11-22,chen\n", "on", "future"),
    "a visit of a stranger's customer": Bad("visits", "id,rep,on,persons\nv,zhao,2026-11-20,chen\n", "rep", "posting"),
    "a visit of nobody": Bad("visits", "id,rep,on\nv,lin,2026-11-20\n", "persons", "who was met"),
    "a note of 5,000 characters": Bad("visits", VISIT.format(",note", "," + "长" * 5000), "note", "4000"),
    "a promise beyond a year": Bad("visits", VISIT.format(*STEP), "next_step_on", "more than a year ahead"),
    **{f"a message that {what}": Bad("visits", SAID.format(cell), "messages", "turns words round")
       for what, cell in TURNED.items()},
    "a reaction nobody has": Bad("visits", VISIT.format(",products", ",nuo=loves"), "products", "agrees"),
    **{f"messages of {what}": Bad("visits", SAID.format(cell), "messages", "JSON") for what, cell in NO_JSON.items()},
    "an unknown product": Bad("visits", VISIT.format(",products", ",xyz=agrees"), "products", "xyz"),
    "SQL in an id": Bad("affiliations", "person,institution\n'; DROP TABLE x; --,P\n", "person", "DROP"),
    "a format string in an id": Bad("affiliations", "person,institution\n%(today)s{value},P\n", "person", "%(today)"),
    "a strength of 6": Bad("roles", "person,role,strength\nchen,prescriber,6\n", "strength", "between"),
    "a period that ends before it begins": Bad(
        "roles", "person,role,from,to\nchen,prescriber,2026-02-01,2026-01-31\n", "to", "before"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REJECTED)
def test_a_row_comes_back_with_its_line_its_column_and_a_sentence(
    known_cast: Cast, load_file: Load, rejects: Rejects, name: str
) -> None:
    bad = REJECTED[name]
    before = Customer.objects.count()
    outcome = load_file(bad.kind, bad.text)
    assert (outcome.rows, outcome.created, outcome.updated, outcome.rejected) == (1, 0, 0, 1)
    ((line, column, sentence),) = rejects()
    assert (line, column) == ("2", bad.column)
    assert bad.word in sentence
    assert Customer.objects.count() == before


HARMLESS: dict[str, bytes] = {
    "=1+1": b"=1+1",
    "=cmd|'/c calc'!A1": b"=cmd|'/c calc'!A1",
    "+86 138": b"+86 138",
    "-陈": "-陈".encode(),
    "@SUM(A1)": b"@SUM(A1)",
    "'=1+1": b"'=1+1",
    "<script>alert(1)</script>": b"<script>alert(1)</script>",
    "阿卜杜热西提·麦麦提明": "阿卜杜热西提·麦麦提明".encode(),
    "👩‍⚕️ 陈": "👩‍⚕️ 陈".encode(),
    "مستشفى": "مستشفى".encode(),
    "𠮷田": "𠮷田".encode(),
    '陈"望"舒': '"陈""望""舒"'.encode(),
    "a,b": b'"a,b"',
    "\\N": b"\\N",
    "a\\tb": b"a\\tb",
    "%s%(x)s{0}": b"%s%(x)s{0}",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_strange_text_is_stored_as_it_is_and_survives_an_export(load_file: Load, name: str) -> None:
    load_file("persons", HEAD + b"1," + HARMLESS[name] + b"\n")
    stored = Customer.objects.get().name
    assert stored == ("=1+1" if name == "'=1+1" else name)
    out = io.BytesIO()
    dump(KINDS["persons"], out, source="crm")
    text = out.getvalue()
    assert load_file("persons", text).unchanged == 1
    cell = text.decode().splitlines()[1].split(",", 1)[1].lstrip('"')
    assert cell[0] not in "=+-@"


def test_gb18030_is_read_as_excel_writes_it(load_file: Load) -> None:
    assert load_file("persons", "id,name\r\n1,陈望舒\r\n2,𠮷田\r\n".encode("gb18030")).created == 2
    assert set(Customer.objects.values_list("name", flat=True)) == {"陈望舒", "𠮷田"}


def test_a_workbook_is_read_like_a_file(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    people = sheet(("id", "name", "phone", ""), (7, "吴七", 13800001111, ""), (), (8.0, "郑八", "", ""))
    assert load_file("persons", people).created == 2
    assert Person.objects.get(customer__name="吴七").phone == "13800001111"
    dated = sheet(
        ("person", "institution", "from", "to"),
        ("7", "P", date(2026, 1, 1), datetime(2026, 6, 30)),  # noqa: DTZ001 - as a sheet has it
        ("8", "P", datetime(2026, 1, 1, 12, 30), ""),  # noqa: DTZ001
    )
    outcome = load_file("affiliations", dated)
    assert (outcome.created, outcome.rejected) == (1, 1)
    assert rejects()[0][:2] == ("3", "from")


def test_a_long_number_in_a_workbook_has_no_point(load_file: Load) -> None:
    assert load_file("persons", sheet(("id", "name"), (6222021234567890.0, "周期"), (-0.5, "半"))).created == 2
    ids = ExternalId.objects.filter(kind="person").values_list("external_id", flat=True)
    assert sorted(ids) == ["-0.5", "6222021234567890"]


def test_a_formula_in_a_workbook_is_what_it_showed(load_file: Load) -> None:
    load_file("persons", sheet(("id", "name"), (1, ""), formula='=HYPERLINK("http://x","y")'))
    assert Customer.objects.get().name == "算过的"
