"""Sales months of institutions. People have none: where they work at a medical institution the law forbids it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sin
from random import Random

from crm.base.periods import month_start
from crm.demo import vocabulary as words
from crm.demo.institutions import Institution

MONTHS = 24
REPORTED_ON = 8  # of the month after
CURRENCY = "CNY"


@dataclass(frozen=True)
class SalesMonth:
    institution: str
    product: int
    month: date
    units: int
    revenue: int  # yuan
    collected: int
    known_on: date


def make_sales(institutions: list[Institution], today: date, random: Random) -> Iterator[SalesMonth]:
    for institution in institutions:
        if institution.kind == "distributor":
            continue  # what it sells on stands at those who buy it
        for product, (_name, _unit, price) in enumerate(words.PRODUCTS):
            if random.random() < 0.25:
                continue  # not listed there
            share, trend = random.uniform(2, 12), random.uniform(-0.015, 0.03)
            for back in range(MONTHS, 0, -1):
                month, after = month_start(today, -back), month_start(today, 1 - back)
                known_on = after.replace(day=REPORTED_ON)
                course = (1 + trend * (MONTHS - back)) * (1 + 0.15 * sin(month.month * 0.52))
                units = round(institution.size * share * course * random.uniform(0.7, 1.3))
                if known_on > today or not units:
                    continue
                revenue = units * price
                collected = revenue * random.choice((100, 100, 100, 95, 90, 70)) // 100
                yield SalesMonth(institution.id, product, month, units, revenue, collected, known_on)


def correct(months: list[SalesMonth], today: date, random: Random) -> tuple[list[SalesMonth], list[SalesMonth]]:
    """What was reported wrongly at first, and all months as they stand: the corrected ones known a while later."""
    first, standing = [], []
    for month in months:
        again = month.known_on + timedelta(days=random.randint(20, 50))
        if random.random() > 0.015 or again >= today:
            standing.append(month)
            continue
        units = month.units + random.choice((-1, 1)) * max(1, month.units // 12)
        share = month.revenue // month.units
        first.append(replace(month, units=units, revenue=units * share, collected=min(month.collected, units * share)))
        standing.append(replace(month, known_on=again))
    return first, standing
