"""Roles, influence and places of work are entered, changed from a day on, ended and taken back through pages."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Line, Product
from crm.base.periods import last_day, period
from crm.base.toasts import undo_of
from customers.actions import refresh_alignment
from customers.models import Affiliation, Customer, InfluenceLink, RoleAssignment
from tests.cast import SINCE, TODAY, institution, person
from tests.pages.test_change_customer import WILD, given, said, send, trail
from tests.pages.test_customer import text

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
ROLE = {"role": "decision_maker", "strength": "4", "evidence": "药事会委员"}
TIE = {"sways": "1", "kind": "advice", "weight": "800", "evidence": "常向他请教"}


def undo_last(world: Any, who: Any, page: Any) -> Any:
    undo = undo_of(next(iter(page.context["messages"])))
    assert undo, [str(message) for message in page.context["messages"]]
    return world.client(who).post(undo.url, undo.fields, follow=True)


def follow(world: Any, who: Any, url: str, entries: Any = None, /, **more: Any) -> Any:
    """Sends a form and opens where it leads."""
    client = world.client(who)
    entries = given(client.get(url)) if entries is None else entries
    page = client.post(url.partition("?")[0], {**entries, **more}, follow=True)
    assert page.redirect_chain, said(page)
    return page


def new_role(world: Any, /, **more: Any) -> Any:
    return follow(world, world.cast.lin, f"/customers/{world.cast.chen.pk}/roles/new/", **ROLE | more)


@pytest.fixture
def role(world) -> RoleAssignment:
    return RoleAssignment.objects.create(person=world.cast.chen, role="prescriber", strength=2, during=period(SINCE))


@pytest.fixture
def tie(world) -> InfluenceLink:
    return InfluenceLink.objects.create(
        influencer=world.cast.chen, influenced=world.cast.meng, kind="advice", weight=250, during=period(SINCE)
    )


def place_of(who: Any) -> Affiliation:
    return Affiliation.objects.get(person=who, is_primary=True, during__contains=TODAY)


def address_of(row: Any) -> str:
    kind = {RoleAssignment: "roles", InfluenceLink: "influence", Affiliation: "affiliations"}[type(row)]
    return f"/customers/{kind}/{row.pk}/"


def in_force(rows: Any, day: date = TODAY) -> Any:
    return rows.filter(during__contains=day)


# Roles


def test_a_role_is_set_seen_and_taken_back(world) -> None:
    page = new_role(world, product=world.cast.product.pk)
    made = RoleAssignment.objects.get()
    assert (made.role, made.strength, made.evidence, made.product, made.during) == (
        "decision_maker", 4, "药事会委员", world.cast.product, period(TODAY),
    )  # fmt: skip
    assert "Decision-maker" in text(page)
    assert "药事会委员" in text(page)
    assert trail(RoleAssignment, made.pk) == [("insert", world.cast.lin.pk)]
    undo_last(world, world.cast.lin, page)
    assert not RoleAssignment.objects.exists()


def test_a_change_ends_what_was_and_begins_anew(world, role: RoleAssignment) -> None:
    page = follow(world, world.cast.lin, address_of(role), strength="5", evidence="处方增多")
    assert [(r.strength, r.during) for r in RoleAssignment.objects.order_by("during")] == [
        (2, period(SINCE, YESTERDAY)), (5, period(TODAY)),
    ]  # fmt: skip
    undo_last(world, world.cast.lin, page)
    assert in_force(RoleAssignment.objects).get().strength == 2
    assert in_force(RoleAssignment.objects, YESTERDAY).get().strength == 2


def test_on_the_day_of_its_beginning_it_is_corrected(world, role: RoleAssignment) -> None:
    follow(world, world.cast.lin, address_of(role), first=SINCE.isoformat(), strength="1", role="influencer")
    role.refresh_from_db()
    assert (role.strength, role.role, role.during) == (1, "influencer", period(SINCE))


def test_a_role_ends_with_its_last_day_and_goes_on(world, role: RoleAssignment) -> None:
    page = follow(world, world.cast.lin, address_of(role), {"end": "1", "end-last": YESTERDAY.isoformat()})
    role.refresh_from_db()
    assert last_day(role.during) == YESTERDAY
    assert "Prescriber" not in text(page)
    undo_last(world, world.cast.lin, page)
    role.refresh_from_db()
    assert role.during == period(SINCE)


def test_products_of_ones_lines_and_what_is_there_already(world, role: RoleAssignment) -> None:
    other = Product.objects.create(name="别线", line=Line.objects.create(code="o", name="Other"))
    RoleAssignment.objects.filter(pk=role.pk).update(product=other)
    new, old = (
        world.client(world.cast.lin).get(address).content.decode()
        for address in (f"/customers/{world.cast.chen.pk}/roles/new/", address_of(role))
    )
    assert "别线" not in new
    assert "诺泽平" in new
    assert "别线" in old
    answer = send(world, world.cast.lin, f"/customers/{world.cast.chen.pk}/roles/new/", **ROLE, product=other.pk)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"role": "king"}, "valid choice"),
        ({"role": ""}, "required"),
        ({"strength": "0"}, "valid choice"),
        ({"strength": "9" * 400}, "valid choice"),
        ({"product": "nonsense"}, "valid choice"),
        ({"evidence": "长" * 501}, "at most 500"),
        ({"first": TOMORROW.isoformat()}, "in the future"),
        ({"first": "1901-01-01"}, "hundred years ago"),
        ({"first": "0001-01-01"}, "1900"),
        ({"last": YESTERDAY.isoformat()}, "before the first"),
        ({"last": "2199-12-31"}, "more than a year ahead"),
        ({"role": "prescriber"}, "has this role in these days already"),
    ],
)
def test_what_a_role_can_not_be(world, role: RoleAssignment, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, world.cast.lin, f"/customers/{world.cast.chen.pk}/roles/new/", **ROLE | wrong)
    assert sentence in said(answer)
    for name, value in (ROLE | wrong).items():
        assert answer.context["form"][name].value() == value
    assert RoleAssignment.objects.count() == 1


def test_a_change_stays_within_the_days_of_its_row(world, role: RoleAssignment) -> None:
    before = (SINCE - timedelta(1)).isoformat()
    assert "began on 2025-01-01" in said(send(world, world.cast.lin, address_of(role), first=before, strength="5"))
    wrong = {"end": "1", "end-last": before}
    assert "before the first" in said(world.client(world.cast.lin).post(address_of(role), wrong))
    follow(world, world.cast.lin, address_of(role), {"end": "1", "end-last": YESTERDAY.isoformat()})
    assert "ended on 2026-11-20" in said(send(world, world.cast.lin, address_of(role), strength="5", last=""))
    assert "has begun" in text(world.client(world.cast.lin).post(address_of(role), {"take-back": "1"}, follow=True))
    assert RoleAssignment.objects.count() == 1


def test_two_at_once_choose(world, role: RoleAssignment) -> None:
    lin, zheng = world.cast.lin, world.cast.zheng
    mine = given(world.client(lin).get(address_of(role)))
    follow(world, zheng, address_of(role), first=SINCE.isoformat(), strength="5", evidence="经理")
    conflict = send(world, lin, address_of(role), mine, strength="1", first=SINCE.isoformat())
    assert "Somebody changed this" in said(conflict)
    assert "You typed 1 · weak Stored now 5 · strong" in text(conflict)
    assert "经理" in text(conflict)
    follow(world, lin, address_of(role), given(conflict), **{"choose-strength": "stored"})
    role.refresh_from_db()
    assert (role.strength, role.evidence) == (5, "经理")


# Influence


def new_tie(world: Any, other: Any = None, /, **more: Any) -> Any:
    other = (other or world.cast.meng).pk
    return follow(world, world.cast.lin, f"/customers/{world.cast.chen.pk}/influence/new/?other={other}", **TIE | more)


def test_a_tie_goes_in_either_direction(world) -> None:
    page = new_tie(world)
    made = InfluenceLink.objects.get()
    assert (made.influencer, made.influenced, made.weight) == (world.cast.chen, world.cast.meng, 800)
    assert "1 person follows 陈望舒" in text(page)
    undo_last(world, world.cast.lin, page)
    assert not InfluenceLink.objects.exists()
    new_tie(world, sways="0")
    assert InfluenceLink.objects.get().influencer == world.cast.meng


def test_a_tie_changes_ends_and_keeps_an_odd_weight(world, tie: InfluenceLink) -> None:
    page = world.client(world.cast.lin).get(address_of(tie))
    assert "0.25" in text(page)
    follow(world, world.cast.lin, address_of(tie), weight="1000")
    assert [(one.weight, one.during) for one in InfluenceLink.objects.order_by("during")] == [
        (250, period(SINCE, YESTERDAY)), (1000, period(TODAY)),
    ]  # fmt: skip
    now = in_force(InfluenceLink.objects).get()
    page = follow(world, world.cast.lin, address_of(now), {"end": "1", "end-last": TODAY.isoformat()})
    undo_last(world, world.cast.lin, page)
    assert in_force(InfluenceLink.objects, TOMORROW).get().weight == 1000


def test_nobody_outside_ones_ground_is_chosen_or_named(world) -> None:
    cast = world.cast
    address = f"/customers/{cast.chen.pk}/influence/new/"
    for other in (cast.shopkeeper.pk, cast.stray.pk, cast.chen.pk, cast.hospital.pk, uuid4(), "nonsense"):
        assert "Who sways 陈望舒" in text(world.client(cast.lin).get(f"{address}?other={other}"))
    assert "阿福" not in world.client(cast.lin).post(address, {"q": "afu"}).content.decode()
    assert "陈望舒" not in world.client(cast.lin).post(address, {"q": "chen"}).content.decode()
    assert "孟书远" in world.client(cast.lin).post(address, {"q": "meng"}).content.decode()
    entries = given(world.client(cast.lin).get(f"{address}?other={cast.meng.pk}")) | TIE
    for other in (cast.shopkeeper.pk, cast.stray.pk, cast.hospital.pk, uuid4()):
        answer = send(world, cast.lin, address, entries, other=str(other))
        assert "your own ground" in said(answer)
        assert "阿福" not in answer.content.decode()
        assert answer.context["form"]["evidence"].value() == TIE["evidence"]
    assert "Nobody influences himself" in said(send(world, cast.lin, address, entries, other=str(cast.chen.pk)))
    assert not InfluenceLink.objects.exists()


def test_a_tie_with_somebody_outside_is_out_of_reach(world) -> None:
    cast = world.cast
    tie = InfluenceLink.objects.create(
        influencer=cast.shopkeeper, influenced=cast.chen, kind="friend", weight=500, during=period(SINCE)
    )
    assert world.client(cast.lin).get(address_of(tie)).status_code == 404
    assert world.client(cast.zheng).get(address_of(tie)).status_code == 200
    page = world.client(cast.lin).get(f"/customers/{cast.chen.pk}/").content.decode()
    assert address_of(tie) not in page
    assert address_of(tie) in world.client(cast.zheng).get(f"/customers/{cast.chen.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kind": "magic"}, "valid choice"),
        ({"weight": "0"}, "valid choice"),
        ({"weight": "100000"}, "valid choice"),
        ({"sways": "2"}, "valid choice"),
        ({"first": TOMORROW.isoformat()}, "in the future"),
        ({"kind": "friend"}, "linked in this way"),
    ],
)
def test_what_a_tie_can_not_be(world, wrong: dict[str, str], sentence: str) -> None:
    cast = world.cast
    InfluenceLink.objects.create(influencer=cast.chen, influenced=cast.meng, kind="friend", during=period(SINCE))
    answer = send(world, cast.lin, f"/customers/{cast.chen.pk}/influence/new/?other={cast.meng.pk}", **TIE | wrong)
    assert sentence in said(answer)
    assert InfluenceLink.objects.count() == 1


# All of them


def test_who_may(world, role: RoleAssignment, tie: InfluenceLink) -> None:
    cast = world.cast
    pages = [
        *(f"/customers/{cast.chen.pk}/{what}/new/" for what in ("roles", "influence", "affiliations")),
        *map(address_of, (role, tie, place_of(cast.chen))),
    ]
    for page in pages:
        for who in (cast.lin, cast.zheng, cast.operations):
            assert world.client(who).get(page).status_code == 200, page
        for who in (cast.zhao, cast.stranger):
            assert world.client(who).get(page).status_code == 404, page
            assert world.client(who).post(page, ROLE | {"end": "1"}).status_code == 404, page
        assert world.client(cast.idle).get(page).status_code == 403
    for what in ("roles", "influence", "affiliations"):
        assert world.client(cast.lin).get(f"/customers/{what}/{uuid4()}/").status_code == 404
        assert world.client(cast.lin).get(f"/customers/{cast.hospital.pk}/{what}/new/").status_code == 404


def test_a_whole_form_of_a_stranger_is_not_carried_out(world) -> None:
    cast = world.cast
    for address, entries in (
        (f"/customers/{cast.chen.pk}/roles/new/", ROLE),
        (f"/customers/{cast.chen.pk}/influence/new/?other={cast.meng.pk}", TIE),
        (f"/customers/{cast.chen.pk}/affiliations/new/?other={cast.hospital.pk}", {"department": "新"}),
    ):
        sent = given(world.client(cast.lin).get(address)) | entries
        for who in (cast.zhao, cast.stranger):
            assert world.client(who).post(address.partition("?")[0], sent).status_code == 404, address
        assert world.client(cast.idle).post(address.partition("?")[0], sent).status_code == 403
    assert RoleAssignment.objects.count() == InfluenceLink.objects.count() == 0
    assert Affiliation.objects.filter(person=cast.chen).count() == 1


@pytest.mark.parametrize("name", WILD)
def test_wild_words_are_kept_or_refused_and_not_lost(world, role: RoleAssignment, tie: Any, name: str) -> None:
    fields = [(role, "evidence"), (tie, "evidence"), (place_of(world.cast.chen), "department")]
    for row, field in fields:
        answer = send(world, world.cast.lin, address_of(row), **{field: WILD[name]})
        assert answer.status_code in (302, 422)
        if answer.status_code == 422:
            assert said(answer)
            assert answer.context["form"][field].value() == WILD[name]
    page = world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("name", WILD)
def test_wild_days_are_refused(world, role: RoleAssignment, name: str) -> None:
    change = given(world.client(world.cast.lin).get(address_of(role))) | {"first": WILD[name]}
    for entries in ({"end": "1", "end-last": WILD[name]}, change):
        assert said(world.client(world.cast.lin).post(address_of(role), entries))
    assert world.client(world.cast.lin).post(address_of(role), {"reopen": WILD[name]}).status_code == 400


def test_sent_twice_it_is_said_once(world) -> None:
    for address, entries in (
        (f"/customers/{world.cast.chen.pk}/roles/new/", ROLE),
        (f"/customers/{world.cast.chen.pk}/influence/new/?other={world.cast.meng.pk}", TIE),
    ):
        sent = given(world.client(world.cast.lin).get(address)) | entries
        for _time in range(2):
            assert send(world, world.cast.lin, address, sent).status_code == 302
    assert RoleAssignment.objects.count() == InfluenceLink.objects.count() == 1


def test_statements_do_not_grow(world, role: RoleAssignment, tie: Any, django_assert_max_num_queries) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    for number in range(30):
        one = person(f"客户{number}", cast.hospital)
        InfluenceLink.objects.create(influencer=cast.chen, influenced=one, kind="advice", during=period(SINCE))
        day = SINCE + timedelta(number)
        RoleAssignment.objects.create(person=cast.chen, role="influencer", strength=1, during=period(day, day))
        Product.objects.create(name=f"药{number}", line=cast.line)
        institution(f"药店{number}", "pharmacy", cast.xixi)
    refresh_alignment(on=TODAY)
    shop = Customer.objects.get(name="药店7")
    rows = [role, tie, place_of(cast.chen)]
    new = [
        (f"/customers/{cast.chen.pk}/roles/new/", ROLE),
        (f"/customers/{cast.chen.pk}/influence/new/?other={cast.meng.pk}", TIE | {"kind": "friend"}),
        (f"/customers/{cast.chen.pk}/affiliations/new/?other={shop.pk}", {"department": "新", "is_primary": "1"}),
    ]
    choosing = [f"/customers/{cast.chen.pk}/{what}/new/?q=ke" for what in ("influence", "affiliations")]
    for page in [*(page for page, _entries in new), *map(address_of, rows), *choosing]:
        with django_assert_max_num_queries(12):
            assert lin.get(page).status_code == 200
    changes = [(address_of(row), {"evidence": "新", "position": "新"}) for row in rows]
    for page, entries in [*changes, *new]:
        entries = given(lin.get(page)) | entries
        with django_assert_max_num_queries(15):
            assert lin.post(page.partition("?")[0], entries).status_code == 302, page
