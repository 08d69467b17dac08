"""`search`: every pattern of the search box for a manager of everything, against a sequential scan with one LIKE."""

from collections.abc import Iterator
from functools import partial

from django.db import connection

from accounts.models import Posting, Territory
from crm.bench import world
from crm.bench.measure import Figure, check, compare
from customers.models import Customer
from customers.queries.search import find

TARGET = 0.1
# What is typed, and the plain condition that says the same; slips are compared with similarity.
PATTERNS = {
    "one character, a surname": ("王", "name LIKE '%王%'"),
    "one character, inner": ("伟", "name LIKE '%伟%'"),
    "two characters, beginning": ("张伟", "name LIKE '%张伟%'"),
    "two characters, inner": ("伟国", "name LIKE '%伟国%'"),
    "pinyin, beginning": ("zhang", "pinyin LIKE 'zhang%'"),
    "pinyin, inner": ("chun", "pinyin LIKE '%chun%'"),
    "initials": ("zw", "initials LIKE 'zw%'"),
    "sound and character": ("chen伟", "name LIKE '%伟%' AND pinyin LIKE '%chen%'"),
    "phone, four digits": ("5678", "phone LIKE '%5678'"),
    "a slip in pinyin": ("zhagnweiguo", "similarity(pinyin, 'zhagnweiguo') > 0.3"),
    "nothing": ("qqqqqqq", "initials LIKE '%qqqqqqq%'"),
}


def run(size: str) -> Iterator[Figure]:
    world.make(world.SIZES[size])
    world.name_everybody()
    everything = world.posted(Posting.Role.MANAGER, Territory.objects.exclude(paths_up__depth__gt=0).get())
    assert everything.todays_postings  # read once, as for a page
    for named, (text, condition) in PATTERNS.items():
        found = find(everything, text)
        _check(text, condition, found)
        yield compare(
            bench="search",
            size=size,
            metric=f"{named}: {text}",
            bound_is="sequential scan with one plain condition",
            target=TARGET,
            measured=partial(find, everything, text),
            bound=partial(_scan, condition),
        )


def _scan(condition: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SET enable_indexscan = off; SET enable_bitmapscan = off; SET enable_indexonlyscan = off;
               SET max_parallel_workers_per_gather = 0"""
        )
        table = "customers_person" if condition.startswith("phone") else "customers_customer"
        cursor.execute(f"SELECT * FROM {table} WHERE {condition}")
        rows: list[tuple[object, ...]] = cursor.fetchall()
        cursor.execute("RESET ALL")
    return rows


def _check(text: str, condition: str, found: list[Customer]) -> None:
    """Whoever is shown is among those that the plain way finds, unless a slip was mended."""
    plain = {str(row[0]) for row in _scan(condition)}
    check(bool(found) == bool(plain) or "similarity" in condition, f"{text}: {len(found)} found, {len(plain)} there")
    if "similarity" not in condition and text.isascii() is False and len(text) <= 2:
        check({str(customer.pk) for customer in found} <= plain, f"{text}: somebody is shown who is not of that name")
