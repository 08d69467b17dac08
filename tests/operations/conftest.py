"""Operations of the whole country, of one district and of another; what each wrote, from the trail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import models
from django.test import Client

from accounts.models import Posting, User
from crm.base.audit import tracked_models
from tests.cast import Cast, user
from tests.pages.conftest import noon, words

__all__ = ["noon", "words"]


@dataclass
class Office:
    cast: Cast
    south: User  # operations of Jiangnan
    north: User  # operations of Jiangbei
    clients: dict[Any, Client] = field(default_factory=dict)

    @property
    def whole(self) -> User:
        return self.cast.operations

    def client(self, who: User) -> Client:
        if who.pk not in self.clients:
            self.clients[who.pk] = Client()
            self.clients[who.pk].force_login(who)
        return self.clients[who.pk]

    def get(self, who: User, address: str) -> Any:
        return self.client(who).get(address)

    def post(self, who: User, address: str, **entries: Any) -> Any:
        """As a browser sends the form of that page: what it was given, with what is entered over it."""
        page = self.client(who).get(address)
        given: dict[str, Any] = {}
        if page.status_code == 200 and page.context and "form" in page.context:
            form = page.context["form"]
            given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
        return self.client(who).post(address, given | entries)


def said(answer: Any) -> str:
    """The sentences of a refused form."""
    assert answer.status_code == 422, (answer.status_code, answer.headers.get("Location"))
    return " ".join(text for errors in answer.context["form"].errors.values() for text in errors)


@pytest.fixture
def office(cast: Cast) -> Office:
    return Office(
        cast,
        south=user("south", "江南运营", cast.jiangnan, Posting.Role.OPERATIONS),
        north=user("north", "江北运营", cast.jiangbei, Posting.Role.OPERATIONS),
    )


@pytest.fixture
def trail(db: None) -> Callable[..., list[tuple[str, Any]]]:
    """What was done to rows of a model since the cast came, and by whom."""

    def read(model: type[models.Model], **where: Any) -> list[tuple[str, Any]]:
        events = tracked_models()[model].objects.filter(actor__isnull=False, **where).order_by("pgh_id")
        return [(event["pgh_label"], event["actor"]) for event in events.values()]

    return read
