"""The demo country on the morning before its night, and houses that are copies of it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.faults.ground import Ground
from tests.faults.house import House, morning

MakeHouse = Callable[..., House]
_numbers = count(1)


@pytest.fixture(scope="package")
def ground() -> Iterator[Ground]:
    ground = Ground()
    yield ground
    ground.remove()


@pytest.fixture(scope="package")
def country(ground: Ground) -> House:
    ground.make_database("country")
    loaded = House(ground, "country", 0)
    for command in (["migrate", "--database", "owner", "-v0"], ["load_demo", "--districts", "1"]):
        done = loaded.run("manage.py", *command, seconds=300)
        assert done.returncode == 0, done.stderr
    morning(loaded)
    return loaded


@pytest.fixture
def make_house(ground: Ground, country: House) -> Iterator[MakeHouse]:
    """Copies of the country, or of another house. Whatever a test left of the servers, the next finds whole."""
    made: list[House] = []

    def make(like: House = country, **settings: str) -> House:
        number = next(_numbers)
        house = House(ground, f"house_{number}", number % 60 + 1, settings)
        ground.make_database(house.database, like.database)
        made.append(house)
        return house

    yield make
    ground.start_database()
    ground.start_valkey()
    for house in made:
        house.close()


@pytest.fixture(scope="package")
def clean(ground: Ground, country: House) -> Iterator[House]:
    """A copy in which the night of today went through undisturbed."""
    house = House(ground, "clean", 62)
    ground.make_database(house.database, country.database)
    house.night(house.today)
    assert list(house.nights().values()) == ["done"]
    yield house
    house.close()
