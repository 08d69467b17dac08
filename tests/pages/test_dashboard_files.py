# ruff: noqa: F811  # fixtures of other tests
"""The tables of managers' pages as files and on paper, the lines in their rows, and the curve of a tier policy."""

import csv
import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from accounts.models import Territory, User
from crm.base.models import JobRun
from crm.base.periods import period
from customers.actions import refresh_alignment
from segmentation.actions import roll_up_cycles
from segmentation.models import TierPolicyVersion
from segmentation.views import curves
from tests.cast import NOON, TODAY, institution
from tests.night.test_tiers import publish, run, sell, shops  # noqa: F401  # a fixture
from tests.pages.conftest import MONTH
from tests.pages.test_dashboards import TONIGHT, ground, hold, two_lines, visit  # noqa: F401  # fixtures
from visits.models import CallTarget, Cycle

PAGES = ["/team/", "/tiers/"]


class Table(HTMLParser):
    """The cells of the first table of figures, row by row, as one reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tables = 0
        self.inside = self.hidden = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables += 1
            self.inside = self.tables == 1
        elif tag == "svg":
            self.hidden += 1
        elif self.inside and tag == "tr":
            self.rows.append([])
        elif self.inside and tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "table"
        self.hidden -= tag == "svg"

    def handle_data(self, text: str) -> None:
        if self.inside and not self.hidden and self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {text}"


def cells(client: Any, address: str) -> list[list[str]]:
    table = Table(client.get(address).content.decode())
    return [[" ".join(cell.split()) for cell in row] for row in table.rows]


def lines(client: Any, address: str) -> list[dict[str, str]]:
    """Those of a CSV file, by their heads."""
    answer = client.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def shown(value: str) -> str:
    """A figure of a file as the page says it."""
    return "—" if value == "" else f"{int(value):,}" if value.isdigit() else value


def test_the_file_of_a_team_has_the_cells_of_its_table(ground) -> None:
    client = ground.client(ground.cast.zheng)
    for asked in ("by=territory", "by=role", "by=place_kind"):
        table = cells(client, f"/team/?{asked}")[1:]
        found = lines(client, f"/team/?{asked}&as=csv")
        assert len(table) == len(found) == (3 if asked != "by=role" else len(table)), asked
        for row, line in zip(table, found, strict=True):
            assert row[0].startswith(next(iter(line.values())))
            made, due = line.pop("Visits made"), line.pop("Visits due")
            assert row[1] == f"{shown(made)} / {shown(due)}"
            values = [shown(value) for value in list(line.values())[-(len(row) - 2) :]]
            assert values == row[2:], (asked, line)


def test_the_file_of_tiers_has_the_cells_of_its_table(ground) -> None:
    client = ground.client(ground.cast.zheng)
    found = lines(client, "/tiers/?as=csv")
    *rows, to_date = cells(client, "/tiers/")[2:]
    assert len(found) == len(rows) == 3
    for row, line in zip(rows, found, strict=True):
        reach = [shown(line[f"Reach (%) · {letter}"]) for letter in "ABC"]
        often = [shown(line[f"Frequency on target (%) · {letter}"]) for letter in "ABC"]
        calls = [f"{shown(line[f'Visits made · {one}'])} / {shown(line[f'Visits due · {one}'])}" for one in "ABC"]
        assert row[2:] == [*reach, *often, *calls, shown(line["Promoted"]), shown(line["Demoted"])]
    assert to_date == ["Expected to date", "", *(shown(found[-1][f"Expected to date · {one}"]) for one in "ABC"), ""]
    assert [sum(int(line[f"Tier mix · {one}"]) for one in ("A", "B", "C", "no tier yet")) for line in found] == [
        int(line["Tier mix"]) for line in found
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_file_is_of_the_ground_and_the_cycle_that_the_address_names(two_lines, page: str) -> None:
    cast = two_lines.cast
    client = two_lines.client(cast.zheng)
    past = Cycle.objects.create(
        line=cast.line, during=period(date(2026, 10, 1), MONTH - timedelta(1)), opened_on=date(2026, 10, 1)
    )
    CallTarget.objects.create(cycle=past, customer=cast.meng.customer, territory=cast.xixi, tier="B", visits_due=2)
    roll_up_cycles(night=TONIGHT)
    (leaf,) = lines(client, f"{page}?territory={cast.xixi.pk}&cycle={past.pk}&as=csv")
    assert (leaf["Territory"], leaf["Cycle"], leaf["As of the night of"]) == ("西溪", "Oct 2026", "2026-11-22")
    each = lines(client, f"{page}?by=line&as=csv")
    assert {line["Product line"] for line in each} == {cast.line.name, "二线"}
    assert client.get(f"{page}?territory={cast.jiangbei.pk}&as=csv").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_sheet_has_the_same_rows_as_numbers(ground, page: str) -> None:
    client = ground.client(ground.cast.zheng)
    answer = client.get(f"{page}?as=xlsx")
    name = page.strip("/")
    assert answer["Content-Disposition"] == f'attachment; filename="{name}-{TODAY.isoformat()}.xlsx"'
    assert answer["Cache-Control"] == "private, no-store"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue())).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    found = lines(client, f"{page}?as=csv")
    assert head == list(found[0])
    assert [row[0] for row in rows] == [line["Territory"] for line in found]
    assert [row[4:] for row in rows] == [
        [float(value) if value else "" for value in list(line.values())[4:]] for line in found
    ]


def test_names_are_no_formulas_and_heads_speak_the_readers_language(ground) -> None:
    Territory.objects.filter(pk=ground.cast.xixi.pk).update(name="=HYPERLINK(1)")
    client = ground.client(ground.cast.zheng)
    assert "'=HYPERLINK(1)" in [line["Territory"] for line in lines(client, "/team/?as=csv")]
    User.objects.filter(pk=ground.cast.zheng.pk).update(language="zh-hans")
    answer = client.get("/tiers/?as=csv")
    head = answer.getvalue().decode("utf-8-sig").splitlines()[0]
    assert head.startswith("辖区,人员,拜访周期,")


@pytest.mark.parametrize("page", PAGES)
def test_where_nothing_was_counted_a_file_has_its_heads(world, page: str) -> None:
    client = world.client(world.cast.zheng)
    assert "as=csv" not in client.get(page).content.decode()
    answer = client.get(f"{page}?as=csv")
    assert answer.status_code == 200
    assert len(answer.getvalue().decode("utf-8-sig").splitlines()) == 1
    roll_up_cycles(night=TONIGHT)
    assert world.client(world.cast.stranger).get(f"{page}?as=xlsx").status_code == 200
    assert world.client(world.cast.lin).get(f"{page}?as=csv").status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_on_paper_the_printer_is_asked_and_no_link_asks_again(ground, page: str) -> None:
    client = ground.client(ground.cast.zheng)
    text = client.get(f"{page}?by=role&as=print").content.decode()
    assert "js/print.js" in text
    assert re.findall(r"[?&;]as=(\w+)", text) == ["csv", "xlsx", "print"]
    assert "js/print.js" not in client.get(f"{page}?as=nonsense").content.decode()


def _october(ground: Any, due: int) -> Cycle:
    """A cycle that is over: one visit made of those due."""
    cast, first = ground.cast, date(2026, 10, 1)
    past = Cycle.objects.create(line=cast.line, during=period(first, MONTH - timedelta(1)), opened_on=first)
    CallTarget.objects.create(cycle=past, customer=cast.chen.customer, territory=cast.xixi, tier="A", visits_due=due)
    return past


def test_a_row_draws_its_attainment_over_the_cycles_and_says_it(ground) -> None:
    cast = ground.cast
    client = ground.client(cast.zheng)
    assert 'class="spark"' not in client.get("/team/").content.decode()  # the first cycle
    _october(ground, due=4)
    september = Cycle.objects.create(
        line=cast.line, during=period(date(2026, 9, 1), date(2026, 9, 30)), opened_on=date(2026, 9, 1)
    )
    CallTarget.objects.create(cycle=september, customer=cast.meng.customer, territory=cast.xixi, tier="B", visits_due=2)
    visit(cast.lin, cast.meng, on=date(2026, 9, 14))
    roll_up_cycles(night=TONIGHT)
    for by in ("territory", "place_kind"):
        answer = client.get(f"/team/?by={by}")
        rows = {row.label: row.spark for row in answer.context["rows"]}
        drawn = rows["西溪" if by == "territory" else "Hospital"]
        # October: Chen and Meng were met on its last day; nothing was due of the pharmacy before November.
        assert drawn.said == "Attainment was 50% in Oct 2026, as in Sep 2026. In Nov 2026 it is 100% so far."
        assert rows["东渡" if by == "territory" else "Single pharmacy"] is None
        assert answer.content.decode().count('class="spark"') == 2  # and the sum
        assert answer.context["total"].spark.said.startswith("Attainment was 50% in Oct 2026")


def test_a_line_draws_its_own_cycles(two_lines) -> None:
    _october(two_lines, due=4)
    roll_up_cycles(night=TONIGHT)
    rows = two_lines.client(two_lines.cast.zheng).get("/team/?by=line").context["rows"]
    drawn = {row.label: row.spark for row in rows}
    assert drawn[two_lines.cast.line.name].said == "Attainment was 50% in Oct 2026. In Nov 2026 it is 100% so far."
    assert drawn["二线"] is None


def test_a_line_breaks_where_nothing_was_due_and_is_cut_where_it_is_too_high() -> None:
    values = [80, None, 90, 100_000]
    cycles = [curves.Attained(str(place), value, running=False) for place, value in enumerate(values)]
    assert curves.highest([cycles[:3], []]) == 100
    assert curves.highest([cycles]) == 200
    drawn = curves.spark(cycles, 200)
    assert drawn
    assert re.findall("[ML]", drawn.path) == ["M", "M", "L"]
    assert drawn.last == (53.0, 3.0)
    assert drawn.full == 10
    assert drawn.said == "Attainment rose from 80% in 0 to 100000% in 3."
    assert curves.spark([curves.Attained("1", 80, running=True)], 100) is None


def night_of(points: list[tuple[int, int]], tiers: dict[str, tuple[int, int]]) -> None:
    said = {letter: {"customers": customers, "volume": volume} for letter, (customers, volume) in tiers.items()}
    version = TierPolicyVersion.objects.get()
    policy = {"policy": version.name, "version_id": version.pk, "tiers": said, "curve": points}
    steps = [{"name": "tiers", "seconds": 1, "result": {"policies": [policy]}}]
    JobRun.objects.update_or_create(
        name="night", on=MONTH, defaults={"state": "done", "finished_at": NOON, "steps": steps}
    )


def test_the_curve_says_how_many_have_how_much(ground) -> None:
    points = [(1, 30), (2, 55), (3, 70), (4, 80), (5, 88), (6, 92), (7, 95), (8, 97), (9, 99), (10, 100)]
    night_of(points, {"A": (2, 55), "B": (3, 33), "C": (5, 12)})
    client = ground.client(ground.cast.zheng)
    answer = client.get("/tiers/")
    drawn, text = answer.context["pareto"], answer.content.decode()
    assert "20% of customers account for 55% of the potential" in " ".join(text.split())
    assert [(line.letter, line.customers, line.volume) for line in drawn.table][:5] == [
        ("", "10", "30"), ("A", "20", "55"), ("", "30", "70"), ("", "40", "80"), ("B", "50", "88"),
    ]  # fmt: skip
    assert drawn.table[-1] == curves.Reached("C", "100", "100")
    assert [border.letter for border in drawn.borders] == ["A", "B"]
    assert [strip.text for strip in drawn.strips] == ["A 20%", "B 30%", "C 50%"]
    assert drawn.path.count("L") == 10
    assert hold(client, "/tiers/") == []
    assert hold(client, f"/tiers/?territory={ground.cast.xixi.pk}", least=8) == []


@pytest.mark.parametrize(
    ("points", "tiers"),
    [
        ([], {"A": (0, 0), "B": (0, 0), "C": (3, 0)}),
        ([(1, 0), (2, 0)], {"A": (0, 0), "B": (0, 0), "C": (2, 0)}),
    ],
    ids=["no curve kept", "no volume"],
)
def test_without_a_curve_the_policy_is_told_by_its_name(ground, points: Any, tiers: Any) -> None:
    night_of(points, tiers)
    answer = ground.client(ground.cast.zheng).get("/tiers/")
    assert answer.context["pareto"] is None
    assert "Potential, version 1" in " ".join(answer.content.decode().split())


def test_a_curve_of_one_customer_and_of_millions() -> None:
    def shares(**tiers: tuple[int, int]) -> list[dict[str, Any]]:
        return [{"letter": one, "customers": customers, "volume": volume} for one, (customers, volume) in tiers.items()]

    one = curves.pareto([(1, 7)], shares(A=(1, 7), B=(0, 0), C=(0, 0)))
    assert one
    assert (one.customers, one.volume, one.borders) == ("100", "100", [])
    assert [strip.text for strip in one.strips] == ["A 100%"]
    huge = 25_000_000
    points = [(huge * step // 100, 10**15 * step // 100) for step in range(1, 101)]
    many = curves.pareto(points, shares(A=(400, 10**13), B=(600, 10**10), C=(huge - 1000, 99 * 10**13 - 10**10)))
    assert many
    assert (many.customers, many.volume) == ("<0.1", "1")
    assert [strip.text for strip in many.strips] == ["", "", "C 99.9%"]
    assert all(strip.width >= 1 for strip in many.strips)
    assert len(many.table) == 12


@pytest.mark.parametrize("page", ["/team/", "/team/?by=role", "/team/?by=place_kind", "/tiers/", "/tiers/?by=role"])
@pytest.mark.parametrize("kind", ["", "csv", "xlsx"])
def test_statements(ground, page: str, kind: str, django_assert_max_num_queries: Any) -> None:
    night_of([(1, 60), (2, 90), (5, 100)], {"A": (1, 60), "B": (1, 30), "C": (3, 10)})
    client = ground.client(ground.cast.zheng)
    joint = "&" if "?" in page else "?"
    with django_assert_max_num_queries(9 if kind else 12) as counted:
        answer = client.get(f"{page}{joint}as={kind}")
        assert answer.status_code == 200
    assert counted


def test_a_night_keeps_the_curve_of_what_it_ranks(cast: Any, shops: Any) -> None:
    for shop, units in zip(shops, (5, 50, 35, 10), strict=False):
        sell(cast, shop, units=units)
    publish()
    (said,) = run()["policies"]
    assert said["curve"] == [(1, 50), (2, 85), (3, 95), (4, 100), (5, 100), (6, 100), (7, 100)]  # and two of the cast
    for number in range(300):
        institution(f"空店{number}", "pharmacy", cast.dongdu)
    refresh_alignment(on=TODAY)
    (said,) = run(TONIGHT)["policies"]
    customers = [customers for customers, _volume in said["curve"]]
    assert len(customers) == 100
    assert (customers[:2], customers[-1]) == ([4, 7], 307)
    assert said["curve"][0] == (4, 100)
