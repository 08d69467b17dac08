"""Some of everything, in two product lines: rows that differ in whatever a list can be asked for, and rows that tie."""

from datetime import date, timedelta

from accounts.actions import refresh_ground
from accounts.models import Line, Posting, Product, Territory, TerritoryParent
from crm.base.models import ExternalId
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Customer, CustomerStatus, InfluenceLink, Institution, Person, RoleAssignment
from segmentation.models import TierAssignment
from tests.cast import NOON, SINCE, TODAY, Cast, align, institution, person
from tests.pages.conftest import World
from visits.models import Attendee, Reminder, Visit

DAY = timedelta(days=1)
LAST_WEEK = TODAY - 7 * DAY


def fill(world: World) -> Cast:
    """The manager of Jiangnan is posted in a second line, too, and sees nearly all of it."""
    cast = world.cast
    two, north, south = _second_line(cast)
    goods = [cast.product, *(Product.objects.create(name=name, line=line, is_active=sold) for name, line, sold in (
        ("诺泽平", two, True), ("诺康", cast.line, False), ("安达", two, False), ("诺克", cast.line, True),
    ))]  # fmt: skip
    houses = _houses(cast, north, south)
    people = _people(cast, houses)
    refresh_alignment(on=TODAY)
    _names(cast, people, houses)
    _standing()
    _relations(cast, people, goods)
    _visits(cast, people, north)
    _tiers(world, people)
    _reminders(cast, people)
    return cast


def _second_line(cast: Cast) -> tuple[Line, Territory, Territory]:
    """Its tree has a territory that is named as one of the first line's."""
    line = Line.objects.create(code="two", name="二线")
    root = Territory.objects.create(name="华东", line=line, own_jurisdiction="CN", own_time_zone="Asia/Shanghai")
    north, south = (Territory.objects.create(name=name, line=line) for name in ("东渡", "西溪"))
    inner = Territory.objects.create(name="东渡", line=cast.line)
    for below, above in ((north, root), (south, root), (inner, cast.xixi)):
        TerritoryParent.objects.create(territory=below, parent=above, during=period(None))
    for user, role in ((cast.zheng, "manager"), (cast.operations, "operations")):
        Posting.objects.create(user=user, territory=root, role=role, during=period(SINCE))
    refresh_ground(on=TODAY)
    return line, north, south


def _houses(cast: Cast, north: Territory, south: Territory) -> list[Institution]:
    align(cast.hospital.customer, north)
    branch, clinic = institution("东渡大药房", "chain_branch", cast.dongdu), institution("安心诊所", "clinic", south)
    chain, closed = institution("百草堂", "chain_headquarters", cast.xixi), institution("旧院", "hospital", cast.xixi)
    for one, above in ((branch, chain), (cast.pharmacy, chain), (closed, cast.hospital)):
        Institution.objects.filter(pk=one.pk).update(parent=above)
    Customer.objects.filter(pk=closed.pk).update(ended_on=TODAY)
    return [cast.hospital, cast.pharmacy, branch, clinic, chain, closed]


def _people(cast: Cast, houses: list[Institution]) -> list[Person]:
    """Two of one name; one who works at two places, one who used to, one who will."""
    twin, gone, moved = person("陈望舒", houses[1]), person("安然", houses[0]), person("白芷", houses[3])
    Customer.objects.filter(pk=gone.pk).update(ended_on=LAST_WEEK)
    for one, house, during in (
        (twin, houses[0], period(SINCE, LAST_WEEK)),
        (moved, houses[1], period(TODAY, TODAY)),
        (cast.chen, houses[3], period(TODAY + DAY)),
        (cast.meng, houses[4], period(None)),
    ):
        Affiliation.objects.create(person=one, institution=house, is_primary=False, during=during)
    return [cast.chen, cast.meng, cast.shopkeeper, twin, gone, moved]


def _names(cast: Cast, people: list[Person], houses: list[Institution]) -> None:
    for kind, pk, source, external_id in (
        ("person", people[0].pk, "crm", "1"),
        ("person", people[0].pk, "erp", "7:1"),
        ("person", people[1].pk, "erp", "1"),
        ("institution", houses[0].pk, "crm", "1"),
        ("institution", houses[1].pk, "crm", "7:1"),
        ("institution", houses[2].pk, "erp", "2"),
        ("territory", cast.xixi.pk, "crm", "1"),
    ):
        ExternalId.objects.create(kind=kind, object_id=pk, source=source, external_id=external_id)


def _standing() -> None:
    for number, status in enumerate(CustomerStatus.objects.order_by("customer", "line")):
        status.tier = ["A", "B", "", "C"][number % 4]
        status.next_due_on = [TODAY, None, TODAY + DAY, LAST_WEEK][number % 4]
        status.save()


def _relations(cast: Cast, people: list[Person], goods: list[Product]) -> None:
    past, today, ahead = period(SINCE, LAST_WEEK), period(TODAY, TODAY), period(TODAY + DAY)
    for one, role, product, during in (
        (people[0], "prescriber", None, period(None)),
        (people[0], "decision_maker", goods[0], past),
        (people[1], "prescriber", goods[0], today),
        (people[1], "influencer", goods[1], ahead),
        (people[2], "influencer", None, period(None, TODAY)),
    ):
        RoleAssignment.objects.create(person=one, role=role, product=product, strength=3, during=during)
    for influencer, influenced, kind, during in (
        (people[0], people[1], "advice", period(None)),
        (people[0], people[2], "friend", past),
        (people[1], people[0], "advice", today),
        (people[1], people[2], "referral", ahead),
        (people[2], people[1], "friend", period(None, TODAY)),
        (people[0], cast.stray, "advice", period(None)),
    ):
        InfluenceLink.objects.create(influencer=influencer, influenced=influenced, kind=kind, during=during)


def _visits(cast: Cast, people: list[Person], north: Territory) -> None:
    """Days and moments tie, and run against each other; of one visit somebody who was met is not seen."""
    for maker, on, minutes, channel, state, met in (
        (cast.lin, TODAY, 0, "phone", "reported", [people[0]]),
        (cast.lin, TODAY - DAY, 5, "face_to_face", "void", [people[0], people[1]]),
        (cast.zhao, TODAY - DAY, 5, "phone", "reported", [people[2], cast.stray]),
        (cast.zheng, LAST_WEEK, 9, "video", "reported", [people[3]]),
        (cast.zhao, TODAY, 9, "wechat", "void", [people[2]]),
        (cast.lin, LAST_WEEK, 0, "face_to_face", "reported", [people[1]]),
        (cast.zheng, TODAY, 5, "meeting", "reported", []),
    ):
        territory = cast.dongdu if maker == cast.zhao else cast.xixi if met else north
        visit = Visit.objects.create(
            maker=maker,
            line_id=territory.line_id,
            territory=territory,
            on=on,
            known_on=on,
            channel=channel,
            state=state,
        )
        Visit.objects.filter(pk=visit.pk).update(reported_at=NOON + timedelta(minutes=minutes))
        for one in met:
            Attendee.objects.create(visit=visit, customer=one.customer, territory=territory)


def _tiers(world: World, people: list[Person]) -> None:
    one, two = Line.objects.order_by("code")
    for whose, line, tier, during in (
        (people[1], one, "A", period(SINCE, LAST_WEEK)),
        (people[0], one, "B", period(LAST_WEEK, TODAY)),
        (people[1], one, "C", period(LAST_WEEK + DAY)),
        (people[0], two, "A", period(TODAY)),
        (people[2], one, "B", period(None, date(2026, 1, 31))),
        (people[0], one, "A", period(TODAY + DAY)),
    ):
        TierAssignment.objects.create(
            customer=whose.customer, line=line, version=world.version, tier=tier, during=during, reason={}
        )


def _reminders(cast: Cast, people: list[Person]) -> None:
    for whose, territory, kind, state, due_on, postponed_to in (
        (people[0], cast.xixi, "promise", "open", TODAY, None),
        (people[1], cast.xixi, "birthday", "done", LAST_WEEK, None),
        (people[0], cast.xixi, "birthday", "dismissed", LAST_WEEK, TODAY + DAY),
        (people[2], cast.dongdu, "promise", "open", TODAY + DAY, None),
        (people[2], cast.dongdu, "licence", "open", TODAY, TODAY + 2 * DAY),
    ):
        Reminder.objects.create(
            customer=whose.customer, territory=territory, line=cast.line, kind=kind, source_id=cast.line.pk,
            state=state, due_on=due_on, postponed_to=postponed_to, made_on=LAST_WEEK,
        )  # fmt: skip
