"""What is known of persons in three coordinates, from whom and since when, and what they agreed to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from crm.demo import said
from crm.demo.dice import dice
from crm.demo.people import Person

SOURCES, _WEIGHTS = ("told", "colleague", "seen", "public", "register"), (8, 4, 5, 3, 1)
MONTHS = 24  # what was learned earlier is no more here
_AGES, _OF_TITLE = ("under_35", "35_to_45", "46_to_55", "over_55"), {"住院医师": 0, "主治医师": 1, "主任医师": 3}
_BANDS, _STYLES = ("low", "middle", "high"), ("assertive", "amiable", "expressive", "analytical")
# Purpose, how many of a hundred agreed, and for how many days.
_PURPOSES = (
    ("processing", 70, 1095),
    ("wechat", 45, 730),
    ("phone", 40, 730),
    ("meetings", 25, 730),
    ("email", 15, 730),
    ("disclosure", 5, 1095),
    ("family", 4, 730),
)
_DAY = timedelta(days=1)
RepOn = Callable[[str, date], str | None]  # who held a territory on a day


@dataclass(frozen=True)
class Fact:
    person: str
    fact: str
    value: str
    source: str
    learned_on: date
    author: str
    withdrawn_on: date | None = None


@dataclass(frozen=True)
class Consent:
    person: str
    purpose: str
    wording: str
    evidence: str
    first: date
    last: date | None


Consents = dict[tuple[str, str], Consent]  # by person and purpose


def make_consents(people: list[Person], today: date) -> Consents:
    """In every third territory one of them ends within a month; some were withdrawn long ago."""
    made: Consents = {}
    watched: dict[str, int] = {}
    for person in people:
        if person.is_new:
            continue
        random = dice("consent", person.id)
        for purpose, share, days in _PURPOSES:
            if random.randrange(100) >= share:
                continue
            last = today + timedelta(days=random.randint(45, days - 60))
            first = last - timedelta(days=days - 1)
            number = watched.setdefault(person.at.territory, len(watched))
            if purpose == "processing" and number % 3 == 1:
                last = today + timedelta(days=random.randint(4, 27))
                first = last - timedelta(days=days - 1)
                watched[person.at.territory] = -1  # one is enough
            elif random.random() < 0.04 and today - first > timedelta(days=120):
                last = max(first, today - timedelta(days=random.randint(70, 400)))
            made[person.id, purpose] = Consent(
                person.id,
                purpose,
                random.choice(said.CONSENT_WORDING),
                random.choice(said.CONSENT_EVIDENCE),
                first,
                None if purpose == "disclosure" else last,
            )
    return made


def make_facts(people: list[Person], consents: Consents, rep_on: RepOn, today: date) -> Iterator[Fact]:
    greeted = _birthdays_soon(people, today)
    for person in people:
        random = dice("facts", person.id)
        known = random.uniform(0.05, 0.15) if person.is_new else random.uniform(0.3, 0.95)
        for key, value in _values(person, random):
            if random.random() < known:
                yield from _learned(person, key, value, rep_on, today, random)
        birthday = greeted.get(person.id) or date(2000, 1, 1) + timedelta(days=random.randrange(366))
        if person.id in greeted or random.random() < known * 0.35:
            yield from _learned(person, "birthday", f"{birthday:%m-%d}", rep_on, today, random)
        yield from _by_consent(person, consents, rep_on, today, random)


def _birthdays_soon(people: list[Person], today: date) -> dict[str, date]:
    """In each territory one of those who are known has his birthday in the coming week."""
    soon: dict[str, Person] = {}
    for person in people:
        if not person.is_new and person.since is None:
            soon.setdefault(person.at.territory, person)
    return {
        person.id: today + timedelta(days=dice("birthday", territory).randrange(7))
        for territory, person in soon.items()
    }


def _values(person: Person, random: Random) -> Iterator[tuple[str, str]]:
    """What could be known of somebody, apart from what needs his consent."""
    texts = {**said.EVERYBODY, **(said.DOCTORS if person.at.is_medical else said.SHOPS)}
    prescribes = "prescriber" in person.job.roles
    for key, choices in texts.items():
        if prescribes or key not in ("prescribing_habits", "patient_types", "competitors", "research_topics"):
            yield key, random.choice(choices)
    yield "age_band", _AGES[min(_OF_TITLE.get(person.job.title, 2), 3)]
    yield "style", random.choice(_STYLES)
    yield "attitude_to_reps", random.choices(("open", "neutral", "closed"), (4, 4, 1))[0]
    if prescribes:
        yield "outpatients_per_day", str(random.randint(3, 12) * 5)
        yield "patients_per_day", str(random.randint(4, 14) * 5)
        yield "patient_means", random.choice(_BANDS)
        yield "competitor_share", random.choice(_BANDS)
    if random.random() < 0.15:
        yield "other_firms", random.choice(said.OTHER_FIRMS)


def _learned(person: Person, key: str, value: str, rep_on: RepOn, today: date, random: Random) -> Iterator[Fact]:
    """A fact as it was learned on a day; of some figures, bands and times an earlier one, too."""
    learned = today - timedelta(days=1 + int(random.triangular(0, MONTHS * 30, 120)))
    source = random.choices(SOURCES, _WEIGHTS)[0]
    earlier = learned - timedelta(days=random.randint(90, 300))
    if key in _CHANGING and random.random() < 0.15:
        yield Fact(person.id, key, _other(key, value), "colleague", earlier, _author(person, earlier, rep_on))
    author = _author(person, learned, rep_on) if source in ("told", "colleague", "seen") else ""
    withdrawn = None
    if key in _CHANGING and random.random() < 0.02 and today - learned > timedelta(days=40):
        withdrawn = today - timedelta(days=random.randint(5, 30))
    yield Fact(person.id, key, value, source, learned, author, withdrawn)


_CHANGING = {
    "best_time": ("周一上午科会后", "下班前半小时"),
    "attitude_to_reps": ("neutral", "closed"),
    "competitor_share": _BANDS,
    "outpatients_per_day": ("25", "40"),
    "needs": ("想了解医保支付范围", "希望资料再短一些"),
}


def _other(key: str, value: str) -> str:
    return next(other for other in _CHANGING[key] if other != value)


def _author(person: Person, day: date, rep_on: RepOn) -> str:
    return rep_on(person.at.territory, day) or ""


def _by_consent(person: Person, consents: Consents, rep_on: RepOn, today: date, random: Random) -> Iterator[Fact]:
    """Learned while the consent held, and held for true no longer than that."""
    values = {
        "wechat": f"demo_{person.id.lower()}",
        "email": f"{person.id.lower()}@mail.example",
        "family": random.choice(said.FAMILY),
    }
    for purpose, value in values.items():
        consent = consents.get((person.id, purpose))
        if not consent:
            continue
        end = min(consent.last or today, today - _DAY)
        learned = min(consent.first + timedelta(days=random.randint(0, 90)), end)
        if learned >= consent.first:
            author = _author(person, learned, rep_on)
            withdrawn = end + _DAY if consent.last and consent.last < today else None
            yield Fact(person.id, purpose, value, "told", learned, author, withdrawn)
