"""Files of visits, of what follows from them, and of what is planned."""

from visits.exchange.follow_ups import FOLLOW_UPS, REMINDERS
from visits.exchange.plan import CALL_TARGETS, CYCLES, TARGETS
from visits.exchange.visits import VISITS

__all__ = ["CALL_TARGETS", "CYCLES", "FOLLOW_UPS", "REMINDERS", "TARGETS", "VISITS"]
