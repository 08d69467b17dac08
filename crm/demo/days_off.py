"""Days without visits: the public holidays of China, and our people's leave, training and meetings."""

from dataclasses import dataclass
from datetime import date, timedelta

from crm.demo.dice import dice
from crm.demo.ground import Ground

_DAY = timedelta(days=1)

# As announced by the State Council: name, first and last day off, weekend days worked instead.
_ANNOUNCED: dict[int, tuple[tuple[str, str, str, tuple[str, ...]], ...]] = {
    2025: (
        ("元旦", "01-01", "01-01", ()),
        ("春节", "01-28", "02-04", ("01-26", "02-08")),
        ("清明节", "04-04", "04-06", ()),
        ("劳动节", "05-01", "05-05", ("04-27",)),
        ("端午节", "05-31", "06-02", ()),
        ("国庆节、中秋节", "10-01", "10-08", ("09-28", "10-11")),
    ),
    2026: (
        ("元旦", "01-01", "01-03", ("01-04",)),
        ("春节", "02-15", "02-23", ("02-14", "02-28")),
        ("清明节", "04-04", "04-06", ()),
        ("劳动节", "05-01", "05-05", ("05-09",)),
        ("端午节", "06-19", "06-21", ()),
        ("中秋节", "09-25", "09-27", ()),
        ("国庆节", "10-01", "10-07", ("09-20", "10-10")),
    ),
}
# Of other years the days that the law itself names; those of the moon by year, as far as they are put down here.
_BY_LAW = (("元旦", "01-01", "01-01"), ("劳动节", "05-01", "05-02"), ("国庆节", "10-01", "10-03"))
_BY_MOON = {
    2027: (
        ("春节", "02-05", "02-08"), ("清明节", "04-05", "04-05"),
        ("端午节", "06-09", "06-09"), ("中秋节", "09-15", "09-15"),
    ),
    2028: (
        ("春节", "01-25", "01-28"), ("清明节", "04-04", "04-04"),
        ("端午节", "05-28", "05-28"), ("中秋节", "10-03", "10-03"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Holiday:
    on: date
    name: str
    works: bool = False


@dataclass(frozen=True)
class TimeOff:
    user: str
    kind: str
    half: str
    first: date
    last: date


def make_holidays(today: date) -> list[Holiday]:
    """Of last, this and next year, in order of days."""
    found: dict[date, Holiday] = {}
    for year in (today.year - 1, today.year, today.year + 1):
        announced = _ANNOUNCED.get(year) or tuple((*days, ()) for days in (*_BY_LAW, *_BY_MOON.get(year, ())))
        for name, first, last, worked in announced:
            day = _day(year, first)
            while day <= _day(year, last):
                found.setdefault(day, Holiday(day, name))
                day += _DAY
            for instead in worked:
                found[_day(year, instead)] = Holiday(_day(year, instead), f"{name}调休上班", works=True)
    return [found[day] for day in sorted(found)]


def make_time_off(ground: Ground, today: date) -> list[TimeOff]:
    """A training for everybody each quarter, leave of a few days, a morning of meetings a month; not on days that
    are off anyway, and never two at once."""
    holidays = {holiday.on for holiday in make_holidays(today) if not holiday.works}
    made: list[TimeOff] = []
    taken: set[tuple[str, date]] = set()

    def add(user: str, kind: str, first: date, days: int = 1, half: str = "") -> None:
        while first.weekday() >= 5 or first in holidays:
            first += _DAY
        last = first
        while (last - first).days + 1 < days and (last + _DAY).weekday() < 5 and last + _DAY not in holidays:
            last += _DAY
        asked = {(user, first + timedelta(days=number)) for number in range((last - first).days + 1)}
        if not asked & taken:
            taken.update(asked)
            made.append(TimeOff(user, kind, half, first, last))

    active = {employee.id for employee in ground.employees if employee.active}
    posted = dict.fromkeys(p.user for p in ground.postings if p.role in ("rep", "manager") and p.user in active)
    for user in posted:
        random = dice("time off", user)
        for back in range(-1, 5):
            add(user, "training", today - timedelta(days=14 + 91 * back), 2)
        for back in range(-1, 14):
            add(user, "meeting", today - timedelta(days=3 + 30 * back), half="morning")
        for _time in range(3):
            add(user, "leave", today - timedelta(days=random.randint(-50, 350)), random.randint(2, 5))
        add(user, "leave", today - timedelta(days=random.randint(2, 25)), half=random.choice(("morning", "afternoon")))
        if random.random() < 0.4:
            add(user, "other", today - timedelta(days=random.randint(5, 120)), half="afternoon")
    return made


def days_away(time_off: list[TimeOff]) -> set[tuple[str, date]]:
    """Who makes no visit on which day."""
    return {
        (off.user, off.first + timedelta(days=number))
        for off in time_off
        if not off.half
        for number in range((off.last - off.first).days + 1)
    }


def _day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year}-{month_and_day}")
