"""One box finds customers, institutions and pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import translation

from accounts.models import User
from accounts.views import sections_of
from crm.base.pinyin import initials, readings
from customers.models import Customer
from customers.queries.keys import fold
from visits.queries import found


@dataclass(frozen=True)
class Found:
    pages: list[dict[str, Any]]
    customers: list[Customer]

    @property
    def count(self) -> int:
        return len(self.pages) + len(self.customers)


def search(user: User, text: str, on: date) -> Found:
    """What `user` may open that answers to `text`: by characters, pinyin, initials, the end of a phone number."""
    return Found(_pages(user, text), found(user, text, on))


def _pages(user: User, text: str) -> list[dict[str, Any]]:
    sought = fold(text).replace(" ", "")
    return [page for page in sections_of(user) if sought and any(sought in name for name in _names(page["word"]))]


def _names(word: Any) -> list[str]:
    """How a page may be called: in the reader's language, by its sound and initials, and in English."""
    shown = fold(str(word))
    reading = readings(shown, of_person=False)[0]
    with translation.override("en"):
        english = fold(str(word))
    return [name.replace(" ", "") for name in (shown, "".join(reading), initials(reading), english)]
