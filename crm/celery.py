"""The Celery app. Tasks are named by what they do; which work is due stands in the database."""

import os
from typing import Any

from celery import Celery, signals

from crm import alive  # noqa: F401  it listens
from crm.base.logs import current

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["crm", "crm.imports"])


@signals.setup_logging.connect
def log_as_the_web_does(**_told: Any) -> None:
    """The settings have configured logging; that somebody listens here keeps Celery from doing it again."""
    import django

    django.setup()


@signals.task_prerun.connect
def begin_lines_of(task_id: str, task: Any, **_told: Any) -> None:
    current.set({"task": task.name, "task_id": task_id})


@signals.task_postrun.connect
def end_lines(**_told: Any) -> None:
    current.set({})


@signals.worker_init.connect
@signals.beat_init.connect
def make_sure(**_told: Any) -> None:
    """Worker and beat refuse an unsafe start as the web does."""
    import django

    django.setup()  # beat does not by itself
    from crm.starting import refuse_unsafe_start

    refuse_unsafe_start()
