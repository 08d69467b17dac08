"""Who may what: tokens that read and that write × rows of one's own, of a sibling, of strangers, and absent ones."""

from typing import Any
from uuid import UUID

import pytest

from crm.api.resources import RESOURCES
from crm.base.ids import uuid7
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, InfluenceLink, RoleAssignment
from segmentation.models import TierAssignment
from tests.api.conftest import READ, Programs, World, problem
from tests.cast import NOON, SINCE, TODAY, Cast, person
from visits.actions import VisitReport, log_visit

by_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture
def rows(world: World) -> dict[str, dict[str, Any]]:
    """Of each resource a row of lin's and one of zhao's."""
    cast = world.cast
    found: dict[str, dict[str, Any]] = {resource.name: {} for resource in RESOURCES}
    theirs = (
        ("lin", cast.lin, cast.xixi, cast.hospital, cast.chen),
        ("zhao", cast.zhao, cast.dongdu, cast.pharmacy, cast.shopkeeper),
    )
    for name, maker, territory, place, who in theirs:
        other = person(f"{who.customer.name}二", place)
        refresh_alignment(on=TODAY)
        world.give(who.customer, "A")
        visit = uuid7()
        log_visit(actor=maker, report=VisitReport(id=visit, on=TODAY, customers=[who.pk]), at=NOON)
        role = RoleAssignment.objects.create(person=who, role="influencer", strength=3, during=period(SINCE))
        link = InfluenceLink.objects.create(influencer=who, influenced=other, kind="advice", during=period(SINCE))
        for resource, pk in {
            "territories": territory.pk, "customers": who.pk, "persons": who.pk, "institutions": place.pk,
            "affiliations": Affiliation.objects.get(person=who).pk, "roles": role.pk, "influence": link.pk,
            "visits": visit, "tiers": TierAssignment.objects.get(customer=who.customer).pk,
            "reminders": world.remind(who.customer, TODAY).pk, "products": cast.product.pk,
        }.items():  # fmt: skip
            found[resource][name] = pk
    return found


def _absent(pk: Any) -> Any:
    return uuid7() if isinstance(pk, UUID) else 2**40


@by_resource
def test_foreign_and_absent_look_the_same(resource: Any, rows: Any, cast: Cast, program: Programs) -> None:
    if resource.name == "products":
        pytest.skip("goods are of a line, not of ground")
    mine, siblings = rows[resource.name]["lin"], rows[resource.name]["zhao"]
    lin, manager, stranger = (program(user, READ) for user in (cast.lin, cast.zheng, cast.stranger))
    assert lin.get(f"{resource.name}/{mine}").status_code == 200
    foreign = problem(lin.get(f"{resource.name}/{siblings}"), 404, "not_found")
    absent = problem(lin.get(f"{resource.name}/{_absent(mine)}"), 404, "not_found")
    assert foreign == absent
    assert manager.get(f"{resource.name}/{siblings}").status_code == 200
    problem(stranger.get(f"{resource.name}/{mine}"), 404, "not_found")
    listed = {str(item["id"]) for item in lin.items(resource.name)}
    assert str(mine) in listed
    assert str(siblings) not in listed


@by_resource
def test_who_has_no_posting_or_scope_reads_nothing(resource: Any, rows: Any, cast: Cast, program: Programs) -> None:
    idle = program(cast.idle, READ)
    assert idle.items(resource.name) == []
    problem(idle.get(f"{resource.name}/{rows[resource.name]['lin']}"), 404, "not_found")
    others = [scope for scope in READ if scope != f"{resource.scope}:read"]
    problem(program(cast.lin, others).get(resource.name), 403, "not_allowed")
