"""What reps and their managers agreed to reach in the last quarter and in this one. At hospitals that is activity;
units and money are agreed on with trade accounts only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crm.base.periods import month_start
from crm.demo import vocabulary as words
from crm.demo.dice import dice
from crm.demo.ground import Ground
from crm.demo.institutions import Institution
from crm.demo.sales import CURRENCY, SalesMonth
from crm.demo.visits import Visit

SHOPS = ("pharmacy", "chain_branch")
_REVIEWS: dict[str, dict[str, tuple[str, ...]]] = {  # by what it is about, and by the reason of the gap
    "activity": {
        "": ("按计划完成，节奏稳定。", "提前两周完成，方法可以固定下来。"),
        "execution": ("前两个月拖延，集中到最后一个月，质量不高。", "约访不够提前，几次扑空。"),
        "external": ("院内搬迁，科内学习暂停一个月。", "科室换届，安排整体顺延。"),
    },
    "listings": {
        "": ("按流程走完，药事会一次通过。",),
        "execution": ("提单材料补了两次，错过本季药事会。", "科室需求没有落到书面。"),
        "external": ("本季药事会取消，顺延到下季度。", "同类品种已满，等目录调整。"),
    },
    "sales": {
        "": ("按计划完成，回款及时。", "会员日带动明显，动销好于预期。"),
        "execution": ("陈列没有到位，店员推荐少。", "补货不及时，断货一周。"),
        "external": ("商业公司到货延迟，动销受影响。", "门口修路两个月，客流下降。"),
    },
}
_NEXT = {
    "activity": ("每月第一周先排好下月的约访。", "请经理协访一次，重新对齐目标。", "保持现有频率。"),
    "listings": ("先请科主任签字提单，再约药剂科。", "下季药事会前一个月备齐材料。"),
    "sales": ("与店长约定每周盘点一次库存。", "下季度先做一次店员培训。", "保持现有陈列和补货节奏。"),
}
_DAY = timedelta(days=1)
What = tuple[str, int | None, str]  # territory or institution, product, measure
Done = dict[tuple[What, date], int]  # by quarter; money in fen


@dataclass(frozen=True)
class Target:
    territory: str
    institution: str
    product: int | None
    measure: str
    value: int
    currency: str
    first: date
    last: date
    agreed_on: date
    author: str
    reason: str = ""
    review: str = ""
    next_plan: str = ""


def quarter_start(day: date, quarters: int = 0) -> date:
    return month_start(day, quarters * 3 - (day.month - 1) % 3)


def make_targets(
    ground: Ground,
    institutions: list[Institution],
    sales: Iterable[SalesMonth],
    visits: Iterable[Visit],
    today: date,
) -> Iterator[Target]:
    """Each of the last quarter was looked back on, but for one in every second territory."""
    done = _count(institutions, sales, visits)
    at: dict[str, list[Institution]] = defaultdict(list)
    for institution in institutions:
        at[institution.territory].append(institution)
    for number, territory in enumerate(ground.leaves):
        if not ground.rep_on(territory.id, today):
            continue
        for quarters in (-1, 0):
            first = quarter_start(today, quarters)
            random = dice("targets", territory.id, str(quarters))
            for what, value in _wanted(territory.id, at[territory.id], done, quarter_start(first, -1)):
                of, product, measure = what
                reason, review, plan = "", "", ""
                if quarters < 0 and not (number % 2 == 0 and measure == "collected"):
                    missed = done.get((what, first), 0) < value
                    reason = random.choice(("execution", "external")) if missed else ""
                    about = {"units": "sales", "collected": "sales", "listings": "listings"}.get(measure, "activity")
                    review, plan = random.choice(_REVIEWS[about][reason]), random.choice(_NEXT[about])
                yield Target(
                    territory.id,
                    of if of != territory.id else "",
                    product,
                    measure,
                    value,
                    CURRENCY if measure == "collected" else "",
                    first,
                    month_start(first, 3) - _DAY,
                    first - timedelta(days=random.randint(2, 9)),
                    ground.manager_of(territory.district),
                    reason,
                    review,
                    plan,
                )


def _wanted(territory: str, institutions: list[Institution], done: Done, before: date) -> Iterator[tuple[What, int]]:
    """A little more than the quarter before came to."""
    for measure, least, step in (("visits", 100, 10), ("reach", 40, 1), ("meetings", 2, 1)):
        what: What = (territory, None, measure)
        yield what, max(least, done.get((what, before), 0) // step * step + step)
    for institution in institutions:
        if institution.kind == "hospital":
            what = (institution.id, None, "meetings")
            yield what, max(1, done.get((what, before), 0))
        for product in range(len(words.PRODUCTS)):
            units = done.get(((institution.id, product, "units"), before), 0)
            if institution.kind == "hospital" and not units:
                yield (institution.id, product, "listings"), 1
            elif institution.kind in SHOPS and units:
                yield (institution.id, product, "units"), units * 21 // 20 + 1
        money = done.get(((institution.id, None, "collected"), before), 0)
        if money and institution.kind == "chain_branch":
            yield (institution.id, None, "collected"), money * 21 // 20 // 10_000 * 10_000


def _count(institutions: list[Institution], sales: Iterable[SalesMonth], visits: Iterable[Visit]) -> Done:
    """What was reached of everything that may be agreed on."""
    done: Done = defaultdict(int)
    for month in sales:
        quarter = quarter_start(month.month)
        done[(month.institution, month.product, "units"), quarter] += month.units
        done[(month.institution, None, "collected"), quarter] += month.collected * 100
    territories = {institution.id: institution.territory for institution in institutions}
    reached: dict[tuple[str, date], set[str]] = defaultdict(set)
    for visit in visits:
        territory, quarter = territories[visit.place], quarter_start(visit.on)
        done[(territory, None, "visits"), quarter] += len(visit.persons)
        reached[territory, quarter].update(visit.persons)
        if visit.channel == "meeting":
            done[(territory, None, "meetings"), quarter] += 1
            done[(visit.place, None, "meetings"), quarter] += 1
    for (territory, quarter), persons in reached.items():
        done[(territory, None, "reach"), quarter] = len(persons)
    return done
