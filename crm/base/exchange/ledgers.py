"""Files of what the ground keeps: done nights, commands, retention. For copies."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.columns import Code, Day, Flag, Number, Text
from crm.base.exchange.copies import COPIED, NUMBER, STAYS, Document, Key36, Moment
from crm.base.exchange.kinds import Kind
from crm.base.exchange.staging import Stage


def _write_commands(stage: Stage) -> None:
    stage.run(
        """INSERT INTO base_command (id, kind, body_sha256, actor_id, object_id, result, done_at)
           SELECT s.command::uuid, s.kind, decode(s.body_sha256, 'hex'), nullif(s.actor, '')::uuid,
                  nullif(s.object, '')::uuid, s.result, s.done_at
           FROM stage s WHERE s.verdict = 'new' ORDER BY s.line_no"""
    )


COMMANDS = Kind(
    name="commands",
    title=_("Commands"),
    columns=(
        Key36(name="command", help=_("the id that its maker gave it"), required=True),
        Text(name="kind", help=_("what it asked for"), required=True, max_length=64),
        Text(name="body_sha256", help=_("hash of its words"), required=True, max_length=64, pattern="[0-9a-f]{64}"),
        Key36(name="actor", help=_("key of the user who gave it")),
        Key36(name="object", help=_("key of what came of it")),
        Document(name="result", help=_("what it answered"), required=True),
        Moment(name="done_at", help=_("when"), required=True),
    ),
    key=("command",),
    row_id="text",
    current="""
        SELECT id::text AS row_id, id::text AS command, kind, encode(body_sha256, 'hex') AS body_sha256,
               coalesce(actor_id::text, '') AS actor, coalesce(object_id::text, '') AS object, result, done_at
        FROM base_command
    """,
    write=_write_commands,
    judged=(COPIED, STAYS),
    carries=("base.Command",),
)


def _write_retention(stage: Stage) -> None:
    stage.run("UPDATE base_retention t SET days = s.days, reason = s.reason FROM stage s WHERE t.what = s.what")
    stage.run(
        """INSERT INTO base_retention (what, days, reason)
           SELECT s.what, s.days, s.reason FROM stage s WHERE s.verdict = 'new'"""
    )


RETENTION = Kind(
    name="retention",
    title=_("How long things are kept"),
    columns=(
        Text(name="what", help=_("what"), required=True, max_length=32, pattern="[a-z_]+"),
        Number(name="days", help=_("how many days"), required=True, low=1, high=36500, sql="integer"),
        Text(name="reason", help=_("why"), required=True, max_length=300),
    ),
    key=("what",),
    row_id="text",
    current="SELECT what AS row_id, what, days, reason FROM base_retention",
    write=_write_retention,
    carries=("base.Retention",),
)


def _write_runs(stage: Stage) -> None:
    stage.upsert(
        "base_jobrun",
        {
            "name": "s.name",
            '"on"': 's."on"',
            "state": "'done'",
            "steps": "s.steps",
            "attempts": "s.attempts",
            "scheduled": "s.scheduled",
            "started_at": "s.started_at",
            "finished_at": "s.finished_at",
            "heartbeat_at": "s.finished_at",
            "wanted_at": "s.wanted_at",
        },
        on_insert={"error": "''"},
    )


JOB_RUNS = Kind(
    name="job_runs",
    title=_("Finished jobs"),
    columns=(
        Text(name="name", help=_("which job"), required=True, max_length=64),
        Day(name="on", help=_("for which date"), required=True),
        Document(name="steps", help=_("what it did"), required=True),
        Number(name="attempts", help=_("how often it was begun"), required=True, low=0, sql="integer"),
        Flag(name="scheduled", help=_("1: the clock wanted it"), required=True),
        Moment(name="wanted_at", help=_("when it was asked for"), required=True),
        Moment(name="started_at", help=_("when it began")),
        Moment(name="finished_at", help=_("when it ended")),
        Code(name="state", help=_("done"), choices=("done",), default="done"),
        NUMBER,
    ),
    key=("name", "on"),
    row_id="bigint",
    current="""
        SELECT id AS row_id, name, "on", steps, attempts, scheduled, wanted_at, started_at, finished_at, state
        FROM base_jobrun WHERE state = 'done'
    """,
    write=_write_runs,
    whole=True,  # its own rows end the time in which copies are taken
    judged=(COPIED, STAYS),
    carries=("base.JobRun",),
)
