"""The pages of managers: figures of the night, each opening exactly its rows."""

import html
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from accounts.actions import refresh_ground
from accounts.models import Line, Posting, Territory, TerritoryParent
from crm.base.ids import uuid7
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import CustomerStatus, RoleAssignment
from segmentation.actions import roll_up_cycles
from segmentation.models import TierAssignment
from segmentation.queries.kpis import KPIS
from tests.cast import TODAY, align, noon, person, user
from tests.pages.conftest import MONTH, REASON
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import CallTarget, Cycle, Visit

TONIGHT = TODAY + timedelta(1)


def visit(who: Any, *customers: Any, on: date = TODAY, step: NextStep | None = None) -> None:
    report = VisitReport(id=uuid7(), on=on, customers=[one.pk for one in customers], next_step=step)
    log_visit(actor=who, report=report, at=noon(on))
    Visit.objects.filter(pk=report.id).update(known_on=TODAY)  # as if all had been sent today


@pytest.fixture
def ground(world) -> Any:
    """Chen A of two planned visits, both made; Meng B of one, none made, overdue; the shopkeeper C of one, met late;
    the hospital met without a plan; Chen was promoted, and a promise to him is due."""
    cast = world.cast
    world.give(cast.chen.customer, "A", visits=2)
    world.give(cast.meng.customer, "B", visits=1)
    world.give(cast.shopkeeper.customer, "C", visits=1)
    step = NextStep(kind="material", due_on=TODAY - timedelta(1), text="Leaflet")
    visit(cast.lin, cast.chen, cast.meng, on=MONTH - timedelta(1))
    visit(cast.lin, cast.chen, cast.hospital, step=step, on=TODAY - timedelta(3))
    visit(cast.lin, cast.chen)
    visit(cast.zhao, cast.shopkeeper, on=TODAY - timedelta(5))
    earlier = TierAssignment.objects.create(
        customer=cast.chen.customer, line=cast.line, version=world.version, tier="B", reason=REASON,
        during=period(date(2026, 10, 1), MONTH - timedelta(1)),
    )  # fmt: skip
    assert earlier.pk
    CustomerStatus.objects.filter(customer=cast.meng.pk).update(next_due_on=TODAY)
    roll_up_cycles(night=TONIGHT)
    return world


def hold(client: Any, address: str, least: int = 12) -> list[str]:
    """Every number of a page that opens another count of rows than it says."""
    links = re.findall(r'href="([^"]+)" data-rows="(\d+)"', client.get(address).content.decode())
    assert len(links) > least, address
    wrong = []
    for link, rows in links:
        opened = client.get(html.unescape(link))
        assert opened.status_code == 200, link
        if opened.context["list"].count != int(rows):
            wrong.append(f"{address} says {rows}, {html.unescape(link)} has {opened.context['list'].count}")
    return wrong


@pytest.mark.parametrize("by", ["", "?by=role", "?by=place_kind"])
@pytest.mark.parametrize("page", ["/team/", "/tiers/"])
@pytest.mark.parametrize("who", ["zheng", "operations"])
def test_every_number_opens_exactly_its_rows(ground, page: str, by: str, who: str) -> None:
    assert hold(ground.client(getattr(ground.cast, who)), page + by) == []


# Figures that open nothing, by an element around them or by their words, and why.
LOOSE = {
    "span.asof": "which night",
    "p.only-print": "who printed it, when, and which cycle",
    "details.menu": "which cycle",
    "th": "which cycle, or the name of a row",
    "h2#mix": "says again what a row below says, which opens it",
    "h2#flows": "says again what the rows below add up to",
    "section[policy]": "of the whole comparison, which is wider than the ground",
    "text.t3": "the scale of a chart",
    "span.only-wide": "the key to the colours of cells",
    "more like it": "rows of the table below",
    "0": "no rows",
}


class Loose(HTMLParser):
    """The figures of a page's main part that stand in no link and are not excused."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, set[str]]] = []
        self.excused: set[str] = set()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "link", "meta", "br", "img"):
            has = {name: value or "" for name, value in attrs}
            names = {tag, f"{tag}#{has.get('id')}", f"{tag}[{has.get('aria-labelledby')}]"}
            self.open.append((tag, names | {f"{tag}.{word}" for word in has.get("class", "").split()}))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, text: str) -> None:
        around = set().union(*(names for _tag, names in self.open))
        if not re.search(r"\d", text) or "main" not in around or "a" in around:
            return
        why = {one for one in LOOSE if one in around or one == text.strip() or (" " in one and one in text)}
        self.excused |= why
        if not why:
            self.found.append(" ".join(text.split()))


def test_every_figure_opens_something(ground) -> None:
    """But for a few, each of which still stands on a page."""
    nobody_met = person("未见", ground.cast.hospital)
    refresh_alignment(on=TODAY)
    ground.give(nobody_met.customer, "A", visits=1)
    roll_up_cycles(night=TONIGHT)
    excused = set()
    for who in ("zheng", "operations"):
        for page in (
            "/team/",
            "/team/?by=role",
            "/tiers/",
            "/tiers/?by=place_kind",
            f"/tiers/?cycle={_over(ground).pk}",
        ):
            seen = Loose(ground.client(getattr(ground.cast, who)).get(page).content.decode())
            assert not seen.found, (page, seen.found)
            excused |= seen.excused
    assert excused == set(LOOSE)


def _over(ground: Any) -> Cycle:
    """October, with four visits due and counted."""
    cast, first = ground.cast, date(2026, 10, 1)
    if found := Cycle.objects.filter(during__startswith=first).first():
        return found
    past = Cycle.objects.create(line=cast.line, during=period(first, MONTH - timedelta(1)), opened_on=first)
    for one, letter, due in ((cast.chen, "A", 1), (cast.meng, "B", 2), (cast.shopkeeper, "C", 1)):
        territory = cast.dongdu if one == cast.shopkeeper else cast.xixi
        CallTarget.objects.create(cycle=past, customer=one.customer, territory=territory, tier=letter, visits_due=due)
    roll_up_cycles(night=TONIGHT)
    return past


@pytest.mark.parametrize("page", ["/team/", "/tiers/"])
def test_also_of_a_leaf_of_what_a_node_holds_itself_and_of_a_cycle_that_is_over(ground, page: str) -> None:
    cast = ground.cast
    past = _over(ground)
    direct = person("直属", cast.hospital)
    align(direct.customer, cast.jiangnan)
    refresh_alignment(on=TODAY)
    roll_up_cycles(night=TONIGHT)
    client = ground.client(cast.zheng)
    assert any(row.alone for row in client.get(page).context["rows"])
    over = client.get(f"{page}?cycle={past.pk}")
    assert (over.context["night"].cycle, over.context["total"].all.due) == (past, 4)
    for asked in ("", f"?territory={cast.xixi.pk}", f"?cycle={past.pk}", f"?cycle={past.pk}&by=role"):
        assert hold(client, page + asked, least=8) == []


@pytest.fixture
def two_lines(ground) -> Any:
    """Zheng leads a district of a second line, too: there the hospital and its people are another's, who met Chen."""
    cast = ground.cast
    line = Line.objects.create(code="two", name="二线")
    root = Territory.objects.create(name="二线中国", line=line, own_jurisdiction="CN", own_time_zone="Asia/Shanghai")
    leaf = Territory.objects.create(name="二线西溪", line=line)
    TerritoryParent.objects.create(territory=leaf, parent=root, during=period(None))
    refresh_ground(on=TODAY)
    align(cast.hospital.customer, leaf)
    refresh_alignment(on=TODAY)
    rep = user("second", "二线代表", leaf)
    Posting.objects.create(user=cast.zheng, territory=root, role="manager", during=period(MONTH))
    cycle = Cycle.objects.create(line=line, during=period(MONTH, date(2026, 11, 30)), opened_on=MONTH)
    for one, due in ((cast.chen, 3), (cast.meng, 1)):
        CallTarget.objects.create(cycle=cycle, customer=one.customer, territory=leaf, tier="B", visits_due=due)
    visit(rep, cast.chen, on=TODAY - timedelta(1))
    roll_up_cycles(night=TONIGHT)
    return ground


@pytest.mark.parametrize("page", ["/team/", "/tiers/"])
def test_lines_are_told_apart(two_lines, page: str) -> None:
    client = two_lines.client(two_lines.cast.zheng)
    rows = {row.label: row.all for row in client.get(f"{page}?by=line").context["rows"]}
    name = two_lines.cast.line.name
    assert {label: (all_.calls, all_.due) for label, all_ in rows.items()} == {name: (4, 4), "二线": (1, 4)}
    second = Territory.objects.get(name="二线中国")
    for asked in ("?by=line", f"?by=line&territory={second.pk}", f"?territory={second.pk}&by=role", ""):
        assert hold(client, page + asked, least=6) == []


@pytest.mark.parametrize("page", ["/team/", "/tiers/"])
def test_where_there_is_one_line_none_is_offered(ground, page: str) -> None:
    client = ground.client(ground.cast.zheng)
    assert list(client.get(f"{page}?by=line").context["offered"]) == ["territory", "role", "place_kind"]
    assert client.get(f"{page}?by=line").context["by"] == "territory"
    assert client.get(f"{page}?by=nonsense").context["by"] == "territory"


def test_a_team_is_told_apart_by_whom_it_sees(ground) -> None:
    RoleAssignment.objects.create(person=ground.cast.meng, role="influencer", during=period(MONTH))
    roll_up_cycles(night=TONIGHT)
    answer = ground.client(ground.cast.zheng).get("/team/?by=role")
    rows = {row.label: (row.all.calls, row.all.due, row.all.overdue) for row in answer.context["rows"]}
    assert rows["Influencer"] == (0, 1, 1)
    assert sum(calls for calls, _due, _overdue in rows.values()) == 4
    assert answer.context["rows"][0].label == "Influencer"  # the furthest behind
    assert "vacant" not in answer.content.decode()
    places = ground.client(ground.cast.zheng).get("/team/?by=place_kind").context["rows"]
    assert {row.label: (row.all.calls, row.all.due) for row in places} == {
        "Hospital": (3, 3),
        "Single pharmacy": (1, 1),
    }


def test_only_those_who_supervise_open_them(world) -> None:
    cast = world.cast
    for address in ("/team/", "/moves/", "/team/customers/", "/team/visits/", "/team/promises/"):
        users = (cast.lin, cast.idle, cast.zheng, cast.stranger, cast.operations)
        answers = {user.username: world.client(user).get(address).status_code for user in users}
        assert answers == {"lin": 403, "idle": 403, "zheng": 200, "stranger": 200, "ops": 200}, address


def test_who_is_behind_stands_first_with_what_is_missing(ground) -> None:
    context = ground.client(ground.cast.zheng).get("/team/").context
    assert [row.label for row in context["rows"]] == ["东渡", "西溪"]
    xixi, whole = context["rows"][1].all, context["total"].all
    # Chen twice and the hospital once; 3 due. Of Xixi's two targets one is met, as often as due.
    figures = ("planned_calls", "calls_done", "attainment", "attainment_capped", "reach", "frequency_on_target")
    assert [KPIS[name].of(xixi) for name in figures] == [3, 3, 100, 66, 50, 50]
    rates = ("frequency_per_target", "frequency_per_reached", "calls_per_field_day")
    assert [str(KPIS[name].of(xixi)) for name in rates] == ["1.5", "3.0", "1.0"]
    assert [KPIS[name].of(whole) for name in ("off_plan", "tier_moves", "flip_rate", "overdue")] == [25, 1, 0, 1]
    assert KPIS["logged_within_24h"].of(whole) == 25  # all but one were logged days later
    assert {one.kind for one in context["findings"]} == {"overdue", "late"}


def test_a_visit_counts_where_it_was_made_and_its_target_where_it_was_planned(ground) -> None:
    """Chen goes over to Dongdu after the cycle opened: what was done stays with Xixi, the tier goes along."""
    cast = ground.cast
    align(cast.chen.customer, cast.dongdu)
    refresh_alignment(on=TODAY)
    roll_up_cycles(night=TONIGHT)
    client = ground.client(cast.zheng)
    rows = {row.label: row.all for row in client.get("/team/").context["rows"]}
    assert (rows["西溪"].calls, rows["西溪"].due, rows["西溪"].customers) == (3, 3, 2)
    assert (rows["东渡"].calls, rows["东渡"].due, rows["东渡"].customers) == (1, 1, 3)


def test_figures_of_the_night_do_not_move_during_the_day(ground) -> None:
    client = ground.client(ground.cast.zheng)
    visit(ground.cast.lin, ground.cast.meng)
    Visit.objects.filter(attendees__customer=ground.cast.meng.pk, on=TODAY).update(known_on=TONIGHT)
    link = re.search(r'href="([^"]+)" data-rows="4"', client.get("/team/").content.decode())
    assert link
    assert client.get(html.unescape(link[1])).context["list"].count == 4


def test_one_walks_down_but_not_out(ground) -> None:
    cast = ground.cast
    operations, manager = ground.client(cast.operations), ground.client(cast.zheng)
    assert [row.label for row in operations.get("/team/").context["rows"]] == ["江北", "江南"]
    assert [row.label for row in manager.get(f"/team/?territory={cast.xixi.pk}").context["rows"]] == ["西溪"]
    assert manager.get(f"/team/?territory={cast.jiangbei.pk}").status_code == 404
    assert manager.get("/team/?territory=nonsense&cycle=nonsense").status_code == 200
    outside = manager.get(f"/team/customers/?territory={cast.jiangbei.pk}")
    assert outside.context["list"].count == 0


def test_a_customer_who_left_is_listed_and_opens_nothing(ground) -> None:
    """He was planned here: his row stays, his page is another's."""
    cast = ground.cast
    CustomerStatus.objects.filter(customer=cast.chen.pk).update(territory=cast.jiangbei)
    rows = ground.client(cast.zheng).get("/team/customers/?show=planned&q=陈望舒").context["rows"]
    assert [row.link for row in rows] == [""]


def test_moves_say_why(ground) -> None:
    text = ground.client(ground.cast.zheng).get("/moves/?way=up").content.decode()
    assert "Ranks 12 of 1,000" in text
    assert ground.client(ground.cast.zheng).get("/moves/?way=down").context["list"].count == 0


def test_nothing_to_show_says_so(world) -> None:
    cast = world.cast
    for address in ("/team/", "/tiers/"):
        assert "No night has counted this ground yet" in world.client(cast.zheng).get(address).content.decode()
    roll_up_cycles(night=TONIGHT)
    for address in ("/team/", "/tiers/"):
        assert "No customers in this ground yet" in world.client(cast.stranger).get(address).content.decode()


@pytest.mark.parametrize("address", ["/team/", "/team/?by=role", "/tiers/", "/tiers/?by=role"])
def test_a_page_takes_twelve_statements_at_most(ground, address: str, django_assert_max_num_queries) -> None:
    client = ground.client(ground.cast.zheng)
    with django_assert_max_num_queries(12):
        client.get(address)


def test_where_nothing_is_planned_nobody_is_said_to_be_as_expected(world) -> None:
    roll_up_cycles(night=TONIGHT)
    page = world.client(world.cast.zheng).get("/team/").content.decode()
    assert "No visits are planned here in this cycle" in page
    assert "Nobody is behind" not in page
    assert "As many visits as expected" not in page
