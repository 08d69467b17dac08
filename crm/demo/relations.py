"""Who decides what, and who listens to whom."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from crm.demo import vocabulary as words
from crm.demo.people import DOCTORS, Person


@dataclass(frozen=True)
class Role:
    person: str
    role: str
    strength: int
    evidence: str


@dataclass(frozen=True)
class Link:
    influencer: str
    influenced: str
    kind: str
    hundredths: int
    evidence: str


def make_roles(people: list[Person], random: Random) -> list[Role]:
    return [
        Role(person.id, role, _strength(person, role, random), random.choice(words.ROLE_EVIDENCE[role]))
        for person in people
        if not person.is_new
        for role in person.job.roles
    ]


def _strength(person: Person, role: str, random: Random) -> int:
    if role == "prescriber" and person.potentials:
        return min(5, 1 + max(patients for _on, patients, _openness in person.potentials).bit_length() * 2 // 3)
    return random.choices((2, 3, 4, 5), (1, 3, 4, 2))[0]


def make_links(people: list[Person], random: Random) -> list[Link]:
    """Each works under the head of the department, some ask a senior colleague or discuss cases; doctors outside
    refer to a hospital of their district; shops of a chain buy through its buyer."""
    links: dict[tuple[str, str, str], Link] = {}

    def add(influencer: Person, influenced: Person, kind: str, low: int = 20, high: int = 100) -> None:
        key = (influencer.id, influenced.id, kind)
        if influencer is not influenced and key not in links:
            evidence = random.choice(words.INFLUENCE_EVIDENCE[kind])
            links[key] = Link(*key, random.randint(low // 10, high // 10) * 10, evidence)

    for team in _teams(people):
        head, *others = team
        seniors = [person for person in team if person.job.position in ("科主任", "科副主任", "主任医师")]
        for person in others:
            if random.random() < 0.8:
                add(head, person, "hierarchy", 40)
            if seniors and "prescriber" in person.job.roles and random.random() < 0.6:
                add(random.choice(seniors), person, "advice", 30)
            if random.random() < 0.4:
                add(random.choice(others), person, "discussion", 20, 60)
            if random.random() < 0.1:
                add(random.choice(others), person, "friend", 20, 70)
    _link_outside(people, random, add)
    return list(links.values())


def _teams(people: list[Person]) -> list[list[Person]]:
    """People of one department (of one shop), the head first, as they were made."""
    teams: dict[tuple[str, str], list[Person]] = {}
    for person in people:
        teams.setdefault((person.at.id, person.department), []).append(person)
    return list(teams.values())


def _link_outside(people: list[Person], random: Random, add: Callable[..., None]) -> None:
    districts: dict[str, list[Person]] = {}
    for person in people:
        districts.setdefault(person.at.district, []).append(person)
    buyers = {person.at.id: person for person in reversed(people) if person.at.kind == "chain_headquarters"}
    for near in districts.values():
        heads = [person for person in near if person.job.position == "科主任" and person.at.kind == "hospital"]
        for person in near:
            if person.at.is_medical and person.at.kind != "hospital" and person.job in DOCTORS:
                if random.random() < 0.6:
                    add(random.choice(heads), person, "referral", 20, 80)
            elif person.job.position == "店长" and person.at.parent in buyers:
                add(buyers[person.at.parent], person, "purchase_flow", 50)
        for head in heads:
            if random.random() < 0.3:
                add(random.choice(heads), head, "friend", 20, 60)
