"""Tiers of a ground, territory by territory: mix, reach and visits of the current cycle. Set-based."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Posting, Territory, User
from accounts.queries import SUPERVISORS
from crm.base.models import JobRun
from segmentation.models import TierPolicyVersion

LETTERS = ("A", "B", "C", "")
BAR = 236  # units of the longest bar
GAP = 2
ROOM_FOR_LETTER, ROOM_FOR_FIGURE = 16, 7.5  # and for each digit beside it

# Customers by the row's subtree in which they are held today; those with a target in the cycle of %(on)s.
_ROWS = """
WITH row_of AS (
    SELECT DISTINCT ON (p.descendant_id) p.descendant_id AS territory_id, p.ancestor_id AS row_id
    FROM accounts_territorypath p WHERE p.ancestor_id = ANY (%(rows)s::uuid[]) ORDER BY p.descendant_id, p.depth
), held AS (
    SELECT r.row_id, cs.customer_id, cs.tier, t.visits_due, (
        SELECT count(*) FROM visits_attendee a JOIN visits_visit v ON v.id = a.visit_id
        WHERE t.id IS NOT NULL AND a.customer_id = cs.customer_id AND v.line_id = cs.line_id
          AND v.state = 'reported' AND c.during @> v."on"
    ) AS made
    FROM customers_customerstatus cs
    JOIN row_of r ON r.territory_id = cs.territory_id
    JOIN customers_customer cu ON cu.id = cs.customer_id AND cu.merged_into_id IS NULL AND cu.ended_on IS NULL
    LEFT JOIN visits_cycle c ON c.line_id = cs.line_id AND c.during @> %(on)s::date
    LEFT JOIN visits_calltarget t ON t.cycle_id = c.id AND t.customer_id = cs.customer_id
    WHERE cs.line_id = ANY (%(lines)s::uuid[])
)
SELECT row_id, tier, count(*), count(visits_due), count(*) FILTER (WHERE visits_due IS NOT NULL AND made > 0),
       coalesce(sum(visits_due), 0)::int, coalesce(sum(made), 0)::int
FROM held GROUP BY row_id, tier
"""


@dataclass
class Cell:
    """A tier in a row of the table: customers; of these with a target, visited; visits due, made."""

    letter: str
    customers: int = 0
    planned: int = 0
    reached: int = 0
    due: int = 0
    made: int = 0

    @property
    def reach(self) -> int | None:
        return self.reached * 100 // self.planned if self.planned else None

    def add(self, other: "Cell") -> None:
        self.customers += other.customers
        self.planned += other.planned
        self.reached += other.reached
        self.due += other.due
        self.made += other.made


@dataclass(frozen=True)
class Segment:
    """A piece of the bar."""

    letter: str
    customers: int
    x: float
    width: float
    text: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass
class Row:
    territory: Territory
    alone: bool = False  # only what the territory holds itself, beside the rows below it
    people: list[str] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=lambda: {letter: Cell(letter) for letter in LETTERS})
    bar: list[Segment] = field(default_factory=list)

    @property
    def tiers(self) -> list[Cell]:
        return [self.cells[letter] for letter in "ABC"]

    @property
    def untiered(self) -> Cell:
        return self.cells[""]

    @property
    def customers(self) -> int:
        return sum(cell.customers for cell in self.cells.values())

    @property
    def made(self) -> int:
        return sum(cell.made for cell in self.cells.values())

    @property
    def due(self) -> int:
        return sum(cell.due for cell in self.cells.values())


def table(focus: Territory, under: list[Territory], lines: Iterable[UUID], on: date) -> tuple[list[Row], Row]:
    """A row for each territory directly below with all under it, one for what the focus holds itself, their total."""
    rows = {territory.pk: Row(territory) for territory in under}
    rows[focus.pk] = Row(focus, alone=bool(under))
    with connection.cursor() as cursor:
        params: dict[str, Any] = {"rows": [str(pk) for pk in rows], "lines": [str(line) for line in lines], "on": on}
        cursor.execute(_ROWS, params)
        for row_id, tier, *figures in cursor.fetchall():
            rows[row_id].cells[tier] = Cell(tier, *figures)
    if under and not rows[focus.pk].customers:
        del rows[focus.pk]
    total = Row(focus)
    for row in rows.values():
        for letter in LETTERS:
            total.cells[letter].add(row.cells[letter])
    widest = max((row.customers for row in rows.values()), default=0)
    for row in rows.values():
        row.bar = _bar(row, widest)
    return list(rows.values()), total


def _bar(row: Row, widest: int) -> list[Segment]:
    """Widths in proportion to customers, but room for every text: what a small one takes, the largest gives."""
    shown = [cell for cell in row.tiers if cell.customers]
    room = (BAR - GAP * len(shown) - 1) / widest if widest else 0
    widths = [
        max(cell.customers * room, ROOM_FOR_LETTER + ROOM_FOR_FIGURE * len(str(cell.customers))) for cell in shown
    ]
    over = sum(widths) - (BAR - GAP * len(shown) - 1)
    if over > 0:
        widths[widths.index(max(widths))] -= over
    segments, x = [], 0.5
    for cell, width in zip(shown, widths, strict=True):
        text = f"{cell.letter} {cell.customers:,}"
        segments.append(Segment(cell.letter, cell.customers, round(x, 1), round(width, 1), text))
        x += width + GAP
    return segments


def name_people(rows: list[Row], on: date) -> None:
    """Who holds each row: reps, else the manager."""
    of = {row.territory.pk: row for row in rows}
    found: dict[UUID, dict[str, list[str]]] = {}
    for posting in Posting.objects.filter(
        territory__in=of, role__in=[Posting.Role.REP, Posting.Role.MANAGER], during__contains=on
    ).select_related("user").order_by("user__name", "pk"):  # fmt: skip
        found.setdefault(posting.territory_id, {}).setdefault(posting.role, []).append(posting.user.name)
    for pk, roles in found.items():
        of[pk].people = roles.get(Posting.Role.REP) or roles.get(Posting.Role.MANAGER, [])


def may_open(user: User) -> list[Territory]:
    """The territories whose subtrees his postings as manager or operations open."""
    return [posting.territory for posting in user.todays_postings if posting.role in SUPERVISORS]


def decides(territory: Territory, on: date) -> TierPolicyVersion | None:
    """The version that decides the tiers of a territory on a night: that of the nearest policy above it."""
    return (
        TierPolicyVersion.objects.filter(policy__territory__paths_down__descendant=territory.pk, during__contains=on)
        .order_by("policy__territory__paths_down__depth", "pk")
        .first()
    )


def last_night(version: TierPolicyVersion | None) -> JobRun | None:
    """The newest night that is done; of a version, the newest that computed its tiers."""
    done = JobRun.objects.filter(name="night", state=JobRun.State.DONE).order_by("-on", "pk")
    if version:
        done = done.filter(steps__contains=[{"name": "tiers", "result": {"policies": [{"version_id": version.pk}]}}])
    return done.first()


def shares(version: TierPolicyVersion, night: JobRun) -> list[dict[str, Any]]:
    """What the last night said of the whole comparison: customers and volume by tier."""
    results = [step["result"] for step in night.steps if step["name"] == "tiers"]
    found = [policy for result in results for policy in result["policies"] if policy["version_id"] == version.pk]
    if not found:
        return []
    tiers = found[0]["tiers"]
    total = sum(tiers[letter]["volume"] for letter in "ABC")
    return [
        {"letter": letter, **tiers[letter], "share": tiers[letter]["volume"] * 1000 // total / 10 if total else None}
        for letter in "ABC"
    ]
