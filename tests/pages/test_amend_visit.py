"""A visit is amended or made void by its maker, with a reason; what it was stays readable."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Posting, Product
from crm.base.ids import uuid7
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.models import Affiliation, CustomerStatus
from tests.cast import NOON, SINCE, TODAY, person
from tests.pages.test_customer import text
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Attendee, FollowUp, Reminder, Visit, VisitProduct


@pytest.fixture
def visit(world) -> Visit:
    cast = world.cast
    world.give(cast.chen.customer, "A", due=TODAY, visits=4)
    world.remind(cast.chen.customer, TODAY)
    report = VisitReport(
        id=uuid7(), on=TODAY, customers=[cast.chen.pk, cast.meng.pk], products=[(cast.product.pk, "neutral")],
        note="first words", next_step=NextStep(kind="call", due_on=TODAY + timedelta(3), text="soon"),
    )  # fmt: skip
    log_visit(actor=cast.lin, report=report, at=NOON)
    return Visit.objects.get()


def shown(world, visit: Visit) -> dict[str, Any]:
    """What the page's form holds, as a browser would send it back."""
    body = world.client(world.cast.lin).get(f"/visits/{visit.pk}/amend/").content.decode()
    entries: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]+>", body):
        found = {name: re.search(rf'{name}="([^"]*)"', tag) for name in ("name", "value", "type")}
        name, value, kind = (match[1] if match else "" for match in found.values())
        if name in ("csrfmiddlewaretoken", "q", "") or (kind in ("radio", "checkbox") and " checked" not in tag):
            continue
        entries[name] = [*entries.get(name, []), value] if kind == "checkbox" else value
    entries["note"] = re.findall(r"<textarea[^>]*>\s*([^<]*)</textarea>", body)[0]
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', body, re.S):
        entries[name] = next(iter(re.findall(r'value="([^"]*)"\s+selected', options)), "")
    return entries


def send(world, visit: Visit, entries: dict[str, Any], user: Any = None) -> Any:
    return world.client(user or world.cast.lin).post(f"/visits/{visit.pk}/amend/", entries)


def test_the_form_holds_what_stands_there_and_sending_it_changes_nothing_else(world, visit: Visit) -> None:
    answer = send(world, visit, shown(world, visit) | {"note": "other words", "reason": "typed in haste"})
    assert answer["Location"] == f"/visits/{visit.pk}/"
    visit.refresh_from_db()
    assert (visit.note, visit.version, visit.amendment, visit.place_id) == (
        "other words", 2, "typed in haste", world.cast.hospital.pk,
    )  # fmt: skip
    assert set(Attendee.objects.values_list("customer", flat=True)) == {world.cast.chen.pk, world.cast.meng.pk}
    assert VisitProduct.objects.get().reaction == "neutral"
    step = FollowUp.objects.get()
    assert (step.kind, step.text, step.state) == ("call", "soon", "open")


def stands(visit: Visit) -> dict[str, Any]:
    """All that hangs on a visit and can be lost."""
    return {
        "met": set(Attendee.objects.filter(visit=visit).values_list("customer", flat=True)),
        "talked": set(VisitProduct.objects.filter(visit=visit).values_list("product", "reaction")),
        "with": Visit.objects.get(pk=visit.pk).joint_with_id,
        "promised": set(FollowUp.objects.filter(visit=visit).values_list("customer", "kind", "due_on", "state")),
    }


def test_promises_beside_the_one_of_the_form_are_kept(world, visit: Visit) -> None:
    """A file may bring several, to any of those who were met."""
    cast = world.cast
    for customer, kind in ((cast.chen, "material"), (cast.meng, "call"), (cast.meng, "visit")):
        FollowUp.objects.create(visit=visit, customer_id=customer.pk, kind=kind, due_on=TODAY + timedelta(9))
    before = stands(visit)
    send(world, visit, shown(world, visit) | {"note": "other words", "reason": "typed in haste"})
    assert stands(visit) == before
    send(world, visit, shown(world, visit) | {"next_step": "", "reason": "nothing promised"})
    gone = stands(visit)["promised"] - before["promised"]
    assert gone == {(cast.chen.pk, "call", TODAY + timedelta(3), "dismissed")}
    send(world, visit, shown(world, visit) | {"also_met": [], "reason": "he was away"})
    left = FollowUp.objects.filter(state="open").values_list("customer", "kind")
    assert list(left) == [(cast.chen.pk, "material")]


def long_ago(visit: Visit, days: int) -> None:
    """As a file may bring it: of a day that nobody could report any more."""
    Visit.objects.filter(pk=visit.pk).update(on=TODAY - timedelta(days))


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "outside"])
def test_what_could_not_be_chosen_any_more_is_kept(world, visit: Visit, is_seen: bool) -> None:
    cast = world.cast
    long_ago(visit, 1)
    Visit.objects.filter(pk=visit.pk).update(joint_with=cast.zheng)
    before = stands(visit)
    Product.objects.update(is_active=False)
    until_yesterday = period(SINCE, TODAY - timedelta(1))
    Affiliation.objects.filter(person=cast.meng).update(during=until_yesterday)
    Posting.objects.filter(user=cast.zheng).update(during=until_yesterday)
    if not is_seen:
        CustomerStatus.objects.filter(customer=cast.meng.pk).update(territory=cast.dongdu)
    answer = send(world, visit, shown(world, visit) | {"note": "other words", "reason": "typed in haste"})
    assert answer.status_code == 302, text(answer)
    assert Visit.objects.get().note == "other words"
    assert stands(visit) == before
    page = text(world.client(cast.lin).get(f"/visits/{visit.pk}/amend/"))
    assert ("孟书远" in page, "outside your territory" in page) == (is_seen, not is_seen)


def test_a_visit_that_a_file_brought_late_is_amended_on_its_day(world, visit: Visit) -> None:
    long_ago(visit, 40)
    answer = send(world, visit, shown(world, visit) | {"note": "other words", "reason": "typed in haste"})
    assert answer.status_code == 302, text(answer)
    other_day = (TODAY - timedelta(39)).isoformat()
    assert send(world, visit, shown(world, visit) | {"on": other_day, "reason": "x"}).status_code == 422
    assert Visit.objects.get().note == "other words"


def test_what_it_said_before_stays_readable(world, visit: Visit) -> None:
    product = world.cast.product.pk
    send(world, visit, shown(world, visit) | {f"reaction-{product}": "agrees", "note": "other", "reason": "in haste"})
    page = text(world.client(world.cast.lin).get(f"/visits/{visit.pk}/history/"))
    assert "Visit changed" in page
    assert re.search(r"first words became ?→ other", page)
    assert re.search(r"neutral became ?→ agrees", page)
    assert "amended: in haste" in text(world.client(world.cast.lin).get(f"/customers/{world.cast.chen.pk}/"))


def test_people_who_go_lose_the_visit_and_those_who_come_get_it(world, visit: Visit) -> None:
    entries = shown(world, visit)
    entries["also_met"] = []
    send(world, visit, entries | {"reason": "he was away"})
    assert CustomerStatus.objects.get(customer=world.cast.meng.pk).last_visit_on is None
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).last_visit_on == TODAY


def test_another_next_step_takes_the_place_of_the_first(world, visit: Visit) -> None:
    send(world, visit, shown(world, visit) | {"next_step": "material", "reason": "wrong chip"})
    assert set(FollowUp.objects.values_list("kind", "state")) == {("call", "dismissed"), ("material", "open")}


def test_a_void_visit_counts_no_more_and_its_reminder_is_back(world, visit: Visit) -> None:
    assert Reminder.objects.get(kind="visit_due").state == "done"
    send(world, visit, shown(world, visit) | {"reason": "wrong doctor", "void": "1"})
    visit.refresh_from_db()
    assert (visit.state, visit.note) == ("void", "first words")
    assert Reminder.objects.get(kind="visit_due").state == "open"
    assert CustomerStatus.objects.get(customer=world.cast.chen.pk).last_visit_on is None
    page = text(world.client(world.cast.lin).get(f"/visits/{visit.pk}/"))
    assert "Void, it counts no more: wrong doctor" in page
    assert world.client(world.cast.lin).get(f"/visits/{visit.pk}/amend/").status_code == 404


def test_two_at_once_both_states_are_shown_and_nothing_is_overwritten(world, visit: Visit) -> None:
    mine, theirs = shown(world, visit), shown(world, visit)
    send(world, visit, theirs | {"note": "from the phone", "also_met": [], "reason": "phone"})
    answer = send(world, visit, mine | {"note": "from the desk", "reason": "desk"})
    assert answer.status_code == 409
    page = text(answer)
    assert "amended meanwhile" in page
    assert re.search(r"Note from the phone from the desk", page)
    assert re.search(r"Also met — 孟书远", page)
    visit.refresh_from_db()
    assert visit.note == "from the phone"
    body = answer.content.decode()
    renewed = {name: re.findall(rf'name="{name}" value="([^"]*)"', body)[0] for name in ("version", "id")}
    send(world, visit, mine | renewed | {"note": "from the desk", "reason": "desk"})
    visit.refresh_from_db()
    assert (visit.note, visit.version) == ("from the desk", 3)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "x", "on": (TODAY + timedelta(1)).isoformat()}, "lie in the future"),
        ({"reason": "x", "on": (TODAY - timedelta(4)).isoformat()}, "within three days"),
        ({"reason": "x" * 301}, "at most 300"),
    ],
)
def test_what_is_refused_changes_nothing(world, visit: Visit, wrong: dict[str, str], sentence: str) -> None:
    answer = send(world, visit, shown(world, visit) | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    visit.refresh_from_db()
    assert visit.version == 1


def test_sent_twice_it_is_amended_once(world, visit: Visit) -> None:
    entries = shown(world, visit) | {"note": "x", "reason": "y"}
    assert [send(world, visit, entries).status_code for _time in range(2)] == [302, 302]
    assert Visit.objects.get().version == 2


def test_only_the_maker_amends_and_only_those_who_see_it_read_it(world, visit: Visit) -> None:
    cast = world.cast
    for user in (cast.zheng, cast.zhao, cast.operations):
        assert send(world, visit, {}, user).status_code == 404
    assert world.client(cast.zheng).get(f"/visits/{visit.pk}/").status_code == 200
    for page in ("", "history/"):
        assert world.client(cast.zhao).get(f"/visits/{visit.pk}/{page}").status_code == 404


def test_who_is_outside_the_readers_ground_is_counted_not_named(world, visit: Visit) -> None:
    cast = world.cast
    CustomerStatus.objects.filter(customer=cast.meng.pk).update(territory=cast.dongdu)
    for page in (f"/visits/{visit.pk}/", "/visits/", f"/visits/{visit.pk}/history/"):
        body = text(world.client(cast.lin).get(page))
        assert "孟书远" not in body, page
    assert "1 person outside your territory" in text(world.client(cast.lin).get(f"/visits/{visit.pk}/"))


@pytest.mark.parametrize("rows", [0, 12])
@pytest.mark.parametrize("says", [{"note": "x"}, {"void": "1"}], ids=["amended", "void"])
def test_statements(world, visit: Visit, django_assert_max_num_queries, rows: int, says: dict[str, str]) -> None:
    """As many, whoever was met and whatever was talked about."""
    cast = world.cast
    met = [person(f"人{number}", cast.hospital) for number in range(rows)]
    carried = [Product.objects.create(name=f"P{number}", line=cast.line) for number in range(rows)]
    refresh_alignment(on=TODAY)
    for one in met:
        world.give(one.customer, "B", due=TODAY, visits=2)
        world.remind(one.customer, TODAY)
    client = world.client(cast.lin)
    with django_assert_max_num_queries(12):
        client.get(f"/visits/{visit.pk}/")
    entries = shown(world, visit)
    entries["also_met"] = [*entries["also_met"], *(str(one.pk) for one in met)]
    entries["products"] = [*entries["products"], *(str(product.pk) for product in carried)]
    with django_assert_max_num_queries(13):  # two more from a hundred people on
        assert send(world, visit, entries | {"reason": "y"} | says).status_code == 302
    with django_assert_max_num_queries(12):
        client.get(f"/visits/{visit.pk}/history/")
    assert UUID(entries["id"])
    visit.refresh_from_db()
    is_void = "void" in says
    assert (visit.state, visit.version) == ("void" if is_void else "reported", 2)
    assert Reminder.objects.filter(kind="visit_due", state="done").count() == (0 if is_void else 1 + rows)
    if not is_void:
        assert (Attendee.objects.count(), VisitProduct.objects.count()) == (2 + rows, 1 + rows)
