"""What people write down of a customer: facts, consents, the potential. Entered by pages, read out of the database."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Posting
from crm.base.periods import period
from customers.models import Consent, Fact, PotentialEstimate
from customers.models.facts import FACTS
from tests.cast import SINCE, TODAY, user
from tests.pages.test_customer import text

YESTERDAY = TODAY - timedelta(1)


def facts(world: Any, *parts: Any) -> str:
    return "/".join(["/customers", str(world.cast.chen.pk), "facts", *map(str, parts), ""])


def sheet(client: Any, page: str) -> dict[str, str]:
    """What the form holds when it is opened: every input that a browser would send."""
    body = client.get(page).content.decode().split("</main>")[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", body):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if found.get("type") != "radio" or " checked" in tag:
            sent[found.get("name", "")] = unescape(found.get("value", ""))
    sent |= {name: unescape(said).strip() for name, said in re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)<', body)}
    return {name: value for name, value in sent.items() if name and name != "csrfmiddlewaretoken"}


def enter(client: Any, page: str, **said: Any) -> Any:
    return client.post(page, sheet(client, page) | said)


def know(world: Any, key: str, value: str, on: date = YESTERDAY, **more: Any) -> Fact:
    more = {"source": "told", "author": world.cast.lin} | more
    return Fact.objects.create(person=world.cast.chen, key=key, value=value, learned_on=on, **more)


def agree(world: Any, purpose: str, first: date = SINCE, last: date | None = None) -> Consent:
    return Consent.objects.create(person=world.cast.chen, purpose=purpose, wording="2025-1", during=period(first, last))


def stored(key: str) -> list[tuple[Any, ...]]:
    rows = Fact.objects.filter(key=key).order_by("learned_on")
    return list(rows.values_list("value", "learned_on", "withdrawn_on"))


def undo(client: Any, page: Any) -> Any:
    """Press the button of the toast that the next page shows."""
    form = re.search(r'class="tell.*?action="([^"]+)"(.*?)</form>', page.content.decode(), re.S)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    return client.post(form[1], fields, follow=True)


def test_a_rep_adds_a_fact(world) -> None:
    client = world.client(world.cast.lin)
    answer = enter(client, facts(world, "needs"), value="  想要 短课件 ", source="seen", learned_on="2026-11-20")
    assert answer.headers["Location"] == f"/customers/{world.cast.chen.pk}/#profile"
    row = Fact.objects.get()
    assert (row.value, row.source, row.learned_on, row.author) == (
        "想要 短课件",
        "seen",
        date(2026, 11, 20),
        world.cast.lin,
    )
    page = text(client.get(f"/customers/{world.cast.chen.pk}/"))
    assert "Saved: needs." in page
    assert "Needs 想要 短课件 seen in a visit · 20 Nov · 林晓" in page


def test_what_is_learned_later_is_a_new_row_and_on_the_same_day_the_same(world) -> None:
    know(world, "style", "amiable")
    client = world.client(world.cast.lin)
    assert sheet(client, facts(world, "style"))["value"] == "amiable"
    enter(client, facts(world, "style"), value="analytical")
    enter(client, facts(world, "style"), value="assertive")
    assert stored("style") == [("amiable", YESTERDAY, None), ("assertive", TODAY, None)]
    assert text(client.get(facts(world, "style"))).count("amiable") == 1  # what was known so far


def test_sent_twice_it_is_stored_once(world) -> None:
    client = world.client(world.cast.lin)
    form = sheet(client, facts(world, "school")) | {"value": "西溪医学院"}
    for _again in range(2):
        assert client.post(facts(world, "school"), form).status_code == 302
    assert stored("school") == [("西溪医学院", TODAY, None)]


def test_two_who_write_the_same_fact_do_not_overwrite_each_other_unseen(world) -> None:
    lin, zheng = world.client(world.cast.lin), world.client(world.cast.zheng)
    page = facts(world, "needs")
    first, second = sheet(lin, page), sheet(zheng, page)
    lin.post(page, first | {"value": "资料短一些"})
    answer = zheng.post(page, second | {"value": "不要打扰", "source": "seen"})
    assert answer.status_code == 409
    assert "资料短一些" in text(answer)
    assert "不要打扰" in text(answer)
    assert stored("needs") == [("资料短一些", TODAY, None)]
    was = re.search(r'name="was" value="(\w+)"', answer.content.decode())
    assert was
    assert zheng.post(page, second | {"value": "不要打扰", "was": was[1]}).status_code == 302  # having seen it
    assert stored("needs") == [("不要打扰", TODAY, None)]
    assert zheng.post(page, {**second, "value": "空", "was": ""}).status_code == 409


@pytest.mark.parametrize(
    ("key", "said", "sentence"),
    [
        ("needs", {"value": ""}, "This field is required."),
        ("needs", {"value": "x" * 501}, "at most 500 characters"),
        ("needs", {"value": "a\u202eb"}, "can&#x27;t be seen"),
        ("needs", {"value": "统方数据"}, "is not kept, in no words"),
        ("needs", {"value": "x", "source": "rumour"}, "not one of the available choices"),
        ("needs", {"value": "x", "learned_on": "2026-11-22"}, "lies in the future"),
        ("needs", {"value": "x", "learned_on": "x"}, "is not a date"),
        ("style", {"value": "sly"}, "not one of the available choices"),
        ("patients_per_day", {"value": "many"}, "Enter a whole number."),
        ("patients_per_day", {"value": "-1"}, "greater than or equal to 0"),
        ("birthday", {"value": "02-30"}, "in no calendar"),
        ("birthday", {"value": "May"}, "compare the example"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(world, key: str, said: dict[str, str], sentence: str) -> None:
    answer = enter(world.client(world.cast.lin), facts(world, key), **said)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert sentence in body
    assert said["value"][:20] in body
    assert not Fact.objects.exists()


def test_a_birthday_may_be_written_as_one_writes_it(world) -> None:
    for said in ("5-12", "5/12", "5月12日", "05-12"):
        assert enter(world.client(world.cast.lin), facts(world, "birthday"), value=said).status_code == 302
    assert stored("birthday") == [("05-12", TODAY, None)]
    assert "12 May" in text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))


def test_what_is_older_than_what_is_known_is_refused(world) -> None:
    know(world, "needs", "新")
    answer = enter(world.client(world.cast.lin), facts(world, "needs"), value="旧", learned_on="2026-01-01")
    assert answer.status_code == 422
    assert "We know something newer since 2026-11-20" in text(answer)


def test_withdrawing_leaves_nothing_that_holds_and_can_be_undone(world) -> None:
    know(world, "needs", "旧", date(2026, 1, 1))
    know(world, "needs", "新")
    client = world.client(world.cast.lin)
    page = client.post(facts(world, "needs"), sheet(client, facts(world, "needs")) | {"withdraw": "1"}, follow=True)
    assert [withdrawn for _value, _day, withdrawn in stored("needs")] == [TODAY, TODAY]
    assert "新" not in text(page)
    assert "新" in text(undo(client, page))
    assert [withdrawn for _value, _day, withdrawn in stored("needs")] == [None, None]


def test_an_addition_is_undone_to_what_was_known_before(world) -> None:
    know(world, "needs", "旧", date(2026, 1, 1))
    client = world.client(world.cast.lin)
    form = sheet(client, facts(world, "needs")) | {"value": "新"}
    page = client.post(facts(world, "needs"), form, follow=True)
    again = undo(client, page)
    assert "It is as it was before." in text(again)
    assert stored("needs") == [("旧", date(2026, 1, 1), None), ("新", TODAY, TODAY)]
    assert "旧" in text(again)
    assert "新" not in text(again)


def test_nothing_is_undone_that_somebody_changed_since(world) -> None:
    client = world.client(world.cast.lin)
    form = sheet(client, facts(world, "needs")) | {"value": "新"}
    page = client.post(facts(world, "needs"), form, follow=True)
    enter(world.client(world.cast.zheng), facts(world, "needs"), value="更新")
    assert "something changed since" in text(undo(client, page))
    assert stored("needs") == [("更新", TODAY, None)]


def test_what_somebody_wrote_meanwhile_is_not_withdrawn_unseen(world) -> None:
    know(world, "needs", "旧")
    client = world.client(world.cast.lin)
    seen = sheet(client, facts(world, "needs"))
    enter(world.client(world.cast.zheng), facts(world, "needs"), value="新")
    page = client.post(facts(world, "needs"), seen | {"withdraw": "1"})
    assert "Nothing was withdrawn" in text(page)
    assert stored("needs")[-1] == ("新", TODAY, None)


def test_facts_for_managers_are_neither_shown_to_nor_written_by_a_rep(world) -> None:
    know(world, "other_firms", "曾为外企主持")
    lin, zheng = world.client(world.cast.lin), world.client(world.cast.zheng)
    assert "曾为外企主持" in text(zheng.get(f"/customers/{world.cast.chen.pk}/"))
    for page in (f"/customers/{world.cast.chen.pk}/", facts(world, "new")):
        assert "other firms" not in text(lin.get(page))
        assert "曾为外企主持" not in text(lin.get(page))
    assert lin.get(facts(world, "other_firms")).status_code == 404
    assert enter(zheng, facts(world, "other_firms"), value="常驻").status_code == 302


def test_a_fact_by_consent_is_shown_and_kept_only_while_it_is_in_force(world) -> None:
    client, page = world.client(world.cast.lin), f"/customers/{world.cast.chen.pk}/"
    form = sheet(client, facts(world, "needs"))
    assert "kept by consent only" in text(client.get(facts(world, "wechat")))
    assert client.post(facts(world, "wechat"), form | {"value": "wang_1"}).status_code in (409, 422)
    assert not Fact.objects.exists()
    consent = agree(world, "wechat")
    assert enter(client, facts(world, "wechat"), value="wang_1").status_code == 302
    assert "wang_1" in text(client.get(page))
    consent.during = period(SINCE, YESTERDAY)
    consent.save()
    assert "wang_1" not in client.get(page).content.decode().replace("Saved", "")


def test_a_consent_is_given_by_a_wording_and_withdrawn_with_what_it_allowed(world) -> None:
    client = world.client(world.cast.lin)
    page = facts(world, "consents", "new") + "?purpose=family"
    assert enter(client, page, wording="2025-1", evidence="签名", first="2026-11-01").status_code == 302
    row = Consent.objects.get()
    assert (row.purpose, row.wording, row.evidence, row.during) == (
        "family",
        "2025-1",
        "签名",
        period(date(2026, 11, 1)),
    )
    assert enter(client, facts(world, "family"), value="与父母同住").status_code == 302
    told = text(client.get(f"/customers/{world.cast.chen.pk}/"))
    assert "与父母同住" in told
    assert "wording 2025-1 since 1 Nov 2026 · 签名" in told
    answer = enter(client, facts(world, "consents", "family", "end"))
    assert answer.status_code == 302
    assert Consent.objects.get().during == period(date(2026, 11, 1), YESTERDAY)
    assert stored("family") == [("与父母同住", TODAY, TODAY)]
    told = text(client.get(f"/customers/{world.cast.chen.pk}/"))
    assert "与父母同住" not in told
    assert "ended on 20 Nov 2026" in told


def test_a_new_wording_takes_the_place_of_the_old_one(world) -> None:
    agree(world, "phone")
    enter(world.client(world.cast.lin), facts(world, "consents", "new"), purpose="phone", wording="2026-1")
    assert [(one.wording, one.during) for one in Consent.objects.order_by("during")] == [
        ("2025-1", period(SINCE, YESTERDAY)),
        ("2026-1", period(TODAY)),
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"purpose": "", "wording": "1"}, "This field is required."),
        ({"purpose": "phone", "wording": ""}, "This field is required."),
        ({"purpose": "phone", "wording": "1", "first": "2026-11-22"}, "once it was given"),
        ({"purpose": "phone", "wording": "1", "first": "2026-11-01", "last": "2026-11-02"}, "ended already"),
    ],
)
def test_a_consent_that_says_too_little_is_refused(world, said: dict[str, str], sentence: str) -> None:
    answer = enter(world.client(world.cast.lin), facts(world, "consents", "new"), **said)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Consent.objects.exists()


def test_two_who_enter_a_consent_see_each_other(world) -> None:
    lin, zheng = world.client(world.cast.lin), world.client(world.cast.zheng)
    page = facts(world, "consents", "new")
    first, second = sheet(lin, page), sheet(zheng, page)
    lin.post(page, first | {"purpose": "phone", "wording": "2025-1"})
    answer = zheng.post(page, second | {"purpose": "phone", "wording": "2025-2"})
    assert answer.status_code == 409
    assert [one.wording for one in Consent.objects.all()] == ["2025-1"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [("2026-11-22", "on a day that has come"), ("2024-12-31", "was given on 2025-01-01 only")],
)
def test_a_consent_is_withdrawn_within_its_time(world, said: str, sentence: str) -> None:
    agree(world, "phone")
    answer = enter(world.client(world.cast.lin), facts(world, "consents", "phone", "end"), ended_on=said)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert TODAY in Consent.objects.get().during


def test_the_potential_is_a_band_from_today_on(world) -> None:
    PotentialEstimate.objects.create(
        customer=world.cast.chen.customer, patients_per_day=5, openness=1, known_on=YESTERDAY
    )
    client = world.client(world.cast.lin)
    assert enter(client, facts(world, "potential"), patients="20", openness="2").status_code == 302
    enter(client, facts(world, "potential"), openness="3")
    rows = PotentialEstimate.objects.order_by("known_on").values_list("patients_per_day", "openness", "known_on")
    assert list(rows) == [(5, 1, YESTERDAY), (20, 3, TODAY)]
    told = text(client.get(f"/customers/{world.cast.chen.pk}/"))
    assert "11–20 suitable patients a day × openness 3 of 3" in told
    assert enter(client, facts(world, "potential"), patients="7").status_code == 422


def test_who_may_write(world) -> None:
    """Who holds the customer and who supervises him; to whom he is foreign it looks as if he were absent."""
    cast = world.cast
    compliance = user("comp", "严守正", cast.china, Posting.Role.COMPLIANCE)
    pages = [facts(world, *parts) for parts in (("new",), ("needs",), ("potential",), ("consents", "new"))]
    for who, status in ((cast.lin, 200), (cast.zheng, 200), (cast.operations, 200), (compliance, 403),
                        (cast.zhao, 404), (cast.stranger, 404), (cast.idle, 404)):  # fmt: skip
        for page in pages:
            answer = world.client(who).get(page)
            assert answer.status_code == status, (who.name, page)
            absent = page.replace(str(cast.chen.pk), str(uuid4()))
            assert world.client(who).get(absent).status_code == 404
            if status == 404:
                assert answer.content == world.client(who).get(absent).content
    assert "Add a fact" not in text(world.client(compliance).get(f"/customers/{cast.chen.pk}/"))


def test_what_is_foreign_is_not_written_either(world) -> None:
    agree(world, "phone")
    know(world, "needs", "旧")
    client = world.client(world.cast.zhao)
    said = {"value": "x", "source": "told", "learned_on": "2026-11-21", "purpose": "email", "wording": "1",
            "first": "2026-11-21", "ended_on": "2026-11-21", "patients": "5", "openness": "1", "key": "needs",
            "withdraw": "1"}  # fmt: skip
    for parts in (("needs",), ("undo",), ("potential",), ("consents", "new"), ("consents", "phone", "end")):
        assert client.post(facts(world, *parts), said).status_code == 404
    assert stored("needs") == [("旧", YESTERDAY, None)]
    assert Consent.objects.get().during == period(SINCE)


def test_an_institution_has_no_facts_of_a_person(world) -> None:
    client = world.client(world.cast.lin)
    for parts in ("new", "needs", "consents/new"):
        assert client.get(f"/customers/{world.cast.hospital.pk}/facts/{parts}/").status_code == 404
    assert client.get(f"/customers/{world.cast.hospital.pk}/facts/potential/").status_code == 200
    assert client.get(facts(world, "salary")).status_code == 404
    assert client.get(facts(world, "consents", "salary", "end")).status_code == 404


def test_every_fact_of_the_registry_has_its_form(world) -> None:
    for purpose in Consent.Purpose.values:
        agree(world, purpose)
    client = world.client(world.cast.zheng)
    example = {"birthday": "05-12", "email": "a@b.example", "wechat": "a"}
    for key, kind in FACTS.items():
        value = kind.choices[0][0] if kind.choices else example.get(key, "40")
        assert enter(client, facts(world, key), value=value).status_code == 302, key
    assert Fact.objects.count() == len(FACTS)
    assert "Completeness 100%" in text(client.get(f"/customers/{world.cast.chen.pk}/"))


def test_a_write_takes_few_statements(world) -> None:
    know(world, "needs", "旧")
    agree(world, "wechat")
    client = world.client(world.cast.lin)
    for page, said in {
        facts(world, "needs"): {"value": "新"},
        facts(world, "wechat"): {"value": "w"},
        facts(world, "consents", "new"): {"purpose": "phone", "wording": "1"},
        facts(world, "consents", "wechat", "end"): {},
        facts(world, "potential"): {"patients": "5", "openness": "1"},
    }.items():
        form = sheet(client, page) | said
        with CaptureQueriesContext(connection) as seen:
            assert client.post(page, form).status_code == 302
        assert len(seen) <= 15, "\n".join(one["sql"][:150] for one in seen.captured_queries)


def test_who_wrote_it_stands_in_the_trail(world) -> None:
    enter(world.client(world.cast.lin), facts(world, "needs"), value="想要短课件")
    told = text(world.client(world.cast.zheng).get(f"/customers/{world.cast.chen.pk}/history/"))
    assert "林晓" in told
    assert "想要短课件" in told
