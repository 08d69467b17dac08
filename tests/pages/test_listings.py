"""How far a product has come into an institution is said, changed from a day on, ended and taken back by pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Line, Product
from crm.base.ids import uuid7
from crm.base.periods import last_day, period
from sales.models import Listing
from tests.cast import SINCE, TODAY
from tests.pages.test_change_customer import WILD, given, said, send, trail
from tests.pages.test_customer import text
from tests.pages.test_relations import follow, undo_last

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


@pytest.fixture
def listing(world) -> Listing:
    return Listing.objects.create(
        institution=world.cast.hospital, product=world.cast.product, state="requested", evidence="科室提单",
        during=period(SINCE),
    )  # fmt: skip


def new(world: Any) -> str:
    return f"/customers/{world.cast.hospital.pk}/listings/new/"


def at(listing: Listing) -> str:
    return f"/customers/listings/{listing.pk}/"


def way(world: Any) -> dict[str, Any]:
    return {"product": str(world.cast.product.pk), "state": "committee", "evidence": "12 月药事会"}


def test_a_way_begins_and_is_taken_back(world) -> None:
    assert new(world) in world.client(world.cast.lin).get(f"/customers/{world.cast.hospital.pk}/").content.decode()
    page = follow(world, world.cast.lin, new(world), **way(world))
    made = Listing.objects.get()
    assert (made.product, made.state, made.evidence, made.during) == (
        world.cast.product, "committee", "12 月药事会", period(TODAY),
    )  # fmt: skip
    assert "诺泽平 Before the committee" in text(page)
    assert trail(Listing, made.pk) == [("insert", world.cast.lin.pk)]
    undo_last(world, world.cast.lin, page)
    assert not Listing.objects.exists()


def test_the_next_step_keeps_the_way_until_then(world, listing: Listing) -> None:
    page = follow(world, world.cast.lin, at(listing), state="listed", evidence="编码 Z1")
    assert [(one.state, one.during) for one in Listing.objects.order_by("during")] == [
        ("requested", period(SINCE, YESTERDAY)), ("listed", period(TODAY)),
    ]  # fmt: skip
    assert "Requested by a department 1 Jan 2025 → listed" in text(page)
    undo_last(world, world.cast.lin, page)
    now = Listing.objects.get(during__contains=TODAY)
    assert (now.state, now.evidence) == ("requested", "科室提单")


def test_a_temporary_purchase_ends_and_goes_on(world, listing: Listing) -> None:
    page = follow(world, world.cast.lin, at(listing), {"end": "1", "end-last": YESTERDAY.isoformat()})
    listing.refresh_from_db()
    assert last_day(listing.during) == YESTERDAY
    assert "until 20 Nov" in text(page)
    undo_last(world, world.cast.lin, page)
    listing.refresh_from_db()
    assert listing.during == period(SINCE)
    follow(world, world.cast.lin, at(listing), {"end": "1", "end-last": YESTERDAY.isoformat()})
    follow(world, world.cast.lin, new(world), **way(world) | {"state": "listed"})
    assert Listing.objects.get(during__contains=TODAY).state == "listed"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"state": "sold"}, "valid choice"),
        ({"product": ""}, "required"),
        ({"product": str(uuid4())}, "valid choice"),
        ({"evidence": "长" * 501}, "at most 500"),
        ({"first": TOMORROW.isoformat()}, "in the future"),
        ({"first": "nonsense"}, "not a date"),
        ({"last": YESTERDAY.isoformat()}, "before the first"),
        ({}, "entered for these days already"),
    ],
)
def test_what_a_listing_can_not_be(world, listing: Listing, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, world.cast.lin, new(world), **way(world) | wrong)
    assert sentence in said(answer)
    assert Listing.objects.count() == 1
    for name, value in (way(world) | wrong).items():
        assert answer.context["form"][name].value() == value


def test_goods_of_other_lines_are_neither_offered_nor_changed(world, listing: Listing) -> None:
    other = Product.objects.create(name="别线", line=Line.objects.create(code="o", name="Other"))
    assert "别线" not in world.client(world.cast.lin).get(new(world)).content.decode()
    assert "valid choice" in said(send(world, world.cast.lin, new(world), **way(world) | {"product": str(other.pk)}))
    Listing.objects.filter(pk=listing.pk).update(product=other)
    assert world.client(world.cast.lin).get(at(listing)).status_code == 404


def test_two_at_once_choose(world, listing: Listing) -> None:
    lin, zheng = world.cast.lin, world.cast.zheng
    mine = given(world.client(lin).get(at(listing)))
    follow(world, zheng, at(listing), first=SINCE.isoformat(), state="listed", evidence="经理")
    conflict = send(world, lin, at(listing), mine, state="refused", first=SINCE.isoformat())
    assert "Somebody changed this" in said(conflict)
    assert "You typed Refused Stored now Listed" in text(conflict)
    follow(world, lin, at(listing), given(conflict), **{"choose-state": "stored"})
    listing.refresh_from_db()
    assert (listing.state, listing.evidence) == ("listed", "经理")


def test_who_may(world, listing: Listing) -> None:
    cast = world.cast
    for page in (new(world), at(listing)):
        for who in (cast.lin, cast.zheng, cast.operations):
            assert world.client(who).get(page).status_code == 200, page
        for who in (cast.zhao, cast.stranger):
            assert world.client(who).get(page).status_code == 404, page
            entries = {"id": uuid7(), "first": TODAY.isoformat(), **way(world), "last": ""}
            assert world.client(who).post(page, entries).status_code == 404, page
            assert world.client(who).post(page, {"end": "1", "end-last": TODAY}).status_code == 404, page
        assert world.client(cast.idle).get(page).status_code == 403
    assert world.client(cast.lin).get(f"/customers/{cast.chen.pk}/listings/new/").status_code == 404
    assert Listing.objects.get().state == "requested"


@pytest.mark.parametrize("name", WILD)
def test_wild_words_are_kept_or_refused(world, listing: Listing, name: str) -> None:
    answer = send(world, world.cast.lin, at(listing), evidence=WILD[name])
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert answer.context["form"]["evidence"].value() == WILD[name]
    page = world.client(world.cast.lin).get(f"/customers/{world.cast.hospital.pk}/").content.decode()
    assert "<script>alert" not in page


def test_sent_twice_and_statements(world, django_assert_max_num_queries: Any) -> None:
    lin = world.client(world.cast.lin)
    for number in range(20):
        product = Product.objects.create(name=f"药{number}", line=world.cast.line)
        Listing.objects.create(institution=world.cast.hospital, product=product, state="listed", during=period(SINCE))
    with django_assert_max_num_queries(12):
        entries = given(lin.get(new(world))) | way(world)
    with django_assert_max_num_queries(15):
        assert lin.post(new(world), entries).status_code == 302
    assert lin.post(new(world), entries).status_code == 302
    made = Listing.objects.get(product=world.cast.product)
    with django_assert_max_num_queries(12):
        entries = given(lin.get(at(made)))
    with django_assert_max_num_queries(15):
        assert lin.post(at(made), entries | {"state": "listed"}).status_code == 302
    with django_assert_max_num_queries(12):
        lin.get(f"/customers/{world.cast.hospital.pk}/")
