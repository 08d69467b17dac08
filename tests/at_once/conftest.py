"""The company of the tests of access, committed, so that several sessions of the database see it."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import trans_real

from crm.api import limits
from crm.imports.tasks import work_off_imports
from crm.tasks import run_the_night
from tests import houses
from tests.access.house import build
from tests.at_once.company import Company, standing_on
from tests.cast import NOON


@pytest.fixture(scope="module")
def company(worker: str, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Company]:
    call_command("words")
    vars(trans_real)["_translations"].clear()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), time_machine.travel(NOON):
        private: Any = settings.STORAGES["private"]
        folder = {**private, "OPTIONS": {**private["OPTIONS"], "location": str(tmp_path_factory.mktemp("files"))}}
        patch.setattr(settings, "STORAGES", {**settings.STORAGES, "private": folder})
        patch.setattr(work_off_imports, "apply_async", lambda **_more: None)  # nobody would read the message
        patch.setattr(run_the_night, "apply_async", lambda **_more: None)
        patch.setattr(limits, "_PREFIX", "test:at_once")
        patch.setattr(logging.getLogger("crm.requests"), "disabled", True)
        database = houses.make_database(f"at_once_{worker}")
        try:
            with standing_on(database):
                yield Company(build())
        finally:
            houses.drop_database(database)
