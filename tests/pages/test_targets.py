"""Targets with one customer are agreed, changed, looked back on, given up and taken back by pages."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Territory
from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from customers.models import Affiliation
from tests.cast import TODAY
from tests.pages.test_change_customer import WILD, given, said, send, trail
from tests.pages.test_customer import text
from tests.pages.test_relations import follow, undo_last
from visits.actions import targets as actions
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
        ({"measure": "units"}, "CN-NO-DOCTOR-COUNTS: no sales targets for a person who works at a medical institution"),
        ({"measure": "listings"}, "can't be agreed with this customer"),
        ({"measure": "reach"}, "valid choice"),  # of a territory
        ({"measure": ""}, "required"),
        ({"value": ""}, "required"),
        ({"value": "0"}, "must lie between 1 and 10000"),
        ({"value": "-3"}, "must lie between 1 and 10000"),
        ({"value": "10001"}, "must lie between 1 and 10000"),
        ({"value": "2.5"}, "must be a whole number"),
        ({"value": "9" * 30}, "no more than 18 digits"),
        ({"value": "NaN"}, "Enter a number"),
        ({"value": "1e400"}, "no more than 18 digits"),
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


# Units and money


def at_hospital(world: Any) -> str:
    return f"/customers/{world.cast.hospital.pk}/targets/new/"


@pytest.mark.parametrize(
    ("who", "agreed", "stored", "shown"),
    [
        ("lin", {"measure": "units", "value": "1200"}, (1200, ""), "Units 1,200"),
        ("zheng", {"measure": "revenue", "value": "120000.50", "currency": "CNY"}, (12_000_050, "CNY"),
         "Revenue CNY 120,000.50"),
        ("operations", {"measure": "collected", "value": "90000", "currency": "jpy"}, (90_000, "JPY"),
         "Collected revenue JPY 90,000"),
    ],
)  # fmt: skip
def test_an_institution_may_agree_on_units_and_money(
    world, who: str, agreed: dict[str, str], stored: tuple[int, str], shown: str
) -> None:
    user = getattr(world.cast, who)
    page = follow(world, user, at_hospital(world), **GOAL | agreed)
    made = Target.objects.get()
    assert (made.measure, made.value, made.currency) == (agreed["measure"], *stored)
    assert shown in text(page)
    form = world.client(user).get(at(made))
    again = given(form)
    assert "CN-NO-DOCTOR-COUNTS" not in text(form)
    page = follow(world, user, at(made), again, value="7", review="少了")
    made.refresh_from_db()
    assert made.value == 7 * (100 if made.currency == "CNY" else 1)
    undo_last(world, user, page)
    made.refresh_from_db()
    assert (made.value, made.currency, made.review) == (*stored, "")
    page = follow(world, user, at(made), {"end": "1", "end-last": TODAY.isoformat()})
    made.refresh_from_db()
    assert last_day(made.during) == TODAY


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"currency": ""}, "in which currency"),
        ({"currency": "RMB"}, "in which currency"),
        ({"currency": "C¥"}, "in which currency"),
        ({"currency": "人民币"}, "in which currency"),
        ({"currency": "CNYX"}, "at most 3"),
        ({"measure": "units"}, "Only money has a currency"),
        ({"measure": "visits"}, "Only money has a currency"),
        ({"value": "0"}, "must lie between 0.01 and 1000000000000"),
        ({"value": "-5"}, "must lie between 0.01"),
        ({"value": "1000000000000.01"}, "must lie between 0.01"),
        ({"value": "5.001"}, "has more than 2 decimals"),
        ({"value": "5.5", "currency": "JPY"}, "must be a whole number"),
        ({"value": "0.5", "currency": "JPY"}, "must lie between 1"),
        ({"value": "5.0001"}, "more than 3 decimal"),
        ({"value": "1,000"}, "Enter a number"),
        ({"value": "Infinity"}, "Enter a number"),
    ],
)
def test_what_a_target_in_money_can_not_be(world, wrong: dict[str, str], sentence: str) -> None:
    entries = GOAL | {"measure": "revenue", "value": "5000", "currency": "CNY"} | wrong
    answer = send(world, world.cast.lin, at_hospital(world), **entries)
    assert sentence in said(answer)
    assert not Target.objects.exists()
    for name, value in entries.items():
        assert answer.context["form"][name].value() == value


def test_nobody_agrees_on_sales_with_a_doctor_and_the_page_says_why(world) -> None:
    page = world.client(world.cast.lin).get(new(world))
    assert "CN-NO-DOCTOR-COUNTS: no sales targets" in text(page)
    assert "Agree on visits or meetings" in text(page)
    assert [code for code, _word in page.context["form"].fields["measure"].choices] == ["", "visits", "meetings"]
    assert "currency" not in page.context["form"].fields
    assert "Money" not in text(page)
    for measure in Target.SALES:
        answer = send(world, world.cast.lin, new(world), **GOAL | {"measure": measure, "currency": "CNY"})
        assert said(answer)
    assert not Target.objects.exists()


def test_the_law_is_asked_of_the_days_of_the_target(world) -> None:
    """A shopkeeper has no law over him until he begins at a hospital."""
    cast = world.cast
    page = f"/customers/{cast.shopkeeper.pk}/targets/new/"
    assert "CN-NO-DOCTOR-COUNTS" not in text(world.client(cast.zhao).get(page))
    begins = TODAY + timedelta(10)
    Affiliation.objects.create(person=cast.shopkeeper, institution=cast.hospital, is_primary=False,
                               during=period(begins))  # fmt: skip
    goal = GOAL | {"measure": "units"}
    assert "CN-NO-DOCTOR-COUNTS" in said(send(world, cast.zhao, page, **goal))
    before = begins - timedelta(1)
    follow(world, cast.zhao, page, **goal | {"last": before.isoformat()})
    made = Target.objects.get()
    assert (made.measure, last_day(made.during)) == ("units", before)
    assert "CN-NO-DOCTOR-COUNTS" in said(send(world, cast.zhao, at(made), last=END.isoformat()))


def test_where_another_law_holds_it_is_not_refused(world) -> None:
    Territory.objects.filter(jurisdiction="CN").update(jurisdiction="DE")
    goal = GOAL | {"measure": "revenue", "value": "5000", "currency": "EUR"}
    assert "Revenue EUR 5,000" in text(follow(world, world.cast.lin, new(world), **goal))


def test_what_slips_past_the_page_is_refused_by_the_database_in_the_same_words(world, monkeypatch) -> None:
    monkeypatch.setattr(actions, "is_barred", lambda _customer, _during: False)
    answer = send(world, world.cast.lin, new(world), **GOAL | {"measure": "units"})
    assert "CN-NO-DOCTOR-COUNTS: no sales targets for a person" in said(answer)
    assert not Target.objects.exists()


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
