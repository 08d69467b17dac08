"""What a manager looks at first: who is behind, where A customers wait, what is late; the worst first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from segmentation.queries.figures import Row
from segmentation.queries.kpis import KPIS, Figures

NEARLY = Decimal("0.95")  # of what was expected: not behind yet
SEEN_ENOUGH = 80  # per cent of A customers reached
LATE = 10  # per cent of visits


@dataclass(frozen=True)
class Finding:
    """One finding: the row that it is about, the figure that says it (`kpi`, or a plain count), and how many more."""

    kind: str
    row: Row
    figures: Figures
    others: int = 0


def findings(rows: Sequence[Row], *, running: bool) -> list[Finding]:
    """At most one finding of a kind, about the row where it weighs most."""
    found = [
        _worst(rows, "behind", _whole, missing),
        _worst(rows, "reach", lambda row: row.cells["A"], _unseen),
        _worst(rows, "overdue", _whole, lambda figures: figures.overdue) if running else None,
        _worst(rows, "late", _whole, _late),
    ]
    return [one for one in found if one]


def _worst(
    rows: Sequence[Row], kind: str, of: Callable[[Row], Figures], weight: Callable[[Figures], int | Decimal]
) -> Finding | None:
    weighed = [(weight(of(row)), row) for row in rows]
    affected = [(value, row) for value, row in weighed if value > 0]
    if not affected:
        return None
    _value, row = max(affected, key=lambda pair: (pair[0], pair[1].label))
    return Finding(kind, row, of(row), len(affected) - 1)


def _whole(row: Row) -> Figures:
    return row.all


def missing(figures: Figures) -> Decimal:
    """What share of the visits expected by now is missing; nothing where it is hardly any."""
    if figures.calls >= figures.expected * NEARLY:
        return Decimal(0)
    return 1 - figures.calls / figures.expected


def _unseen(figures: Figures) -> int:
    """A customers that nobody has met in the cycle."""
    reach = KPIS["reach"].of(figures)
    return figures.targets - figures.reached if reach is not None and reach < SEEN_ENOUGH else 0


def _late(figures: Figures) -> int:
    return figures.late if figures.late * 100 > figures.calls * LATE else 0
