"""Writes over visits."""

from visits.actions.due import move_reminders, open_cycles, refresh_due, refresh_visited
from visits.actions.reminders import make_reminders
from visits.actions.report import NextStep, NotHeld, VisitRefused, VisitReport, log_visit

__all__ = [
    "NextStep",
    "NotHeld",
    "VisitRefused",
    "VisitReport",
    "log_visit",
    "make_reminders",
    "move_reminders",
    "open_cycles",
    "refresh_due",
    "refresh_visited",
]
