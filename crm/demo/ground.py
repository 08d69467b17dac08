"""Our own people, ground and goods: a nation of regions, districts and territories, and who holds them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from crm.base.periods import month_start
from crm.demo import vocabulary as words

ROOT = "CN"


@dataclass(frozen=True)
class Territory:
    id: str
    name: str
    parent: str
    district: str  # its own id at and above the district
    formerly: str = ""  # the territory above it until half a year ago

    @property
    def is_leaf(self) -> bool:
        return bool(self.parent) and self.parent == self.district


@dataclass(frozen=True)
class Employee:
    id: str  # also the name to sign in with
    name: str
    active: bool = True


@dataclass(frozen=True)
class Posting:
    user: str
    territory: str
    role: str
    first: date
    last: date | None = None


@dataclass(frozen=True)
class Ground:
    territories: list[Territory]
    employees: list[Employee]
    postings: list[Posting]

    @property
    def leaves(self) -> list[Territory]:
        return [territory for territory in self.territories if territory.is_leaf]

    def rep_on(self, territory: str, day: date) -> str | None:
        for posting in self.postings:
            held = posting.first <= day and (posting.last is None or day <= posting.last)
            if held and posting.territory == territory and posting.role == "rep":
                return posting.user
        return None

    def manager_of(self, territory: str) -> str:
        return next(p.user for p in self.postings if (p.territory, p.role) == (territory, "manager"))


def moved_on(today: date) -> date:
    """When districts came to the regions where they are now."""
    return month_start(today, -6)


def make_ground(today: date, districts: int) -> Ground:
    """The first `districts` districts with everybody who works there."""
    territories = list(_tree(districts))
    employees: list[Employee] = []
    postings: list[Posting] = []
    since = date(today.year - 1, 1, 1)

    def post(person: tuple[str, str], territory: str, role: str, first: date = since, last: date | None = None) -> None:
        name, user = person
        if user not in (employee.id for employee in employees):
            employees.append(Employee(user, name, active=person != words.LEAVER))
        postings.append(Posting(user, territory, role, first, last))

    followed_on = month_start(today, -3)
    reps = iter(words.REPS)
    ids = {territory.name: territory.id for territory in territories}
    for territory in territories:
        if not territory.is_leaf or territory.name == words.VACANT:
            continue
        rep = next(reps)
        if territory.name == words.MOVED_TO:  # its rep left, the neighbour took over, and nobody followed there
            post(words.LEAVER, territory.id, "rep", last=followed_on - timedelta(days=1))
            post(rep, ids[words.VACANT], "rep", last=followed_on - timedelta(days=1))
            post(rep, territory.id, "rep", first=followed_on)
        else:
            post(rep, territory.id, "rep")
    managed = {"D": iter(words.DISTRICT_MANAGERS), "R": iter(words.REGIONAL_MANAGERS)}
    for territory in territories:
        if territory.id[0] in managed and not territory.is_leaf:
            post(next(managed[territory.id[0]]), territory.id, "manager")
    post(words.NATIONAL_MANAGER, ROOT, "manager")
    post(words.OPERATIONS, ROOT, "operations")
    post(words.COMPLIANCE, ROOT, "compliance")
    return Ground(territories, employees, postings)


def _tree(districts: int) -> Iterator[Territory]:
    yield Territory(ROOT, words.NATION, "", "")
    ids = {words.NATION: ROOT, **{region: f"R{r}" for r, region in enumerate(words.REGIONS, start=1)}}
    left = districts
    for r, (region, below) in enumerate(words.REGIONS.items(), start=1):
        if left <= 0:
            return
        yield Territory(f"R{r}", region, ROOT, "")
        for d, (district, names) in enumerate(list(below.items())[:left], start=1):
            left -= 1
            district_id = f"D{r}{d}"
            formerly = ids.get(words.FORMERLY.get(district, ""), "")
            yield Territory(district_id, district, f"R{r}", district_id, formerly)
            for t, name in enumerate(names, start=1):
                yield Territory(f"T{r}{d}{t}", name, district_id, district_id)
