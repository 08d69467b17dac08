"""The named cast of the tests, and the small world in which they play. One clock: TODAY."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from accounts.actions import default_line, refresh_ground
from accounts.models import Line, Posting, Product, Territory, TerritoryParent, User
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Alignment, Customer, Institution, Person
from customers.queries.keys import search_columns

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
SINCE = date(2025, 1, 1)
PASSWORD = "cast-of-rounds-1"


def noon(day: date) -> datetime:
    """When a visit of that day is reported."""
    return datetime.combine(day, NOON.timetz())


@dataclass
class Cast:
    """China: Jiangnan district with Xixi and Dongdu; Jiangbei district apart."""

    line: Line
    china: Territory
    jiangnan: Territory
    jiangbei: Territory
    xixi: Territory
    dongdu: Territory
    hospital: Institution  # in Xixi, medical
    pharmacy: Institution  # in Dongdu, not medical
    chen: Person  # doctor at the hospital, held by Xixi
    meng: Person  # another one
    shopkeeper: Person  # of the pharmacy, held by Dongdu
    stray: Person  # nobody holds him
    product: Product
    lin: User  # rep in Xixi
    zhao: User  # rep in Dongdu: the sibling
    zheng: User  # manager of Jiangnan
    stranger: User  # manager of Jiangbei
    operations: User
    idle: User  # no posting


def _territory(name: str, line: Line, parent: Territory | None = None, **more: str) -> Territory:
    territory = Territory.objects.create(name=name, line=line, **more)
    if parent:
        TerritoryParent.objects.create(territory=territory, parent=parent, during=period(None))
    return territory


def person(name: str, institution: Institution | None = None, **more: str) -> Person:
    kind = Customer.Kind.PERSON
    customer = Customer.objects.create(kind=kind, name=name, **search_columns(name, kind))
    created = Person.objects.create(customer=customer, **more)
    if institution:
        Affiliation.objects.create(person=created, institution=institution, during=period(SINCE))
    return created


def institution(name: str, kind: str, territory: Territory | None = None) -> Institution:
    what = Customer.Kind.INSTITUTION
    customer = Customer.objects.create(kind=what, name=name, **search_columns(name, what))
    created = Institution.objects.create(customer=customer, kind=kind)
    if territory:
        align(customer, territory)
    return created


def align(customer: Customer, territory: Territory, first: date = SINCE, last: date | None = None) -> None:
    Alignment.objects.create(
        customer=customer, territory=territory, line_id=territory.line_id, during=period(first, last)
    )


def user(username: str, name: str, territory: Territory | None = None, role: str = Posting.Role.REP) -> User:
    created = User.objects.create_user(username, password=PASSWORD, name=name)
    if territory:
        Posting.objects.create(user=created, territory=territory, role=role, during=period(SINCE))
    return created


def assemble() -> Cast:
    line = default_line()
    china = _territory("中国", line, own_jurisdiction="CN", own_time_zone="Asia/Shanghai")
    jiangnan, jiangbei = _territory("江南", line, china), _territory("江北", line, china)
    xixi, dongdu = _territory("西溪", line, jiangnan), _territory("东渡", line, jiangnan)
    refresh_ground(on=TODAY)
    hospital = institution("西溪湾医院", "hospital", xixi)
    pharmacy = institution("东渡大药房", "pharmacy", dongdu)
    cast = Cast(
        line=line,
        china=china,
        jiangnan=jiangnan,
        jiangbei=jiangbei,
        xixi=xixi,
        dongdu=dongdu,
        hospital=hospital,
        pharmacy=pharmacy,
        chen=person("陈望舒", hospital),
        meng=person("孟书远", hospital),
        shopkeeper=person("阿福", pharmacy),
        stray=person("游医"),
        product=Product.objects.create(name="诺泽平", line=line, unit="盒"),
        lin=user("lin", "林晓", xixi),
        zhao=user("zhao", "赵一鸣", dongdu),
        zheng=user("zheng", "郑明远", jiangnan, Posting.Role.MANAGER),
        stranger=user("stranger", "外人", jiangbei, Posting.Role.MANAGER),
        operations=user("ops", "运营", china, Posting.Role.OPERATIONS),
        idle=user("idle", "闲人"),
    )
    refresh_alignment(on=TODAY)
    return cast
