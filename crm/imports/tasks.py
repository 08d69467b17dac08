"""The message that wakes a worker for imports. Lost ones are made up for by the tick (crm.tasks)."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from crm.imports import runs

log = logging.getLogger(__name__)


@shared_task(name="work off imports")
def work_off_imports() -> None:
    runs.work_off()


def wake() -> None:
    """Without Redis the next tick does what this message would have."""
    try:
        work_off_imports.apply_async(retry=False)
    except (OperationalError, OSError) as trouble:
        log.warning("No worker woken for an import: %s", type(trouble).__name__)
