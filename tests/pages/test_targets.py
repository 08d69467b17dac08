"""Targets with one customer are agreed, changed, looked back on, given up and taken back by pages."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from tests.cast import TODAY
from tests.pages.test_change_customer import WILD, given, said, send, trail
from tests.pages.test_customer import text
from tests.pages.test_relations import follow, undo_last
from visits.models import Target

YESTERDAY, END = TODAY - timedelta(1), date(2026, 12, 31)
GOAL = {"measure": "meetings", "value": "3", "last": END.isoformat()}


@pytest.fixture
def target(world) -> Target:
    return Target.objects.create(
        territory=world.cast.xixi, customer=world.cast.chen.customer, measure="visits", value=6, agreed_on=TODAY,
        during=period(date(2026, 10, 1), END), author=world.cast.zheng,
    )  # fmt: skip


def new(world: Any) -> str:
    return f"/customers/{world.cast.chen.pk}/targets/new/"


def at(target: Target) -> str:
    return f"/customers/targets/{target.pk}/"


def test_a_target_is_agreed_seen_and_taken_back(world) -> None:
    assert new(world) in world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/").content.decode()
    page = follow(world, world.cast.lin, new(world), **GOAL | {"product": str(world.cast.product.pk)})
    made = Target.objects.get()
    assert (made.territory, made.customer, made.measure, made.value, made.during, made.author, made.agreed_on) == (
        world.cast.xixi, world.cast.chen.customer, "meetings", 3, period(TODAY, END), world.cast.lin, TODAY,
    )  # fmt: skip
    assert "Department meetings 3 · 诺泽平 21 Nov – 31 Dec" in text(page)
    assert trail(Target, made.pk) == [("insert", world.cast.lin.pk)]
    undo_last(world, world.cast.lin, page)
    assert not Target.objects.exists()


def test_a_target_is_changed_and_looked_back_on(world, target: Target) -> None:
    page = follow(world, world.cast.lin, at(target), value="8", reason="external", review="停诊两周", next_plan="改约")
    target.refresh_from_db()
    assert (target.value, target.reason, target.review, target.next_plan) == (8, "external", "停诊两周", "改约")
    assert "停诊两周" in text(page)
    undo_last(world, world.cast.lin, page)
    target.refresh_from_db()
    assert (target.value, target.reason, target.review) == (6, "", "")


def test_a_target_is_given_up_and_goes_on(world, target: Target) -> None:
    page = follow(world, world.cast.lin, at(target), {"end": "1", "end-last": YESTERDAY.isoformat()})
    target.refresh_from_db()
    assert last_day(target.during) == YESTERDAY
    undo_last(world, world.cast.lin, page)
    target.refresh_from_db()
    assert last_day(target.during) == END
    world.client(world.cast.lin).post(at(target), {"reopen": ""})
    target.refresh_from_db()
    assert last_day(target.during) == END


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"measure": "units"}, "valid choice"),  # no sales target of a doctor
        ({"measure": "listings"}, "valid choice"),
        ({"value": "0"}, "greater than or equal to 1"),
        ({"value": "9" * 30}, "less than or equal to"),
        ({"product": str(uuid4())}, "valid choice"),
        ({"last": ""}, "required"),
        ({"last": YESTERDAY.isoformat()}, "before the first"),
        ({"last": "2199-01-01"}, "more than a year ahead"),
        ({"measure": "visits"}, "agreed for these days already"),
    ],
)
def test_what_a_target_can_not_be(world, target: Target, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, world.cast.lin, new(world), **GOAL | wrong)
    assert sentence in said(answer)
    assert Target.objects.count() == 1
    for name, value in (GOAL | wrong).items():
        assert answer.context["form"][name].value() == value


def test_an_institution_may_agree_on_listings(world) -> None:
    page = follow(
        world, world.cast.lin, f"/customers/{world.cast.hospital.pk}/targets/new/", **GOAL | {"measure": "listings"}
    )
    assert "Listings 3" in text(page)


def test_two_at_once_choose(world, target: Target) -> None:
    lin, zheng = world.cast.lin, world.cast.zheng
    mine = given(world.client(lin).get(at(target)))
    follow(world, zheng, at(target), value="9", review="经理")
    conflict = send(world, lin, at(target), mine, value="2")
    assert "You typed 2 Stored now 9" in text(conflict)
    follow(world, lin, at(target), given(conflict), **{"choose-value": "stored"})
    target.refresh_from_db()
    assert (target.value, target.review) == (9, "经理")


def test_who_may_and_at_which_cost(world, target: Target, django_assert_max_num_queries: Any) -> None:
    cast = world.cast
    for page in (new(world), at(target)):
        for who in (cast.lin, cast.zheng, cast.operations):
            client = world.client(who)
            with django_assert_max_num_queries(12):
                assert client.get(page).status_code == 200, page
        for who in (cast.zhao, cast.stranger):
            entries = GOAL | {"id": uuid7(), "first": TODAY.isoformat()}
            assert world.client(who).get(page).status_code == 404, page
            assert world.client(who).post(page, entries).status_code == 404, page
        assert world.client(cast.idle).get(page).status_code == 403
    lin = world.client(cast.lin)
    for page, said_there in ((new(world), GOAL), (at(target), {"value": "7"})):
        sent = given(lin.get(page)) | said_there
        for _time in range(2 if page == new(world) else 1):
            with django_assert_max_num_queries(15):
                assert lin.post(page, sent).status_code == 302
    assert Target.objects.count() == 2
    Target.objects.filter(pk=target.pk).update(measure="reach")
    assert lin.get(at(target)).status_code == 404
    with django_assert_max_num_queries(12):
        assert "Customers reached" in text(lin.get(f"/customers/{cast.chen.pk}/"))


@pytest.mark.parametrize("name", WILD)
def test_wild_words_are_kept_or_refused(world, target: Target, name: str) -> None:
    answer = send(world, world.cast.lin, at(target), review=WILD[name])
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert answer.context["form"]["review"].value() == WILD[name]
    assert "<script>alert" not in world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/").content.decode()
