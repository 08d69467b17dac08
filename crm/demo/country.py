"""The demo country as tables: generated from `today` and a seed alone, so that the same day gives the same country."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from crm.base.exchange.table import Rows
from crm.demo import phrases, sales
from crm.demo import vocabulary as words
from crm.demo.days_off import TimeOff, days_away, make_holidays, make_time_off
from crm.demo.dice import dice
from crm.demo.ground import ROOT, Ground, make_ground, moved_on
from crm.demo.institutions import Institution, make_institutions
from crm.demo.knowledge import Consents, make_consents, make_facts
from crm.demo.people import Person, make_people
from crm.demo.places import make_departments, make_licences, make_listings, setting_of
from crm.demo.relations import make_links, make_roles
from crm.demo.sales import SalesMonth, correct, make_sales
from crm.demo.targets import make_targets
from crm.demo.trade import make_trade_files
from crm.demo.visits import CALLS, SHARES, Visit, make_visits

ALL_DISTRICTS = sum(len(districts) for districts in words.REGIONS.values())
Cells = tuple[str, ...]
_DAY = timedelta(days=1)

# In the order in which an empty house is filled. Each is of the kind of its name, but for the first of sales.
FIRST_SALES = "first_sales"
TABLES = (
    "territories", "territory_parents", "users", "postings", "holidays", "time_off", "products",
    "institutions", "persons", "departments", "affiliations", "alignment", "roles", "influence", "potentials",
    "consents", "facts", "licences", "trade_files", "listings",
    FIRST_SALES, "sales", "visits", "follow_ups", "targets",
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

    # What there is

    @cached_property
    def ground(self) -> Ground:
        return make_ground(self.today, self.districts)

    @cached_property
    def institutions(self) -> list[Institution]:
        return make_institutions(self.ground, dice("institutions"))

    @cached_property
    def people(self) -> list[Person]:
        return make_people(self.institutions, self.today, dice("people"))

    @cached_property
    def time_off(self) -> list[TimeOff]:
        return make_time_off(self.ground, self.today)

    @cached_property
    def consents(self) -> Consents:
        return make_consents(self.people, self.today)

    @cached_property
    def reported(self) -> tuple[list[SalesMonth], list[SalesMonth]]:
        """What was reported wrongly at first, and all months as they stand."""
        months = list(make_sales(self.institutions, self.today, dice("sales")))
        return correct(months, self.today, dice("corrections"))

    @cached_property
    def visits(self) -> list[Visit]:
        closed = {holiday.on for holiday in make_holidays(self.today) if not holiday.works}
        away = days_away(self.time_off)
        return list(make_visits(self.people, self.ground, self.today, closed, away, dice("visits")))

    # As the files have it

    def _territories(self) -> tuple[str, Iterator[Cells]]:
        since = _day(moved_on(self.today))
        return "id name parent parent_since jurisdiction time_zone", (
            (
                t.id, t.name, t.parent, since if t.formerly else "",
                *((words.LAW, words.TIME_ZONE) if t.id == ROOT else ("", "")),
            )
            for t in self.ground.territories
        )  # fmt: skip

    def _territory_parents(self) -> tuple[str, Iterator[Cells]]:
        until = _day(moved_on(self.today) - _DAY)
        moved = (t for t in self.ground.territories if t.formerly)
        return "territory parent from to", ((t.id, t.formerly, "", until) for t in moved)

    def _users(self) -> tuple[str, Iterator[Cells]]:
        return "id username name language active", (
            (e.id, e.id, e.name, "zh-hans", "1" if e.active else "0") for e in self.ground.employees
        )

    def _postings(self) -> tuple[str, Iterator[Cells]]:
        return "user territory role from to", (
            (p.user, p.territory, p.role, _day(p.first), _day(p.last)) for p in self.ground.postings
        )

    def _holidays(self) -> tuple[str, Iterator[Cells]]:
        return "jurisdiction on name works", (
            (words.LAW, _day(h.on), h.name, "1" if h.works else "0") for h in make_holidays(self.today)
        )

    def _time_off(self) -> tuple[str, Iterator[Cells]]:
        return "user kind half from to", ((t.user, t.kind, t.half, _day(t.first), _day(t.last)) for t in self.time_off)

    def _products(self) -> tuple[str, Iterator[Cells]]:
        return "id name unit", (
            (_product(number), name, unit) for number, (name, unit, _price) in enumerate(words.PRODUCTS)
        )

    def _institutions(self) -> tuple[str, Iterator[Cells]]:
        def rows() -> Iterator[Cells]:
            for i in self.institutions:
                s = setting_of(i)
                yield (
                    i.id, i.name, i.kind, i.level, i.grade, i.address, i.parent, i.distribution_tier,
                    s.latitude, s.longitude, s.outpatients_per_day, s.patient_groups, s.patient_means,
                    s.annual_purchases, sales.CURRENCY if s.annual_purchases else "", s.culture,
                )  # fmt: skip

        return (
            "id name kind level grade address parent distribution_tier latitude longitude outpatients_per_day "
            "patient_groups patient_means annual_purchases purchases_currency culture"
        ), rows()

    def _persons(self) -> tuple[str, Iterator[Cells]]:
        return "id name honorific title specialty gender phone", (
            (p.id, p.name, p.honorific, p.job.title, p.specialty, p.gender, self._phone(p)) for p in self.people
        )

    def _phone(self, person: Person) -> str:
        """Of whom agreed to calls; 120 begins nobody's number."""
        held = self.consents.get((person.id, "phone"))
        if not held or (held.last and held.last < self.today):
            return ""
        return f"120{dice('phone', person.id).randrange(10**8):08}"

    def _departments(self) -> tuple[str, Iterator[Cells]]:
        return "institution name part_of head outpatients_per_day", (
            (d.institution, d.name, d.part_of, d.head, d.outpatients_per_day) for d in make_departments(self.people)
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
        roles = make_roles(self.people, dice("roles"))
        return "person role strength evidence", ((r.person, r.role, str(r.strength), r.evidence) for r in roles)

    def _influence(self) -> tuple[str, Iterator[Cells]]:
        links = make_links(self.people, dice("links"))
        return "influencer influenced kind weight evidence", (
            (k.influencer, k.influenced, k.kind, f"{k.hundredths / 100:.2f}", k.evidence) for k in links
        )

    def _potentials(self) -> tuple[str, Iterator[Cells]]:
        return "person patients_per_day openness known_on", (
            (p.id, str(patients), str(openness), _day(on))
            for p in self.people
            for on, patients, openness in p.potentials
        )

    def _consents(self) -> tuple[str, Iterator[Cells]]:
        return "person purpose wording evidence from to", (
            (c.person, c.purpose, c.wording, c.evidence, _day(c.first), _day(c.last)) for c in self.consents.values()
        )

    def _facts(self) -> tuple[str, Iterator[Cells]]:
        facts = make_facts(self.people, self.consents, self.ground.rep_on, self.today)
        return "person fact value source learned_on author withdrawn_on", (
            (f.person, f.fact, f.value, f.source, _day(f.learned_on), f.author, _day(f.withdrawn_on)) for f in facts
        )

    def _licences(self) -> tuple[str, Iterator[Cells]]:
        licences = make_licences(self.institutions, self.today)
        return "institution kind number from to", (
            (n.institution, n.kind, n.number, _day(n.first), _day(n.last)) for n in licences
        )

    def _trade_files(self) -> tuple[str, Iterator[Cells]]:
        texts = tuple(phrases.TEXTS_OF_TRADE)
        return (
            "institution principal floor_area staff opened_on customer_since credit credit_days " + " ".join(texts)
        ), (
            (
                t.institution, t.principal, t.floor_area, t.staff, _day(t.opened_on), _day(t.customer_since),
                t.credit, str(t.credit_days), *(t.texts[name] for name in texts),
            )
            for t in make_trade_files(self.institutions, self.today)
        )  # fmt: skip

    def _listings(self) -> tuple[str, Iterator[Cells]]:
        sold = {(month.institution, month.product) for month in self.reported[1]}
        return "institution product state evidence from to", (
            (n.institution, _product(n.product), n.state, n.evidence, _day(n.first), _day(n.last))
            for n in make_listings(self.institutions, sold, self.today)
        )

    def _first_sales(self) -> tuple[str, Iterator[Cells]]:
        return _SALES, (_sold(month) for month in self.reported[0])

    def _sales(self) -> tuple[str, Iterator[Cells]]:
        return _SALES, (_sold(month) for month in self.reported[1])

    def _visits(self) -> tuple[str, Iterator[Cells]]:
        def rows() -> Iterator[Cells]:
            for v in self.visits:
                step, talk = v.next_step, v.talk
                yield (
                    v.id, v.rep, _day(v.on), v.channel, v.place, "|".join(v.persons),
                    "|".join(f"{_product(number)}={reaction}" for number, reaction in v.products),
                    json.dumps(talk.messages, ensure_ascii=False) if talk.messages else "",
                    talk.purpose, talk.joint_with, talk.needs, talk.objections, talk.materials, talk.competitors,
                    v.note,
                    *((step.kind, _day(step.due_on), step.text, step.state) if step else ("", "", "", "")),
                    _day(talk.known_on), talk.reported_at.isoformat(),
                )  # fmt: skip

        return (
            "id rep on channel place persons products messages purpose joint_with needs objections materials "
            "competitors note next_step next_step_on next_step_text next_step_state known_on reported_at"
        ), rows()

    def _follow_ups(self) -> tuple[str, Iterator[Cells]]:
        """What was promised beside the next step."""
        return "visit person kind due_on text state", (
            (v.id, also.person, also.kind, _day(also.due_on), also.text, also.state)
            for v in self.visits
            if (also := v.also_promised)
        )

    def _targets(self) -> tuple[str, Iterator[Cells]]:
        targets = make_targets(self.ground, self.institutions, self.reported[1], self.visits, self.today)
        return (
            "territory institution product measure value currency from to agreed_on author reason review next_plan"
        ), (
            (
                t.territory, t.institution, "" if t.product is None else _product(t.product), t.measure, str(t.value),
                t.currency, _day(t.first), _day(t.last), _day(t.agreed_on), t.author, t.reason, t.review, t.next_plan,
            )
            for t in targets
        )  # fmt: skip


_SALES = "institution product month units revenue collected currency known_on"


def _sold(month: SalesMonth) -> Cells:
    return (
        month.institution, _product(month.product), f"{month.month:%Y-%m}", str(month.units), str(month.revenue),
        str(month.collected), sales.CURRENCY, _day(month.known_on),
    )  # fmt: skip


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _product(number: int) -> str:
    return f"G{number + 1}"
