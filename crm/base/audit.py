"""The audit trail: what every row was, and who wrote it, kept by the database whatever door is used.

A model says `@tracked()`, or `@exempt(reason)`; tests/audit holds every model to one of them. django-pghistory
makes the event models and keeps the triggers in the migrations; what its triggers do stands here, because
rounds_app must neither switch them off (django-pgtrigger's own may be, by a setting), nor forge an event.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

import pghistory
import pghistory.models
import pghistory.trigger
import pgtrigger
from django.apps import apps
from django.db import models
from pgtrigger.compiler import Trigger as CompiledTrigger
from pgtrigger.compiler import UpsertTriggerSql

Model = TypeVar("Model", bound=type[models.Model])


class Actor(models.Func):
    """Who acts in this transaction: see crm.base.actor."""

    template = "NULLIF(current_setting('rounds.actor', true), '')::uuid"
    output_field = models.UUIDField()


class Job(models.Func):
    """What runs in this transaction, on somebody's behalf or on nobody's."""

    template = "COALESCE(current_setting('rounds.job', true), '')"
    output_field = models.TextField()


class DatabaseUser(models.Func):
    """Who signed in to the database; not the owner of the trigger, as whom it runs."""

    template = "session_user::text"
    output_field = models.TextField()


class Event(pghistory.models.Event):
    """One row as it was after an insert or update, or before it was deleted. Who did it is filled in by the
    column defaults. Rows are named by id, without foreign keys: the trail outlives them."""

    pgh_id = models.BigAutoField(primary_key=True)
    actor = models.UUIDField(null=True, db_default=Actor())
    job = models.TextField(db_default=Job())
    db_user = models.TextField(db_default=DatabaseUser())

    class Meta:
        abstract = True


class RecordingSql(UpsertTriggerSql):
    """How a trigger is installed. Migrations name this class: a change here makes new ones.

    It runs as the owner, so that rounds_app needs no right to write events, and serves its own table only:
    else a trigger on a temporary table could feed it. Without nested loops, because the plan that plpgsql
    keeps from an update of one row would take hours for an update of a hundred thousand.
    """

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql
            SECURITY DEFINER SET search_path = public, pg_temp SET enable_nestloop = off AS $$
            BEGIN
                IF TG_RELID <> '{table}'::regclass THEN
                    RAISE EXCEPTION 'This trigger records another table.' USING ERRCODE = 'insufficient_privilege';
                END IF;
                {func}
                RETURN NULL;
            END $$;
            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE TRIGGER {pgid} {when} {operation} ON {table} {referencing}
                FOR EACH {level} EXECUTE FUNCTION {execute};
            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Recording(pghistory.trigger.Event):
    """Writes the events of one statement."""

    def get_func(self, model: Any) -> str:
        tracked = {field.name for field in model._meta.local_fields}
        event: Any = self.event_model
        columns = [f'"{f.column}"' for f in event._meta.fields if f.name in tracked]
        key = f'"{model._meta.pk.column}"'
        rows = "old_values" if self.row == "OLD" else "new_values"
        values = ", ".join(f"{rows}.{column}" for column in columns)
        source = rows
        if self.operation == pgtrigger.Update:
            before = ", ".join(f"old_values.{column}" for column in columns)
            # LEFT: a row whose key was changed has no old one, and is recorded all the same.
            source += f" LEFT JOIN old_values ON old_values.{key} = {rows}.{key}"
            source += f" WHERE ({values}) IS DISTINCT FROM ({before})"
        return (
            f'INSERT INTO "{event._meta.db_table}" ({", ".join(columns)}, pgh_created_at, pgh_label) '
            f"SELECT {values}, now(), '{self.label}' FROM {source};"
        )

    def compile(self, model: Any) -> CompiledTrigger:
        return CompiledTrigger(
            name=self.name,
            sql=RecordingSql(
                pgid=self.get_pgid(model),
                func=self.render_func(model),
                table=model._meta.db_table,
                when=self.when,
                operation=self.operation,
                referencing=self.referencing or "",
                level=self.level or "",
                execute=self.render_execute(model),
            ),
        )


class _Recorded:
    """Of a tracker of pghistory: our trigger in place of its own."""

    def add_event_trigger(self: Any, event_model: Any) -> None:
        trigger = Recording(
            event_model=event_model,
            label=self.label,
            name=f"audit_{self.label}",
            row=self.row,
            operation=self.operation,
            level=pgtrigger.Statement,
        )
        pgtrigger.register(trigger)(event_model.pgh_tracked_model)


class Insert(_Recorded, pghistory.InsertEvent):
    pass


class Update(_Recorded, pghistory.UpdateEvent):
    pass


class Delete(_Recorded, pghistory.DeleteEvent):
    pass


EXEMPT_APPS = {
    "auth": "Django's groups and permissions: rights come from postings, which are tracked",
    "account": "django-allauth's addresses and confirmations, which we do not use",
    "contenttypes": "Django's list of models",
    "mfa": "secrets of the second step; what happened to them stands in SignInEvent",
    "sessions": "who is signed in now: gone with the session",
    "usersessions": "where somebody is signed in now: gone with the session",
    "pghistory": "contexts of events, which we do not use: who acts stands in the event",
}
_TRACKED: dict[type[models.Model], type[Event]] = {}
_EXEMPT: dict[type[models.Model], str] = {}
_KEPT = ("max_length", "base_field", "encoder", "decoder", "max_digits", "decimal_places")


def _column(field: Any) -> "models.Field[Any, Any]":
    """A column as the trail keeps it: its values, without keys, choices and defaults."""
    name, column, null = field.name, field.column, field.null
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    kept = {name: value for name, value in field.deconstruct()[3].items() if name in _KEPT}
    kind = models.BigIntegerField if isinstance(field, models.AutoField | models.BigAutoField) else type(field)
    return kind(db_column=None if column == name else column, null=null, **kept)


def tracked(
    *trackers: type[_Recorded], leave_out: Collection[str] = (), by: Sequence[str] = ()
) -> Callable[[Model], Model]:
    """Keep the history of a model: of every insert, update and delete, or of those named.

    `leave_out` are columns that the trail does not see; a change of nothing else is no event. Generated
    columns are left out anyway. `by` are the rows that it is part of: their histories find it. The migration
    that makemigrations makes needs `partition_by_year` and `privileges.keep_history` of the new table.
    """

    def decorate(model: Model) -> Model:
        names = [
            f.name for f in model._meta.local_fields if f.name not in leave_out and not getattr(f, "generated", False)
        ]
        if taken := {"actor", "job", "db_user"} & set(names):
            raise ValueError(f"{model.__name__}: {', '.join(taken)} names a column of the trail; rename the field.")
        key = model._meta.pk.name
        pghistory.track(
            *(tracker() for tracker in trackers or (Insert, Update, Delete)),  # type: ignore[arg-type]
            fields=names,
            obj_field=None,
            context_field=None,  # type: ignore[arg-type]
            base_model=Event,
            model_name=f"{model.__name__}Event",
            attrs={name: _column(model._meta.get_field(name)) for name in names},
            meta={
                "indexes": [
                    models.Index(fields=[name, "pgh_id"], name=f"{model._meta.model_name}_of_{name}")
                    for name in (key, *by)
                ]
            },
        )(model)
        _TRACKED[model] = model.pgh_event_model  # type: ignore[attr-defined]
        return model

    return decorate


def exempt(reason: str) -> Callable[[Model], Model]:
    """This model has no history in the trail, for a reason."""

    def decorate(model: Model) -> Model:
        _EXEMPT[model] = reason
        return model

    return decorate


def tracked_models() -> dict[type[models.Model], type[Event]]:
    """Every tracked model with its event model."""
    return dict(_TRACKED)


def exempt_models() -> dict[type[models.Model], str]:
    """Every exempt model with its reason, those of Django's and other people's apps too."""
    foreign = {
        model: EXEMPT_APPS[model._meta.app_label]
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in EXEMPT_APPS
    }
    return foreign | _EXEMPT


def forgotten_models() -> list[type[models.Model]]:
    """Models that are neither: a test fails while there are any."""
    known = {*_TRACKED, *_TRACKED.values(), *exempt_models()}
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and m not in known]
