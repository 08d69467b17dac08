"""Writes over visits."""

from visits.actions.amend import Amendment, ChangedMeanwhile, amend_visit
from visits.actions.answers import Answer, AnswerRefused, answer_reminder, take_back
from visits.actions.due import move_reminders, open_cycles, refresh_due, refresh_visited
from visits.actions.judging import NotHeld, VisitRefused
from visits.actions.reminders import make_reminders
from visits.actions.report import NextStep, VisitReport, log_visit

__all__ = [
    "Amendment",
    "Answer",
    "AnswerRefused",
    "ChangedMeanwhile",
    "NextStep",
    "NotHeld",
    "VisitRefused",
    "VisitReport",
    "amend_visit",
    "answer_reminder",
    "log_visit",
    "make_reminders",
    "move_reminders",
    "open_cycles",
    "refresh_due",
    "refresh_visited",
    "take_back",
]
