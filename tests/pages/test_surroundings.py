"""The picture of whom a person follows and who follows him: who stands in it, and where."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest

from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, Customer, CustomerStatus, InfluenceLink
from customers.queries import drawing
from customers.queries.drawing import Drawing, Node, drawings
from customers.queries.surroundings import FARTHER, FOLLOWED, FOLLOWERS, Near, Surroundings
from tests.cast import SINCE, TODAY, person
from tests.pages.conftest import MONTH
from tests.pages.test_customer import text

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Bartholomew Featherstonehaugh-Cholmondeley-Marjoribanks 欧阳上官慕容诸葛东方"


# The page


def tie(influencer: Any, influenced: Any, weight: int = 500, kind: str = "advice") -> InfluenceLink:
    return InfluenceLink.objects.create(
        influencer=influencer, influenced=influenced, kind=kind, weight=weight, during=period(MONTH)
    )


def colleagues(world: Any, names: Sequence[str], tier: str = "") -> list[Any]:
    made = [person(name, world.cast.hospital) for name in names]
    refresh_alignment(on=TODAY)
    if tier:
        CustomerStatus.objects.filter(customer__in=[one.pk for one in made]).update(tier=tier)
    return made


class Picture:
    """One of the drawings of a page."""

    def __init__(self, markup: str) -> None:
        self.root: Any = ET.fromstring(markup.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))

    def who(self, group: str = "") -> list[str]:
        """By their titles, in the order of reading."""
        lists = [it for it in self.root.iter(f"{SVG}g") if it.get("role") == "list"]
        return [
            item.find(f".//{SVG}title").text
            for it in lists
            if group in it.get("aria-label")
            for item in it
            if item.get("role") == "listitem"
        ]

    def links(self) -> dict[str, str]:
        return {it.get("href"): "".join(it.itertext()) for it in self.root.iter(f"{SVG}a")}

    def widths(self) -> list[float]:
        """Of the lines that tell how strong they are, as they were drawn."""
        edges = [it for it in self.root.iter(f"{SVG}path") if it.get("class") == "edge"]
        return [float(it.get("stroke-width")) for it in edges if not it.get("stroke-dasharray")]

    @property
    def dashed(self) -> int:
        return len([it for it in self.root.iter(f"{SVG}path") if it.get("stroke-dasharray")])

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.root.itertext()))


def pictures(world: Any, user: Any, customer: Any) -> list[Picture]:
    body = world.client(user).get(f"/customers/{customer.pk}/").content.decode()
    return [Picture(markup) for markup in re.findall(r'<svg class="ties-.*?</svg>', body, re.DOTALL)]


def test_nobody_around_no_picture(world) -> None:
    page = world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/")
    assert "Nobody is known whom this person follows or sways." in text(page)
    assert "ties-" not in page.content.decode()
    assert "<figure" not in page.content.decode()


def test_each_side_has_its_people_with_tier_and_link(world) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "B")
    [head] = colleagues(world, ["周砚清"], "A")
    second, third = colleagues(world, ["韩松", "何田田"], "C")
    tie(head, cast.chen, 900)
    tie(cast.chen, cast.meng, 250)
    tie(cast.chen, second, 1000)
    tie(second, third, 400)
    wide, narrow = pictures(world, cast.lin, cast.chen)
    for picture in (wide, narrow):
        assert picture.who("Whom 陈望舒 follows") == ["周砚清 · Tier A · strength 0.9"]
        assert [who.split(" · ")[0] for who in picture.who("Who follows 陈望舒")] == ["韩松", "孟书远"]
        assert f"/customers/{head.pk}/" in picture.links()
        assert f"/customers/{cast.chen.pk}/" not in picture.links()
    assert wide.who("Who follows these") == ["何田田 · Tier C · strength 0.4"]
    assert wide.who("Who follows 陈望舒")[0] == "韩松 · Tier C · strength 1"
    assert narrow.who("Who follows 陈望舒")[0] == "韩松 · Tier C · strength 1 · followed by 1 more"
    assert "0.25 ·" not in narrow.words
    assert "何田田" not in narrow.words
    assert "2 people follow 陈望舒; 韩松 most closely" in text(
        world.client(cast.lin).get(f"/customers/{cast.chen.pk}/")
    )


def test_the_stronger_the_thicker(world) -> None:
    weights = [0, 125, 300, 999, 1000]
    for weight, other in zip(weights, colleagues(world, "甲乙丙丁戊"), strict=True):
        tie(world.cast.chen, other, weight)
    for picture in pictures(world, world.cast.lin, world.cast.chen):
        widths = picture.widths()
        assert widths == sorted(widths, reverse=True)
        assert len(set(widths)) == len(weights)
        assert [who[0] for who in picture.who()] == list("戊丁丙乙甲")


def test_whom_one_does_not_see_stands_there_without_name_link_and_figures(world) -> None:
    cast = world.cast
    Affiliation.objects.filter(person=cast.shopkeeper).update(position="店主")
    tie(cast.chen, cast.shopkeeper, 900)
    tie(cast.chen, cast.meng, 400)
    tie(cast.meng, cast.stray, 700)
    outsider = person("区外人", cast.pharmacy)
    tie(cast.meng, outsider, 600)
    tie(cast.shopkeeper, person("下家", cast.hospital), 700)  # whom one sees, but only through whom one does not see
    tie(cast.shopkeeper, cast.chen, 800)
    refresh_alignment(on=TODAY)
    page = world.client(cast.lin).get(f"/customers/{cast.chen.pk}/")
    for picture in pictures(world, cast.lin, cast.chen):
        assert picture.who("Whom 陈望舒 follows") == ["店主 at another institution"]
        assert picture.who("Who follows 陈望舒") == [
            "孟书远 · strength 0.4 · followed by 2 more",
            "店主 at another institution",
        ]
        assert picture.dashed == 2
        assert picture.widths() == [2.4]
        assert list(picture.links()) == [f"/customers/{cast.meng.pk}/"]
        assert "0.9" not in ET.tostring(picture.root, "unicode")
    for secret in ("阿福", "游医", "区外人", "下家", str(cast.shopkeeper.pk), str(outsider.pk), "most closely"):
        assert secret not in page.content.decode()
    assert "Dashed: outside your territory" in text(page)
    wide, _narrow = pictures(world, cast.zheng, cast.chen)
    assert "阿福 · strength 0.9" in wide.who()[1]
    assert wide.dashed == 0
    assert {"下家 · strength 0.7", "区外人 · strength 0.6"} == set(wide.who("Who follows these"))
    assert "游医" not in wide.words


def test_a_stranger_leaks_nothing_by_his_place(world) -> None:
    """Who is not seen stands behind all others, in the picture and in the table, however strong his tie is."""
    cast = world.cast
    tie(cast.chen, cast.shopkeeper, 1000)
    for weight, other in enumerate(colleagues(world, ["甲", "乙"])):
        tie(cast.chen, other, weight)
    for picture in pictures(world, cast.lin, cast.chen):
        assert picture.who()[-1] == "A person at another institution"
    table = text(world.client(cast.lin).get(f"/customers/{cast.chen.pk}/")).split("Strength (0–1)")[1]
    assert table.index("A person at another institution") > max(table.index("甲"), table.index("乙"))


def test_many_are_bounded_and_told(world) -> None:
    chen = world.cast.chen
    above = colleagues(world, [f"上{number}" for number in range(FOLLOWED + 2)])
    below = colleagues(world, [f"下{number}" for number in range(FOLLOWERS + 3)])
    for number, one in enumerate(above):
        tie(one, chen, 100 + number)
    for number, one in enumerate(below):
        tie(chen, one, 100 + number)
        tie(chen, one, 50, kind="friend")  # the same person once, by the stronger tie
    busy = below[-1]
    for number, one in enumerate(colleagues(world, [f"远{number}" for number in range(FARTHER + 4)])):
        tie(busy, one, 900 - number)
    tie(busy, chen, 900)  # is in the middle already
    tie(busy, below[-2], 950)  # and he is one of the followers
    wide, narrow = pictures(world, world.cast.lin, chen)
    for picture in (wide, narrow):
        assert len(picture.who("Whom")) == FOLLOWED
        assert len(picture.who("Who follows 陈")) == FOLLOWERS
        assert "3 more below" in picture.words
        assert "#ties" in picture.links()
    assert "3 more below" in wide.words  # busy himself is whom chen follows, too
    assert [who.split(" · ")[0] for who in wide.who("Who follows these")] == [f"远{n}" for n in range(FARTHER)]
    assert f"{busy.customer.name} · strength 0.11 · followed by 5 more" in wide.who()
    assert f"{busy.customer.name} · strength 0.11 · followed by 10 more" in narrow.who()
    assert 'id="ties"' in world.client(world.cast.lin).get(f"/customers/{chen.pk}/").content.decode()


def test_ended_ties_are_not_drawn(world) -> None:
    link = tie(world.cast.chen, world.cast.meng)
    InfluenceLink.objects.filter(pk=link.pk).update(during=period(SINCE, MONTH))
    assert pictures(world, world.cast.lin, world.cast.chen) == []


@pytest.mark.parametrize("rows", [1, 20])
def test_statements_do_not_grow_with_ties(world, rows: int, django_assert_max_num_queries) -> None:
    people = colleagues(world, [f"人{number}" for number in range(rows)])
    for one in people:
        tie(world.cast.chen, one)
        for other in people[:5]:
            if other != one:
                tie(one, other)
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(12):
        client.get(f"/customers/{world.cast.chen.pk}/")


def test_a_name_that_is_too_long_is_cut_and_told_whole(world) -> None:
    Customer.objects.filter(pk__in=[world.cast.chen.pk, world.cast.meng.pk]).update(name=f"<b>{LONG}")
    tie(world.cast.chen, world.cast.meng)
    for picture in pictures(world, world.cast.lin, world.cast.chen):
        [title] = picture.who()
        assert title.startswith(f"<b>{LONG} · ")
        shown = [it.text for it in picture.root.iter(f"{SVG}text") if it.get("class") == "v"]
        assert len(shown) == 2
        assert all(name.endswith("…") and len(name) < 20 for name in shown)


# The layout


def near(number: int, *, seen: bool = True, who: str = "", farther: int = 0) -> Near:
    if not seen:
        return Near(who or "A department head at another institution")
    beyond = tuple(near(100 * number + one) for one in range(1, farther + 1))
    return Near(who or f"人{number}", UUID(int=number), "ABC"[number % 3], 1000 - number, beyond, number % 2)


def around(above: int, below: int, farther: int = 0, **more: Any) -> Surroundings:
    followers = [near(number, farther=1 if number <= farther else 0, **more) for number in range(1, below + 1)]
    return Surroundings(
        me=Near(LONG, UUID(int=0), "A"),
        followed=[near(number, **more) for number in range(11, 11 + above)],
        followers=followers,
        more_followed=2 if above == FOLLOWED else 0,
        more_followers=3 if below == FOLLOWERS else 0,
        closest="",
    )


ALL = [(above, below) for above in range(FOLLOWED + 1) for below in range(FOLLOWERS + 1) if above or below]
TEXT_HEIGHT = 14


def nodes(drawn: Drawing) -> list[Node]:
    return [drawn.me, *(node for group in drawn.groups for node in group.nodes)]


def boxes(drawn: Drawing) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of all nodes, heads and words on those left out."""
    found: list[tuple[float, float, float, float]] = [
        (node.x, node.y, node.x + node.width, node.y + node.height) for node in nodes(drawn)
    ]
    for group in drawn.groups:
        found.append((group.x, group.y - TEXT_HEIGHT + 3, group.x + 144, group.y + 3))
        if group.left_out:
            left = group.left_out_x - (110 if drawn.name == "narrow" else 0)
            found.append((left, group.left_out_y - TEXT_HEIGHT + 3, left + 110, group.left_out_y + 3))
    return found


@pytest.mark.parametrize("farther", [0, FARTHER])
def test_everything_lies_in_the_frame_and_nothing_on_another(farther: int) -> None:
    for drawn in (drawn for above, below in ALL for drawn in drawings(around(above, below, farther))):
        found = boxes(drawn)
        for left, top, right, bottom in found:
            assert 0 <= left < right <= drawn.width
            assert 0 <= top < bottom <= drawn.height
        for number, one in enumerate(found):
            for other in found[number + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (drawn.name, one, other)


def test_each_line_leads_from_one_box_to_another_and_through_none() -> None:
    for drawn in (drawn for above, below in ALL for drawn in drawings(around(above, below, FARTHER))):
        assert len(drawn.edges) == len(nodes(drawn)) - 1
        for edge in drawn.edges:
            ends = [_at(drawn, *_along(path)[0]) for path in (edge.path, edge.tip)]
            assert None not in ends
            assert ends[0] is not ends[1]
            for x, y in _along(edge.path):
                within = [node for node in nodes(drawn) if _inside(node, x, y)]
                assert not within, (drawn.name, edge, within[0].near.who)


def _at(drawn: Drawing, x: float, y: float) -> Node | None:
    """On whose border a point lies."""
    for node in nodes(drawn):
        right, bottom = node.x + node.width, node.y + node.height
        if (x in (node.x, right) and node.y <= y <= bottom) or (y in (node.y, bottom) and node.x <= x <= right):
            return node
    return None


def _inside(node: Node, x: float, y: float) -> bool:
    return node.x < x < node.x + node.width and node.y < y < node.y + node.height


def _along(path: str) -> list[tuple[float, float]]:
    """Points of a path of M, H, V, Q and C."""
    points: list[tuple[float, float]] = []
    for letter, rest in re.findall(r"([MHVQC])([-\d. ]*)", path):
        given = [float(one) for one in rest.split()]
        last = points[-1] if points else (given[0], given[1])
        if letter == "M":
            corners = [(given[0], given[1])]
        elif letter == "H":
            corners = [last, (given[0], last[1])]
        elif letter == "V":
            corners = [last, (last[0], given[0])]
        else:
            corners = [last, *zip(given[::2], given[1::2], strict=True)]
        points += [_bezier(corners, step / 20) for step in range(21)]
    return points


def _bezier(corners: list[tuple[float, float]], at: float) -> tuple[float, float]:
    while len(corners) > 1:
        corners = [(a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at) for a, b in pairwise(corners)]
    return corners[0]


def test_the_same_people_give_the_same_drawing() -> None:
    assert drawings(around(4, 6, 5)) == drawings(around(4, 6, 5))


def test_influence_runs_one_way() -> None:
    wide, narrow = drawings(around(4, 6, 5))
    columns = [{node.x for node in group.nodes} for group in wide.groups]
    assert [len(column) for column in columns] == [1, 1, 1]
    assert max(columns[0]) < wide.me.x < min(columns[1]) < min(columns[2])
    above, below = ([node.y for node in group.nodes] for group in narrow.groups)
    assert max(above) < narrow.me.y < min(below)
    assert above == sorted(above)
    assert narrow.width <= 300  # of the 302 that a phone of 360 px leaves


@pytest.mark.parametrize(
    "who", [LONG, "A department head at another institution", "外院副主任医师" * 5, "x" * 200, "😀" * 40]
)
def test_no_text_is_longer_than_its_box(who: str) -> None:
    for seen in (True, False):
        crowd = Surroundings(Near(who, UUID(int=0), "A"), [near(1, seen=seen, who=who)], [near(2, who=who)], 0, 0, "")
        for drawn in drawings(crowd):
            for node in nodes(drawn):
                room = node.width - (16 if node.near.address is None else 42)
                assert all(drawing.length_of(line) <= room for _y, line in node.lines)
                assert all(10 < y < node.height for y, _line in node.lines)


def test_what_fits_stays_whole() -> None:
    assert drawing.fitted("陈望舒", 90) == "陈望舒"
    assert drawing.fitted("诸葛  孔明\n先生", 42) == "诸葛…"
    assert drawing.fitted("Ann", 0) == "…"
