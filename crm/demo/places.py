"""What is known of institutions: where they lie, who comes there, their departments, papers and listings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from crm.demo import phrases
from crm.demo import vocabulary as words
from crm.demo.dice import dice
from crm.demo.institutions import Institution
from crm.demo.people import CHIEF, HEAD_OF_PHARMACY, PRESIDENT, Person

# Invented towns: where the first district of each region lies, how far apart districts and territories are, and
# how wide a block is. Degrees.
_REGION = {"1": (30.24, 120.02), "2": (31.36, 119.64)}
_DISTRICT, _TERRITORY, _BLOCK, _BLOCKS = 0.13, 0.045, 0.0025, 15
_OUTPATIENTS = {"3": (2800, 9000), "2": (700, 2400), "1": (140, 480), "": (20, 80)}
_PURCHASES = {  # a year, in 10,000 yuan
    "3": (18_000, 90_000),
    "2": (4_000, 15_000),
    "1": (700, 2_800),
    "clinic": (25, 110),
    "community_station": (40, 150),
    "pharmacy": (60, 220),
    "chain_branch": (120, 420),
    "chain_headquarters": (8_000, 26_000),
    "distributor": (50_000, 260_000),
}
_DAY = timedelta(days=1)
_YEAR = 365


@dataclass(frozen=True)
class Setting:
    latitude: str
    longitude: str
    outpatients_per_day: str = ""
    patient_groups: str = ""
    patient_means: str = ""
    annual_purchases: str = ""
    culture: str = ""


@dataclass(frozen=True)
class Department:
    institution: str
    name: str
    part_of: str
    head: str
    outpatients_per_day: str


@dataclass(frozen=True)
class Licence:
    institution: str
    kind: str
    number: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Listing:
    institution: str
    product: int
    state: str
    evidence: str
    first: date | None
    last: date | None


def setting_of(institution: Institution) -> Setting:
    random = dice("setting", institution.id)
    latitude, longitude = _somewhere(institution.territory, random)
    purchases = random.randint(*_PURCHASES[institution.level or institution.kind])
    lately = random.random()
    return Setting(
        f"{latitude:.6f}",
        f"{longitude:.6f}",
        str(random.randint(*_OUTPATIENTS[institution.level])) if institution.is_medical else "",
        random.choice(phrases.PATIENT_GROUPS[institution.level]) if institution.kind in _WITH_PATIENTS else "",
        random.choices(("low", "middle", "high"), (2, 5, 3))[0] if institution.kind in _WITH_PATIENTS else "",
        f"{purchases * 10_000}.00" if lately < 0.8 else "",
        random.choice(phrases.CULTURE[institution.level]) if lately > 0.15 else "",
    )


_WITH_PATIENTS = ("hospital", "community_centre", "community_station", "clinic", "pharmacy", "chain_branch")


def _somewhere(territory: str, random: Random) -> tuple[float, float]:
    """At the corner of a street of the territory's own quarter."""
    region, district, quarter = territory[1], int(territory[2]) - 1, int(territory[3]) - 1
    south, west = _REGION[region]

    def corner() -> float:
        return random.randrange(_BLOCKS) * _BLOCK + random.randint(-30, 30) / 100_000

    return (
        south + district // 2 * _DISTRICT + quarter // 2 * _TERRITORY + corner(),
        west + district % 2 * _DISTRICT + quarter % 2 * _TERRITORY + corner(),
    )


def make_departments(people: list[Person]) -> Iterator[Department]:
    """The departments of medical institutions as their people name them, each with its head."""
    heads: dict[tuple[str, str], str] = {}
    wholes: set[str] = set()
    for person in people:
        if person.department:
            place = (person.at.id, person.department)
            heads.setdefault(place, "")
            if person.job in (CHIEF, HEAD_OF_PHARMACY, PRESIDENT):
                heads[place] = person.id
            if person.at.kind == "hospital" and person.department in words.DEPARTMENTS:
                wholes.add(person.at.id)
    for institution in sorted(wholes):
        yield Department(institution, words.WHOLE, "", "", "")
    for (institution, name), head in heads.items():
        random = dice("department", institution, name)
        seen = str(random.randint(4, 26) * 10) if name not in (words.PHARMACY, words.OFFICE) else ""
        is_part = institution in wholes and name in words.DEPARTMENTS
        yield Department(institution, name, words.WHOLE if is_part else "", head, seen)


def make_licences(institutions: list[Institution], today: date) -> Iterator[Licence]:
    """Every paper that an institution of its kind needs. In every second territory one ends within a month, in
    every fifth one has ended and was not renewed; one in four that are good is a renewal."""
    first_of: dict[str, int] = {}
    for institution in institutions:
        number = first_of.setdefault(institution.territory, len(first_of))
        is_watched = institution.kind == ("clinic", "pharmacy")[number // 2 % 2]
        for kind, years in _papers_of(institution):
            random = dice("licence", institution.id, kind)
            text = _paper_number(kind, random)
            if not years:
                yield Licence(institution.id, kind, text, today - timedelta(days=random.randint(900, 5000)), None)
                continue
            last = today + timedelta(days=random.randint(75, years * _YEAR - 30))
            if is_watched and kind in ("drug_trade", "medical_practice"):
                if number % 5 == 4:
                    last = today - timedelta(days=random.randint(4, 25))
                elif number % 2 == 0:
                    last = today + timedelta(days=random.randint(3, 28))
            first = _years_before(last, years)
            if random.random() < 0.25:
                yield Licence(institution.id, kind, text, _years_before(first - _DAY, years), first - _DAY)
            yield Licence(institution.id, kind, text, first, last)


def _papers_of(institution: Institution) -> Iterator[tuple[str, int]]:
    """Kind, and for how many years; 0: for good."""
    if institution.is_medical:
        yield "medical_practice", 5 if institution.kind in ("clinic", "community_station") else 15
        if institution.kind == "clinic":
            yield "business", 0
        return
    yield "business", 0
    yield "drug_trade", 5
    if institution.kind != "pharmacy":
        yield "device_trade", 5
    if institution.kind == "distributor":
        yield "entrustment", 1


def _paper_number(kind: str, random: Random) -> str:
    digits = f"{random.randrange(10**8):08}"
    return {
        "business": f"91990000MA{digits}",  # a region code that nobody has
        "drug_trade": f"澜DA99{digits}",
        "medical_practice": f"PDY99{digits}",
        "device_trade": f"澜械经营许{digits}号",
        "entrustment": f"委托书〔{digits[:4]}〕第{digits[4:]}号",
    }[kind]


def _years_before(last: date, years: int) -> date:
    """The first day of so many years that end on `last`."""
    after = last + _DAY
    leap = (after.month, after.day) == (2, 29)
    return after.replace(year=after.year - years, day=28 if leap else after.day)


# The way in, from the first state to the present one, with the days that each earlier one took.
_SOLD = (
    (("not_listed", 200), ("requested", 90), ("committee", 60), ("listed", 0)),
    (("requested", 70), ("committee", 45), ("listed", 0)),
    (("refused", 180), ("requested", 80), ("committee", 50), ("listed", 0)),
    (("requested", 60), ("temporary", 0)),
)
_NOT_SOLD = (
    (("not_listed", 0),),
    (("not_listed", 300), ("requested", 0)),
    (("requested", 75), ("committee", 0)),
    (("requested", 80), ("committee", 50), ("refused", 0)),
    (("requested", 60), ("committee", 40), ("listed", 400), ("delisted", 0)),
)


def make_listings(institutions: list[Institution], sold: set[tuple[str, int]], today: date) -> Iterator[Listing]:
    """How each product came into each hospital and community centre; what is sold there has come in."""
    for institution in institutions:
        if institution.kind not in ("hospital", "community_centre"):
            continue
        for product in range(len(words.PRODUCTS)):
            random = dice("listing", institution.id, str(product))
            is_sold = (institution.id, product) in sold
            way = random.choices(_SOLD, (4, 4, 1, 2))[0] if is_sold else random.choices(_NOT_SOLD, (1, 2, 3, 2, 1))[0]
            # What sold for two years came in before; what is under way began lately.
            since = today - timedelta(days=random.randint(740, 1100) if is_sold else random.randint(8, 120))
            last: date | None = None
            states: list[Listing] = []
            for state, days in reversed(way):
                if days:
                    last = since - _DAY
                    since -= timedelta(days=days + random.randint(-20, 20))
                first = since if state != "not_listed" else None
                evidence = random.choice(phrases.LISTING_EVIDENCE[state])
                states.append(Listing(institution.id, product, state, evidence, first, last))
            yield from reversed(states)
