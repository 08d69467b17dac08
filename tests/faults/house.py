"""A house of real processes that may be killed: worker, beat, web, and the rows that a night leaves."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import celery

from tests.faults.ground import Ground, eventually
from tooling.ports import answers, free_port

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"]
WORKER = ["celery", "-A", "crm", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]

# What a night leaves, without surrogate ids and moments. Two houses with equal rows went through the same nights.
ROWS = {
    "closure": "SELECT ancestor_id, descendant_id, depth FROM accounts_territorypath",
    "statuses": """SELECT customer_id, line_id, territory_id, tier, provisional, last_visit_on, next_due_on
                   FROM customers_customerstatus""",
    "rollup": "SELECT customer_id, product_id, month, currency, units, revenue, collected FROM sales_salesrollup",
    "tiers": """SELECT customer_id, line_id, version_id, tier, provisional, during::text, reason::text
                FROM segmentation_tierassignment""",
    "cycles": "SELECT line_id, during::text, opened_on FROM visits_cycle",
    "targets": """SELECT c.during::text, t.customer_id, t.territory_id, t.tier, t.visits_due
                  FROM visits_calltarget t JOIN visits_cycle c ON c.id = t.cycle_id""",
    "reminders": """SELECT kind, customer_id, territory_id, line_id, source_id, due_on, reason::text, state, made_on,
                    closed_by_visit FROM visits_reminder""",
    "moves": """SELECT customer_id, cycle_id, territory_id, "on", before, after, undone
                FROM segmentation_tiermove""",
    "cycles counted": "SELECT cycle_id, night FROM segmentation_cyclenight",
    "customers of cycles": """SELECT cycle_id, customer_id, territory_id, tier, overdue, plan_territory_id, plan_tier,
                              due, done, role, kind, place_kind FROM segmentation_cyclecustomer""",
    "sums of cycles": """SELECT cycle_id, territory_id, tier, role, kind, place_kind, customers, overdue, targets, due,
                         reached, on_frequency, capped, calls, off_plan, in_time, promises, kept
                         FROM segmentation_cyclerollup""",
    "field work": """SELECT cycle_id, territory_id, face_to_face, field_days, half_days, half_days_gone
                     FROM segmentation_cyclefield""",
    "bodies": "SELECT command_id FROM base_commandbody",
    "sessions": "SELECT session_key FROM django_session WHERE session_key LIKE 'session-%'",
    "nights": """SELECT "on", state FROM base_jobrun WHERE name = 'night'""",
    "hashes": """SELECT "on", jsonb_path_query_array(steps, '$[*].result.policies[*].sha256')::text
                 FROM base_jobrun WHERE name = 'night'""",
}


@cache
def namespace() -> list[str]:
    """What puts a process into a process namespace of its own, where that is allowed: whoever kills it
    kills all that it started, and nothing in there can reach a process outside."""
    if not shutil.which("unshare"):
        return []
    allowed = subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    return [*NAMESPACE, "--"] if allowed else []


@dataclass
class House:
    ground: Ground
    database: str
    number: int
    settings: dict[str, str] = field(default_factory=dict)
    _running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return os.environ | self.ground.environment(self.database, self.number) | self.settings

    @property
    def log(self) -> Path:
        return self.ground.folder / f"{self.database}.log"

    # Processes

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*namespace(), sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def start_worker(self, *more: str) -> "subprocess.Popen[bytes]":
        return self.start(*WORKER, *(more or ("--concurrency", "2")))

    def start_beat(self, name: str = "beat") -> "subprocess.Popen[bytes]":
        return self.start("celery", "-A", "crm", "beat", "-s", str(self.ground.folder / f"{self.database}.{name}"))

    def start_web(self) -> int:
        port = free_port()
        self.settings["ORIGIN"] = f"http://localhost:{port}"
        self.start("gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{port}", "--threads", "4")
        eventually("the web answers", lambda: answers(port))
        return port

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """With -9, and whatever it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._running.remove(process)

    def close(self) -> None:
        if self.log.exists():  # pytest shows it where the test failed
            print(self.log.read_text(encoding="utf-8")[-40000:])
        for process in list(self._running):
            self.kill(process)
        self.ground.drop_database(self.database)

    def night(self, on: date) -> None:
        """The night of `on`, undisturbed, in a process of its own."""
        code = f"from datetime import date; from crm.nightly import run_night; run_night(date.fromisoformat('{on}'))"
        done = self.run("manage.py", "shell", "-v0", "-c", code)
        assert done.returncode == 0, done.stderr

    def run(self, *command: str, seconds: float = 300) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def send(self, task: str, *arguments: str) -> None:
        """A message to whichever worker comes first."""
        with celery.Celery("test", broker=self.env["REDIS_URL"]) as app:
            app.send_task(task, arguments)

    def tick(self) -> None:
        self.send("look for work that is due")

    def ask_for(self, night: date) -> None:
        self.send("run a night", night.isoformat())

    # Rows

    def sql(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with self.ground.cursor(self.database) as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        return {name: sorted(self.sql(statement), key=repr) for name, statement in ROWS.items()}

    @property
    def today(self) -> date:
        return self.sql("SELECT max(\"on\") FROM base_jobrun WHERE name = 'demo country'")[0][0]

    def nights(self) -> dict[date, str]:
        return dict(self.sql("""SELECT "on", state FROM base_jobrun WHERE name = 'night' ORDER BY "on" """))

    def wait_for(self, *nights: date) -> None:
        """Until all these nights are done."""
        eventually("nights done", lambda: all(self.nights().get(night) == "done" for night in nights))

    def an_hour_passes(self) -> None:
        """For the runs: their pauses are over."""
        self.sql("UPDATE base_jobrun SET heartbeat_at = heartbeat_at - interval '1 hour'")

    def schedule_stood_at(self, night: date) -> None:
        """The clock wanted this night last, and it was done."""
        self.sql(
            """INSERT INTO base_jobrun (name, "on", state, steps, attempts, error, wanted_at, finished_at, scheduled)
               VALUES ('night', %s, 'done', '[]', 1, '', now(), now(), true)""",
            night,
        )


def morning(house: House) -> None:
    """Undo the night of a freshly loaded country, so that the next one has work in every step."""
    today = house.today
    for statement in (
        "DELETE FROM base_jobrun WHERE name = 'night'",
        "DELETE FROM visits_reminder",
        "DELETE FROM visits_calltarget t USING visits_cycle c WHERE c.id = t.cycle_id AND c.during @> %s::date",
        "UPDATE visits_cycle SET opened_on = NULL WHERE during @> %s::date",
        """TRUNCATE segmentation_cyclenight, segmentation_cyclecustomer, segmentation_cyclerollup,
                    segmentation_cyclefield""",
        "DELETE FROM segmentation_tiermove",
        "DELETE FROM segmentation_tierassignment",
        "DELETE FROM sales_salesrollup",
        "DELETE FROM accounts_territorypath WHERE depth = 2",
        "UPDATE customers_customerstatus SET tier = '', provisional = false, next_due_on = NULL",
        "UPDATE customers_customerstatus SET territory_id = NULL WHERE md5(customer_id::text) < '8'",
        """INSERT INTO base_command (id, kind, body_sha256, result, done_at)
           SELECT gen_random_uuid(), 'old', '', '{}', now() - n * interval '1 day' FROM generate_series(1, 1500) n""",
        "INSERT INTO base_commandbody (command_id, body, kept_since) SELECT id, '{}', done_at FROM base_command",
        """INSERT INTO django_session (session_key, session_data, expire_date)
           SELECT 'session-' || n, '', now() - n * interval '1 day' FROM generate_series(-5, 5) n""",
    ):
        house.sql(statement, *([today] if "%s" in statement else []))
    house.sql("VACUUM ANALYZE")
