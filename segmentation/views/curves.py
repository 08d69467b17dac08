"""Lines of managers' pages: a row's attainment over the cycles, and the curve of a tier policy; drawn by templates."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accounts.templatetags.rounds import in_a_row

SPARK_WIDE, SPARK_HIGH = 56, 20
_SPARK_ROOM = 3  # for a dot at the edge
_FULL, _MOST = 100, 200  # per cent: the line that is dotted, and where a line goes on flat

LEFT, RIGHT, TOP, FLOOR = 32, 356, 14, 130
_ROOM_BESIDE, _ROOM_FOR_A_SIGN = 8, 8  # of the text in a strip
_AT_THE_EDGE = 24


@dataclass(frozen=True)
class Attained:
    """A row's attainment in a cycle, in per cent; None where nothing was due. `running`: the cycle is not over."""

    cycle: str
    value: int | None
    running: bool


@dataclass(frozen=True)
class Spark:
    """`path` joins cycles that are over, `last` is the newest of them, `so_far` stands for the running one; `said` is
    all of it in words."""

    path: str
    full: float
    last: tuple[float, float] | None
    so_far: tuple[float, float] | None
    said: str


def highest(rows: Iterable[Sequence[Attained]]) -> int:
    """Where the scale of all sparks of a table ends, so that they can be compared: 100, or higher if they go there."""
    return min(max((_FULL, *(one.value or 0 for cycles in rows for one in cycles))), _MOST)


def spark(cycles: Sequence[Attained], top: int) -> Spark | None:
    """The oldest cycle first, on a scale that ends at `top`; None where fewer than two have a figure. A running cycle
    is not compared with whole ones: it stands beside them as a ring."""
    known = [one for one in cycles if one.value is not None]
    if len(known) < 2:
        return None
    step = (SPARK_WIDE - 2 * _SPARK_ROOM) / (len(cycles) - 1)
    over: list[str] = []
    last, so_far, pen = None, None, "M"
    for place, one in enumerate(cycles):
        if one.value is None:
            pen = "M"
            continue
        at = round(_SPARK_ROOM + place * step, 1), _high(one.value, top)
        if one.running:
            so_far = at
        else:
            over.append(f"{pen}{at[0]} {at[1]}")
            last, pen = at, "L"
    return Spark("".join(over), _high(_FULL, top), last, so_far, _said(known))


def _high(value: int, top: int) -> float:
    return round(SPARK_HIGH - _SPARK_ROOM - min(value, top) * (SPARK_HIGH - 2 * _SPARK_ROOM) / top, 1)


def _said(known: Sequence[Attained]) -> str:
    over = [one for one in known if not one.running]
    sentences = []
    if len(over) > 1:
        first, last = over[0], over[-1]
        assert first.value is not None
        assert last.value is not None
        words = {"first": first.value, "since": first.cycle, "last": last.value, "until": last.cycle}
        if last.value > first.value:
            sentence = _("Attainment rose from %(first)s%% in %(since)s to %(last)s%% in %(until)s.")
        elif last.value < first.value:
            sentence = _("Attainment fell from %(first)s%% in %(since)s to %(last)s%% in %(until)s.")
        else:
            sentence = _("Attainment was %(last)s%% in %(until)s, as in %(since)s.")
        sentences.append(sentence % words)
    elif over:
        sentences.append(_("Attainment was %(last)s%% in %(until)s.") % {"last": over[0].value, "until": over[0].cycle})
    sentences += [
        _("In %(cycle)s it is %(now)s%% so far.") % {"cycle": one.cycle, "now": one.value}
        for one in known
        if one.running
    ]
    return in_a_row(sentences)


@dataclass(frozen=True)
class Border:
    """Where a tier ends on the curve."""

    letter: str
    x: float
    y: float

    @property
    def at_the_edge(self) -> bool:
        """There is no room for its letter on the right."""
        return self.x > RIGHT - _AT_THE_EDGE


@dataclass(frozen=True)
class Strip:
    """What a tier takes of the customers; `text` as far as there is room for it."""

    letter: str
    x: float
    width: float
    share: str
    text: str

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Reached:
    """A line of the table: the best `customers` have `volume`, both in per cent of all; `letter` of the tier that ends
    there."""

    letter: str
    customers: str
    volume: str


@dataclass(frozen=True)
class Pareto:
    path: str
    grid: list[tuple[float, int]]
    borders: list[Border]
    strips: list[Strip]
    table: list[Reached]
    customers: str  # per cent that are A
    volume: str  # per cent that these have


def pareto(points: Sequence[tuple[int, int]], shares: Sequence[Mapping[str, Any]]) -> Pareto | None:
    """The curve through `points` (customers, the best first, and the volume of all these; the last one is everybody)
    and the borders of the tiers, whose sums are `shares`, best first."""
    if not points:
        return None
    members, total = points[-1]
    ends = dict(_ends(shares))
    line = sorted({(0, 0), *points, *ends.values()})

    def place(customers: int, volume: int) -> tuple[float, float]:
        across, up = (RIGHT - LEFT) * customers / members, (FLOOR - TOP) * volume / total
        return round(LEFT + across, 1), round(FLOOR - up, 1)

    starts = [0, *(customers for customers, _volume in ends.values())]
    strips = [
        _strip(letter, place(start, 0)[0], place(end, 0)[0], per_cent(end - start, members))
        for letter, (start, end) in zip(ends, pairwise(starts), strict=True)
    ]
    best = ends.get("A", (0, 0))
    return Pareto(
        path="M" + "L".join(f"{x} {y}" for x, y in (place(*point) for point in line)),
        grid=[(place(0, total * share // 100)[1], share) for share in (0, 50, 100)],
        borders=[Border(letter, *place(*end)) for letter, end in ends.items() if end[0] < members],
        strips=strips,
        table=list(_table(points, ends)),
        customers=per_cent(best[0], members),
        volume=per_cent(best[1], total),
    )


def _ends(shares: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Customers and volume up to the end of each tier that somebody has."""
    customers = volume = 0
    for share in shares:
        if share["customers"]:
            customers, volume = customers + share["customers"], volume + share["volume"]
            yield share["letter"], (customers, volume)


def _strip(letter: str, start: float, end: float, share: str) -> Strip:
    width = round(max(end - start - 1, 1), 1)
    texts = (f"{letter} {share}%", letter, "")
    text = next(text for text in texts if not text or len(text) * _ROOM_FOR_A_SIGN + _ROOM_BESIDE <= width)
    return Strip(letter, start, width, share, text)


def _table(points: Sequence[tuple[int, int]], ends: Mapping[str, tuple[int, int]]) -> Iterator[Reached]:
    """The tenths, each at the first point that fills it, and the ends of tiers."""
    members, total = points[-1]
    tenths = (next(point for point in points if point[0] * 10 >= members * tenth) for tenth in range(1, 11))
    letters = {end: letter for letter, end in ends.items()}
    for point in sorted({*tenths, *letters}):
        yield Reached(letters.get(point, ""), per_cent(point[0], members), per_cent(point[1], total))


def per_cent(part: int, whole: int) -> str:
    """To a tenth, rounded down: 100 is never said too early, and what there is, is not said to be nothing."""
    tenths = part * 1000 // whole
    return "<0.1" if part and not tenths else f"{tenths / 10:g}"
