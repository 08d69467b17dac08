"""Geometry of the bars and lines of managers' pages, drawn as SVG by templates: no script, no inline style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from segmentation.queries.kpis import KPIS, Figures
from segmentation.views.attention import missing

BAR = 236  # units of the longest bar
GAP = 2
ROOM_FOR_LETTER, ROOM_FOR_FIGURE = 16, 7.5  # and for each digit beside it
BULLET = 160
TREND_LEFT, TREND_RIGHT = 10, 97  # per cent of the width, so that it fills its place and its text keeps its size
_LOWEST_LINE = 156
FLOWS_WIDE, FLOWS_HIGH = 280, 168
_NODE, _NODE_GAP, _ROOM_IN_NODE = 24, 12, 18


@dataclass(frozen=True)
class Segment:
    """A piece of a bar of tiers."""

    letter: str
    customers: int
    x: float
    width: float
    text: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


def mix_bar(cells: Sequence[tuple[str, Figures]], widest: int) -> list[Segment]:
    """Widths in proportion to customers, but room for every text: what a small one takes, the largest gives."""
    shown = [(letter, figures.customers) for letter, figures in cells if figures.customers]
    if not shown or not widest:
        return []
    whole = BAR - GAP * len(shown) - 1
    widths = [max(count * whole / widest, ROOM_FOR_LETTER + ROOM_FOR_FIGURE * len(str(count))) for _, count in shown]
    if (over := sum(widths) - whole) > 0:
        widths[widths.index(max(widths))] -= over
    segments, x = [], 0.5
    for (letter, count), width in zip(shown, widths, strict=True):
        segments.append(Segment(letter, count, round(x, 1), round(width, 1), f"{letter} {count:,}"))
        x += width + GAP
    return segments


@dataclass(frozen=True)
class Bullet:
    """Made against due, with a mark at what was expected by now."""

    due: float
    made: float
    expected: float
    behind: bool


def bullet(figures: Figures, longest: int) -> Bullet:
    scale = BULLET / longest if longest else 0
    return Bullet(
        due=round(figures.due * scale, 1),
        made=round(figures.calls * scale, 1),
        expected=round(float(figures.expected) * scale, 1),
        behind=missing(figures) > 0,
    )


@dataclass(frozen=True)
class Point:
    """`x` in per cent of the width, `y` in pixels."""

    x: float
    y: float
    value: int
    label: str
    row: object


@dataclass
class Line:
    """A figure over the cycles; `grid` are its horizontal lines with their values."""

    points: list[Point] = field(default_factory=list)
    grid: list[tuple[float, int]] = field(default_factory=list)

    @property
    def pieces(self) -> list[tuple[Point, Point]]:
        """From each point to the next: a path has no per cents, a line has."""
        return list(pairwise(self.points))


def trend(rows: Sequence[tuple[str, Figures, object]], kpi: str) -> Line:
    """One point a cycle that has the figure; the scale ends at a whole 50 above the highest."""
    known = [
        (place, label, value, row)
        for place, (label, figures, row) in enumerate(rows)
        if (value := KPIS[kpi].of(figures)) is not None
    ]
    if len(known) < 2:
        return Line()
    top = -(-max(int(value) for _place, _label, value, _row in known) // 50) * 50 or 50
    step = (TREND_RIGHT - TREND_LEFT) / max(len(rows) - 1, 1)
    line = Line(grid=[(_height(value, top), value) for value in (0, top // 2, top)])
    for place, label, value, row in known:
        line.points.append(Point(round(TREND_LEFT + place * step, 2), _height(value, top), int(value), label, row))
    return line


def _height(value: float | Decimal, top: int) -> float:
    return round(_LOWEST_LINE - float(value) * 138 / top, 1)


@dataclass(frozen=True)
class Node:
    """A tier on one side of the moves, as high as how many left it, or came into it."""

    letter: str
    x: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2 + 4.5, 1)


@dataclass(frozen=True)
class Flow:
    """The moves from one tier into another; `path` is the outline of their band."""

    before: str
    after: str
    count: int
    path: str

    @property
    def promoted(self) -> bool:
        return self.after < self.before


@dataclass(frozen=True)
class Flows:
    nodes: list[Node]
    bands: list[Flow]


def flows(counts: Mapping[tuple[str, str], int]) -> Flows:
    """Moves between tiers, those before on the left and those after on the right, best on top."""
    left, right = (_nodes(counts, side, x) for side, x in ((0, 0), (1, FLOWS_WIDE - _NODE)))
    gone, come = ({letter: node.y for letter, node in nodes.items()} for nodes in (left, right))
    bands = []
    for (before, after), count in sorted(counts.items()):
        parted = count * left[before].height / _of(counts, 0, before)
        joined = count * right[after].height / _of(counts, 1, after)
        band = _band(gone[before], gone[before] + parted, come[after], come[after] + joined)
        bands.append(Flow(before, after, count, band))
        gone[before] += parted
        come[after] += joined
    return Flows([*left.values(), *right.values()], bands)


def _of(counts: Mapping[tuple[str, str], int], side: int, letter: str) -> int:
    return sum(count for way, count in counts.items() if way[side] == letter)


def _nodes(counts: Mapping[tuple[str, str], int], side: int, x: int) -> dict[str, Node]:
    letters = sorted({way[side] for way in counts})
    free = FLOWS_HIGH - _NODE_GAP * (len(letters) - 1) - _ROOM_IN_NODE * len(letters)
    nodes, y, whole = {}, 0.0, sum(counts.values())
    for letter in letters:
        height = _ROOM_IN_NODE + free * _of(counts, side, letter) / whole
        nodes[letter] = Node(letter, x, round(y, 1), round(height, 1))
        y += height + _NODE_GAP
    return nodes


def _band(top: float, bottom: float, top_after: float, bottom_after: float) -> str:
    first, middle, last = _NODE, FLOWS_WIDE // 2, FLOWS_WIDE - _NODE
    return (
        f"M{first} {top:.1f}C{middle} {top:.1f} {middle} {top_after:.1f} {last} {top_after:.1f}"
        f"V{bottom_after:.1f}C{middle} {bottom_after:.1f} {middle} {bottom:.1f} {first} {bottom:.1f}Z"
    )
