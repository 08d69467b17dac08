"""Entering and changing through the API: the same actions as the pages, once for ever, never over what was not seen."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Posting, Product, Territory
from crm.api.writers import WRITERS
from crm.base.audit import tracked_models
from crm.base.ids import uuid7_text
from crm.base.models import Command, ExternalId
from customers.actions import refresh_alignment
from customers.models import Affiliation, Customer, InfluenceLink, Person, RoleAssignment
from tests.api.conftest import READ, Programs, World, problem
from tests.cast import TODAY, Cast
from tests.cast import person as another_person
from visits.models import Reminder, Visit

DAY = TODAY.isoformat()


def person(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"id": uuid7_text(), "name": "白芷兰", "institution": str(cast.hospital.pk), "first": "2026-01-05"} | more


def visit(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"id": uuid7_text(), "on": DAY, "customers": [str(cast.chen.pk)]} | more


def bodies(cast: Cast) -> dict[str, dict[str, Any]]:
    """Something to enter, of everything that a rep enters."""
    return {
        "persons": person(cast),
        "institutions": {
            "id": uuid7_text(), "name": "新院", "kind": "clinic", "territory": str(cast.xixi.pk), "first": DAY,
        },
        "affiliations": {
            "id": uuid7_text(), "person": str(cast.chen.pk), "institution": str(cast.hospital.pk), "first": DAY,
            "is_primary": False, "department": "药剂科",
        },
        "roles": {"id": uuid7_text(), "person": str(cast.chen.pk), "role": "prescriber", "strength": 3, "first": DAY},
        "influence": {
            "id": uuid7_text(), "influencer": str(cast.chen.pk), "influenced": str(cast.meng.pk), "kind": "advice",
            "weight": 700, "first": DAY,
        },
        "visits": visit(
            cast, next_step={"kind": "material", "due_on": DAY}, products=[{"product": str(cast.product.pk)}]
        ),
    }  # fmt: skip


CHANGES: dict[str, dict[str, Any]] = {
    "persons": {"phone": "139 0000 0001"},
    "institutions": {"address": "西溪路 2 号"},
    "affiliations": {"position": "主任"},
    "roles": {"strength": 5},
    "influence": {"weight": 300},
    "visits": {"note": "补记", "reason": "补充"},
}
FOREIGN = {
    "person": "shopkeeper", "institution": "pharmacy", "territory": "dongdu", "influencer": "shopkeeper",
    "influenced": "shopkeeper", "customers": "shopkeeper",
}  # fmt: skip
by_name = pytest.mark.parametrize("name", CHANGES)


@by_name
def test_entered_once_and_changed_as_seen(name: str, cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    body = bodies(cast)[name]
    first = lin.post(name, body)
    assert first.status_code == 201, first.content
    assert lin.get(first.headers["Location"].removeprefix("/api/v1/")).status_code == 200
    again = lin.post(name, body)
    assert (again.status_code, again.json()) == (200, first.json())
    other = body | ({"note": "x"} if name == "visits" else {"first": "2026-02-02"})
    problem(lin.post(name, other), 409, "other_body_same_id")
    assert again.json() in lin.items(name)

    path, seen = f"{name}/{body['id']}", first.headers["ETag"]
    problem(lin.patch(path, CHANGES[name]), 428, "precondition_required")
    stale = problem(lin.patch(path, CHANGES[name], If_Match='"0.x"'), 412, "changed_meanwhile")
    assert stale["detail"]
    changed = lin.patch(path, CHANGES[name], If_Match=f"W/{seen}")
    assert changed.status_code == 200, changed.content
    field, value = next(iter(CHANGES[name].items()))
    assert changed.json()[field] == value
    now = changed.headers["Content-Location"].removeprefix("/api/v1/")
    problem(lin.patch(now, CHANGES[name], If_Match=seen), 412, "changed_meanwhile")
    assert lin.patch(now, CHANGES[name], If_Match="*").status_code in (200, 412)


@by_name
@pytest.mark.parametrize("said", ["return=minimal", 'respond-async, Return = "minimal"; foo=1'])
def test_answered_in_short_where_that_is_preferred(name: str, said: str, cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    body = bodies(cast)[name]
    first = lin.post(name, body, Prefer=said)
    assert (first.status_code, first.json()) == (201, {"id": body["id"]})
    assert first.headers["Preference-Applied"] == "return=minimal"
    stands = lin.get(first.headers["Location"].removeprefix("/api/v1/"))
    again = lin.post(name, body, Prefer=said)
    assert (again.status_code, again.json()) == (200, {"id": body["id"]})
    assert lin.post(name, body, Prefer="return=representation").json() == stands.json()
    changed = lin.patch(f"{name}/{body['id']}", CHANGES[name], If_Match=stands.headers["ETag"], Prefer=said)
    now = lin.get(changed.headers["Content-Location"].removeprefix("/api/v1/")).json()
    assert (changed.status_code, changed.json()) == (200, {"id": now["id"]})
    field, value = next(iter(CHANGES[name].items()))
    assert now[field] == value


@by_name
def test_what_can_not_be_stored_leaves_nothing(name: str, cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    sound = bodies(cast)[name]
    before = _rows()
    for body, status, code in (
        ([], 400, "malformed"),
        ("x", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b'{"id": NaN}', 400, "malformed"),
        (b'{"id": 1, "id": 2}', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"id": "\xff"}', 400, "malformed"),
        ({}, 422, "invalid"),
        (sound | {"id": "\x00"}, 422, "invalid"),
        (sound | {"ghost": 1}, 400, "unknown_field"),
        (sound | {"id": "1"}, 422, "invalid"),
        (sound | {"id": 1}, 422, "invalid"),
    ):
        problem(lin.post(name, body), status, code)
    for field, value in sound.items():
        wrong: Any = {} if isinstance(value, list) else [value]
        said = problem(lin.post(name, sound | {field: wrong}), 422, "invalid")
        assert said["errors"][0]["pointer"].startswith(f"/{field}")
        if field in ("first", "on"):
            problem(lin.post(name, sound | {field: "2199-01-01"}), 422, "invalid")
        if field in FOREIGN:
            theirs, nobodys = str(getattr(cast, FOREIGN[field]).pk), uuid7_text()
            foreign, absent = (
                problem(lin.post(name, sound | {field: [key] if field == "customers" else key}), 422, "invalid")
                for key in (theirs, nobodys)
            )
            assert foreign == absent
    assert _rows() == before
    assert lin.post(name, sound).status_code == 201


def _rows() -> list[int]:
    models = (Customer, Person, Affiliation, RoleAssignment, InfluenceLink, Visit, Command, ExternalId)
    return [model._default_manager.count() for model in models]


def test_bodies_that_are_too_much_are_refused_unread(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    bomb = gzip.compress(b"0" * 50_000_000)
    problem(lin.send("POST", "visits", bomb, Content_Encoding="gzip"), 415, "unsupported_media_type")
    problem(lin.send("POST", "visits", b" " * 50_000_000), 413, "too_large")
    problem(lin.send("POST", "visits", b"<a/>", Content_Type="text/xml"), 415, "unsupported_media_type")


def test_a_program_that_only_reads_writes_nothing(cast: Cast, program: Programs) -> None:
    reader = program(cast.lin, READ)
    for name, body in bodies(cast).items():
        problem(reader.post(name, body), 403, "not_allowed")
    problem(reader.patch(f"persons/{cast.chen.pk}", {"phone": "1234567"}, If_Match="*"), 403, "not_allowed")
    problem(reader.put("persons/external/crm/1", person(cast)), 403, "not_allowed")


def test_who_only_looks_may_not_change(cast: Cast, program: Programs) -> None:
    Posting.objects.filter(user=cast.lin).update(role="client")
    lin = program(cast.lin)
    problem(lin.patch(f"persons/{cast.chen.pk}", {"phone": "1234567"}, If_Match="*"), 403, "not_allowed")
    problem(lin.patch(f"persons/{cast.shopkeeper.pk}", {"phone": "1234567"}, If_Match="*"), 404, "not_found")


def test_by_external_id_it_is_entered_once_and_changed_then(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    body = {key: value for key, value in person(cast).items() if key != "id"}
    made = lin.put("persons/external/crm/HCP-7/A", body)
    assert made.status_code == 201, made.content
    same = lin.put("persons/external/crm/HCP-7/A", body)
    assert (same.status_code, same.json()) == (200, made.json())
    assert made.json()["external_ids"] == [{"source": "crm", "external_id": "HCP-7/A"}]
    changed = lin.put("persons/external/crm/HCP-7/A", body | {"title": "主任医师"})
    assert changed.json()["title"] == "主任医师"
    assert changed.json()["version"] == 2
    problem(lin.put("persons/external/crm/HCP-7/A", body, If_Match=made.headers["ETag"]), 412, "changed_meanwhile")
    problem(lin.put("persons/external/crm/HCP-7/A", body, If_None_Match="*"), 412, "changed_meanwhile")
    problem(program(cast.zhao).put("persons/external/crm/HCP-7/A", body), 404, "not_found")
    problem(lin.put("persons/external/Rounds/1", body), 400, "invalid_parameter")
    problem(lin.put("persons/external/rounds/1", body), 400, "invalid_parameter")
    assert lin.items("persons?external_id=crm:HCP-7/A")[0]["id"] == made.json()["id"]
    assert lin.get("persons/external/crm/HCP-7/A").json() == changed.json()
    problem(lin.get("persons/external/crm/HCP-8"), 404, "not_found")


def test_whoever_does_not_know_of_a_merge_changes_the_successor(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    ExternalId.objects.create(kind="person", source="crm", external_id="HCP-9", object_id=cast.meng.pk)
    last = another_person("孟", cast.hospital)
    refresh_alignment(on=TODAY)
    for gone, into in ((cast.meng, cast.chen), (cast.chen, last)):
        Customer.objects.filter(pk=gone.pk).update(merged_into=into.pk)
        path = "persons/external/crm/HCP-9"
        body = {"name": "孟书远", "institution": str(cast.hospital.pk), "first": DAY, "title": str(into.pk)}
        changed = lin.put(path, body)
        assert (changed.status_code, changed.json()["id"], changed.json()["title"]) == (200, str(into.pk), str(into.pk))
        assert changed.headers["Content-Location"] == f"/api/v1/persons/{into.pk}"
        assert lin.get(path).json() == changed.json()
        problem(lin.put(path, body, If_None_Match="*"), 412, "changed_meanwhile")
        stale = lin.get(f"persons/{cast.meng.pk}").headers["ETag"]
        patched = lin.patch(f"persons/{cast.meng.pk}", {"title": "主任"}, If_Match=stale)
        assert (patched.status_code, patched.json()["id"]) == (200, str(into.pk)), patched.content
        problem(lin.patch(f"persons/{cast.meng.pk}", {"title": "x"}, If_Match=stale), 412, "changed_meanwhile")
    assert Person.objects.get(pk=cast.meng.pk).title == ""


def test_somebody_alike_is_shown_before_he_is_entered(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    known = problem(lin.post("persons", person(cast, name="陈望舒")), 409, "known_already")
    assert known["candidates"] == [{"id": str(cast.chen.pk), "name": "陈望舒"}]
    assert lin.post("persons", person(cast, name="陈望舒", anew=True)).status_code == 201


def test_a_customer_ends_and_is_one_again(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    path = f"persons/{cast.chen.pk}"
    seen = lin.get(path).headers["ETag"]
    ended = lin.patch(path, {"ended_on": DAY, "title": "退休"}, If_Match=seen)
    assert (ended.json()["ended_on"], ended.json()["title"]) == (DAY, "退休")
    problem(lin.patch(path, {"title": "x"}, If_Match="*"), 403, "not_allowed")
    back = lin.patch(path, {"ended_on": None, "title": "返聘"}, If_Match=ended.headers["ETag"])
    assert (back.json()["ended_on"], back.json()["title"]) == (None, "返聘")


def test_a_row_ends_by_its_last_day(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    body = bodies(cast)["roles"]
    made = lin.post("roles", body)
    ended = lin.patch(f"roles/{body['id']}", {"last": DAY}, If_Match=made.headers["ETag"])
    assert (ended.json()["id"], ended.json()["last"]) == (body["id"], DAY)


def test_a_visit_is_made_void_and_amended_by_its_maker_alone(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    body = visit(cast)
    made = lin.post("visits", body)
    path = f"visits/{body['id']}"
    problem(lin.patch(path, {"state": "void"}, If_Match=made.headers["ETag"]), 422, "invalid")
    problem(lin.patch(path, {"products": [{}], "reason": "x"}, If_Match="*"), 422, "invalid")
    problem(program(cast.zheng).patch(path, {"note": "x", "reason": "x"}, If_Match="*"), 403, "not_allowed")
    void = lin.patch(path, {"state": "void", "reason": "没去成"}, If_Match=made.headers["ETag"])
    assert (void.status_code, void.json()["state"], void.json()["version"]) == (200, "void", 2)


def test_many_visits_go_by_one_request_each_for_itself(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    sound, other = visit(cast, note="早"), visit(cast, note="晚")
    foreign = visit(cast, customers=[str(cast.shopkeeper.pk)])
    changed = sound | {"note": "另一回"}

    def outcomes(*visits: dict[str, Any]) -> list[tuple[str, str, str]]:
        answer = lin.post("visits/batch", {"visits": visits})
        assert answer.status_code == 200, answer.content
        items = answer.json()["items"]
        return [(item["id"], item["outcome"], (item["problem"] or {}).get("code", "")) for item in items]

    assert outcomes(sound, foreign, other, changed) == [
        (sound["id"], "applied", ""),
        (foreign["id"], "rejected", "invalid"),
        (other["id"], "applied", ""),
        (sound["id"], "conflict", "other_body_same_id"),
    ]
    assert outcomes(other, sound) == [(other["id"], "duplicate", ""), (sound["id"], "duplicate", "")]
    assert {str(one.pk): one.note for one in Visit.objects.all()} == {sound["id"]: "早", other["id"]: "晚"}


def test_a_batch_that_is_none_by_its_shape_stores_nothing(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    misspelt = problem(lin.post("visits/batch", {"visits": [visit(cast), visit(cast, nite="x")]}), 400, "unknown_field")
    assert [error["pointer"] for error in misspelt["errors"]] == ["/visits/1/nite"]
    late = problem(lin.post("visits/batch", {"visits": [visit(cast), visit(cast, on="x")]}), 422, "invalid")
    assert [error["pointer"] for error in late["errors"]] == ["/visits/1/on"]
    nothing: list[Any] = [[], [visit(cast) for _one in range(101)], {}, None]
    for visits in nothing:
        problem(lin.post("visits/batch", {"visits": visits}), 422, "invalid")
    problem(lin.post("visits/batch", [visit(cast)]), 400, "malformed")
    problem(program(cast.lin, scopes=READ).post("visits/batch", {"visits": [visit(cast)]}), 403, "not_allowed")
    assert not Visit.objects.exists()


def test_a_token_of_a_subtree_writes_there_alone(cast: Cast, program: Programs) -> None:
    zheng = program(cast.zheng, territory=cast.xixi)
    assert zheng.post("visits", visit(cast)).status_code == 201
    problem(zheng.post("visits", visit(cast, customers=[str(cast.shopkeeper.pk)])), 422, "invalid")
    problem(zheng.post("persons", person(cast, institution=str(cast.pharmacy.pk))), 422, "invalid")
    problem(zheng.patch(f"persons/{cast.shopkeeper.pk}", {"title": "x"}, If_Match="*"), 404, "not_found")


def test_a_reminder_is_answered_once(world: World, program: Programs) -> None:
    cast = world.cast
    reminder = world.remind(cast.chen.customer, TODAY)
    lin = program(cast.lin)
    answer = {"id": uuid7_text(), "what": "postponed", "reason": "出差", "until": (TODAY + timedelta(3)).isoformat()}
    problem(lin.post(f"reminders/{reminder.pk}/answers", answer | {"until": DAY}), 422, "invalid")
    assert lin.post(f"reminders/{reminder.pk}/answers", answer).status_code == 201
    again = lin.post(f"reminders/{reminder.pk}/answers", answer)
    assert (again.status_code, again.json()["postponed_to"]) == (200, answer["until"])
    other = answer | {"id": uuid7_text()}
    problem(program(cast.zhao).post(f"reminders/{reminder.pk}/answers", other), 404, "not_found")
    assert Reminder.objects.get(pk=reminder.pk).answer == "出差"


def test_operations_keep_ground_and_goods(cast: Cast, program: Programs) -> None:
    ops, lin = program(cast.operations), program(cast.lin)
    made = ops.post("products", {"name": "诺康", "unit": "盒", "line": str(cast.line.pk)})
    assert made.status_code == 201, made.content
    path = f"products/{made.json()['id']}"
    off = ops.patch(path, {"is_active": False}, If_Match=made.headers["ETag"])
    assert off.json()["is_active"] is False
    problem(ops.patch(path, {"unit": "瓶"}, If_Match=made.headers["ETag"]), 412, "changed_meanwhile")
    problem(lin.post("products", {"name": "x", "line": str(cast.line.pk)}), 403, "not_allowed")
    problem(lin.patch(path, {"unit": "瓶"}, If_Match="*"), 403, "not_allowed")
    land = ops.post("territories", {"name": "新区", "parent": str(cast.jiangnan.pk)})
    assert land.status_code == 201, land.content
    address, north = f"territories/{land.json()['id']}", {"parent": str(cast.jiangbei.pk)}
    moved = ops.patch(address, north, If_Match=land.headers["ETag"])
    assert moved.json()["parent"] == str(cast.jiangbei.pk)
    problem(ops.patch(f"territories/{cast.xixi.pk}", {"time_zone": "Mars"}, If_Match="*"), 422, "invalid")
    assert Product.objects.filter(name="诺康").count() == 1
    assert Territory.objects.get(pk=cast.xixi.pk).own_time_zone == ""


def test_the_trail_says_who_and_by_which_token(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    lin.post("visits", visit(cast))
    (event,) = tracked_models()[Visit].objects.filter(pgh_label="insert").values()
    assert event["actor"] == cast.lin.pk
    assert event["job"] == f"token {lin.secret[:13]}"


def test_statements_of_a_write_are_few(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    lin.get("customers")
    for name, most in (("visits", 15), ("persons", 15), ("roles", 15)):
        with CaptureQueriesContext(connection) as asked:
            assert lin.post(name, bodies(cast)[name]).status_code == 201
        assert len(asked) <= most, [query["sql"][:90] for query in asked]


def test_every_writer_has_examples() -> None:
    for writer in WRITERS.values():
        assert writer.new
        assert writer.new(data=writer.example).is_valid(raise_exception=True)
        assert writer.other
        assert writer.other(data=writer.change_example, partial=True).is_valid(raise_exception=True)


def test_a_header_smuggles_nothing(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    answer = lin.get("customers", If_None_Match='"a"\r\nSet-Cookie: x=1')
    assert "Set-Cookie" not in answer.headers
    made = lin.put("persons/external/crm/a%0d%0aSet-Cookie:x", person(cast))
    problem(made, 404, "not_found")
    assert "Set-Cookie" not in made.headers
