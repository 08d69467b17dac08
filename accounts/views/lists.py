"""What lists of several floors have in common."""

from datetime import date
from functools import cached_property

from accounts.models import User
from accounts.queries import today_of
from crm.base import clock
from crm.base.lists import ListPage


class OwnList(ListPage):
    """A list of what its reader sees, on the reader's own day."""

    @cached_property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @cached_property
    def on(self) -> date:
        return today_of(self.user, clock.now())
