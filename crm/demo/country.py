"""The demo country as tables: generated from `today` and a seed alone, so that the same day gives the same country."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

from crm.base.exchange.table import Rows
from crm.demo import sales
from crm.demo import vocabulary as words
from crm.demo.ground import ROOT, Ground, make_ground
from crm.demo.institutions import Institution, make_institutions
from crm.demo.people import Person, make_people
from crm.demo.relations import make_links, make_roles
from crm.demo.sales import make_sales
from crm.demo.visits import CALLS, SHARES, make_visits

SEED = "rounds"
ALL_DISTRICTS = sum(len(districts) for districts in words.REGIONS.values())
Cells = tuple[str, ...]
_DAY = timedelta(days=1)

# In the order in which an empty house is filled.
TABLES = (
    "territories", "users", "postings", "products", "institutions", "persons", "affiliations", "alignment", "roles",
    "influence", "potentials", "sales", "visits",
)  # fmt: skip


@dataclass
class Country:
    """`districts` makes a smaller country of the first few."""

    today: date
    districts: int = ALL_DISTRICTS

    def table(self, name: str) -> Rows:
        columns, rows = getattr(self, f"_{name}")()
        return Rows(columns.split(), rows)

    @property
    def policy(self) -> dict[str, object]:
        """People at hospitals may only be ranked by what they could do, never by counts."""
        return {
            "name": "潜力分层",
            "territory": ROOT,
            "source": "demo",
            "customers": ["person"],
            "measure": "potential",
            "months": 12,
            "shares": SHARES,
            "calls": CALLS,
        }

    # What there is; each part has dice of its own, so that a change of one leaves the others alone.

    def _dice(self, part: str) -> Random:
        return Random(f"{SEED} {part}")  # noqa: S311 - no secret is made here

    @cached_property
    def ground(self) -> Ground:
        return make_ground(self.today, self.districts)

    @cached_property
    def institutions(self) -> list[Institution]:
        return make_institutions(self.ground, self._dice("institutions"))

    @cached_property
    def people(self) -> list[Person]:
        return make_people(self.institutions, self.today, self._dice("people"))

    # As the files have it

    def _territories(self) -> tuple[str, Iterator[Cells]]:
        return "id name parent jurisdiction time_zone", (
            (t.id, t.name, t.parent, *((words.LAW, words.TIME_ZONE) if t.id == ROOT else ("", "")))
            for t in self.ground.territories
        )

    def _users(self) -> tuple[str, Iterator[Cells]]:
        return "id username name language active", (
            (e.id, e.id, e.name, "zh-hans", "1" if e.active else "0") for e in self.ground.employees
        )

    def _postings(self) -> tuple[str, Iterator[Cells]]:
        return "user territory role from to", (
            (p.user, p.territory, p.role, _day(p.first), _day(p.last)) for p in self.ground.postings
        )

    def _products(self) -> tuple[str, Iterator[Cells]]:
        return "id name unit", (
            (_product(number), name, unit) for number, (name, unit, _price) in enumerate(words.PRODUCTS)
        )

    def _institutions(self) -> tuple[str, Iterator[Cells]]:
        return "id name kind level grade address", (
            (i.id, i.name, i.kind, i.level, i.grade, i.address) for i in self.institutions
        )

    def _persons(self) -> tuple[str, Iterator[Cells]]:
        return "id name honorific title specialty gender", (
            (p.id, p.name, p.honorific, p.job.title, p.specialty, p.gender) for p in self.people
        )

    def _affiliations(self) -> tuple[str, Iterator[Cells]]:
        def rows() -> Iterator[Cells]:
            for p in self.people:
                if p.before and p.since:
                    yield p.id, p.before.id, p.department, p.job.position, "", _day(p.since - _DAY)
                yield p.id, p.at.id, p.department, p.job.position, _day(p.since), ""

        return "person institution department position from to", rows()

    def _alignment(self) -> tuple[str, Iterator[Cells]]:
        return "institution territory", ((i.id, i.territory) for i in self.institutions)

    def _roles(self) -> tuple[str, Iterator[Cells]]:
        roles = make_roles(self.people, self._dice("roles"))
        return "person role strength evidence", ((r.person, r.role, str(r.strength), r.evidence) for r in roles)

    def _influence(self) -> tuple[str, Iterator[Cells]]:
        links = make_links(self.people, self._dice("links"))
        return "influencer influenced kind weight evidence", (
            (k.influencer, k.influenced, k.kind, f"{k.hundredths / 100:.2f}", k.evidence) for k in links
        )

    def _potentials(self) -> tuple[str, Iterator[Cells]]:
        return "person patients_per_day openness known_on", (
            (p.id, str(patients), str(openness), _day(on))
            for p in self.people
            for on, patients, openness in p.potentials
        )

    def _sales(self) -> tuple[str, Iterator[Cells]]:
        months = make_sales(self.institutions, self.today, self._dice("sales"))
        return "institution product month units revenue collected currency known_on", (
            (
                m.institution, _product(m.product), f"{m.month:%Y-%m}", str(m.units), str(m.revenue), str(m.collected),
                sales.CURRENCY, _day(m.known_on),
            )
            for m in months
        )  # fmt: skip

    def _visits(self) -> tuple[str, Iterator[Cells]]:
        visits = make_visits(self.people, self.ground, self.today, self._dice("visits"))
        return "id rep on channel place persons products note next_step next_step_on next_step_text known_on", (
            (
                v.id, v.rep, _day(v.on), v.channel, v.place, "|".join(v.persons),
                "|".join(f"{_product(number)}={reaction}" for number, reaction in v.products), v.note,
                *((v.next_step.kind, _day(v.next_step.due_on), v.next_step.text) if v.next_step else ("", "", "")),
                _day(v.on),
            )
            for v in visits
        )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _product(number: int) -> str:
    return f"G{number + 1}"
