"""Every table is tracked or exempt with a reason; what is tracked has its triggers and its protection."""

from pathlib import Path

import pytest
from django.db import connection, models

from crm.base.audit import Event, exempt_models, forgotten_models, tracked, tracked_models

LABELS = {model._meta.label: model for model in tracked_models()}
PEOPLES_WRITES = {"visits.Reminder", "base.ExternalId"}  # tracked from the first change on

by_model = pytest.mark.parametrize("model", LABELS.values(), ids=LABELS)


def test_every_model_is_tracked_or_exempt() -> None:
    forgotten = [model._meta.label for model in forgotten_models()]
    assert not forgotten, (
        f"{', '.join(forgotten)}: say in the models file whether its history is kept. Either @audit.tracked() "
        "(then makemigrations, and partition_by_year and keep_history of the event table in that migration), "
        'or @audit.exempt("why not"), with a line in docs/audit.md.'
    )


def test_what_is_tracked_and_what_is_not() -> None:
    """The list itself, so that a change of it is seen."""
    assert sorted(LABELS) == [
        "accounts.ApiToken", "accounts.Holiday", "accounts.Line", "accounts.Posting", "accounts.Product",
        "accounts.Territory", "accounts.TerritoryParent", "accounts.TimeOff", "accounts.User", "base.ExternalId",
        "base.Retention",
        "customers.Affiliation", "customers.Alignment", "customers.Consent", "customers.Customer",
        "customers.Department", "customers.Fact", "customers.InfluenceLink", "customers.Institution",
        "customers.Licence", "customers.Person", "customers.PotentialEstimate", "customers.RoleAssignment",
        "customers.TradeFile", "sales.Listing", "segmentation.TierPolicy", "segmentation.TierPolicyVersion",
        "visits.Attendee", "visits.Cycle", "visits.FollowUp", "visits.Reminder", "visits.Target", "visits.Visit",
        "visits.VisitProduct",
    ]  # fmt: skip
    assert not set(tracked_models()) & set(exempt_models())


def test_the_documentation_names_every_exempt_table_with_its_reason() -> None:
    text = Path("docs/audit.md").read_text(encoding="utf-8")
    missing = [
        f"{model._meta.label}: {reason}"
        for model, reason in exempt_models().items()
        if f"`{model.__name__}`" not in text and f"`{model._meta.app_label}`" not in text
    ]
    assert not missing


def test_a_column_of_the_trail_cannot_be_taken() -> None:
    class Clash(models.Model):
        actor = models.UUIDField()

        class Meta:
            app_label = "base"
            managed = False

    with pytest.raises(ValueError, match="actor"):
        tracked()(Clash)


@by_model
def test_its_triggers_are_on(model: type[models.Model], db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT CASE WHEN tgtype & 4 > 0 THEN 'insert' WHEN tgtype & 8 > 0 THEN 'delete' ELSE 'update' END,
                      tgenabled, tgtype & 1 = 0, prosecdef, 'enable_nestloop=off' = ANY (proconfig)
               FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
               WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger_audit_%%'""",
            [model._meta.db_table],
        )
        found = {operation: rest for operation, *rest in cursor.fetchall()}
    wanted = {"update", "delete"} | ({"insert"} if model._meta.label not in PEOPLES_WRITES else set())
    # on, by statement, as the owner, and never by nested loops (a plan kept from one row is quadratic)
    assert found == {operation: ["O", True, True, True] for operation in wanted}


@by_model
def test_only_its_triggers_write_its_events(model: type[models.Model], db: None) -> None:
    event: type[Event] = tracked_models()[model]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relid::regclass::text, privilege FROM pg_partition_tree(%s),
                      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
               WHERE has_table_privilege(relid, privilege)""",
            [event._meta.db_table],
        )
        assert cursor.fetchall() == [(event._meta.db_table, "SELECT")]


@by_model
def test_its_events_name_rows_without_foreign_keys(model: type[models.Model]) -> None:
    assert not [field.name for field in tracked_models()[model]._meta.get_fields() if field.is_relation]
