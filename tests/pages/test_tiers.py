from datetime import timedelta
from typing import Any

import pytest

from crm.base.ids import uuid7
from crm.base.models import JobRun
from customers.actions import refresh_alignment
from segmentation.actions import roll_up_cycles
from segmentation.models import TierPolicyVersion
from segmentation.queries.kpis import KPIS
from tests.cast import NOON, TODAY, align, noon, person
from tests.pages.conftest import MONTH
from visits.actions import VisitReport, log_visit

TONIGHT = TODAY + timedelta(1)


@pytest.fixture
def ground(world) -> Any:
    """Chen A of two planned visits, one made; Meng B of one, none made; the shopkeeper C of one, none made."""
    cast = world.cast
    world.give(cast.chen.customer, "A", visits=2)
    world.give(cast.meng.customer, "B", visits=1)
    world.give(cast.shopkeeper.customer, "C", visits=1)
    log_visit(actor=cast.lin, report=VisitReport(id=uuid7(), on=TODAY, customers=[cast.chen.pk]), at=NOON)
    roll_up_cycles(night=TONIGHT)
    return world


def test_only_managers_and_operations_open_it(world) -> None:
    cast = world.cast
    answers = {user.username: world.client(user).get("/tiers/").status_code
               for user in (cast.lin, cast.idle, cast.zheng, cast.stranger, cast.operations)}  # fmt: skip
    assert answers == {"lin": 403, "idle": 403, "zheng": 200, "stranger": 200, "ops": 200}


def test_figures_of_each_territory(ground) -> None:
    context = ground.client(ground.cast.zheng).get("/tiers/").context
    rows = {row.label: row for row in context["rows"]}
    assert list(rows) == ["东渡", "西溪"]
    xixi = rows["西溪"]
    assert xixi.people == ["林晓"]
    assert [cell.customers for cell in xixi.cells.values()] == [1, 1, 0, 1]  # A, B, C, the hospital without tier
    assert [KPIS["reach"].of(cell) for _letter, cell in xixi.tiers] == [100, 0, None]
    assert (xixi.cells["A"].calls, xixi.cells["A"].due) == (1, 2)
    assert context["total"].all.customers == 5
    assert context["behind"].label == "西溪"


def test_what_a_node_holds_itself_has_its_own_row(ground) -> None:
    cast = ground.cast
    direct = person("直属", cast.hospital)
    align(direct.customer, cast.jiangnan)
    refresh_alignment(on=TODAY)
    roll_up_cycles(night=TONIGHT)
    client = ground.client(cast.zheng)
    rows = client.get("/tiers/").context["rows"]
    alone = next(row for row in rows if row.alone)
    assert (alone.territory, alone.all.customers) == (cast.jiangnan, 1)
    opened = client.get(f"/team/customers/?territory={cast.jiangnan.pk}&alone=on")
    assert opened.context["counts"]["all"] == 1


def test_one_walks_down_but_not_out(ground) -> None:
    cast = ground.cast
    operations, manager = ground.client(cast.operations), ground.client(cast.zheng)
    rows = operations.get("/tiers/").context["rows"]
    assert [row.label for row in rows] == ["江北", "江南"]
    assert rows[1].all.customers == 5
    down = operations.get(f"/tiers/?territory={cast.jiangnan.pk}")
    assert [row.label for row in down.context["rows"]] == ["东渡", "西溪"]
    assert [t.name for t in down.context["way"]] == ["中国"]
    leaf = manager.get(f"/tiers/?territory={cast.xixi.pk}")
    assert [row.label for row in leaf.context["rows"]] == ["西溪"]
    for outside in (cast.china, cast.jiangbei):
        assert manager.get(f"/tiers/?territory={outside.pk}").status_code == 404


def test_without_a_policy_the_page_says_what_to_do(ground) -> None:
    TierPolicyVersion.objects.update(during="empty")
    page = ground.client(ground.cast.zheng).get("/tiers/").content.decode()
    assert "Operations publish one under Setup, Tier policies" in page


def test_without_customers_the_page_says_what_to_do(world) -> None:
    assert "No night has counted this ground yet" in world.client(world.cast.stranger).get("/tiers/").content.decode()


def test_the_shares_are_those_of_the_last_night(ground) -> None:
    tiers = {
        "A": {"customers": 1, "volume": 60},
        "B": {"customers": 1, "volume": 30},
        "C": {"customers": 3, "volume": 10},
    }
    result = {"policies": [{"policy": "Potential", "version_id": TierPolicyVersion.objects.get().pk, "tiers": tiers}]}
    JobRun.objects.create(
        name="night",
        on=MONTH,
        state="done",
        finished_at=NOON,
        steps=[{"name": "tiers", "seconds": 1, "result": result}],
    )
    answer = ground.client(ground.cast.zheng).get("/tiers/")
    assert [(share["letter"], share["share"]) for share in answer.context["shares"]] == [
        ("A", 60),
        ("B", 30),
        ("C", 10),
    ]
    assert "As of the night of 22 Nov" in answer.content.decode()


def test_a_visit_counts_in_its_cycle_only(ground) -> None:
    cast = ground.cast
    earlier = VisitReport(id=uuid7(), on=MONTH - timedelta(1), customers=[cast.meng.pk])
    log_visit(actor=cast.lin, report=earlier, at=noon(earlier.on))
    roll_up_cycles(night=TONIGHT)
    rows = ground.client(cast.zheng).get("/tiers/").context["rows"]
    assert next(row for row in rows if row.territory == cast.xixi).cells["B"].reached == 0


@pytest.mark.parametrize("more", [0, 40])
def test_statements_do_not_grow(ground, more: int, django_assert_max_num_queries) -> None:
    for number in range(more):
        person(f"客户{number}", ground.cast.hospital)
    refresh_alignment(on=TODAY)
    roll_up_cycles(night=TONIGHT)
    client = ground.client(ground.cast.zheng)
    with django_assert_max_num_queries(12):
        client.get("/tiers/")
