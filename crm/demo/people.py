"""Persons of the demo country: who works where, in which department, as what."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from crm.base.periods import month_start
from crm.demo import vocabulary as words
from crm.demo.institutions import Institution

BANDS = (0, 5, 10, 20, 40, 80)
_BAND_WEIGHTS = (8, 48, 22, 11, 7, 4)  # few see very many suitable patients
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """What somebody does, what that decides for us, and how one speaks to him or her."""

    position: str
    title: str
    roles: tuple[str, ...]
    address: str  # after the surname


CHIEF = Job("科主任", "主任医师", ("prescriber", "decision_maker", "influencer"), "主任")
DEPUTY = Job("科副主任", "副主任医师", ("prescriber", "influencer"), "主任")
DOCTORS = tuple(
    Job(title, title, ("prescriber",), "医生") for title in ("主任医师", "副主任医师", "主治医师", "住院医师")
)
NURSE = Job("护士长", "主管护师", ("influencer",), "护士长")
PRESIDENT = Job("副院长", "主任医师", ("decision_maker",), "院长")
HEAD_OF_PHARMACY = Job("药剂科主任", "主任药师", ("decision_maker",), "主任")
DEPUTY_OF_PHARMACY = Job("药剂科副主任", "副主任药师", ("decision_maker", "influencer"), "主任")
OWNER = Job("店主", "执业药师", ("decision_maker",), "老板")
KEEPER = Job("店长", "执业药师", ("decision_maker", "influencer"), "店长")
ASSISTANT = Job("店员", "", ("influencer",), "老师")
BUYER = Job("采购经理", "", ("decision_maker",), "经理")


@dataclass
class Person:
    id: str
    name: str
    gender: str
    job: Job
    department: str
    at: Institution
    since: date | None = None  # at this institution; None: since ever
    before: Institution | None = None  # where he worked until then
    is_new: bool = False  # known by name only: no visit, no potential, no role yet
    potentials: list[tuple[date, int, int]] = field(default_factory=list)  # known on, patients a day, openness

    @property
    def honorific(self) -> str:
        return self.name[0] + self.job.address

    @property
    def specialty(self) -> str:
        return self.department if "prescriber" in self.job.roles else ""

    def potential_on(self, day: date) -> int | None:
        """Volume by the newest estimate known before `day`."""
        known = [(on, patients * openness) for on, patients, openness in self.potentials if on < day]
        return max(known)[1] if known else None


def make_people(institutions: list[Institution], today: date, random: Random) -> list[Person]:
    """Everybody at every institution; those of CAST by name, and important."""
    names = _names(random)
    cast: dict[tuple[str, str, str], tuple[str, str]] = dict(words.CAST)
    people: list[Person] = []
    for institution in institutions:
        for department, job in _jobs(institution, random):
            shown = cast.pop((institution.name, department, job.position), None)
            name, gender = shown or next(names)
            person = Person(f"P{len(people) + 1:05}", name, gender, job, department, institution)
            people.append(person)
            if shown and "prescriber" in job.roles:
                person.potentials.append((month_start(today, -19), 40, 3))
            elif job in DOCTORS and random.random() < 0.05:
                person.is_new = True
            elif institution.is_medical:
                _estimate(person, today, random)
    _move_some(people, institutions, today, random)
    return people


def _names(random: Random) -> Iterator[tuple[str, str]]:
    """Every name once, without those that are given elsewhere."""
    full = [
        (surname + given, gender)
        for gender, givens in (("female", words.GIVEN_FEMALE), ("male", words.GIVEN_MALE))
        for given in givens
        for surname in words.SURNAMES
    ]
    random.shuffle(full)
    given = {name for name, _user in words.STAFF} | {name for name, _gender in words.CAST.values()}
    yield from (named for named in full if named[0] not in given)


def _jobs(institution: Institution, random: Random) -> Iterator[tuple[str, Job]]:
    """Department and job of everybody at an institution."""
    if institution.kind == "hospital":
        departments, doctors = (words.DEPARTMENTS[:5], 6) if institution.level == "3" else (words.DEPARTMENTS[:3:2], 6)
        for department in departments:
            yield department, CHIEF
            yield department, DEPUTY
            for number in range(doctors + random.randint(-1, 1)):
                yield department, DOCTORS[min(number, 3)]
            yield department, NURSE
        yield words.PHARMACY, HEAD_OF_PHARMACY
        yield words.PHARMACY, DEPUTY_OF_PHARMACY
        yield words.OFFICE, PRESIDENT
    elif institution.kind == "community_centre":
        yield words.GENERAL, CHIEF
        for job in DOCTORS[1:] * 2:
            yield words.GENERAL, job
        yield words.GENERAL, NURSE
        yield words.PHARMACY, HEAD_OF_PHARMACY
    elif institution.kind in ("community_station", "clinic"):
        yield words.GENERAL, DOCTORS[1]
        yield words.GENERAL, DOCTORS[2]
    elif institution.kind == "pharmacy":
        yield from (("", job) for job in (OWNER, ASSISTANT, ASSISTANT))
    elif institution.kind == "chain_branch":
        yield from (("", job) for job in (KEEPER, ASSISTANT, ASSISTANT, ASSISTANT))
    else:
        yield from (("", job) for job in (BUYER, BUYER))


def _estimate(person: Person, today: date, random: Random) -> None:
    """Bands from open facts, for somebody at a medical institution; every third one was estimated again since."""
    band = random.choices(range(len(BANDS)), _BAND_WEIGHTS)[0]
    if "prescriber" not in person.job.roles:
        band = min(band, 1)
    elif person.at.level == "3" and person.job is not DOCTORS[3]:
        band = min(band + (random.random() < 0.25), len(BANDS) - 1)
    openness = random.choices((1, 2, 3), (3, 5, 2))[0]
    first = month_start(today, -20) + timedelta(days=random.randrange(60))
    person.potentials.append((first, BANDS[band], openness))
    if random.random() < 0.35:
        band = min(max(band + random.choice((-1, 1)), 0), len(BANDS) - 1)
        openness = min(max(openness + random.choice((-1, 0, 1)), 1), 3)
        again = today - timedelta(days=random.randint(2, 300))
        person.potentials.append((again, BANDS[band], openness))


def _move_some(people: list[Person], institutions: list[Institution], today: date, random: Random) -> None:
    """About one doctor in sixty came from another hospital within the last year, one in each district these days."""
    hospitals = [institution for institution in institutions if institution.kind == "hospital"]
    doctors = [person for person in people if person.at.kind == "hospital" and person.job in DOCTORS]
    for person in random.sample(doctors, len(doctors) // 60):
        others = [hospital for hospital in hospitals if hospital.id != person.at.id]
        if others:
            person.before = random.choice(others)
            person.since = today - timedelta(days=random.randint(40, 360))
    stayed = [person for person in doctors if not person.before and not person.is_new]
    for district in dict.fromkeys(person.at.district for person in stayed):
        person = random.choice([person for person in stayed if person.at.district == district])
        person.before = random.choice([hospital for hospital in hospitals if hospital.id != person.at.id])
        person.since = today - timedelta(days=random.randint(3, 11))
