"""Forms check shape only; `visits.actions` decide."""

from visits.forms.answer import AnswerForm
from visits.forms.lists import VisitFilter
from visits.forms.visit import VisitForm

__all__ = ["AnswerForm", "VisitFilter", "VisitForm"]
