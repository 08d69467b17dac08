"""What finds a customer, pattern by pattern, and what never does."""

from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.base.models import ExternalId
from customers.management.commands.refresh_search import refresh_search
from customers.models import Customer, Person
from customers.queries.keys import fold, printable, search_columns
from customers.queries.search import find, matching
from tests.cast import Cast
from tests.exchange.conftest import load_file  # noqa: F401
from tests.search.conftest import Add

PATTERNS = [
    ("陈望舒", "陈"),
    ("陈望舒", "望"),
    ("陈望舒", "望舒"),
    ("陈望舒", "陈望舒"),
    ("陈望舒", "chen"),
    ("陈望舒", "chenwang"),
    ("陈望舒", "chenwangshu"),
    ("陈望舒", "Chen Wang Shu"),
    ("陈望舒", "chen'wangshu"),
    ("陈望舒", "chenwangs"),
    ("陈望舒", "wangshu"),
    ("陈望舒", "shu"),
    ("陈望舒", "c"),
    ("陈望舒", "cw"),
    ("陈望舒", "cws"),
    ("陈望舒", "ＣＷＳ"),
    ("陈望舒", "ws"),
    ("陈望舒", "chenws"),
    ("陈望舒", "cwshu"),
    ("陈望舒", "chen望"),
    ("陈望舒", "陈w"),
    ("陈望舒", "陈wangshu"),
    ("陈望舒", "c望s"),
    ("陈望舒", "5678"),
    ("陈望舒", "138 1234-5678"),
    ("陈望舒", "crm-42/A"),
    ("陈望舒", "chenwnagshu"),
    ("陈望舒", "chenwansghu"),
    ("陈望舒", "陈忘书"),
    ("陈望舒", "陈旺舒"),
    ("陈望舒", "陈某舒"),
    ("单雄信", "shanxiongxin"),
    ("单雄信", "danxiongxin"),
    ("单雄信", "danxiong"),
    ("单雄信", "dxx"),
    ("单雄信", "sxx"),
    ("吕绿", "lvlv"),
    ("吕绿", "lülü"),
    ("吕绿", "lulu"),
    ("吕绿", "lvlu"),
    ("重庆市（长寿区）人民医院", "cqs"),
    ("重庆市（长寿区）人民医院", "rmyy"),
    ("重庆市（长寿区）人民医院", "chongqingshi"),
    ("重庆市（长寿区）人民医院", "renminyiyuan"),
    ("重庆市（长寿区）人民医院", "changshou"),
    ("重庆市（长寿区）人民医院", "(长寿区)"),
    ("重庆市（长寿区）人民医院", "重庆市人民医院"[:2]),
    ("重庆市（长寿区）人民医院", "寿区）人民"),
    ("John Smith", "smith"),
    ("John Smith", "JOHN"),
    ("John Smith", "js"),
    ("John Smith", "Jon Smith"),
    ("100%_\\好", "%_\\"),
]


@pytest.fixture
def everybody(add: Add) -> dict[str, Customer]:
    chen = add("陈望舒", phone="+86 138-1234-5678")
    ExternalId.objects.create(kind="person", source="crm", external_id="crm-42/A", object_id=chen.pk)
    places = {name: add(name, kind="institution") for name in ("重庆市（长寿区）人民医院",)}
    others = {name: add(name) for name in ("单雄信", "吕绿", "John Smith", "100%_\\好", "孟书远", "林")}
    return {"陈望舒": chen} | places | others


@pytest.mark.parametrize(("name", "text"), PATTERNS)
def test_each_pattern_finds(name: str, text: str, everybody: dict[str, Customer], cast: Cast) -> None:
    assert everybody[name] in find(cast.lin, text)
    assert everybody[name] in find(cast.zheng, text), "a manager's wider ground is searched another way"


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\u200b", "\ud800", "☃", "%", "_", "\\", "xyz", "0000"])
def test_what_is_not_there_is_not_found(text: str, add: Add, cast: Cast) -> None:
    add("陈望舒", phone="13812345678")
    assert find(cast.lin, text) == find(cast.zheng, text) == []


@pytest.mark.parametrize(
    "text", ["陈" * 1_000_000, "x" * 1_000_000, "🩺" * 50, "a'b\"c;--", "\x00陈", "{陈,望}", "=", "~chen", "-cw"]
)
def test_any_input_is_safe(text: str, add: Add, cast: Cast) -> None:
    add("陈望舒")
    assert len(find(cast.lin, text)) == len(find(cast.zheng, text))


def test_better_hits_come_first(add: Add, cast: Cast) -> None:
    names = ["王伟", "王伟明", "汪薇", "王维明", "吴伟汪", "大王伟"]
    for name in reversed(names):
        add(name)
    assert [c.name for c in find(cast.lin, "王伟")][:3] == ["王伟", "王伟明", "大王伟"]
    by_sound = [c.name for c in find(cast.zheng, "wangwei")]
    assert by_sound == ["汪薇", "王伟", "王伟明", "王维明", "大王伟"], "whole readings, beginnings, then inner ones"
    assert [c.name for c in find(cast.zheng, "wangwei", limit=2)] == ["汪薇", "王伟"]
    assert [c.name for c in find(cast.lin, "ww")][:2] == ["汪薇", "王伟"]
    assert [c.name for c in find(cast.lin, "王w")][:1] == ["王伟"], "all of a name before the beginning of one"


def test_a_slip_counts_only_if_nothing_else_does(add: Add, cast: Cast) -> None:
    add("张玮")
    assert [c.name for c in find(cast.zheng, "张伟")] == ["张玮"]
    add("张伟")
    assert [c.name for c in find(cast.zheng, "张伟")] == ["张伟"]


@pytest.mark.parametrize(
    "text",
    ["陈", "望", "望舒", "陈望舒", "chenwangshu", "wangshu", "cws", "陈w", "5678", "crm-42/A", "chenwnagshu", "陈旺舒"],
)
def test_a_foreign_customer_is_never_found(text: str, add: Add, cast: Cast) -> None:
    canary = add("陈望舒", territory=cast.jiangbei, phone="13812345678")
    ExternalId.objects.create(kind="person", source="crm", external_id="crm-42/A", object_id=canary.pk)
    for user in (cast.lin, cast.zheng, cast.idle):
        assert canary not in find(user, text)
    assert canary in find(cast.stranger, text)
    assert canary in find(cast.operations, text)


def test_who_has_ended_or_was_merged_is_not_found(add: Add, cast: Cast) -> None:
    gone, kept = add("梅望舒"), add("梅望书")
    Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert find(cast.lin, "meiwangshu") == [kept]


@pytest.mark.parametrize("text", ["望", "chenwangshu", "chenwnagshu", "陈旺舒", "nobody"])
def test_a_search_takes_three_statements_at_most(
    text: str, add: Add, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    add("陈望舒")
    for user in (cast.lin, cast.zheng):
        assert user.todays_postings, "read once a request"
        with django_assert_max_num_queries(3):
            find(user, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [(n, t) for n, t in PATTERNS if t not in {"chenwnagshu", "chenwansghu", "陈忘书", "陈旺舒", "陈某舒", "Jon Smith"}],
)
def test_a_list_narrows_by_the_same_patterns(name: str, text: str, everybody: dict[str, Customer]) -> None:
    people = Customer.objects.filter(kind=everybody[name].kind)
    assert everybody[name] in matching(people, text)
    assert everybody[name] not in matching(people.exclude(pk=everybody[name].pk), text)


def test_an_empty_text_narrows_nothing(everybody: dict[str, Customer]) -> None:
    assert matching(Customer.objects.all(), " ").count() == Customer.objects.count()


_names = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_characters="\x00"),
        st.sampled_from("陈望舒单曾重庆医院Ａａ（）%_\\ -'"),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=_names, data=st.data())
def test_any_part_of_a_name_finds_it(name: str, data: st.DataObject, add: Add, cast: Cast) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : start + data.draw(st.integers(1, 3))]
    if not printable(part).strip():
        return
    with transaction.atomic():
        customer = add(name)
        assert customer in find(cast.lin, part, limit=50)
        assert customer in find(cast.zheng, part, limit=50)
        assert customer in matching(Customer.objects.all(), part)
        transaction.set_rollback(True)


def test_an_import_fills_the_columns(load_file: Any) -> None:  # noqa: F811
    load_file("persons", "id,name,phone\n1,单雄信,138 1234-5678\n")
    load_file("institutions", "id,name,kind\n1,单县医院,hospital\n")
    person, place = Customer.objects.get(kind="person"), Customer.objects.get(kind="institution")
    for customer in (person, place):
        wanted = search_columns(customer.name, customer.kind)
        assert {column: getattr(customer, column) for column in wanted} == wanted
    assert Person.objects.get().phone_reversed == "87654321831"
    load_file("persons", "id,name\n1,曾国藩\n")
    person.refresh_from_db()
    assert person.pinyin == "zeng guo fan"
    assert Person.objects.get().phone_reversed == "87654321831"


def test_rows_written_by_sql_are_filled_in_batches(cast: Cast) -> None:
    Customer.objects.filter(kind="person").update(folded="", pinyin="", initials="", other_pinyin="", keys=[])
    assert find(cast.lin, cast.chen.customer.name) == []
    assert refresh_search(batch=2) >= 4
    assert refresh_search(batch=2) == 0
    assert cast.chen.customer in find(cast.lin, cast.chen.customer.name)


def test_a_name_that_is_changed_meanwhile_keeps_its_columns(cast: Cast) -> None:
    meanwhile = {"name": "单雄信", **search_columns("单雄信", "person")}
    Customer.objects.filter(pk=cast.chen.pk).update(folded="")

    def change_first(execute: Any, sql: str, *more: Any) -> Any:
        if sql.lstrip().startswith("UPDATE customers_customer c"):
            Customer.objects.filter(pk=cast.chen.pk).update(**meanwhile)
        return execute(sql, *more)

    with connection.execute_wrapper(change_first):
        refresh_search()
    now = Customer.objects.get(pk=cast.chen.pk)
    assert {column: getattr(now, column) for column in meanwhile} == meanwhile


def test_folding_a_part_gives_a_part() -> None:
    assert fold("ＡＢＣ（Ⅲ）\u3000ß\u200bÉ\n") == "abc(ⅲ) ßé "


def test_wildcards_are_characters(everybody: dict[str, Customer]) -> None:
    for text in ("陈_舒", "陈%舒", "陈.舒"):
        assert everybody["陈望舒"] not in matching(Customer.objects.all(), text)
