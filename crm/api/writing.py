"""Writes: shape by a serializer, the state that the caller saw by `If-Match`, and then the action of the pages."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.fields import empty
from rest_framework.request import Request

from accounts.models import User
from accounts.queries import today_of
from crm.api import reading
from crm.api.problems import Problem, refused
from crm.api.registry import Resource
from crm.api.shapes import Body
from crm.api.views import Endpoint, Lists, Ones, find
from crm.base import clock
from crm.base.actor import acting, through
from crm.base.external import SOURCE, name_row, row_named
from crm.base.refusals import ChangedMeanwhile, Refused
from customers.actions.persons import Known
from customers.queries.opened import KEEPERS
from visits.actions import AnswerRefused, VisitRefused

_LITTLE = "return=minimal"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a program wants, when, and for whom. `state` is what it saw; None: it does not mind."""

    user: User
    at: datetime
    today: date
    narrowed: bool  # to a subtree: what asks for the user's postings itself must be asked again
    values: Mapping[str, Any]
    state: str | None = None


@dataclass(frozen=True)
class Entered:
    key: Any
    again: bool = False  # it stood there already


@dataclass(frozen=True, kw_only=True)
class Writer:
    """How a resource is written. `enter` and `change` call actions; `change` returns the key under which the row
    stands then. `roles` are those that may enter any. `pointers`: where a field of the action stands in the body, if by
    another name."""

    new: type[Body] | None = None
    enter: Callable[[Asked], Entered] | None = None
    other: type[Body] | None = None
    change: Callable[[Asked, Any], Any] | None = None
    seen: Callable[[Asked, Any], Any] = lambda asked, pk: None
    roles: Sequence[str] = KEEPERS
    named: str = ""  # the kind under which external ids name its rows
    pointers: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    change_example: Mapping[str, Any] = field(default_factory=dict)


def judged(shape: type[Body], data: Any, *, partial: bool = False) -> dict[str, Any]:
    """The values of a body. Raises a ValidationError that becomes a problem."""
    if not isinstance(data, dict):
        raise Problem("malformed", _("The body is one JSON object."))
    judge = _judge(shape, partial, get_language())  # type: ignore[arg-type]  # a class has a hash
    return dict(judge.run_validation(data))


@lru_cache(maxsize=128)
def _judge(shape: type[Body], partial: bool, language: str | None) -> Body:
    """Making one costs more than asking it. One for each language: it keeps the sentences that it said once."""
    body = shape()
    for part in body.fields.values() if partial else ():  # of the body itself: what it holds is whole
        part.required, part.default = False, empty
    return body


class Writing(Endpoint):
    """What all writes have in common."""

    resource: Resource = None  # type: ignore[assignment]  # both are given by the address
    writer: Writer = None  # type: ignore[assignment]

    def asked(self, values: Mapping[str, Any], state: str | None = None) -> Asked:
        at = clock.now()
        return Asked(
            user=self.user,
            at=at,
            today=today_of(self.user, at),
            narrowed=self.token.territory_id is not None,
            values=values,
            state=state,
        )

    def doing(self, what: Callable[[], Any]) -> Any:
        """The outcome of an action, or the problem that its refusal is."""
        try:
            with through(f"token {self.token.begins}"):
                return what()
        except ChangedMeanwhile:
            raise
        except Known as known:
            them = [{"id": str(one.pk), "name": one.name} for one in known.customers]
            raise Problem("known_already", str(known), candidates=them) from known
        except (Refused, VisitRefused, AnswerRefused) as no:
            raise refused(str(no), self.writer.pointers.get(no.field, no.field)) from no

    def changed(self, asked: Asked, pk: Any, seen: Any) -> Any:
        """The key under which the row stands then."""
        change = self.writer.change
        assert change is not None
        try:
            return change(asked, seen if seen is not None else pk)
        except ObjectDoesNotExist as error:  # he sees it, but may not change it
            raise Problem("not_allowed", _("This user may not change it.")) from error

    def body(self, shape: type[Body] | None, *, partial: bool = False) -> dict[str, Any]:
        data = self.request.data
        if shape is None:
            self.http_method_not_allowed(self.request)
            raise AssertionError
        return judged(shape, data, partial=partial)

    def stored(self, key: Any, status: int) -> HttpResponse:
        """The row as it stands now, with its address; its key alone if the program prefers that (RFC 7240)."""
        address = reverse(f"api-{self.resource.name}-one", args=[key])
        where = {"Location" if status == 201 else "Content-Location": address}
        if _prefers_little(self.request):
            return _in_short(key, status, where | {"Preference-Applied": _LITTLE})
        found = reading.one(self.resource, key, reading.wanted_one(self.resource, {}), self.user, self._today())
        if found is None:  # entered into ground that the token does not read
            return _in_short(key, status, where)
        return HttpResponse(found.text, "application/json", status=status, headers=where | {"ETag": found.etag})

    def _today(self) -> date:
        return today_of(self.user, clock.now())

    def refuse_parameters(self) -> None:
        if self.request.query_params:
            raise Problem("unknown_parameter", _("Writing takes no parameters."))


def entering(writer: Writer, asked: Asked) -> Entered:
    """Raises Problem for whoever may enter nothing of this kind: not what is wrong with it is what he should know. What
    he entered while he might stands, though, and is answered as such."""
    assert writer.enter is not None
    try:
        return writer.enter(asked)
    except (Refused, VisitRefused) as no:
        if not asked.user.has_role(*writer.roles):
            raise Problem("not_allowed") from no
        raise


def _prefers_little(request: Request) -> bool:
    said = (one.partition(";")[0] for one in request.headers.get("Prefer", "").split(","))
    return any(one.replace(" ", "").replace('"', "").lower() == _LITTLE for one in said)


def _in_short(key: Any, status: int, headers: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(f'{{"id":{json.dumps(key, default=str)}}}', "application/json", status=status, headers=headers)


class ListsAndNew(Writing, Lists):
    """GET of the rows, POST of another."""

    def post(self, request: Request) -> HttpResponse:
        self.refuse_parameters()
        asked = self.asked(self.body(self.writer.new))
        entered: Entered = self.doing(lambda: entering(self.writer, asked))
        return self.stored(entered.key, 200 if entered.again else 201)


class OnesAndChanges(Writing, Ones):
    """GET of a row, PATCH of what is given of it."""

    def patch(self, request: Request, pk: Any) -> HttpResponse:
        self.refuse_parameters()
        seen = self.writer.seen(self.asked({}), pk)  # before the state is compared: the action compares again
        found = find(self.resource, pk, self.user)
        state = _state_seen(request, found)
        values = self.body(self.writer.other, partial=True)
        if not values:
            raise Problem("invalid", _("Say what is to change."))
        asked = self.asked(values, state)
        key = _stands(self.resource, found, pk)
        return self.stored(self.doing(lambda: self.changed(asked, key, seen)), 200)


def _stands(resource: Resource, found: reading.One, key: Any) -> Any:
    """By which key it is changed: whoever does not know that it was merged changes its successor."""
    return UUID(found.key) if resource.successor else key


def _state_seen(request: Request, found: reading.One) -> str | None:
    """The state that `If-Match` names; None for any. Raises Problem where that is not what stands there."""
    said = request.headers.get("If-Match")
    if said is None:
        raise Problem("precondition_required", _("Send If-Match with the ETag that you read, or “*”."))
    if said.strip() == "*":
        return None
    named = {one.strip().removeprefix("W/").strip('"').partition(".")[0] for one in said.split(",")}
    if found.state not in named:
        said_now = _("Read it again, compare, and send the change anew.")
        raise Problem("changed_meanwhile", said_now, headers={"ETag": found.etag})
    return found.state


@cache
def _without_id(new: type[Body]) -> type[Body]:
    return type(f"{new.__name__}ByExternalId", (new,), {"id": None})


class ByExternalId(Writing):
    """GET and PUT by the id that another system gave: it is entered once, and changed from then on."""

    http_method_names = ["get", "head", "put"]

    def get(self, request: Request, source: str, external_id: str) -> HttpResponse:
        wanted = reading.wanted_one(self.resource, self.words())
        found = find(self.resource, self._key(source, external_id), self.user, wanted)
        return self.unless_seen(found.text, found.etag)

    def _key(self, source: str, external_id: str) -> UUID:
        storable = "\x00" not in source + external_id
        key = row_named(self.writer.named, source, external_id) if storable else None
        if key is None:
            raise Problem("not_found")
        return key

    def put(self, request: Request, source: str, external_id: str) -> HttpResponse:
        self.refuse_parameters()
        if not SOURCE.fullmatch(source) or source == "rounds" or len(source) > 32:
            raise Problem("invalid_parameter", _("A source is named by small letters, digits, - and _; not “rounds”."))
        if len(external_id) > 128 or not external_id.isprintable():
            raise Problem("invalid_parameter", _("An external id has at most 128 characters that can be seen."))
        key, made = self.doing(lambda: self._put(request, source, external_id))
        return self.stored(key, 201 if made else 200)

    def _put(self, request: Request, source: str, external_id: str) -> tuple[Any, bool]:
        with acting(self.user.pk):
            key = row_named(self.writer.named, source, external_id, lock=True)
            if key is None:
                return self._enter(request, source, external_id), True
            seen = self.writer.seen(self.asked({}), key)
            found = find(self.resource, key, self.user)
            if request.headers.get("If-None-Match", "").strip() == "*":
                raise Problem("changed_meanwhile", _("It is entered already."), headers={"ETag": found.etag})
            state = _state_seen(request, found) if "If-Match" in request.headers else None
            given = {name: value for name, value in self._values(request).items() if name in self._facts()}
            return self.changed(self.asked(given, state), _stands(self.resource, found, key), seen), False

    def _enter(self, request: Request, source: str, external_id: str) -> UUID:
        if "If-Match" in request.headers:
            raise Problem("changed_meanwhile", _("It is not entered yet."))
        entered = entering(self.writer, self.asked(self._values(request)))
        name_row(actor=self.user.pk, row=entered.key, kind=self.writer.named, source=source, external_id=external_id)
        key: UUID = entered.key
        return key

    def _values(self, request: Request) -> dict[str, Any]:
        new = self.writer.new
        assert new is not None
        return judged(_without_id(new), request.data)  # type: ignore[arg-type]  # a class has a hash

    def _facts(self) -> set[str]:
        """What is written of one that is there; the rest of the body says where a new one begins."""
        other = self.writer.other
        assert other is not None
        return set(other().fields)
