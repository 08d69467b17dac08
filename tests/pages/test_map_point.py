"""Where an institution lies is pasted from a map into its form, shown on its profile, and emptied again."""

from typing import Any

import pytest

from crm.base.toasts import undo_of
from customers.models import Customer, Institution
from tests.pages.test_change_customer import SHOP, change_of, given, new_institution, said, send
from tests.pages.test_customer import text

POINT = "30.274085, 120.155070"


def stored(world: Any) -> tuple[int | None, int | None]:
    return Institution.objects.values_list("latitude", "longitude").get(pk=world.cast.hospital.pk)


def paste(world: Any, point: str) -> Any:
    return send(world, world.cast.lin, change_of(world.cast.hospital), point=point)


@pytest.fixture
def placed(world) -> Any:
    Institution.objects.filter(pk=world.cast.hospital.pk).update(latitude=30_274_085, longitude=120_155_070)
    return world


@pytest.mark.parametrize(
    ("pasted", "point"),
    [
        (POINT, (30_274_085, 120_155_070)),
        ("30.274084999999998,120.15507", (30_274_085, 120_155_070)),
        ("30.27 120.15", (30_270_000, 120_150_000)),
        ("（30.27，120.15）", (30_270_000, 120_150_000)),
        ("30.27° N, 120.15° E", (30_270_000, 120_150_000)),
        ("33.9S, 18.4W", (-33_900_000, -18_400_000)),
        ("−33.9，151", (-33_900_000, 151_000_000)),
        ("-90, 180", (-90_000_000, 180_000_000)),
        ("0,0", (0, 0)),
        ("", (None, None)),
    ],
)
def test_what_maps_say_is_understood(world, pasted: str, point: tuple[int | None, int | None]) -> None:
    paste(world, "1, 1")
    assert paste(world, pasted).status_code == 302
    assert stored(world) == point
    assert Customer.objects.get(pk=world.cast.hospital.pk).version == 3


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("120.155070, 30.274085", "other way round"),
        ("91, 0", "between -90 and 90"),
        ("30, 181", "between -180 and 180"),
        ("30.27", "no point on a map"),
        ("30.27, 120.15, 5", "no point on a map"),
        ("30°16'26.7\"N 120°9'18\"E", "no point on a map"),
        ("-30.27S, 120", "no point on a map"),
        ("西溪路 1 号", "no point on a map"),
        ("nan, nan", "no point on a map"),
        ("1e3, 2", "no point on a map"),
        ("<script>alert(1)</script>", "no point on a map"),
        ("30, \x00120", "no point on a map"),
        ("3" * 350_000, "no point on a map"),
        ("3" + " " * 350_000 + "x", "no point on a map"),
    ],
)
def test_what_is_no_point_is_refused_and_not_lost(placed, pasted: str, sentence: str) -> None:
    answer = paste(placed, pasted)
    assert sentence in said(answer)
    assert answer.context["form"]["point"].value() == pasted
    assert stored(placed) == (30_274_085, 120_155_070)


def test_the_profile_and_the_history_show_it(world) -> None:
    page = world.client(world.cast.lin).get(change_of(world.cast.hospital))
    assert "WGS-84" in text(page)
    paste(world, POINT)
    profile = f"/customers/{world.cast.hospital.pk}/"
    assert f"Map coordinates (WGS-84) {POINT}" in text(world.client(world.cast.lin).get(profile))
    assert given(world.client(world.cast.lin).get(change_of(world.cast.hospital)))["point"] == POINT
    history = text(world.client(world.cast.zheng).get(f"{profile}history/"))
    assert "30.274085" in history
    assert "120.155070" in history
    paste(world, "")
    assert "Map coordinates" not in text(world.client(world.cast.lin).get(profile))


def test_what_stands_there_is_no_change_and_undo_brings_it_back(placed) -> None:
    assert paste(placed, "30.2740850,120.15507").status_code == 302
    assert Customer.objects.get(pk=placed.cast.hospital.pk).version == 1
    client, address = placed.client(placed.cast.lin), change_of(placed.cast.hospital)
    page = client.post(address, given(client.get(address)) | {"point": "1,2"}, follow=True)
    assert stored(placed) == (1_000_000, 2_000_000)
    undo = undo_of(next(iter(page.context["messages"])))
    assert undo
    client.post(undo.url, undo.fields)
    assert stored(placed) == (30_274_085, 120_155_070)


def test_two_at_once_choose(placed) -> None:
    lin, zheng, address = placed.cast.lin, placed.cast.zheng, change_of(placed.cast.hospital)
    mine, theirs = (given(placed.client(who).get(address)) for who in (lin, zheng))
    send(placed, zheng, address, theirs, point="31.5, 121.5")
    untouched = send(placed, lin, address, mine, culture="讲效率")
    assert "Somebody changed this" in said(untouched)
    assert given(untouched)["point"] == "31.500000, 121.500000"
    conflict = send(placed, lin, address, mine, point="29.5, 119.5")
    assert "You typed 29.500000, 119.500000 Stored now 31.500000, 121.500000" in text(conflict)
    assert stored(placed) == (31_500_000, 121_500_000)
    send(placed, lin, address, given(conflict), **{"choose-point": "stored"})
    assert stored(placed) == (31_500_000, 121_500_000)


def test_a_new_institution_may_say_it_at_once(world) -> None:
    new_institution(world, point=POINT)
    assert Institution.objects.get(customer__name=SHOP["name"]).point == POINT
    assert "other way round" in said(new_institution(world, name="另一家药店", point="120, 30"))


def test_who_lies_outside_is_not_moved(world) -> None:
    for who in (world.cast.zhao, world.cast.stranger):
        answer = world.client(who).post(change_of(world.cast.hospital), {"name": "x", "point": POINT})
        assert answer.status_code == 404
    assert stored(world) == (None, None)
