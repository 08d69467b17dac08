"""Forms check shape only; `visits.actions` decide."""

from visits.forms.answer import AnswerForm
from visits.forms.lists import VisitFilter
from visits.forms.visit import AmendForm, VisitForm

__all__ = ["AmendForm", "AnswerForm", "VisitFilter", "VisitForm"]
