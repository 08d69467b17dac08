"""Lists and single rows of every resource: what they hold, page by page, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.resources import RESOURCES
from crm.base.ids import uuid7
from crm.base.models import ExternalId
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Customer, InfluenceLink, Institution, RoleAssignment
from tests.api.conftest import Programs, World, ids, problem
from tests.cast import NOON, SINCE, TODAY, Cast, institution, person
from visits.actions import VisitReport, log_visit

by_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture
def filled(world: World) -> Cast:
    """A row of everything."""
    cast = world.cast
    world.give(cast.chen.customer, "A", last=TODAY, due=TODAY, visits=2)
    world.remind(cast.chen.customer, TODAY)
    RoleAssignment.objects.create(person=cast.chen, role="prescriber", strength=3, during=period(SINCE))
    InfluenceLink.objects.create(influencer=cast.chen, influenced=cast.meng, kind="advice", during=period(SINCE))
    log_visit(actor=cast.lin, report=VisitReport(id=uuid7(), on=TODAY, customers=[cast.chen.pk]), at=NOON)
    return cast


@by_resource
def test_a_row_reads_the_same_in_the_list_and_alone(resource: Any, filled: Cast, program: Programs) -> None:
    lin = program(filled.lin)
    items = lin.items(resource.name)
    assert items
    for item in items:
        assert list(item) == resource.field_names()
        alone = lin.get(f"{resource.name}/{item['id']}")
        assert alone.status_code == 200
        assert alone.json() == item
    unchanged = lin.get(f"{resource.name}/{item['id']}", **{"If-None-Match": alone.headers["ETag"]})
    assert unchanged.status_code == 304
    assert not unchanged.content


@by_resource
def test_every_filter_and_order_is_answered(resource: Any, filled: Cast, program: Programs) -> None:
    lin = program(filled.lin)
    for one in resource.filters:
        value = one.shape.get("enum", [None])[-1] or {
            "uuid": str(filled.chen.pk), "date": TODAY.isoformat(),
        }.get(one.shape.get("format", ""), "true" if one.shape["type"] == "boolean" else "crm:1")  # fmt: skip
        assert lin.get(f"{resource.name}?{one.name}={value}").status_code == 200, one.name
    for order in resource.order_names():
        assert lin.get(f"{resource.name}?order={order}&limit=1").status_code == 200
    assert list(lin.items(f"{resource.name}?fields=id")[0]) == ["id"]


def test_pages_go_through_all_rows_once(cast: Cast, program: Programs) -> None:
    for number in range(25):
        person(f"医生{number:02}", cast.hospital)
    refresh_alignment(on=TODAY)
    lin = program(cast.lin)
    everybody = {c.pk for c in Customer.objects.for_user(cast.lin)}
    assert len(everybody) == 28
    for order in ("id", "name"):
        found, path = [], f"customers?limit=9&order={order}"
        while path:
            answer = lin.get(path).json()
            found += answer["items"]
            path = answer["next"] and f"customers?limit=9&order={order}&cursor={answer['next']}"
        assert len(found) == 28
        assert ids(found) == everybody


@pytest.mark.parametrize(
    "path", ["customers?limit=1", "customers?limit=1&cursor={next}", "persons/external/crm/HCP-1", "openapi.json"]
)
def test_what_is_unchanged_is_not_sent_again_later(path: str, cast: Cast, program: Programs) -> None:
    ExternalId.objects.create(kind="person", source="crm", external_id="HCP-1", object_id=cast.chen.pk)
    lin = program(cast.lin)
    path = path.format(next=lin.get("customers?limit=1").json()["next"])
    read = lin.get(path)
    assert read.status_code == 200, read.content
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        unchanged = lin.get(path, If_None_Match=read.headers["ETag"])
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["ETag"] == read.headers["ETag"]
        Customer.objects.update(name="另一个")
        assert lin.get(path, If_None_Match=read.headers["ETag"]).status_code == (304 if "openapi" in path else 200)


def test_statements_do_not_grow_with_rows(filled: Cast, program: Programs) -> None:
    lin = program(filled.lin)
    lin.get("customers")
    for path, most in (("customers", 2), (f"persons/{filled.chen.pk}", 2), ("visits", 2)):
        with CaptureQueriesContext(connection) as asked:
            assert lin.get(path).status_code == 200
        assert len(asked) <= most, [query["sql"][:100] for query in asked]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("customers?kind=ghost", 400, "invalid_parameter"),
        ("customers?limit=0", 400, "invalid_parameter"),
        ("customers?limit=1001", 400, "invalid_parameter"),
        ("customers?limit=١", 400, "invalid_parameter"),
        ("customers?fields=name,phone", 400, "invalid_parameter"),
        ("customers?order=version", 400, "invalid_parameter"),
        ("customers?order=statuses__territory__name", 400, "invalid_parameter"),
        ("customers?ordering=name", 400, "unknown_parameter"),
        ("customers?statuses__territory__name=x", 400, "unknown_parameter"),
        ("customers?territory=x", 400, "invalid_parameter"),
        ("customers?due_by=2026-02-30", 400, "invalid_parameter"),
        ("customers?kind=person&kind=institution", 400, "invalid_parameter"),
        ("customers?cursor=forged", 422, "invalid_cursor"),
        ("customers?name=%00", 400, "invalid_parameter"),
        ("customers?external_id=HCP-1001", 400, "invalid_parameter"),
        ("persons?external_id=:HCP-1001", 400, "invalid_parameter"),
        ("institutions?external_id=crm:", 400, "invalid_parameter"),
        ("visits?note=x", 400, "unknown_parameter"),
        ("nothing", 404, "not_found"),
        ("customers/17", 404, "not_found"),
        ("customers/0198a7c2-51f0-7b60-8c11-2f4e5a6b7c80", 404, "not_found"),
        ("tiers/99999999999999999999", 404, "not_found"),
    ],
)
def test_what_is_not_known_is_refused(path: str, status: int, code: str, cast: Cast, program: Programs) -> None:
    problem(program(cast.lin).get(path), status, code)


def test_how_to_ask_by_external_id_is_said(cast: Cast, program: Programs) -> None:
    refused = program(cast.lin).get("persons?external_id=HCP-1001", Accept_Language="zh-CN").json()
    assert refused["detail"] == "external_id: 应为来源、英文冒号和该来源中的编号，如 crm:HCP-1001。"
    assert not program(cast.lin).items("persons?external_id=crm:a:b")


def test_a_cursor_belongs_to_its_list_and_order(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    cursor = lin.get("customers?limit=1").json()["next"]
    assert lin.get(f"customers?limit=1&cursor={cursor}").status_code == 200
    problem(lin.get(f"persons?limit=1&cursor={cursor}"), 422, "invalid_cursor")
    problem(lin.get(f"customers?order=name&cursor={cursor}"), 422, "invalid_cursor")


def test_other_methods_and_answers_are_problems(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    assert "GET" in lin.send("DELETE", "customers").headers["Allow"]
    problem(lin.send("DELETE", f"customers/{cast.chen.pk}"), 405, "method_not_allowed")
    problem(lin.get("customers", Accept="text/html"), 406, "not_acceptable")
    unchanged = lin.get("customers").headers["ETag"]
    assert lin.get("customers", **{"If-None-Match": f"W/{unchanged}"}).status_code == 304


def test_a_filter_that_names_a_merged_one_means_its_successor(filled: Cast, program: Programs) -> None:
    cast = filled
    old, house = person("陈旧档", cast.hospital).customer, institution("旧医院", "hospital", cast.xixi).customer
    branch = institution("分院", "clinic", cast.xixi)
    Institution.objects.filter(pk=branch.pk).update(parent=cast.hospital.pk)
    refresh_alignment(on=TODAY)
    for first, second in ((old.pk, cast.chen.pk), (house.pk, cast.hospital.pk)):
        between = Customer.objects.create(kind="person", name="x")
        Customer.objects.filter(pk=between.pk).update(merged_into=second)
        Customer.objects.filter(pk=first).update(merged_into=between.pk)
    ExternalId.objects.create(kind="person", source="crm", external_id="HCP-1", object_id=old.pk)
    lin = program(cast.lin)
    for path in ("persons", "customers"):
        assert [one["id"] for one in lin.items(f"{path}?external_id=crm:HCP-1")] == [str(cast.chen.pk)]
    asked = {
        "customer": ("visits", "tiers", "reminders"), "person": ("affiliations", "roles"),
        "influencer": ("influence",), "institution": ("affiliations", "persons"), "parent": ("institutions",),
    }  # fmt: skip
    for word, lists in asked.items():
        gone, stands = (house, cast.hospital) if word in ("institution", "parent") else (old, cast.chen)
        for path in lists:
            found = lin.items(f"{path}?{word}={gone.pk}")
            assert found, (path, word)
            assert found == lin.items(f"{path}?{word}={stands.pk}")
    InfluenceLink.objects.update(influencer=cast.meng.pk, influenced=cast.chen.pk)
    assert lin.items(f"influence?influenced={old.pk}") == lin.items("influence")
    Customer.objects.filter(pk=cast.meng.pk).update(merged_into=cast.shopkeeper.pk)  # somebody else's
    assert not lin.items(f"visits?customer={cast.meng.pk}")


def test_a_merged_one_answers_with_its_successor(cast: Cast, program: Programs) -> None:
    Customer.objects.filter(pk=cast.meng.pk).update(merged_into=cast.chen.pk)
    answer = program(cast.lin).get(f"persons/{cast.meng.pk}")
    assert answer.json()["id"] == str(cast.chen.pk)
