"""The one box: what it finds, for whom, and what it leaves in no log."""

import re
import time
from typing import Any

import pytest

from crm.base.models import ExternalId
from customers.actions import refresh_alignment
from customers.models import Person
from tests.cast import TODAY, person


def hits(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r'<b class="strong[^"]*">(.*?)</b>', answer.content.decode().split("<main", 1)[-1])


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("陈望舒", "陈望舒"),
        ("chenwangshu", "陈望舒"),
        ("cws", "陈望舒"),
        ("chen望", "陈望舒"),
        ("西溪湾", "西溪湾医院"),
        ("xxw", "西溪湾医院"),
        ("4477", "孟书远"),
        ("crm-9", "孟书远"),
        ("Customers", "Customers"),
        ("visi", "Visits"),
    ],
)
def test_it_finds_customers_institutions_and_pages(world, text: str, first: str) -> None:
    Person.objects.filter(pk=world.cast.meng.pk).update(phone="138 0000 4477")
    ExternalId.objects.create(kind="person", source="crm", external_id="crm-9", object_id=world.cast.meng.pk)
    client = world.client(world.cast.lin)
    assert hits(client.get("/search/", {"q": text}))[0] == first
    assert hits(client.post("/search/", {"q": text}))[0] == first


@pytest.mark.parametrize("text", ["拜访", "baifang", "bf", "visits"])
def test_a_page_is_found_in_the_readers_language_too(world, text: str) -> None:
    client = world.client(world.cast.lin)
    client.cookies["language"] = "zh-hans"
    assert "拜访" in hits(client.post("/search/", {"q": text}))


def test_it_finds_no_page_or_customer_that_he_may_not_open(world) -> None:
    client = world.client(world.cast.zhao)
    for text in ("陈望舒", "cws", "tiers"):
        assert hits(client.post("/search/", {"q": text})) == []
    assert "Tiers" in hits(world.client(world.cast.zheng).post("/search/", {"q": "tiers"}))


@pytest.mark.parametrize("text", ["", " ", "zzzzqq", "%", "'", "\x00", "(" * 200, "\ud83d"])
def test_nonsense_finds_nothing_and_breaks_nothing(world, text: str) -> None:
    client = world.client(world.cast.lin)
    assert hits(client.get("/search/", {"q": text.encode("utf-8", "surrogatepass")})) == []


def test_what_is_typed_is_no_part_of_a_page_that_others_may_keep(world) -> None:
    answer = world.client(world.cast.lin).post("/search/", {"q": "陈望舒"})
    assert "no-store" in answer["Cache-Control"]
    assert "<html" not in answer.content.decode()


def test_it_answers_within_a_tenth_of_a_second(world, django_assert_max_num_queries) -> None:
    """The best of five, so that a busy machine does not fail it."""
    for number in range(40):
        person(f"陈望{number}", world.cast.hospital)
    refresh_alignment(on=TODAY)
    client = world.client(world.cast.lin)
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        with django_assert_max_num_queries(9):
            assert len(hits(client.post("/search/", {"q": "chenw"}))) == 8
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.1


def test_the_box_is_on_every_page_and_only_once(world) -> None:
    client = world.client(world.cast.lin)
    for address in ("/", "/customers/", "/account/", "/nowhere/", "/search/"):
        body = client.get(address).content.decode()
        assert "data-opens-search" in body
        assert body.count('id="search-for"') == 1
