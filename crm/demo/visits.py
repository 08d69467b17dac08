"""Eighteen months of visits that keep roughly to plan, told backwards from today: when a customer falls due is
chosen first, so that every Today page has somebody overdue, somebody due and somebody promised."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from crm.base.periods import month_start
from crm.demo import vocabulary as words
from crm.demo.ground import Ground
from crm.demo.people import Person

MONTHS = 18
SHARES = {"A": 50, "B": 85}
CALLS = {
    "prescriber": {"A": 4, "B": 2, "C": 1},
    "decision_maker": {"A": 2, "B": 1, "C": 1},
    "influencer": {"A": 1, "B": 1, "C": 1},
}
_GAPS = {4: (6, 11), 2: (13, 24), 1: (40, 84)}  # days between past visits, by visits due in a month
_HOLIDAYS = {(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))}
_REACTIONS = ("agrees", "interested", "neutral", "doubts", "against", "")
_REACTION_WEIGHTS = (24, 30, 26, 9, 2, 9)
_CHANNELS = ("face_to_face", "wechat", "phone", "video", "meeting")
_CHANNEL_WEIGHTS = (84, 7, 5, 1, 3)
_DAY = timedelta(days=1)
_PENDING = timedelta(days=60)

Meeting = tuple[date, str, str, str]  # day, rep, institution, department


@dataclass(frozen=True)
class NextStep:
    kind: str
    due_on: date
    text: str


@dataclass(frozen=True)
class Visit:
    id: str
    rep: str
    on: date
    channel: str
    place: str
    persons: list[str]
    products: list[tuple[int, str]]
    note: str
    next_step: NextStep | None


def make_visits(people: list[Person], ground: Ground, today: date, random: Random) -> Iterator[Visit]:
    """In order of days. Colleagues of one department met on one day are one visit."""
    due = _visits_due(people, today)
    met: dict[Meeting, list[Person]] = defaultdict(list)
    latest: dict[str, date] = {}
    for person in people:
        if person.is_new:
            continue
        for day in _days(due[person.id], person, today, random):
            rep = ground.rep_on(person.at.territory, day)
            if rep:
                met[day, rep, person.at.id, person.department].append(person)
                latest[person.id] = max(latest.get(person.id, day), day)
    for number, ((day, rep, place, _department), persons) in enumerate(sorted(met.items(), key=_order), start=1):
        is_latest = latest[persons[0].id] == day
        yield Visit(
            id=f"V{number:06}",
            rep=rep,
            on=day,
            channel=random.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0],
            place=place,
            persons=[person.id for person in persons],
            products=_products(random),
            note=_note(persons[0], random),
            next_step=_next_step(day, today, is_latest, random),
        )


def _order(item: tuple[Meeting, list[Person]]) -> Meeting:
    return item[0]


def _visits_due(people: Iterable[Person], today: date) -> dict[str, int]:
    """Visits due a month, by the tier that the night will give: Pareto over potential, ties by id."""
    volumes = {person.id: person.potential_on(today) or 0 for person in people}
    ranked = sorted(people, key=lambda person: (-volumes[person.id], person.id))
    total = sum(volumes.values())
    before, due = 0, {}
    for person in ranked:
        tier = "A" if before * 100 < SHARES["A"] * total else "B" if before * 100 < SHARES["B"] * total else "C"
        before += volumes[person.id]
        due[person.id] = max(CALLS[role][tier] for role in person.job.roles)
    return due


def _days(due: int, person: Person, today: date, random: Random) -> Iterator[date]:
    """The days on which somebody was met, newest first."""
    interval = (month_start(today, 1) - month_start(today)).days // due
    fate = random.random()
    if fate < 0.08:
        offset = -random.randint(1, 6)  # overdue
    elif fate < (0.25 if due == max(_GAPS) else 0.14):
        offset = 0  # due today
    else:
        offset = random.randint(1, max(1, interval - 1))
    first = max(month_start(today, -MONTHS), date(today.year - 1, 1, 1), person.since or date.min)
    day = _working_day(today - timedelta(days=interval - offset), _DAY)
    if day >= today:
        day = _working_day(today - _DAY)
    low, high = _GAPS[due]
    while day >= first:
        yield day
        day = _working_day(day - timedelta(days=random.randint(low, high)))


def _working_day(day: date, step: timedelta = -_DAY) -> date:
    """The day itself, or the nearest working day before it (or after, with the step of a day)."""
    while day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS:
        day += step
    return day


def _products(random: Random) -> list[tuple[int, str]]:
    count = random.choices((0, 1, 2, 3), (6, 60, 28, 6))[0]
    chosen = random.sample(range(len(words.PRODUCTS)), count)
    return [(product, random.choices(_REACTIONS, _REACTION_WEIGHTS)[0]) for product in chosen]


def _note(person: Person, random: Random) -> str:
    if random.random() > 0.15:
        return ""
    return random.choice(words.NOTES if person.at.is_medical else words.SHOP_NOTES)


def _next_step(day: date, today: date, is_latest: bool, random: Random) -> NextStep | None:
    """Some visits end with a promise. Those of the newest visits fall due around today."""
    is_pending = is_latest and today - day < _PENDING
    if random.random() > (0.25 if is_pending else 0.08):
        return None
    if is_pending:
        due_on = max(day, today + timedelta(days=random.choice((-3, -1, 0, 0, 0, 1, 2, 3, 5, 8))))
    else:
        due_on = day + timedelta(days=random.randint(2, 14))
    kind = random.choice(list(words.NEXT_STEPS))
    return NextStep(kind, due_on, random.choice(words.NEXT_STEPS[kind]))
