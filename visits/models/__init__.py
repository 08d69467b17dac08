from visits.models.plan import CallTarget, Cycle, Reminder
from visits.models.targets import Target
from visits.models.visit import Attendee, FollowUp, Visit, VisitProduct

__all__ = ["Attendee", "CallTarget", "Cycle", "FollowUp", "Reminder", "Target", "Visit", "VisitProduct"]
