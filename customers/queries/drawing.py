"""Geometry of the picture of whom a person follows and who follows him: units are pixels, templates draw it as SVG.

Influence runs from left to right where there is room, else from top to bottom (`wide`, `narrow`). Pure: the same
people give the same drawing.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.queries.surroundings import Near, Surroundings

NODE, SMALL, ME = (144, 40), (144, 28), (160, 40)
GAP, PITCH, SMALL_PITCH, HEAD, FOOT = 64, 50, 36, 24, 26
WIDTH, CELL, ROW, BEND = 300, (130, 44), 52, 44  # of the narrow one: two cells in a row, as far from `me` as it bends
TIP = 7  # length of an arrowhead
LETTER = 14  # its size, so that nobody's name is smaller in either language
_BADGE, _MARGINS = 42, 16  # what of a node's width no letter may take
_IN_HEAD = 64
_ELLIPSIS = "…"
_NARROW, _SLIM, _BROAD = frozenset("iljI.,:;'|!’·"), frozenset("ftr()-/ "), frozenset("mwMW@%")


@dataclass(frozen=True)
class Node:
    """A box with its upper left corner at (x, y) and what stands in it: a name and the figures under it, or one or two
    lines on somebody whom the reader does not see. `more` of those who follow him are not drawn."""

    near: Near
    x: int
    y: int
    width: int
    height: int
    texts: Sequence[str]
    more: int = 0

    @property
    def middle(self) -> int:
        return self.height // 2

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Each with its baseline."""
        baselines = (self.middle + 5,) if len(self.texts) == 1 else (self.middle - 3, self.middle + 13)
        return list(zip(baselines, self.texts, strict=True))

    @property
    def letter(self) -> str:
        return self.near.tier.lower()

    @property
    def title(self) -> str:
        """All of it in words: of a name only the beginning may have room."""
        near = self.near
        parts = [near.who]
        if near.tier:
            parts.append(_("Tier %(tier)s") % {"tier": near.tier})
        if near.weight:
            parts.append(_("strength %(strength)s") % {"strength": near.weight})
        if self.more:
            parts.append(_("followed by %(n)s more") % {"n": self.more})
        return " · ".join(parts)


@dataclass(frozen=True)
class Edge:
    """A line from who is followed to who follows, of a width in pixels; `width` None: not to be told."""

    path: str
    tip: str
    width: float | None

    @property
    def stroke(self) -> str:
        return "1.5" if self.width is None else f"{self.width:g}"


@dataclass(frozen=True)
class Group:
    """Nodes beside each other, in the order of reading; the head stands at (x, y)."""

    what: str
    nodes: Sequence[Node]
    x: int
    y: int
    left_out: int = 0
    left_out_x: int = 0
    left_out_y: int = 0


@dataclass(frozen=True)
class Drawing:
    """`short` is the name of the person in the middle where a sentence has little room."""

    name: str
    width: int
    height: int
    me: Node
    short: str
    groups: Sequence[Group]
    edges: Sequence[Edge]

    @property
    def tips(self) -> str:
        return "".join(edge.tip for edge in self.edges)

    @property
    def has_more(self) -> bool:
        return any(node.more for group in self.groups for node in group.nodes)

    @property
    def has_strangers(self) -> bool:
        return any(edge.width is None for edge in self.edges)


def drawings(around: Surroundings) -> list[Drawing]:
    return [wide(around), narrow(around)]


def wide(around: Surroundings) -> Drawing:
    """Columns: whom the person follows, himself, who follows him, who follows those."""
    farther = [(one, number) for number, one in enumerate(around.followers) for one in one.farther]
    columns = [
        (len(around.followed), PITCH, NODE, around.more_followed),
        (1, PITCH, NODE, 0),
        (len(around.followers), PITCH, NODE, around.more_followers),
        (len(farther), SMALL_PITCH, SMALL, 0),
    ]
    heights = [(n - 1) * pitch + size[1] + (FOOT if more else 0) for n, pitch, size, more in columns if n]
    x, places, feet = 0, [], []
    for n, pitch, size, more in columns:
        top = HEAD + (max(heights) - (n - 1) * pitch - size[1] - (FOOT if more else 0)) // 2
        places.append([(x, top + pitch * number) for number in range(n)])
        feet.append((x, top + pitch * n + size[1] - pitch + FOOT - 7))
        x += (NODE[0] + GAP) if n else 0
    followed = [_node(one, place, NODE) for one, place in zip(around.followed, places[0], strict=True)]
    me = _node(around.me, places[1][0], NODE)
    followers = [_node(one, place, NODE, one.more) for one, place in zip(around.followers, places[2], strict=True)]
    beyond = [_node(one, place, SMALL) for (one, _parent), place in zip(farther, places[3], strict=True)]
    edges = [_across(node, me, node.near, (0, port)) for node, port in _with_ports(followed)]
    edges += [_across(me, node, node.near, (port, 0)) for node, port in _with_ports(followers)]
    for number, parent in enumerate(followers):
        own = [node for node, (_one, of) in zip(beyond, farther, strict=True) if of == number]
        edges += [_across(parent, node, node.near, (port, 0)) for node, port in _with_ports(own)]
    groups = [
        Group("followed", followed, me.x - NODE[0] - GAP, HEAD - 10, around.more_followed, *feet[0]),
        Group("followers", followers, me.x + NODE[0] + GAP, HEAD - 10, around.more_followers, *feet[2]),
        Group("farther", beyond, me.x + 2 * (NODE[0] + GAP), HEAD - 10),
    ]
    return Drawing(
        "wide", x - GAP, HEAD + max(heights), me, _short(around), [group for group in groups if group.nodes], edges
    )


def narrow(around: Surroundings) -> Drawing:
    """Rows of two: whom the person follows above him, who follows him below, the strongest next to him."""
    rows_above, rows_below = (-(-len(some) // 2) for some in (around.followed, around.followers))
    above = HEAD + rows_above * ROW - ROW + CELL[1] + BEND if rows_above else 0
    me = _node(around.me, ((WIDTH - ME[0]) // 2, above), ME)
    below = above + ME[1] + BEND
    followed = [
        _node(one, (x, HEAD + (rows_above - 1 - row) * ROW), CELL)
        for one, (x, row) in zip(around.followed, _cells(len(around.followed)), strict=True)
    ]
    followers = [
        _node(one, (x, below + row * ROW), CELL, one.more + len(one.farther))
        for one, (x, row) in zip(around.followers, _cells(len(around.followers)), strict=True)
    ]
    edges = [_down_to(me, node, number, rows_above) for number, node in enumerate(followed)]
    edges += [_down_from(me, node, number, rows_below) for number, node in enumerate(followers)]
    height = below + (rows_below - 1) * ROW + CELL[1] + FOOT if followers else above + ME[1]
    groups = [
        Group("followed", sorted(followed, key=_reading), 0, HEAD - 10, around.more_followed, WIDTH, HEAD - 10),
        Group("followers", followers, 0, height - 7, around.more_followers, WIDTH, height - 7),
    ]
    return Drawing("narrow", WIDTH, height, me, _short(around), [group for group in groups if group.nodes], edges)


def _node(near: Near, place: tuple[int, int], size: tuple[int, int], more: int = 0) -> Node:
    if near.address is None:
        texts = _in_two(near.who, size[0] - _MARGINS)
    else:
        texts = [fitted(near.who, size[0] - _BADGE)]
        if near.weight and size != SMALL:
            texts.append(f"{near.weight} · +{more}" if more else near.weight)
    return Node(near, *place, *size, texts, more)


def _short(around: Surroundings) -> str:
    return fitted(around.me.who, _IN_HEAD)


def _reading(node: Node) -> tuple[int, int]:
    return node.y, node.x


def _cells(count: int) -> list[tuple[int, int]]:
    """The left edge of each and its row, the one next to the middle first; one alone stands in the middle."""
    room = WIDTH - CELL[0]
    return [(room // 2, 0)] if count == 1 else [(room * (number % 2), number // 2) for number in range(count)]


def _with_ports(nodes: Sequence[Node]) -> list[tuple[Node, int]]:
    """Each with how far from the middle of the other end's side its line begins or ends."""
    return [(node, 6 * number - 3 * (len(nodes) - 1)) for number, node in enumerate(nodes)]


def _width(near: Near) -> float | None:
    return None if near.strength is None else 1 + 3.5 * near.strength / 1000


def _edge(path: str, at: tuple[int, int], along: str, near: Near) -> Edge:
    """With the head of its arrow at `at`, pointing `along`: right, left or down."""
    width = _width(near)
    half = 2.5 + (width or 1) / 2
    base = {"right": f"l-{TIP}-{half:g}v{2 * half:g}z", "left": f"l{TIP}-{half:g}v{2 * half:g}z"}.get(
        along, f"l-{half:g}-{TIP}h{2 * half:g}z"
    )
    return Edge(path, f"M{at[0]} {at[1]}{base}", width)


def _across(start: Node, end: Node, near: Near, shift: tuple[int, int]) -> Edge:
    x1, y1 = start.x + start.width, start.y + start.middle + shift[0]
    x2, y2 = end.x, end.y + end.middle + shift[1]
    half = (x1 + x2) // 2
    return _edge(f"M{x1} {y1}C{half} {y1} {half} {y2} {x2 - TIP + 1} {y2}", (x2, y2), "right", near)


def _lane(row: int, rows: int, side: int) -> int:
    """Lines to farther rows run between the two columns, the nearer row's outside."""
    return WIDTH // 2 + side * (5 + 6 * (rows - 1 - row))


def _side(node: Node) -> int:
    return (node.x + node.width // 2 > WIDTH // 2) - (node.x + node.width // 2 < WIDTH // 2)


def _down_to(me: Node, node: Node, number: int, rows: int) -> Edge:
    side, row, y = _side(node), number // 2, node.y + node.middle
    if row == 0:
        x, start, port = node.x + node.width // 2, node.y + node.height, WIDTH // 2 + 28 * side
        path = f"M{x} {start}C{x} {start + 22} {port} {me.y - 22} {port} {me.y - TIP + 1}"
        return _edge(path, (port, me.y), "down", node.near)
    lane, inner = _lane(row, rows, side), node.x + (node.width if side < 0 else 0)
    path = f"M{inner} {y}H{lane + 4 * side}Q{lane} {y} {lane} {y + 4}V{me.y - TIP + 1}"
    return _edge(path, (lane, me.y), "down", node.near)


def _down_from(me: Node, node: Node, number: int, rows: int) -> Edge:
    side, row, y, start = _side(node), number // 2, node.y + node.middle, me.y + me.height
    if row == 0:
        x, port = node.x + node.width // 2, WIDTH // 2 + 28 * side
        path = f"M{port} {start}C{port} {start + 22} {x} {node.y - 22} {x} {node.y - TIP + 1}"
        return _edge(path, (x, node.y), "down", node.near)
    lane, inner = _lane(row, rows, side), node.x + (node.width if side < 0 else 0)
    path = f"M{lane} {start}V{y - 4}Q{lane} {y} {lane + 4 * side} {y}H{inner - 5 * side}"
    return _edge(path, (inner, y), "left" if side < 0 else "right", node.near)


def _is_broad(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def length_of(text: str) -> float:
    """About how many pixels it takes: rather too many than too few."""
    return LETTER * sum(
        1.0 if _is_broad(letter)
        else 0.0 if unicodedata.combining(letter)
        else 0.32 if letter in _NARROW
        else 0.42 if letter in _SLIM
        else 0.95 if letter in _BROAD
        else 0.72 if letter.isupper()
        else 0.6
        for letter in text
    )  # fmt: skip


def fitted(text: str, room: float) -> str:
    """As much of it as has room, and then that there is more."""
    text = " ".join(text.split())
    if length_of(text) <= room:
        return text
    kept = len(text)
    while kept and length_of(text[:kept] + _ELLIPSIS) > room:
        kept -= 1
    return text[:kept].rstrip() + _ELLIPSIS


def _in_two(text: str, room: float) -> list[str]:
    """One line, or two broken where words or Chinese letters meet."""
    text = " ".join(text.split())
    if length_of(text) <= room:
        return [text]
    breaks = [
        at
        for at in range(1, len(text))
        if (text[at] == " " or _is_broad(text[at - 1]) or _is_broad(text[at])) and length_of(text[:at]) <= room
    ]
    if not breaks:
        return [fitted(text, room)]
    return [text[: breaks[-1]].rstrip(), fitted(text[breaks[-1] :], room)]
