"""Eighteen months of visits that keep roughly to plan, told backwards from today: when a customer falls due is
chosen first, so that every Today page has somebody overdue, somebody due and somebody promised."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from crm.base.periods import month_start
from crm.demo import vocabulary as words
from crm.demo.dice import dice
from crm.demo.ground import Ground
from crm.demo.people import Person
from crm.demo.talk import Talk, talk_of

MONTHS = 18
SHARES = {"A": 50, "B": 85}
CALLS = {
    "prescriber": {"A": 4, "B": 2, "C": 1},
    "decision_maker": {"A": 2, "B": 1, "C": 1},
    "influencer": {"A": 1, "B": 1, "C": 1},
}
_GAPS = {4: (6, 11), 2: (13, 24), 1: (40, 84)}  # days between past visits, by visits due in a month
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
    person: str
    state: str


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
    also_promised: NextStep | None  # later than the next step
    talk: Talk


def make_visits(
    people: list[Person],
    ground: Ground,
    today: date,
    closed: Collection[date],
    away: Collection[tuple[str, date]],
    random: Random,
) -> Iterator[Visit]:
    """In order of days. Colleagues of one department met on one day are one visit. Nobody makes any on days that are
    `closed`, nor who is `away` on a day."""
    due = _visits_due(people, today)
    met: dict[Meeting, list[Person]] = defaultdict(list)
    latest: dict[str, date] = {}
    for person in people:
        if person.is_new:
            continue
        for planned in _days(due[person.id], person, today, closed, random):
            day = planned
            rep = ground.rep_on(person.at.territory, day)
            while rep and (rep, day) in away:
                day = _working_day(day - _DAY, closed)
                rep = ground.rep_on(person.at.territory, day)
            together = met[day, rep or "", person.at.id, person.department]
            if rep and day >= (person.since or day) and person not in together:
                together.append(person)
                latest[person.id] = max(latest.get(person.id, day), day)
    managers = {leaf.id: ground.manager_of(leaf.district) for leaf in ground.leaves}
    made = sorted(((meeting, persons) for meeting, persons in met.items() if persons), key=_order)
    for number, ((day, rep, place, _department), persons) in enumerate(made, start=1):
        visit = f"V{number:06}"
        first = persons[0]
        products = _products(random)
        channel = random.choices(_CHANNELS, _CHANNEL_WEIGHTS)[0]
        note = _note(first, random)
        step = _next_step(day, today, first.id, latest[first.id] == day, random)
        talk = talk_of(visit, first, rep, managers[first.at.territory], day, [number for number, _ in products], today)
        yield Visit(
            id=visit,
            rep=rep,
            on=day,
            channel=channel,
            place=place,
            persons=[person.id for person in persons],
            products=products,
            note=note,
            next_step=step,
            also_promised=_also_promised(step, visit),
            talk=talk if channel == "face_to_face" else replace(talk, joint_with=""),
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


def _days(due: int, person: Person, today: date, closed: Collection[date], random: Random) -> Iterator[date]:
    """The days on which somebody was met, newest first."""
    interval = (month_start(today, 1) - month_start(today)).days // due
    fate = random.random()
    if fate < 0.04:
        offset = -random.randint(1, 6)  # overdue
    elif fate < (0.16 if due == max(_GAPS) else 0.1):
        offset = 0  # due today
    else:
        offset = random.randint(1, max(1, interval - 1))
    first = max(month_start(today, -MONTHS), date(today.year - 1, 1, 1), person.since or date.min)
    day = _working_day(today - timedelta(days=interval - offset), closed, _DAY)
    if day >= today:
        day = _working_day(today - _DAY, closed)
    low, high = _GAPS[due]
    while day >= first:
        yield day
        day = _working_day(day - timedelta(days=random.randint(low, high)), closed)


def _working_day(day: date, closed: Collection[date], step: timedelta = -_DAY) -> date:
    """The day itself, or the nearest working day before it (or after, with the step of a day)."""
    while day.weekday() >= 5 or day in closed:
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


def _next_step(day: date, today: date, person: str, is_latest: bool, random: Random) -> NextStep | None:
    """Some visits end with a promise. Those of the newest visits are open and fall due around today; those before
    were kept, but for a few that nobody wants any more."""
    is_pending = is_latest and today - day < _PENDING
    if random.random() > (0.15 if is_pending else 0.08):
        return None
    if is_pending:
        due_on = max(day, today + timedelta(days=random.choice((-3, -1, 0, 0, 0, 1, 2, 3, 5, 8))))
    else:
        due_on = day + timedelta(days=random.randint(2, 14))
    kind = random.choice(list(words.NEXT_STEPS))
    state = "open" if is_latest else "dismissed" if random.random() < 0.08 else "done"
    return NextStep(kind, due_on, random.choice(words.NEXT_STEPS[kind]), person, state)


def _also_promised(step: NextStep | None, visit: str) -> NextStep | None:
    """Now and then two things are promised at once; of the second one an open promise may be kept already."""
    random = dice("also promised", visit)
    if not step or random.random() > 0.15:
        return None
    kind = random.choice([kind for kind in words.NEXT_STEPS if kind != step.kind])
    state = random.choice(("open", "done")) if step.state == "open" else step.state
    due_on = step.due_on + timedelta(days=random.randint(1, 6))
    return NextStep(kind, due_on, random.choice(words.NEXT_STEPS[kind]), step.person, state)
