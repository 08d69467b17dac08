"""Tables that all floors share. They name rows of other floors by id, without foreign keys, because
the ground knows none of the rooms above it."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.base import audit
from crm.base.ids import uuid7


@audit.exempt("the names of sources that files have used; external ids, which are tracked, name them")
class Source(models.Model):
    """A source whose ids Rounds knows: in a file, `crm:12` is the id 12 of the source crm because crm stands here."""

    name = models.CharField(max_length=32, primary_key=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(name__regex=r"^[a-z][a-z0-9_-]*$"), name="source_name"),
            models.CheckConstraint(condition=~Q(name="rounds"), name="source_not_our_own"),
        ]


@audit.tracked(audit.Update, audit.Delete)  # its row, which is tracked, came with it
class ExternalId(models.Model):
    """How a source names one of our rows. A row may have several; a merged one keeps all of them."""

    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    external_id = models.CharField(max_length=128)
    object_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["external_id", "kind", "source"], name="external_id_once"),
            models.CheckConstraint(condition=Q(source__regex=r"^[a-z][a-z0-9_-]*$"), name="external_id_source_name"),
            models.CheckConstraint(condition=~Q(source="rounds"), name="external_id_not_our_own"),
            models.CheckConstraint(condition=~Q(external_id=""), name="external_id_not_empty"),
        ]
        indexes = [models.Index(fields=["kind", "object_id"], name="external_id_object")]


@audit.exempt("a ledger: rows are added, never changed")
class Command(models.Model):
    """What a form, phone or client asked for, once for ever: a retry with the same id changes nothing.
    Rows are never changed or deleted (rounds_app may not)."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)
    body_sha256 = models.BinaryField(max_length=32)
    actor_id = models.UUIDField(null=True)
    object_id = models.UUIDField(null=True)
    result = models.JSONField()
    done_at = models.DateTimeField(auto_now_add=True)


@audit.exempt("what the command said, kept 90 days; its effect is tracked")
class CommandBody(models.Model):
    """What the command said, kept 90 days: it may hold notes about people."""

    command = models.OneToOneField(Command, on_delete=models.CASCADE, primary_key=True)
    body = models.JSONField()
    kept_since = models.DateTimeField(auto_now_add=True, db_index=True)


@audit.exempt("a log of runs")
class JobRun(models.Model):
    """One job for one business date: unique, resumable by step. Redis only wakes the worker."""

    class State(models.TextChoices):
        WANTED = "wanted", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    name = models.CharField(max_length=64)
    on = models.DateField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WANTED)
    steps = models.JSONField(default=list)  # [{name, seconds, result}] of the finished steps, in order
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    wanted_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    scheduled = models.BooleanField(default=False)  # the clock wanted it; else somebody asked for this date
    silent_since = models.DateTimeField(null=True)  # it holds its lock, but shows no life since then

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "on"], name="job_run_once"),
            models.CheckConstraint(
                condition=Q(state__in=["wanted", "running", "done", "failed"]), name="job_run_state"
            ),
        ]


@audit.exempt("a log of runs; what an import wrote is tracked, with its job")
class ImportRun(models.Model):
    """A file that somebody brought: checked first, loaded when a person says so. The lock of its kind says
    whether a process is at it; the state, what is to be done. Its files lie in the private storage."""

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("waits for your decision")
        LOADING = "loading", _("being loaded")
        DONE = "done", _("loaded")
        FAILED = "failed", pgettext_lazy("of a file", "refused")
        DISCARDED = "discarded", _("discarded")

    class Phase(models.TextChoices):
        READ = "read", _("Reading the file")
        CHECK = "check", _("Comparing with what is stored")
        WRITE = "write", _("Writing")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    file_name = models.CharField(max_length=200)  # as the user calls it; never a path
    size = models.PositiveBigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=16)  # in which its sentences are written
    files_kept = models.BooleanField(default=True)  # the upload and its rejects; retention lets them go
    actor_id = models.UUIDField()
    decided_by = models.UUIDField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CHECKING)
    phase = models.CharField(max_length=8, choices=Phase.choices, blank=True, default="")
    rows_done = models.PositiveIntegerField(default=0)  # in this phase
    rows_expected = models.PositiveIntegerField(null=True)
    phase_started_at = models.DateTimeField(null=True)
    rows_a_second = models.PositiveIntegerField(null=True)
    findings = models.JSONField(null=True)  # what the check found: an Outcome
    outcome = models.JSONField(null=True)  # what the load did
    error = models.TextField(default="", blank=True)  # sentences for whoever brought the file
    attempts = models.PositiveSmallIntegerField(default=0)  # at this state
    wanted_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)  # with this state
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checking", "checked", "loading", "done", "failed", "discarded"]),
                name="import_run_state",
            ),
        ]
        indexes = [
            models.Index(fields=["-wanted_at", "id"], name="import_run_newest"),
            models.Index(
                fields=["wanted_at", "id"], name="import_run_to_do", condition=Q(state__in=["checking", "loading"])
            ),
            models.Index(fields=["finished_at"], name="import_run_finished"),
        ]


@audit.exempt("a ledger: rows are added, never changed")
class Rule(models.Model):
    """A law or code that Rounds enforces, by jurisdiction and date. Data: a new date is a new row."""

    NO_DOCTOR_COUNTS = "CN-NO-DOCTOR-COUNTS"  # the database refuses such a row with this word

    code = models.CharField(max_length=64)
    jurisdiction = models.CharField(max_length=2)
    in_force = DateRangeField()
    title = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "jurisdiction", "in_force"], name="rule_once"),
            models.CheckConstraint(condition=Q(jurisdiction__regex=r"^[A-Z]{2}$"), name="rule_jurisdiction"),
        ]


@audit.tracked()
class Retention(models.Model):
    """How long something is kept, and why. A nightly step obeys it; what has no line is kept for ever."""

    what = models.CharField(max_length=32, primary_key=True)
    days = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="retention_at_least_a_day")]
