"""How much is known of people: the list says of many what the page says of each."""

import csv
import io
import random
import re
from datetime import timedelta
from typing import Any

import pytest

from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Consent, Fact
from customers.models.facts import FACTS
from tests.cast import SINCE, TODAY, person
from tests.pages.test_customers import names

PEOPLE = 12


@pytest.fixture
def known(world) -> dict[str, int]:
    """People of whom chance made this and that known: per cent by name, as their own pages say."""
    chance = random.Random(46)
    people = [person(f"Person {number:02}", world.cast.hospital) for number in range(PEOPLE)]
    refresh_alignment(on=TODAY)
    for number, one in enumerate(people):
        for purpose in ("wechat", "email"):
            if chance.random() < 0.5:
                first, last = chance.choice([(SINCE, None), (SINCE, TODAY - timedelta(days=1))])
                Consent.objects.create(person=one, purpose=purpose, wording="1", during=period(first, last))
        for kind in FACTS.values():
            if kind.key != "family" and chance.random() < number / (PEOPLE - 1):
                for days in chance.sample((3, 300, 364, 365, 366, 400, 800), 2):
                    Fact.objects.create(
                        person=one,
                        key=kind.key,
                        value="05-12" if kind.key == "birthday" else "40",
                        source="told",
                        learned_on=TODAY - timedelta(days=days),
                        withdrawn_on=chance.choice([None, None, None, TODAY, TODAY + timedelta(days=1)]),
                    )
    return {one.customer.name: _on_page(world, one) for one in people}


def _on_page(world: Any, one: Any) -> int:
    page = world.client(world.cast.lin).get(f"/customers/{one.pk}/").content.decode()
    said = re.search(r'Completeness <b class="strong tnum">(\d+)%</b>', page)
    assert said
    return int(said[1])


def _listed(world: Any, address: str) -> list[tuple[str, int | None]]:
    answer = world.client(world.cast.lin).get(f"/customers/?columns=name,completeness&as=csv&{address}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["Customer", "Completeness (%)"]
    return [(name, int(share) if share else None) for name, share in rows[1:]]


def test_the_list_says_what_each_page_says(world, known: dict[str, int]) -> None:
    listed = dict(_listed(world, "q=Person"))
    assert listed == known
    assert min(known.values()) < 40 <= 80 <= max(known.values())
    assert dict(_listed(world, ""))["西溪湾医院"] is None


def test_sorted_by_it_whoever_is_least_known_comes_first(world, known: dict[str, int]) -> None:
    shares = [share for _name, share in _listed(world, "q=Person&sort=completeness")]
    assert shares == sorted(known.values())
    backwards = names(world.client(world.cast.lin).get("/customers/?q=Person&sort=-completeness"))
    assert [known[name] for name in backwards] == shares[::-1]


@pytest.mark.parametrize(("word", "least", "most"), [("thin", 0, 39), ("half", 40, 79), ("full", 80, 100)])
def test_filtered_by_it_institutions_are_no_people(world, known: dict[str, int], word, least, most) -> None:
    wanted = {name for name, share in known.items() if least <= share <= most}
    if word == "thin":
        wanted |= {"陈望舒", "孟书远"}
    assert wanted
    assert set(names(world.client(world.cast.lin).get(f"/customers/?complete={word}"))) == wanted
