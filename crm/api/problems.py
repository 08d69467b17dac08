"""What could not be done, as a problem document (RFC 9457): the same shape, whatever went wrong."""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import exceptions, status
from rest_framework.settings import api_settings

from accounts.actions.attempts import TooManyAttempts
from crm.base.commands import OtherBodySameId
from crm.base.refusals import ChangedMeanwhile, Refused
from visits.actions import AnswerRefused, VisitRefused
from visits.actions import ChangedMeanwhile as VisitChangedMeanwhile

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
SOON = "5"  # seconds: a database that is started again is there by then, mostly

# Code: its status and its title, which is the same in every language; the detail is not.
CODES: dict[str, tuple[int, str]] = {
    "malformed": (400, gettext_noop("The request can't be read")),
    "unknown_parameter": (400, gettext_noop("A parameter is not known here")),
    "unknown_field": (400, gettext_noop("A field is not known here")),
    "invalid_parameter": (400, gettext_noop("A parameter has a value that is not possible")),
    "invalid_cursor": (422, gettext_noop("The cursor is not one that this list gave")),
    "not_authenticated": (401, gettext_noop("The token opens nothing")),
    "not_allowed": (403, gettext_noop("The token or its user may not do this")),
    "not_found": (404, gettext_noop("There is nothing here that you may see")),
    "method_not_allowed": (405, gettext_noop("This can't be done here")),
    "not_acceptable": (406, gettext_noop("Answers are JSON")),
    "other_body_same_id": (409, gettext_noop("This id was sent with another body")),
    "known_already": (409, gettext_noop("Somebody like this is known already")),
    "changed_meanwhile": (412, gettext_noop("It was changed meanwhile")),
    "too_large": (413, gettext_noop("The body is too large")),
    "address_too_long": (414, gettext_noop("The address is too long")),
    "unsupported_media_type": (415, gettext_noop("Bodies are JSON, not compressed")),
    "invalid": (422, gettext_noop("What was sent can't be stored")),
    "precondition_required": (428, gettext_noop("Say which state you saw")),
    "too_many_requests": (429, gettext_noop("Too many requests")),
    "headers_too_large": (431, gettext_noop("The headers are too large")),
    "failed": (500, gettext_noop("This failed here")),
    "unavailable": (503, gettext_noop("Not available at the moment")),
}


class Problem(exceptions.APIException):
    """`errors`: what is wrong with which part of the body, each (JSON pointer, code, sentence)."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[tuple[str, str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail or _("%s.") % _(CODES[code][1]), code)
        self.status_code = CODES[code][0]
        self.code, self.errors, self.headers, self.more = code, list(errors), dict(headers or {}), more


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The exception handler of the API; what is not known here is a failure, and logged as such."""
    problem = problem_of(error)
    if problem is None:
        log.error("The API failed.", exc_info=error)
        away = isinstance(error, OperationalError)
        problem = Problem("unavailable", headers={"Retry-After": SOON}) if away else Problem("failed")
    view = context.get("view")
    if problem.code == "not_authenticated":
        problem.headers.setdefault("WWW-Authenticate", 'Bearer realm="Rounds"')
    if problem.code == "method_not_allowed" and view is not None:
        problem.headers["Allow"] = ", ".join(view.allowed_methods)
    return document(problem)


def document(problem: Problem) -> HttpResponse:
    text = json.dumps(as_json(problem), ensure_ascii=False)
    return HttpResponse(text, MEDIA_TYPE, status=problem.status_code, headers=problem.headers)


def as_json(error: Exception) -> dict[str, Any]:
    """The problem that an error is known to be, as programs read it."""
    problem = problem_of(error)
    assert problem is not None
    return {
        "type": f"urn:rounds:problem:{problem.code}",
        "code": problem.code,
        "title": CODES[problem.code][1],
        "status": problem.status_code,
        "detail": str(problem.detail),
        "errors": [{"pointer": pointer, "code": code, "detail": said} for pointer, code, said in problem.errors],
        **problem.more,
    }


def problem_of(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case ChangedMeanwhile() | VisitChangedMeanwhile():
            return Problem("changed_meanwhile", _("Read it again, compare, and send the change anew."))
        case VisitRefused() | AnswerRefused() | Refused():
            return refused(str(error), error.field)
        case OtherBodySameId():
            return Problem("other_body_same_id", _("Nothing was changed. Another thing needs an id of its own."))
        case TooManyAttempts():
            return Problem("too_many_requests", headers={"Retry-After": str(error.seconds)})
        case Http404() | ObjectDoesNotExist():
            return Problem("not_found")
        case SuspiciousOperation():  # Django's own limits, as of the words of an address
            return Problem("malformed")
        case PermissionDenied() | exceptions.PermissionDenied():
            return Problem("not_allowed")
        case exceptions.ValidationError():
            return invalid(error.detail)
        case exceptions.APIException():
            return _of_status(error)
    return None


def refused(sentence: str, field: str = "", code: str = "refused") -> Problem:
    return Problem("invalid", sentence, errors=[(f"/{field}" if field else "", code, sentence)])


def invalid(detail: Any) -> Problem:
    """What serializers found. A field that is not known is the caller's slip, not a value: 400."""
    errors = list(_errors(detail, ""))
    code = "unknown_field" if any(code == "unknown_field" for _pointer, code, _said in errors) else "invalid"
    return Problem(code, " ".join(dict.fromkeys(said for _pointer, _code, said in errors)), errors=errors)


def _errors(detail: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            own = str(name) == api_settings.NON_FIELD_ERRORS_KEY
            yield from _errors(inner, pointer if own else f"{pointer}/{_escaped(str(name))}")
    elif isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        for index, inner in enumerate(detail):
            yield from _errors(inner, f"{pointer}/{index}")
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, pointer)
    else:
        yield pointer, getattr(detail, "code", "invalid"), str(detail)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


_BY_STATUS = {
    status.HTTP_400_BAD_REQUEST: "malformed",
    status.HTTP_401_UNAUTHORIZED: "not_authenticated",
    status.HTTP_403_FORBIDDEN: "not_allowed",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "not_acceptable",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}


def _of_status(error: exceptions.APIException) -> Problem:
    return Problem(_BY_STATUS.get(error.status_code, "malformed"))
