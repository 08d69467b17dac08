"""Tables that all floors share. They name rows of other floors by id, without foreign keys, because
the ground knows none of the rooms above it."""

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.base import audit


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


@audit.exempt("a ledger: rows are added, never changed")
class Rule(models.Model):
    """A law or code that Rounds enforces, by jurisdiction and date. Data: a new date is a new row."""

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
