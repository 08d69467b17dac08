"""Figures of a ground from the nightly sums: by territory, by kind of customer, and over the last cycles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from accounts.models import Territory
from accounts.templatetags.rounds import month, short_day
from crm.base.periods import last_day, month_start
from crm.base.replica import connection_for_reading
from segmentation.models import CycleNight
from segmentation.queries.kpis import Figures, total
from visits.models import Cycle

LETTERS = ("A", "B", "C", "")
CYCLES_SHOWN = 12
STORED = (
    "customers", "overdue", "targets", "due", "reached", "on_frequency", "capped", "calls", "off_plan", "in_time",
    "promises", "kept", "moves_up", "moves_down", "undone",
)  # fmt: skip
_SUMS = ", ".join(f"coalesce(sum(r.{measure}), 0)::int" for measure in STORED)
_EXPECTED = "coalesce(sum(r.due * f.half_days_gone::numeric / nullif(f.half_days, 0)), 0)"

# Each territory below the chosen ones with the nearest of them; a row for each of these and each tier.
_ROW_OF = """
WITH row_of AS (
    SELECT DISTINCT ON (p.descendant_id) p.descendant_id AS territory_id, p.ancestor_id AS row_id
    FROM accounts_territorypath p WHERE p.ancestor_id = ANY (%(rows)s::uuid[]) ORDER BY p.descendant_id, p.depth
)
"""
_BY_TERRITORY = f"""
{_ROW_OF}
SELECT row_of.row_id, r.tier, {_SUMS}, {_EXPECTED}
FROM row_of JOIN segmentation_cyclerollup r ON r.territory_id = row_of.territory_id AND r.cycle_id = %(cycle)s
LEFT JOIN segmentation_cyclefield f ON f.cycle_id = r.cycle_id AND f.territory_id = r.territory_id
GROUP BY 1, 2
"""
_FIELD = f"""
{_ROW_OF}
SELECT row_of.row_id, sum(f.face_to_face)::int, sum(f.field_days)::int
FROM row_of JOIN segmentation_cyclefield f ON f.territory_id = row_of.territory_id AND f.cycle_id = %(cycle)s
GROUP BY 1
"""
_BY_KIND = f"""
SELECT r.{{by}}, r.tier, {_SUMS}, {_EXPECTED}
FROM accounts_territorypath p
JOIN segmentation_cyclerollup r ON r.territory_id = p.descendant_id AND r.cycle_id = %(cycle)s
LEFT JOIN segmentation_cyclefield f ON f.cycle_id = r.cycle_id AND f.territory_id = r.territory_id
WHERE p.ancestor_id = %(focus)s
GROUP BY 1, 2
"""
_BY_LINE = f"""
SELECT c.line_id, r.tier, {_SUMS}, {_EXPECTED}
FROM (SELECT DISTINCT descendant_id FROM accounts_territorypath WHERE ancestor_id = ANY (%(posted)s::uuid[])) p
JOIN segmentation_cyclerollup r ON r.territory_id = p.descendant_id AND r.cycle_id = ANY (%(cycles)s)
JOIN visits_cycle c ON c.id = r.cycle_id
LEFT JOIN segmentation_cyclefield f ON f.cycle_id = r.cycle_id AND f.territory_id = r.territory_id
GROUP BY 1, 2
"""
_OVER_CYCLES = f"""
SELECT r.cycle_id, r.tier, {_SUMS}, {_EXPECTED}
FROM accounts_territorypath p
JOIN segmentation_cyclerollup r ON r.territory_id = p.descendant_id AND r.cycle_id = ANY (%(cycles)s)
LEFT JOIN segmentation_cyclefield f ON f.cycle_id = r.cycle_id AND f.territory_id = r.territory_id
WHERE p.ancestor_id = %(focus)s
GROUP BY 1, 2
"""
# The same ways to tell rows apart, over cycles: what was made, and what was due.
_MADE_AND_DUE = "r.cycle_id, coalesce(sum(r.calls), 0)::int, coalesce(sum(r.due), 0)::int"
_EACH = {
    "territory": f"""
{_ROW_OF}
SELECT row_of.row_id, {_MADE_AND_DUE}
FROM row_of JOIN segmentation_cyclerollup r ON r.territory_id = row_of.territory_id AND r.cycle_id = ANY (%(cycles)s)
GROUP BY 1, 2
""",
    **{
        by: f"""
SELECT r.{by}, {_MADE_AND_DUE}
FROM accounts_territorypath p
JOIN segmentation_cyclerollup r ON r.territory_id = p.descendant_id AND r.cycle_id = ANY (%(cycles)s)
WHERE p.ancestor_id = %(focus)s
GROUP BY 1, 2
"""
        for by in ("role", "place_kind")
    },
    "line": f"""
SELECT c.line_id, {_MADE_AND_DUE}
FROM (SELECT DISTINCT descendant_id FROM accounts_territorypath WHERE ancestor_id = ANY (%(posted)s::uuid[])) p
JOIN segmentation_cyclerollup r ON r.territory_id = p.descendant_id AND r.cycle_id = ANY (%(cycles)s)
JOIN visits_cycle c ON c.id = r.cycle_id
GROUP BY 1, 2
""",
}

_FLOWS = """
SELECT m.before, m.after, count(*)::int
FROM accounts_territorypath p
JOIN segmentation_tiermove m ON m.territory_id = p.descendant_id AND m.cycle_id = %(cycle)s
WHERE p.ancestor_id = %(focus)s
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass
class Row:
    """A row of a table of figures; `opens` is what the address of its rows asks for."""

    key: Any
    label: str = ""
    territory: Territory | None = None
    alone: bool = False  # only what the territory holds itself, beside the rows below it
    people: list[str] = field(default_factory=list)
    cells: dict[str, Figures] = field(default_factory=lambda: {letter: Figures() for letter in LETTERS})
    field_work: Figures = field(default_factory=Figures)
    opens: dict[str, Any] = field(default_factory=dict)
    bar: Any = None
    spark: Any = None

    @property
    def all(self) -> Figures:
        return total([*self.cells.values(), self.field_work])

    @property
    def tiers(self) -> list[tuple[str, Figures]]:
        return [(letter, self.cells[letter]) for letter in "ABC"]

    @property
    def untiered(self) -> Figures:
        return self.cells[""]


def nights_of(lines: Iterable[UUID]) -> list[CycleNight]:
    """The last cycles of these lines that have figures, the newest first."""
    nights = CycleNight.objects.filter(cycle__line__in=lines).select_related("cycle__line")
    return list(nights.order_by("-cycle__during", "cycle__line__name", "pk"))


def by_territory(focus: Territory, under: Sequence[Territory], cycle: int) -> list[Row]:
    """A row for each territory directly below with all under it, one for what the focus holds itself."""
    rows = {one.pk: Row(one.pk, one.name, one, opens={"territory": one.pk}) for one in under}
    rows[focus.pk] = Row(focus.pk, focus.name, focus, alone=bool(under), opens={"territory": focus.pk})
    if under:
        rows[focus.pk].opens["alone"] = "on"
    params: dict[str, Any] = {"rows": [str(pk) for pk in rows], "cycle": cycle}
    _fill(rows, _BY_TERRITORY, params)
    with connection_for_reading().cursor() as cursor:
        cursor.execute(_FIELD, params)
        for key, visits, days in cursor.fetchall():
            rows[key].field_work = Figures(face_to_face=visits, field_days=days)
    if under and rows[focus.pk].all.is_empty:
        del rows[focus.pk]
    return list(rows.values())


def by_kind(focus: Territory, cycle: int, by: str, labels: dict[str, str]) -> list[Row]:
    """A row for each role or kind of place that occurs, in the order of `labels`."""
    rows = {code: Row(code, label, opens={"territory": focus.pk, by: code or "none"}) for code, label in labels.items()}
    _fill(rows, _BY_KIND.format(by=by), {"focus": focus.pk, "cycle": cycle})
    return [row for row in rows.values() if not row.all.is_empty]


def by_line(posted: Iterable[UUID], newest: dict[UUID, int], names: dict[UUID, str]) -> list[Row]:
    """A row for each product line: its newest cycle, over all territories that one is posted to."""
    rows = {line: Row(line, names[line], opens={"cycle": cycle}) for line, cycle in newest.items()}
    _fill(rows, _BY_LINE, {"posted": [str(pk) for pk in posted], "cycles": list(newest.values())})
    return list(rows.values())


def over_cycles(focus: Territory, nights: Sequence[CycleNight]) -> list[Row]:
    """A row for each cycle, the oldest first."""
    rows: dict[int, Row] = {}
    for night in reversed(nights[:CYCLES_SHOWN]):
        opens = {"territory": focus.pk, "cycle": night.cycle_id}
        rows[night.cycle_id] = Row(night, cycle_name(night.cycle), opens=opens)
    _fill(rows, _OVER_CYCLES, {"focus": focus.pk, "cycles": list(rows)})
    return list(rows.values())


def each_over_cycles(
    by: str, rows: Sequence[Row], focus: Territory, posted: Iterable[UUID], nights: Sequence[CycleNight]
) -> dict[Any, dict[int, Figures]]:
    """Visits made and due of each row, told apart `by` a territory, a role, a kind of place or a line, by cycle."""
    found: dict[Any, dict[int, Figures]] = {row.key: {} for row in rows}
    params: dict[str, Any] = {
        "rows": [str(row.key) for row in rows],
        "focus": focus.pk,
        "posted": [str(pk) for pk in posted],
        "cycles": [night.cycle_id for night in nights],
    }
    with connection_for_reading().cursor() as cursor:
        cursor.execute(_EACH[by], params)
        for key, cycle, calls, due in cursor.fetchall():
            if key in found:
                found[key][cycle] = Figures(calls=calls, due=due)
    return found


def flows(focus: Territory, cycle: int) -> dict[tuple[str, str], int]:
    """How many moves there were in a cycle, by the tiers before and after."""
    with connection_for_reading().cursor() as cursor:
        cursor.execute(_FLOWS, {"focus": focus.pk, "cycle": cycle})
        return {(before, after): count for before, after, count in cursor.fetchall()}


def cycle_name(cycle: Cycle) -> str:
    """Its month, where it is one; else its days."""
    first: date = cycle.during.lower
    if first.day == 1 and cycle.during.upper == month_start(first, 1):
        return month(first)
    return f"{short_day(first)} – {short_day(last_day(cycle.during))}"


def named(nights: Sequence[CycleNight]) -> list[tuple[CycleNight, str]]:
    """Cycles with their names; with that of the line, where there are several."""
    several = len({night.cycle.line_id for night in nights}) > 1
    return [
        (night, f"{cycle_name(night.cycle)} · {night.cycle.line}" if several else cycle_name(night.cycle))
        for night in nights
    ]


def _fill(rows: dict[Any, Row], sql: str, params: dict[str, Any]) -> None:
    with connection_for_reading().cursor() as cursor:
        cursor.execute(sql, params)
        for key, tier, *sums, expected in cursor.fetchall():
            rows[key].cells[tier] = Figures(**dict(zip(STORED, sums, strict=True)), expected=expected)
