"""Who wrote, through every door: page, form, file, night, program, psql."""

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from crm import nightly
from crm.base.actor import acting
from crm.base.exchange.loading import load, open_table
from crm.base.history import Trail, history
from crm.base.ids import uuid7
from crm.base.models import ExternalId
from crm.exchange import ENTITIES, KINDS
from customers.models import Customer, Department, Person
from customers.queries.history import customer_history
from tests.audit.conftest import Door, Events
from tests.cast import NOON, TODAY, Cast
from visits.actions import NextStep, VisitReport, log_visit
from visits.models import Attendee, Cycle, FollowUp, Visit, VisitProduct

INSERT = """INSERT INTO accounts_line (id, code, name) VALUES (gen_random_uuid(), 'psql', 'psql');
            SELECT actor, job, db_user, name FROM accounts_lineevent WHERE code = 'psql'"""


def test_an_action_is_its_actors(cast: Cast, events: Events) -> None:
    with acting(cast.operations.pk):
        Customer.objects.filter(pk=cast.chen.pk).update(name="陈望")
    (_, renamed) = events(Customer, id=cast.chen.pk)
    assert (renamed["pgh_label"], renamed["name"]) == ("update", "陈望")
    assert (renamed["actor"], renamed["job"], renamed["db_user"]) == (cast.operations.pk, "", "rounds_app")


def test_after_another_who_acts_within_it_is_whoever_acted_before(cast: Cast, events: Events) -> None:
    def rename(name: str) -> None:
        Customer.objects.filter(pk=cast.chen.pk).update(name=name)

    with acting(cast.operations.pk):
        rename("一")
        with acting(cast.lin.pk, job="file"):
            rename("二")
        rename("三")
        with pytest.raises(LookupError), acting(None, job="night"):
            raise LookupError
        rename("四")
    rename("五")
    nobody, operations, lin = (None, ""), (cast.operations.pk, ""), (cast.lin.pk, "file")
    written = [(row["name"], (row["actor"], row["job"])) for row in events(Customer, id=cast.chen.pk)[1:]]
    assert written[:4] == [("一", operations), ("二", lin), ("三", operations), ("四", operations)]
    assert [name for name, _who in written[4:]] == ["五"]
    assert nobody not in [who for _name, who in written[:4]]


def test_a_visit_is_its_makers_with_all_that_was_said(cast: Cast, events: Events) -> None:
    report = VisitReport(
        id=uuid7(),
        on=TODAY,
        customers=[cast.chen.pk],
        products=[(cast.product.pk, "doubts")],
        note="肾功能不全怎么调剂量？",
        next_step=NextStep(kind="material", due_on=date(2026, 11, 27), text="亚组数据"),
    )
    log_visit(actor=cast.lin, report=report, at=NOON)
    parts = [
        *events(Visit, id=report.id),
        *events(Attendee, visit=report.id),
        *events(VisitProduct, visit=report.id),
        *events(FollowUp, visit=report.id),
    ]
    assert [(part["pgh_label"], part["actor"]) for part in parts] == [("insert", cast.lin.pk)] * 4
    assert parts[0]["note"] == "肾功能不全怎么调剂量？"


def test_an_import_is_whoever_began_it(cast: Cast, events: Events, tmp_path: Path) -> None:
    def load_text(text: str) -> None:
        path = tmp_path / "persons.csv"
        path.write_text(text, encoding="utf-8")
        kind = KINDS["persons"]
        table = open_table(path, kind)
        load(kind, table, kinds=ENTITIES, source="crm", actor=cast.operations.pk, today=TODAY)

    load_text("id,name,title\n1,孙一,主任\n2,孙二,\n")
    load_text("id,name,title\n1,孙一,主任医师\n2,孙二,\n")
    first, second = Customer.objects.filter(name__in=["孙一", "孙二"]).order_by("name")
    written = events(Person, customer__in=[first.pk, second.pk])
    assert [(e["pgh_label"], e["customer"], e["title"]) for e in written] == [
        ("insert", first.pk, "主任"),
        ("insert", second.pk, ""),
        ("update", first.pk, "主任医师"),
    ]
    assert {(e["actor"], e["job"]) for e in written} == {(cast.operations.pk, "import persons")}


def test_a_night_is_nobodys_and_names_itself(cast: Cast, events: Events) -> None:
    nightly.run_night(TODAY)
    (opened,) = events(Cycle)
    assert (opened["pgh_label"], opened["actor"], opened["job"]) == ("insert", None, f"night {TODAY}")


@pytest.mark.parametrize("role", ["app", "owner"])
def test_psql_is_the_role_that_signed_in(role: str, door: Door) -> None:
    cursor = door(role)
    cursor.execute(INSERT)
    assert cursor.fetchall() == [(None, "", f"rounds_{role}", "psql")]


def test_psql_may_say_who_acts(door: Door) -> None:
    cursor, actor = door("app"), uuid7()
    cursor.execute("SELECT set_config('rounds.actor', %s, true)", [str(actor)])
    cursor.execute(INSERT)
    assert cursor.fetchall() == [(actor, "", "rounds_app", "psql")]


def test_the_history_of_a_customer_has_all_that_hangs_on_him(cast: Cast) -> None:
    with acting(cast.operations.pk), transaction.atomic():
        Customer.objects.filter(pk=cast.chen.pk).update(name="陈望", version=2)
        Person.objects.filter(pk=cast.chen.pk).update(title="主任")
    entries = customer_history(cast.chen.pk)
    assert sorted((e.model.__name__, e.what) for e in entries) == [
        ("Affiliation", "insert"),
        ("Customer", "insert"),
        ("Customer", "update"),
        ("Person", "insert"),
        ("Person", "update"),
    ]
    changed = next(e for e in entries if e.model is Customer and e.what == "update")
    assert changed.changes == {"name": ("陈望舒", "陈望"), "version": (1, 2)}
    assert changed.actor == cast.operations.pk


def test_what_is_older_than_the_trail_begins_with_an_update_without_changes(cast: Cast) -> None:
    named = ExternalId.objects.create(kind="person", source="crm", external_id="1", object_id=cast.chen.pk)
    for customer in (cast.meng, cast.stray):
        ExternalId.objects.filter(pk=named.pk).update(object_id=customer.pk)
    first, second = history(Trail(ExternalId, named.pk))
    assert (first.changes, first.row["object_id"]) == (None, cast.meng.pk)
    assert second.changes == {"object_id": (cast.meng.pk, cast.stray.pk)}


def test_the_command_prints_json_lines(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    with acting(cast.operations.pk):
        affiliation = cast.chen.affiliations.get()
        Department.objects.create(institution=affiliation.institution, name="肾内科")
        affiliation.department = "肾内科"
        affiliation.save()
    call_command("history", "affiliation", str(affiliation.pk))
    said = capsys.readouterr()
    inserted, updated = map(json.loads, said.out.splitlines())
    assert inserted["row"]["during"] == {"from": "2025-01-01", "to": None}
    assert updated["changes"] == {"department": ["", "肾内科"]}
    assert (updated["what"], updated["actor"]) == ("update", str(cast.operations.pk))
    assert json.loads(said.err)["rows"] == 2


@pytest.mark.parametrize("identity", ["x", "01a1ffff-0000-7000-8000-000000000000"])
def test_the_command_refuses_what_the_trail_does_not_know(identity: str, db: None) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("history", "customer", identity)
    assert refused.value.returncode == 2
