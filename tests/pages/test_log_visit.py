import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages import get_messages

from accounts.models import Posting, Product
from crm.base.ids import uuid7
from crm.base.models import Command
from crm.base.periods import period
from customers.models import Alignment, Customer, CustomerStatus
from tests.cast import TODAY
from visits.models import Attendee, FollowUp, Reminder, Visit, VisitProduct


@pytest.fixture
def page(world) -> str:
    return f"/customers/{world.cast.chen.pk}/visits/new/"


@pytest.fixture
def entries(world) -> dict[str, Any]:
    product = world.cast.product.pk
    return {
        "id": str(uuid7()),
        "on": TODAY.isoformat(),
        "channel": "face_to_face",
        "products": [str(product)],
        f"reaction-{product}": "interested",
        "note": "wants dosing data",
        "next_step": "material",
        "next_step_on": (TODAY + timedelta(7)).isoformat(),
        "next_step_text": "dosing data",
    }


def test_the_form_is_prefilled(world, page: str) -> None:
    body = world.client(world.cast.lin).get(page).content.decode()
    UUID(re.findall(r'name="id" value="([^"]+)"', body)[0])
    assert 'value="2026-11-21"' in body
    assert re.search(r'value="face_to_face"[^>]*checked', body)
    assert "孟书远" in body  # a colleague, to be met too


def test_today_is_that_of_the_territory(world, page: str) -> None:
    """At noon in Shanghai it is the evening before in Honolulu."""
    world.cast.xixi.time_zone = "Pacific/Honolulu"
    world.cast.xixi.save()
    assert 'value="2026-11-20"' in world.client(world.cast.lin).get(page).content.decode()


def test_a_visit_is_stored_whole_and_answers_its_reminder(world, page: str, entries: dict[str, Any]) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "A", due=TODAY - timedelta(1), visits=4)
    reminder = world.remind(cast.chen.customer, TODAY - timedelta(1))
    answer = world.client(cast.lin).post(page, entries | {"also_met": [str(cast.meng.pk)]})
    assert answer["Location"] == f"/customers/{cast.chen.pk}/"
    assert [str(m) for m in get_messages(answer.wsgi_request)] == ["Visit saved. 1 reminder is done."]
    visit = Visit.objects.get()
    assert (str(visit.pk), visit.maker, visit.on, visit.place_id, visit.note) == (
        entries["id"], cast.lin, TODAY, cast.hospital.pk, "wants dosing data",
    )  # fmt: skip
    assert set(Attendee.objects.values_list("customer", flat=True)) == {cast.chen.pk, cast.meng.pk}
    assert VisitProduct.objects.get().reaction == "interested"
    assert FollowUp.objects.get().text == "dosing data"
    reminder.refresh_from_db()
    assert (reminder.state, reminder.closed_by_visit) == (Reminder.State.DONE, visit.pk)
    assert CustomerStatus.objects.get(customer=cast.chen.pk).last_visit_on == TODAY
    after = world.client(cast.lin).get(f"/customers/{cast.chen.pk}/").content.decode()
    assert 'class="tell"' in after


def test_sent_twice_is_stored_once(world, page: str, entries: dict[str, Any]) -> None:
    client = world.client(world.cast.lin)
    first, second = client.post(page, entries), client.post(page, entries)
    assert first["Location"] == second["Location"]
    assert Visit.objects.count() == 1


def test_the_same_form_with_other_contents_is_refused_and_keeps_the_entries(world, page: str, entries) -> None:
    client = world.client(world.cast.lin)
    client.post(page, entries)
    answer = client.post(page, entries | {"note": "something else"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "already sent with other contents" in body
    assert "something else" in body
    assert entries["id"] not in body
    assert Visit.objects.get().note == "wants dosing data"


@pytest.mark.parametrize(
    ("wrong", "sentence", "where"),
    [
        ({"on": (TODAY + timedelta(1)).isoformat()}, "can&#x27;t lie in the future", "id_on"),
        ({"on": "yesterday"}, "Enter a valid date", "id_on"),
        ({"next_step_on": (TODAY - timedelta(1)).isoformat()}, "can&#x27;t lie before the visit", "id_next_step_on"),
        ({"next_step_on": ""}, "Say by which day.", "id_next_step_on"),
    ],
)
def test_what_is_refused_changes_nothing_and_says_where(world, page: str, entries, wrong, sentence, where) -> None:
    answer = world.client(world.cast.lin).post(page, entries | wrong)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.count(sentence) == 2  # in the summary and at the field
    assert f'href="#{where}"' in body
    assert f'aria-describedby="{where}_error"' in body
    assert "data-attention" in body
    assert "wants dosing data" in body
    assert not Visit.objects.exists()
    assert not Command.objects.exists()


@pytest.mark.parametrize("field", ["note", "next_step_text", "objections"])
def test_words_of_what_nobody_may_count_or_give_are_warned_of_once(world, page: str, entries, field: str) -> None:
    client = world.client(world.cast.lin)
    entries |= {field: "问到统方，已拒绝"}
    answer = client.post(page, entries)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert body.count("is not kept. Take it out") == 2  # in the summary and at the field
    assert "问到统方，已拒绝" in body
    assert not Visit.objects.exists()
    [warned] = re.findall(r'name="warned" value="([^"]+)"', body)
    assert client.post(page, entries | {"warned": warned})["Location"] == f"/customers/{world.cast.chen.pk}/"
    assert Visit.objects.count() == 1


def test_a_customer_of_another_is_not_there(world, page: str, entries: dict[str, Any]) -> None:
    assert world.client(world.cast.zhao).post(page, entries).status_code == 404
    assert not Visit.objects.exists()


def test_held_then_and_another_s_now_is_accepted(world, page: str, entries: dict[str, Any]) -> None:
    """Lin made the visit the day before, Dongdu took the hospital over yesterday."""
    cast = world.cast
    Alignment.objects.filter(customer=cast.hospital.pk).update(during=period(None, TODAY - timedelta(2)))
    Alignment.objects.create(
        customer=cast.hospital.customer, territory=cast.dongdu, line=cast.line, during=period(TODAY - timedelta(1))
    )
    CustomerStatus.objects.filter(customer=cast.chen.pk).update(territory=cast.dongdu)
    client = world.client(cast.lin)
    assert client.get(page).status_code == 404
    before = (TODAY - timedelta(2)).isoformat()
    assert client.post(page, entries | {"on": before})["Location"] == "/"
    assert Attendee.objects.get().territory == cast.xixi


def test_a_colleague_who_was_not_held_is_refused_in_words(world, page: str, entries: dict[str, Any]) -> None:
    answer = world.client(world.cast.lin).post(page, entries | {"also_met": [str(world.cast.shopkeeper.pk)]})
    assert answer.status_code == 422
    assert "was not in your territory" in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_product_of_nobody_is_refused(world, page: str, entries: dict[str, Any]) -> None:
    answer = world.client(world.cast.lin).post(page, entries | {"products": [str(uuid7())]})
    assert answer.status_code == 422
    assert not Visit.objects.exists()


def test_who_makes_no_visits_gets_no_form(world, page: str) -> None:
    cast = world.cast
    assert world.client(cast.operations).get(page).status_code == 403
    assert "Log visit" not in world.client(cast.operations).get(f"/customers/{cast.chen.pk}/").content.decode()


def test_a_manager_may_log_too(world, page: str, entries: dict[str, Any]) -> None:
    assert world.client(world.cast.zheng).post(page, entries).status_code == 302
    assert Visit.objects.get().territory == world.cast.jiangnan


def test_statements_of_saving(world, page: str, entries, django_assert_max_num_queries) -> None:
    world.give(world.cast.chen.customer, "A", due=TODAY, visits=4)
    world.remind(world.cast.chen.customer, TODAY)
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(15):  # 10 of them are the action's
        client.post(page, entries)


def test_today_lists_what_is_due_and_lets_go_of_what_was_done(world, page: str, entries: dict[str, Any]) -> None:
    cast = world.cast
    world.give(cast.chen.customer, "A", due=TODAY - timedelta(2), visits=4)
    world.give(cast.meng.customer, "B", due=TODAY, visits=2)
    world.give(cast.shopkeeper.customer, "C", due=TODAY, visits=1)
    for customer, due in ((cast.chen, TODAY - timedelta(2)), (cast.meng, TODAY), (cast.shopkeeper, TODAY)):
        world.remind(customer.customer, due)
    client = world.client(cast.lin)
    before = client.get("/").content.decode()
    assert before.index("陈望舒") < before.index("孟书远")
    assert "2 days overdue" in before
    assert "Visit due; never visited" in before
    assert "阿福" not in before
    client.post(page, entries)
    after = client.get("/").content.decode()
    assert "陈望舒" not in after
    assert "1 visit logged today" in after


def test_today_is_empty_in_words(world) -> None:
    assert "Nothing is due today" in world.client(world.cast.lin).get("/").content.decode()


def test_today_statements_do_not_grow(world, django_assert_max_num_queries) -> None:
    for customer in (world.cast.chen, world.cast.meng):
        world.remind(customer.customer, TODAY)
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(10):
        client.get("/")


def test_a_rep_who_also_manages_sees_his_own_day(world) -> None:
    cast = world.cast
    Posting.objects.create(user=cast.zheng, territory=cast.xixi, role="rep", during=period(TODAY))
    world.remind(cast.chen.customer, TODAY)
    world.remind(cast.shopkeeper.customer, TODAY)
    body = world.client(cast.zheng).get("/").content.decode()
    assert "陈望舒" in body
    assert "阿福" not in body


def test_more_of_the_talk_is_kept(world, page: str, entries: dict[str, Any]) -> None:
    cast = world.cast
    other = Product.objects.create(name="恒络宁", line=cast.line)
    more = {
        "products": [str(cast.product.pk), str(other.pk)],
        "order": f"{other.pk},{cast.product.pk}",
        f"message-{other.pk}": "once a day",
        "purpose": "data",
        "needs": "dosing",
        "objections": "too dear",
        "competitors": "X",
        "materials": "leaflet",
        "joint_with": str(cast.zheng.pk),
    }
    assert world.client(cast.lin).post(page, entries | more).status_code == 302
    visit = Visit.objects.get()
    assert (visit.purpose, visit.needs, visit.objections, visit.competitors, visit.materials, visit.joint_with) == (
        "data", "dosing", "too dear", "X", "leaflet", cast.zheng,
    )  # fmt: skip
    talked = VisitProduct.objects.order_by("position").values_list("product__name", "message")
    assert list(talked) == [("恒络宁", "once a day"), ("诺泽平", "")]
    again = world.client(cast.lin).get(page).content.decode()
    assert len(re.findall(r'name="products"[^>]*checked', again)) == 2  # what was talked about the last time


def test_only_who_led_the_territory_came_along(world, page: str, entries: dict[str, Any]) -> None:
    for other in (world.cast.zhao, world.cast.stranger):
        answer = world.client(world.cast.lin).post(page, entries | {"joint_with": str(other.pk)})
        assert answer.status_code == 422
        assert "nobody of this name led" in answer.content.decode()


@pytest.mark.parametrize(("days", "status"), [(3, 302), (4, 422)])
def test_a_visit_is_reported_within_three_days(world, page: str, entries, days: int, status: int) -> None:
    answer = world.client(world.cast.lin).post(page, entries | {"on": (TODAY - timedelta(days)).isoformat()})
    assert answer.status_code == status
    if status == 422:
        assert "reported within three days" in answer.content.decode()


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "emoji": "👩🏽‍⚕️✅ 好",
    "right to left": "مرحبا بالعالم",
    "turned round": "\u202eمرحبا",
    "a megabyte": "x" * 1_000_000,
}
TEXTS = ("note", "purpose", "needs", "objections", "competitors", "materials", "next_step_text", "message-")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", TEXTS)
def test_hostile_texts_are_kept_as_they_are_or_refused_in_words(
    world, page: str, entries, kind: str, name: str
) -> None:
    name = f"message-{world.cast.product.pk}" if name == "message-" else name
    client = world.client(world.cast.lin)
    answer = client.post(page, entries | {name: HOSTILE[kind]})
    if kind == "a megabyte":
        assert answer.status_code == 422
        assert "at most" in answer.content.decode()
        return
    if kind == "turned round":
        assert answer.status_code == 422
        assert "turns words round; take it out" in answer.content.decode()
        return
    assert answer.status_code == 302
    body = client.get(f"/customers/{world.cast.chen.pk}/").content.decode()
    assert "<script>alert" not in body


@pytest.mark.parametrize("name", ["id", "on", "channel", "products", "also_met", "joint_with", "next_step_on", "order"])
@pytest.mark.parametrize("value", ["", "\x00", "x" * 5000, "<b>", "٢٠٢٦-١١-٢١"])
def test_what_no_page_sends_is_refused_in_words(world, page: str, entries, name: str, value: str) -> None:
    answer = world.client(world.cast.lin).post(page, entries | {name: value})
    assert answer.status_code in (302, 422)
    assert answer.status_code == 302 or "data-attention" in answer.content.decode()


def test_a_very_long_name_stays_on_the_page(world, page: str) -> None:
    Customer.objects.filter(pk=world.cast.chen.pk).update(name="长" * 200)
    assert "长" * 200 in world.client(world.cast.lin).get(page).content.decode()


def test_somebody_unplanned_is_found_by_four_letters(world) -> None:
    client = world.client(world.cast.lin)
    assert "Whom did you meet?" in client.get("/visits/new/").content.decode()
    hits = client.post("/visits/new/", {"q": "cws"}).content.decode()
    assert f"/customers/{world.cast.chen.pk}/visits/new/" in hits
    assert "阿福" not in client.post("/visits/new/", {"q": "阿福"}).content.decode().replace("“阿福”", "")
    assert "“zz”" in client.get("/visits/new/?q=zz").content.decode()
    assert world.client(world.cast.operations).get("/visits/new/").status_code == 403


def test_statements_of_the_form(world, page: str, django_assert_max_num_queries) -> None:
    client = world.client(world.cast.lin)
    with django_assert_max_num_queries(12):
        client.get(page)
