"""What is due today and what becomes of it, what was done, and logging a visit."""

from visits.views.lists import VisitList
from visits.views.log import log, whom
from visits.views.reminders import answer, take_back
from visits.views.today import today
from visits.views.visit import amend, visit, visit_history

__all__ = [
    "VisitList",
    "amend",
    "answer",
    "log",
    "take_back",
    "today",
    "visit",
    "visit_history",
    "whom",
]
