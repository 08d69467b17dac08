"""What became of a reminder."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from crm.api.problems import Problem
from crm.api.resources.visits import REMINDERS
from crm.api.shapes import Body, Code, Day, Key, Line
from crm.api.views import find
from crm.api.writing import Writer, Writing
from visits.actions import Answer, answer_reminder
from visits.actions.answers import DISMISSED, DONE, POSTPONED, REASON_LENGTH
from visits.models import Reminder


class ReminderAnswer(Body):
    id = Key(help_text="Made by you, a UUIDv7 by preference: the same id and body again changes nothing.")
    what = Code([(word, word) for word in (DONE, POSTPONED, DISMISSED)], help_text="What became of it.")
    reason = Line(REASON_LENGTH, required=False, default="", help_text="Why it was postponed or dismissed.")
    until = Day(required=False, allow_null=True, default=None, help_text="Postponed to this day.")


ANSWER_WRITER = Writer(
    new=ReminderAnswer,
    example={
        "id": "0198a7c6-3c10-7b60-8a85-92a3b4c5d6e7", "what": "postponed", "reason": "出差", "until": "2026-11-30",
    },
)  # fmt: skip


class Answers(Writing):
    """POST of an answer to a reminder; it answers with the reminder."""

    http_method_names = ["post"]
    resource = REMINDERS
    writer = ANSWER_WRITER

    def post(self, request: Request, pk: Any) -> HttpResponse:
        self.refuse_parameters()
        find(self.resource, pk, self.user)
        asked = self.asked(self.body(self.writer.new))
        answer = Answer(reminder=pk, **asked.values)
        try:
            receipt = self.doing(lambda: answer_reminder(actor=self.user, answer=answer, at=asked.at))
        except Reminder.DoesNotExist as error:
            raise Problem("not_allowed") from error
        return self.stored(pk, 200 if receipt.again else 201)
