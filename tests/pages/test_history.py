"""The history of a customer's record: who, when, what, in words; and for whom."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from accounts.models import Posting, User
from crm.base.actor import acting
from crm.base.periods import period
from customers.models import (
    Affiliation,
    Consent,
    Customer,
    Department,
    Fact,
    InfluenceLink,
    Licence,
    Person,
    TradeFile,
)
from customers.queries import told as told_module
from tests.cast import TODAY, Cast, person, user
from tests.pages.test_customer import text


def told(world: Any, who: User, customer: Any) -> str:
    answer = world.client(who).get(f"/customers/{customer.pk}/history/")
    assert answer.status_code == 200
    return text(answer)


def test_for_whom_it_opens(world) -> None:
    cast: Cast = world.cast
    auditor = user("audit", "合规", cast.jiangnan, Posting.Role.COMPLIANCE)
    page = f"/customers/{cast.chen.pk}/history/"
    opened = {
        who.username: world.client(who).get(page).status_code
        for who in (cast.zheng, cast.operations, auditor, cast.lin, cast.zhao, cast.stranger, cast.idle)
    }
    assert opened == {"zheng": 200, "ops": 200, "audit": 200, "lin": 404, "zhao": 404, "stranger": 404, "idle": 404}
    absent, foreign = world.client(cast.lin).get(f"/customers/{uuid4()}/history/"), world.client(cast.lin).get(page)
    assert absent.content == foreign.content
    for who, shown in ((cast.zheng, True), (cast.lin, False)):
        body = world.client(who).get(f"/customers/{cast.chen.pk}/").content.decode()
        assert (page in body) == shown


def test_a_rep_who_manages_elsewhere_does_not_read_it_here(world) -> None:
    cast: Cast = world.cast
    Posting.objects.create(user=cast.lin, territory=cast.jiangbei, role=Posting.Role.MANAGER, during=period(TODAY))
    assert world.client(cast.lin).get(f"/customers/{cast.chen.pk}/").status_code == 200
    assert world.client(cast.lin).get(f"/customers/{cast.chen.pk}/history/").status_code == 404


def test_whom_nobody_holds_only_operations_read(world) -> None:
    cast: Cast = world.cast
    page = f"/customers/{cast.stray.pk}/history/"
    assert world.client(cast.operations).get(page).status_code == 200
    assert world.client(cast.zheng).get(page).status_code == 404


def test_what_changed_in_words(world) -> None:
    cast: Cast = world.cast
    with acting(cast.operations.pk):
        Person.objects.filter(pk=cast.chen.pk).update(title="主任医师", gender="female")
    said = told(world, cast.zheng, cast.chen)
    assert "运营" in said
    assert "Person changed" in said
    assert re.search(r"Professional title ?— ?became ?→ ?主任医师", said)
    assert re.search(r"Gender ?— ?became ?→ ?female", said)
    assert "Affiliation added" in said
    assert re.search(r"In force ?from 1 Jan 2025", said)
    assert "Primary" in said
    assert "yes" in said
    for machine in ("_id", "DateRange", "None", "True", str(cast.chen.pk), str(cast.hospital.pk)):
        assert machine not in said, machine


def test_facts_and_consents_of_a_person_in_words(world) -> None:
    cast: Cast = world.cast
    since = period(TODAY)
    Consent.objects.create(person=cast.chen, purpose="wechat", wording="2026-1", during=since)
    fact = Fact.objects.create(
        person=cast.chen, key="style", value="amiable", source="told", learned_on=TODAY, author=cast.lin
    )
    Fact.objects.filter(pk=fact.pk).update(value="analytical")
    Fact.objects.create(person=cast.chen, key="bygone", value="as_stored", source="seen", learned_on=TODAY)
    said = told(world, cast.zheng, cast.chen)
    assert re.search(r"Consent added ?Purpose ?WeChat ?Version of the wording ?2026-1 ?In force ?from 21 Nov", said)
    assert re.search(r"Fact added ?Fact ?style ?Value ?amiable ?Source ?told by the person", said)
    assert re.search(r"Author ?林晓", said)
    assert re.search(r"Fact changed ?Value ?amiable ?became ?→ ?analytical", said)
    assert "as_stored" in said
    User.objects.filter(pk=cast.zheng.pk).update(language="zh-hans")
    chinese = told(world, cast.zheng, cast.chen)
    assert "客户信息" in chinese
    for english in ("Consent", "Fact", "amiable", "analytical", "told by", "author", "wording"):
        assert english not in chinese, english


def test_departments_licences_and_trade_files_of_an_institution_in_words(world) -> None:
    cast: Cast = world.cast
    whole = Department.objects.create(institution=cast.pharmacy, name="药品部")
    Department.objects.create(institution=cast.pharmacy, name="处方柜台", parent=whole, head=cast.shopkeeper)
    Licence.objects.create(institution=cast.pharmacy, kind="drug_trade", number="浙A1", during=period(TODAY, TODAY))
    TradeFile.objects.create(institution=cast.pharmacy, principal="阿福", floor_area=1200, credit="good")
    TradeFile.objects.filter(pk=cast.pharmacy.pk).update(credit="poor")
    said = told(world, cast.zheng, cast.pharmacy)
    assert re.search(r"Department added ?Name ?处方柜台 ?Part of ?药品部 ?Head ?阿福", said)
    assert re.search(r"Licence added ?Kind ?drug trade licence ?Number ?浙A1", said)
    assert "21 Nov 2026 to 21 Nov 2026" in said
    assert re.search(r"Trade file added ?Principal ?阿福 ?Floor area \(m²\) ?1,200 ?Credit standing ?good", said)
    assert re.search(r"Trade file changed ?Credit standing ?good ?became ?→ ?poor", said)
    for machine in ("_id", "DateRange", "None", str(cast.pharmacy.pk), str(whole.pk)):
        assert machine not in said, machine


def test_newest_first_and_what_one_hand_did_at_once_is_one_entry(world) -> None:
    """A test is one transaction, of one moment; hands differ all the same."""
    cast: Cast = world.cast
    with acting(cast.operations.pk):
        Customer.objects.filter(pk=cast.chen.pk).update(name="陈望舒甲")
        Person.objects.filter(pk=cast.chen.pk).update(title="主任")
    groups = told_module.transactions(cast.chen.pk)
    moments = [group[0].at for group in groups]
    assert moments == sorted(moments, reverse=True)
    rows = world.client(cast.zheng).get(f"/customers/{cast.chen.pk}/history/").context["rows"]
    assert ["Customer", "Person"] in [[deed.subject for deed in row.deeds] for row in rows]


def test_others_are_named_only_to_whom_may_see_them(world) -> None:
    cast: Cast = world.cast
    InfluenceLink.objects.create(
        influencer=cast.shopkeeper, influenced=cast.chen, kind="advice", weight=250, during=period(TODAY)
    )
    xixi_manager = user("xixi", "西溪经理", cast.xixi, Posting.Role.MANAGER)
    near = told(world, cast.zheng, cast.chen)
    assert "阿福" in near
    assert "0.25" in near
    far = told(world, xixi_manager, cast.chen)
    assert "阿福" not in far
    assert str(cast.shopkeeper.pk) not in far
    assert "a customer outside your territory" in far
    assert "西溪湾医院" in far


def test_an_institution_tells_of_its_people_as_the_reader_sees_them(world) -> None:
    cast: Cast = world.cast
    outside = person("外区人", cast.pharmacy)
    Affiliation.objects.create(person=outside, institution=cast.hospital, is_primary=False, during=period(TODAY))
    manager = user("xixi", "西溪经理", cast.xixi, Posting.Role.MANAGER)
    said = told(world, manager, cast.hospital)
    assert "陈望舒" in said
    assert "a customer outside your territory" in said
    assert "外区人" not in said


def test_jobs_and_database_users_are_named(world) -> None:
    cast: Cast = world.cast
    with acting(None, job="import persons"):
        Person.objects.filter(pk=cast.chen.pk).update(title="副主任")
    said = told(world, cast.zheng, cast.chen)
    assert "Import of persons" in said
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rounds.actor', '', true), set_config('rounds.job', '', true)")
        cursor.execute("UPDATE customers_person SET title = 'x' WHERE customer_id = %s", [cast.chen.pk])
    assert "Database user rounds_app" in told(world, cast.zheng, cast.chen)


def test_moments_are_those_of_the_readers_zone(world) -> None:
    cast: Cast = world.cast
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now = cursor.fetchone()[0]
    cast.jiangnan.time_zone = "America/New_York"
    cast.jiangnan.save()
    world.clients.clear()
    answer = world.client(User.objects.get(pk=cast.zheng.pk)).get(f"/customers/{cast.chen.pk}/history/")
    local = now.astimezone(ZoneInfo("America/New_York"))
    assert f"{local:%H:%M}" in text(answer)
    assert f"{now.astimezone(ZoneInfo('Asia/Shanghai')):%H:%M}" in told(world, cast.operations, cast.chen)


@pytest.mark.parametrize("more", [0, 30])
def test_statements_do_not_grow(world, more: int, django_assert_max_num_queries) -> None:
    cast: Cast = world.cast
    for number in range(more):
        person(f"客户{number}", cast.hospital)
    client = world.client(cast.zheng)
    with django_assert_max_num_queries(24):
        client.get(f"/customers/{cast.hospital.pk}/history/")


def test_it_has_pages(world, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.views.HISTORY_PAGE", 1)
    cast: Cast = world.cast
    with acting(cast.operations.pk):
        Person.objects.filter(pk=cast.chen.pk).update(title="主任")
    first = world.client(cast.zheng).get(f"/customers/{cast.chen.pk}/history/")
    assert 'rel="next"' in first.content.decode()
    second = world.client(cast.zheng).get(f"/customers/{cast.chen.pk}/history/?page=2")
    assert second.context["rows"] != first.context["rows"]
    assert timedelta(0) <= first.context["rows"][0].at - second.context["rows"][0].at
