"""Many visits by one request: each for itself, so that one that is refused holds up no other."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from crm.api.problems import Problem, as_json
from crm.api.registry import OUTCOMES
from crm.api.resources.visits import VISITS
from crm.api.shapes import Body
from crm.api.writers.visits import VISIT_WRITER, VisitNew
from crm.api.writing import Entered, Writer, Writing, entering
from crm.base.commands import OtherBodySameId

MOST = 100
APPLIED, DUPLICATE, CONFLICT, REJECTED = OUTCOMES


class VisitBatch(Body):
    visits = serializers.ListField(
        child=VisitNew(), min_length=1, max_length=MOST, help_text=f"At most {MOST}, stored in this order."
    )


BATCH_WRITER = Writer(new=VisitBatch, example={"visits": [VISIT_WRITER.example]}, pointers=VISIT_WRITER.pointers)


class VisitBatches(Writing):
    """POST of visits; it answers what became of each. What is no visit by its shape refuses them all, unread."""

    http_method_names = ["post"]
    resource = VISITS
    writer = BATCH_WRITER

    def post(self, request: Request) -> HttpResponse:
        self.refuse_parameters()
        visits = self.body(self.writer.new)["visits"]
        return HttpResponse(json.dumps({"items": [self._push(one) for one in visits]}), "application/json")

    def _push(self, visit: Mapping[str, Any]) -> dict[str, Any]:
        try:
            entered: Entered = self.doing(lambda: entering(VISIT_WRITER, self.asked(visit)))
        except OtherBodySameId as error:
            return _became(visit, CONFLICT, as_json(error))
        except Problem as error:
            return _became(visit, REJECTED, as_json(error))
        return _became(visit, DUPLICATE if entered.again else APPLIED)


def _became(visit: Mapping[str, Any], outcome: str, problem: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"id": str(visit["id"]), "outcome": outcome, "problem": problem}
