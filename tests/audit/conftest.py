"""Reading the trail in tests, and a door beside the application: the same database as psql would open it."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection, models

from crm.base.audit import tracked_models
from tests import houses

Events = Callable[..., list[dict[str, Any]]]
Door = Callable[[str], "psycopg2.extensions.cursor"]


@pytest.fixture
def events(db: None) -> Events:
    """`events(Customer, id=…)`: the events of a model as dictionaries, oldest first."""

    def read(model: type[models.Model], **where: Any) -> list[dict[str, Any]]:
        return [dict(event) for event in tracked_models()[model].objects.filter(**where).order_by("pgh_id").values()]

    return read


@pytest.fixture
def door(db: None) -> Iterator[Door]:
    """`door("app")` or `door("owner")`: a cursor of a connection of its own; nothing is kept."""
    opened = []

    def open_door(role: str) -> "psycopg2.extensions.cursor":
        url = {"app": houses.app_url, "owner": houses.owner_url}[role]
        opened.append(psycopg2.connect(url(connection.settings_dict["NAME"])))
        return opened[-1].cursor()

    yield open_door
    for one in opened:
        one.close()
