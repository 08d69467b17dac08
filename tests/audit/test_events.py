"""What is an event and what is not; and that rounds_app can neither change, forge nor avoid one."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection
from psycopg2.errors import InsufficientPrivilege, InvalidTextRepresentation

from accounts.models import Line, User
from crm.base.ids import uuid7
from crm.base.models import ExternalId
from customers.models import Affiliation, Customer, Person
from tests.audit.conftest import Door, Events
from tests.cast import PASSWORD, TODAY, Cast, person
from visits.models import Attendee, Reminder, Visit

LINE = "INSERT INTO accounts_line (id, code, name) VALUES (gen_random_uuid(), 'a', 'A')"
LINE_EVENTS = "SELECT count(*) FROM accounts_lineevent WHERE code = 'a'"


def labels(found: list[dict]) -> list[str]:
    return [event["pgh_label"] for event in found]


def test_an_update_that_changes_nothing_is_no_event(cast: Cast, events: Events) -> None:
    before = len(events(Customer))
    cast.chen.customer.save()
    assert Customer.objects.update(ended_on=None) > 1
    assert len(events(Customer)) == before


def test_of_many_rows_only_the_changed_ones_are_events(cast: Cast, events: Events) -> None:
    Customer.objects.filter(pk=cast.meng.pk).update(ended_on=TODAY)
    Customer.objects.update(ended_on=TODAY)
    assert labels(events(Customer, id=cast.meng.pk)) == ["insert", "update"]
    assert labels(events(Customer, id=cast.chen.pk)) == ["insert", "update"]


def test_password_and_last_sign_in_are_not_in_the_trail(cast: Cast, events: Events) -> None:
    from django.test import Client

    before = len(events(User, id=cast.lin.pk))
    assert Client().login(username="lin", password=PASSWORD)
    cast.lin.set_password("another-of-rounds-1")
    cast.lin.save()
    after = events(User, id=cast.lin.pk)
    assert len(after) == before
    assert not {"password", "last_login"} & after[0].keys()
    User.objects.filter(pk=cast.lin.pk).update(is_active=False)
    assert events(User, id=cast.lin.pk)[-1]["is_active"] is False


def test_columns_that_follow_from_others_are_not_in_the_trail(cast: Cast, events: Events) -> None:
    Customer.objects.filter(pk=cast.chen.pk).update(pinyin="chen wang shu", keys=["cws"])
    assert labels(events(Customer, id=cast.chen.pk)) == ["insert"]


def test_a_delete_keeps_what_was(cast: Cast, events: Events) -> None:
    gone = person("过客", cast.hospital)
    Affiliation.objects.filter(person=gone).delete()
    gone.customer.delete()  # and with it the person
    (_, deleted) = events(Customer, id=gone.pk)
    assert (deleted["pgh_label"], deleted["name"]) == ("delete", "过客")
    assert labels(events(Person, customer=gone.pk)) == ["insert", "delete"]
    assert labels(events(Affiliation, person=gone.pk)) == ["insert", "delete"]


def test_a_deleted_visit_takes_its_parts_along_in_the_trail(cast: Cast, events: Events) -> None:
    made = Visit.objects.create(maker=cast.lin, line=cast.line, territory=cast.xixi, on=TODAY, known_on=TODAY)
    Attendee.objects.create(visit=made, customer=cast.chen.customer, territory=cast.xixi)
    identity = made.pk
    made.delete()
    assert labels(events(Visit, id=identity)) == labels(events(Attendee, visit=identity)) == ["insert", "delete"]


def test_an_upsert_is_an_insert_or_an_update(cast: Cast, events: Events) -> None:
    sql = """INSERT INTO accounts_line (id, code, name) VALUES (gen_random_uuid(), 'default', 'D'), (%s, 'new', 'N')
             ON CONFLICT (code) DO UPDATE SET name = excluded.name"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(uuid7())])
    assert labels(events(Line, code="new")) == ["insert"]
    assert labels(events(Line, code="default")) == ["insert", "update"]


def test_a_row_that_is_given_another_key_is_seen(cast: Cast, events: Events) -> None:
    line, other = Line.objects.create(code="moved", name="M"), uuid7()
    Line.objects.filter(pk=line.pk).update(id=other)
    assert labels(events(Line, id=other)) == ["update"]


def test_reminders_and_external_ids_are_tracked_from_their_first_change(cast: Cast, events: Events) -> None:
    reminder = Reminder.objects.create(
        kind="visit_due", customer=cast.chen.customer, territory=cast.xixi, line=cast.line,
        source_id=cast.line.pk, due_on=TODAY, made_on=TODAY,
    )  # fmt: skip
    named = ExternalId.objects.create(kind="person", source="crm", external_id="1", object_id=cast.chen.pk)
    assert not events(Reminder)
    assert not events(ExternalId)
    Reminder.objects.filter(pk=reminder.pk).update(state="dismissed")
    ExternalId.objects.filter(pk=named.pk).update(object_id=cast.meng.pk)
    named.delete()
    assert [event["state"] for event in events(Reminder)] == ["dismissed"]
    assert labels(events(ExternalId)) == ["update", "delete"]


def test_an_actor_that_is_nobodys_id_is_refused(door: Door) -> None:
    cursor = door("app")
    cursor.execute("SET LOCAL rounds.actor = 'bob'")
    with pytest.raises(InvalidTextRepresentation):
        cursor.execute(LINE)


# What rounds_app tries


@pytest.fixture
def app(door: Door) -> Iterator["psycopg2.extensions.cursor"]:
    return door("app")


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE customers_customerevent SET actor = NULL",
        "DELETE FROM customers_customerevent",
        "TRUNCATE customers_customerevent",
        "INSERT INTO customers_customerevent SELECT * FROM customers_customerevent",
        "COPY accounts_lineevent FROM STDIN",
        "DELETE FROM customers_customerevent_2026",
        "INSERT INTO customers_customerevent_other SELECT * FROM customers_customerevent",
        "DROP TABLE customers_customerevent",
        "TRUNCATE accounts_line CASCADE",
        "ALTER TABLE customers_customer DISABLE TRIGGER USER",
        "SET session_replication_role = replica",
        "SET ROLE rounds_owner",
        "DO $$ BEGIN EXECUTE 'ALTER FUNCTION ' || (SELECT tgfoid::regprocedure FROM pg_trigger WHERE "
        "tgname LIKE 'pgtrigger_audit_update%' LIMIT 1) || ' SECURITY INVOKER'; END $$",
    ],
)  # fmt: skip
def test_rounds_app_is_refused(app: "psycopg2.extensions.cursor", attempt: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        app.execute(attempt)


def test_a_trigger_of_rounds_app_cannot_forge_events(app: "psycopg2.extensions.cursor") -> None:
    """It may make triggers on temporary tables; ours, run as the owner, serves its own table only."""
    app.execute("SELECT tgfoid::regproc FROM pg_trigger WHERE tgrelid = 'accounts_line'::regclass AND tgtype & 4 > 0")
    function = app.fetchone()[0]
    app.execute("CREATE TEMP TABLE accounts_line (LIKE public.accounts_line)")
    with pytest.raises(InsufficientPrivilege):
        app.execute(
            f"""CREATE TRIGGER forge AFTER INSERT ON pg_temp.accounts_line REFERENCING NEW TABLE AS new_values
                FOR EACH STATEMENT EXECUTE FUNCTION {function}(); {LINE}"""
        )


def test_a_temporary_table_in_front_catches_no_events(app: "psycopg2.extensions.cursor") -> None:
    app.execute("CREATE TEMP TABLE accounts_lineevent (LIKE public.accounts_lineevent)")
    app.execute(LINE)
    app.execute(LINE_EVENTS.replace("accounts_lineevent", "public.accounts_lineevent"))
    assert app.fetchone()[0] == 1


def test_the_switch_of_django_pgtrigger_does_nothing(app: "psycopg2.extensions.cursor") -> None:
    app.execute("SELECT array_agg(tgname)::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_audit%%'")
    app.execute("SELECT set_config('pgtrigger.ignore', %s, true)", app.fetchone())
    app.execute(LINE)
    app.execute(LINE_EVENTS)
    assert app.fetchone()[0] == 1
