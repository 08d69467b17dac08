import html
import re
from datetime import timedelta
from typing import Any

import pytest

from crm.base.ids import uuid7
from crm.base.models import JobRun
from customers.actions import refresh_alignment
from segmentation.models import TierPolicyVersion
from tests.cast import NOON, TODAY, align, person
from tests.pages.conftest import MONTH
from visits.actions import VisitReport, log_visit


@pytest.fixture
def ground(world) -> Any:
    """Chen A of two planned visits, one made; Meng B of one, none made; the shopkeeper C of one, none made."""
    cast = world.cast
    world.give(cast.chen.customer, "A", visits=2)
    world.give(cast.meng.customer, "B", visits=1)
    world.give(cast.shopkeeper.customer, "C", visits=1)
    log_visit(actor=cast.lin, report=VisitReport(id=uuid7(), on=TODAY, customers=[cast.chen.pk]), at=NOON)
    return world


def test_only_managers_and_operations_open_it(world) -> None:
    cast = world.cast
    answers = {user.username: world.client(user).get("/tiers/").status_code
               for user in (cast.lin, cast.idle, cast.zheng, cast.stranger, cast.operations)}  # fmt: skip
    assert answers == {"lin": 403, "idle": 403, "zheng": 200, "stranger": 200, "ops": 200}


def test_figures_of_each_territory(ground) -> None:
    context = ground.client(ground.cast.zheng).get("/tiers/").context
    rows = {row.territory.name: row for row in context["rows"]}
    assert list(rows) == ["东渡", "西溪"]
    xixi = rows["西溪"]
    assert xixi.people == ["林晓"]
    assert [cell.customers for cell in xixi.cells.values()] == [1, 1, 0, 1]  # A, B, C, the hospital without tier
    assert [cell.reach for cell in xixi.tiers] == [100, 0, None]
    assert (xixi.cells["A"].made, xixi.cells["A"].due) == (1, 2)
    assert context["total"].customers == 5
    assert context["behind"].territory.name == "西溪"


def test_every_number_opens_exactly_its_rows(ground) -> None:
    """Each figure's address, opened, lists as many customers as the table counted."""
    client = ground.client(ground.cast.zheng)
    answer = client.get("/tiers/")
    for row in [*answer.context["rows"], answer.context["total"]]:
        address = f"/customers/?territory={row.territory.pk}"
        for cell in row.cells.values():
            counted = {
                f"&tier={cell.letter or 'none'}": cell.customers,
                f"&tier={cell.letter or 'none'}&cycle=planned": cell.planned,
                f"&tier={cell.letter or 'none'}&cycle=visited": cell.reached,
                f"&tier={cell.letter or 'none'}&cycle=unvisited": cell.planned - cell.reached,
            }
            for more, count in counted.items():
                opened = client.get(address + more)
                assert opened.context["counts"]["all"] == count, (row.territory.name, more)
                if more.endswith("planned"):
                    figures = [r.of.made_and_due for r in opened.context["rows"]]
                    assert sum(made for made, _due in figures) == cell.made
                    assert sum(due for _made, due in figures) == cell.due
    links = re.findall(r'href="(/customers/\?[^"]+)"', answer.content.decode())
    assert len(links) > 10
    for link in links:
        assert client.get(html.unescape(link)).status_code == 200


def test_what_a_node_holds_itself_has_its_own_row(ground) -> None:
    cast = ground.cast
    direct = person("直属", cast.hospital)
    align(direct.customer, cast.jiangnan)
    refresh_alignment(on=TODAY)
    client = ground.client(cast.zheng)
    rows = client.get("/tiers/").context["rows"]
    alone = next(row for row in rows if row.alone)
    assert (alone.territory, alone.customers) == (cast.jiangnan, 1)
    opened = client.get(f"/customers/?territory={cast.jiangnan.pk}&alone=on")
    assert opened.context["counts"]["all"] == 1


def test_one_walks_down_but_not_out(ground) -> None:
    cast = ground.cast
    operations, manager = ground.client(cast.operations), ground.client(cast.zheng)
    rows = operations.get("/tiers/").context["rows"]
    assert [row.territory.name for row in rows] == ["江北", "江南"]
    assert rows[1].customers == 5
    down = operations.get(f"/tiers/?territory={cast.jiangnan.pk}")
    assert [row.territory.name for row in down.context["rows"]] == ["东渡", "西溪"]
    assert [t.name for t in down.context["way"]] == ["中国"]
    leaf = manager.get(f"/tiers/?territory={cast.xixi.pk}")
    assert [row.territory.name for row in leaf.context["rows"]] == ["西溪"]
    for outside in (cast.china, cast.jiangbei):
        assert manager.get(f"/tiers/?territory={outside.pk}").status_code == 404


def test_without_a_policy_the_page_says_what_to_do(ground) -> None:
    TierPolicyVersion.objects.update(during="empty")
    assert "policy publish FILE.json" in ground.client(ground.cast.zheng).get("/tiers/").content.decode()


def test_without_customers_the_page_says_what_to_do(world) -> None:
    assert "No customers in this ground yet" in world.client(world.cast.stranger).get("/tiers/").content.decode()


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
    assert "Tiers as of 21 Nov 2026, 12:00" in answer.content.decode()


def test_a_visit_counts_in_its_cycle_only(ground) -> None:
    cast = ground.cast
    earlier = VisitReport(id=uuid7(), on=MONTH - timedelta(1), customers=[cast.meng.pk])
    log_visit(actor=cast.lin, report=earlier, at=NOON)
    rows = ground.client(cast.zheng).get("/tiers/").context["rows"]
    assert next(row for row in rows if row.territory == cast.xixi).cells["B"].reached == 0


@pytest.mark.parametrize("more", [0, 40])
def test_statements_do_not_grow(ground, more: int, django_assert_max_num_queries) -> None:
    for number in range(more):
        person(f"客户{number}", ground.cast.hospital)
    refresh_alignment(on=TODAY)
    client = ground.client(ground.cast.zheng)
    with django_assert_max_num_queries(10):
        client.get("/tiers/")
