"""The Celery app. Tasks are named by what they do; which work is due stands in the database."""

import os
from typing import Any

from celery import Celery, signals

from crm import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["crm", "crm.imports"])
alive.show()


@signals.worker_init.connect
@signals.beat_init.connect
def make_sure(**_told: Any) -> None:
    """Worker and beat refuse an unsafe start as the web does."""
    import django

    django.setup()  # beat does not by itself
    from crm.starting import refuse_unsafe_start

    refuse_unsafe_start()
