"""What gunicorn reads by itself when it starts here: what it refuses is told to programs as Rounds tells them, its own
lines look like those of Rounds, and its processes put their figures together in one folder, which is there as long as
it runs."""

import os
import shutil
import tempfile
from typing import Any

worker_class = "crm.api.server.Worker"

_JSON = os.environ.get("LOG_FORMAT", "").strip() == "json"

logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"crm.base.logs.{'Json' if _JSON else 'Text'}"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"gunicorn.error": {"handlers": [], "propagate": True, "level": "INFO"}},
}

if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:  # a new gunicorn that takes over from an old one makes its own
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="rounds-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
