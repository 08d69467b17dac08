"""The pages of managers: figures of the night, each opening exactly its rows."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest

from crm.base.ids import uuid7
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import CustomerStatus
from segmentation.actions import roll_up_cycles
from segmentation.models import TierAssignment
from segmentation.queries.kpis import KPIS
from tests.cast import TODAY, align, noon
from tests.pages.conftest import MONTH, REASON
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Visit

TONIGHT = TODAY + timedelta(1)


def visit(world: Any, who: Any, *customers: Any, on: date = TODAY, step: NextStep | None = None) -> None:
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
    visit(world, cast.lin, cast.chen, cast.meng, on=MONTH - timedelta(1))
    visit(world, cast.lin, cast.chen, cast.hospital, step=step, on=TODAY - timedelta(3))
    visit(world, cast.lin, cast.chen)
    visit(world, cast.zhao, cast.shopkeeper, on=TODAY - timedelta(5))
    earlier = TierAssignment.objects.create(
        customer=cast.chen.customer, line=cast.line, version=world.version, tier="B", reason=REASON,
        during=period(date(2026, 10, 1), MONTH - timedelta(1)),
    )  # fmt: skip
    assert earlier.pk
    CustomerStatus.objects.filter(customer=cast.meng.pk).update(next_due_on=TODAY)
    roll_up_cycles(night=TONIGHT)
    return world


@pytest.mark.parametrize("address", ["/team/", "/tiers/", "/tiers/?by=role", "/tiers/?by=place_kind"])
@pytest.mark.parametrize("who", ["zheng", "operations"])
def test_every_number_opens_exactly_its_rows(ground, address: str, who: str) -> None:
    client = ground.client(getattr(ground.cast, who))
    text = client.get(address).content.decode()
    links = re.findall(r'href="([^"]+)" data-rows="(\d+)"', text)
    assert len(links) > 12
    for link, rows in links:
        opened = client.get(html.unescape(link))
        assert opened.status_code == 200, link
        assert opened.context["list"].count == int(rows), (address, html.unescape(link))


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
    visit(ground, ground.cast.lin, ground.cast.meng)
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


@pytest.mark.parametrize("address", ["/team/", "/tiers/", "/tiers/?by=role"])
def test_a_page_takes_twelve_statements_at_most(ground, address: str, django_assert_max_num_queries) -> None:
    client = ground.client(ground.cast.zheng)
    with django_assert_max_num_queries(12):
        client.get(address)
