"""What the documentation says: an OpenAPI 3.1 document, made of the registry, the writers and the problems."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.serializers import Serializer

from crm.api.problems import CODES, MEDIA_TYPE
from crm.api.reading import LONGEST_WORD, MOST, USUAL
from crm.api.registry import DAY, ID, NAMED, NUMBER, OUTCOMES, TEXT, Filter, Resource, Shape, listed, one_of, thing
from crm.api.resources.customers import EXAMPLE_PERSON

_JSON = "application/json"
_EXAMPLE_CURSOR = "WyJjdXN0b21lcnMiLCJpZCJd:7sY3f0"
_EXAMPLE_ETAG = '"3.9f86d081884c7d65"'
_ALWAYS = (400, 401, 403, 406, 429, 500, 503)
_BODIES = (409, 413, 415, 422)
_HEADERS = {
    "RateLimit-Limit": ("Requests a minute.", NUMBER, 600),
    "RateLimit-Remaining": ("What is left of them.", NUMBER, 599),
    "RateLimit-Reset": ("Seconds until the minute ends.", NUMBER, 42),
}
_ETAG = {"ETag": ("The state, for If-Match and If-None-Match.", TEXT, _EXAMPLE_ETAG)}
_PROBLEM = {
    "type": "object",
    "description": "What could not be done (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "A URN that names the code."},
        "code": {"type": "string", "enum": list(CODES)},
        "title": TEXT,
        "status": NUMBER,
        "detail": {"type": "string", "description": "A sentence in the language of Accept-Language."},
        "errors": listed(pointer=TEXT, code=TEXT, detail=TEXT),
        "candidates": {**listed(id=ID, name=TEXT), "description": "Of known_already: who it may be."},
    },
    "required": ["type", "code", "title", "status", "detail", "errors"],
}


@lru_cache(maxsize=1)
def api_document() -> dict[str, Any]:
    """The whole document. The same for everybody: it holds no data."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


class Schema(AutoSchema):
    """Of one address and method."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        self.path, self.path_regex, self.path_prefix, self.method = path, path_regex, path_prefix, method
        self.registry = registry
        of = getattr(self.view, "resource", None)
        if of is None or method == "HEAD":
            return None
        kind = type(self.view).__name__
        operation: dict[str, Any] = {
            "operationId": _operation_id(of, kind, method),
            "summary": _summary(of, kind, method),
            "description": self._description(of, kind, method),
            "tags": [of.tag],
            "security": [{"token": []}],
            "parameters": list(self._parameters(of, kind, method)),
            "responses": self._responses(of, kind, method),
        }
        if method in ("POST", "PUT", "PATCH"):
            operation["requestBody"] = self._request(kind, method)
        return operation

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        """Bodies, and what they hold, refuse what they do not know."""
        return {**super()._map_basic_serializer(serializer, direction), "additionalProperties": False}

    def _description(self, of: Resource, kind: str, method: str) -> str:
        scope = f"{of.scope}:{'read' if method == 'GET' else 'write'}"
        return f"{of.help} Needs the scope `{scope}`."

    def _parameters(self, of: Resource, kind: str, method: str) -> Iterable[dict[str, Any]]:
        if kind in ("Ones", "OnesAndChanges", "Answers"):
            key = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1} if of.key_shape == NUMBER else ID
            yield _parameter("id", "path", key, "The key of the row.", of.fields[0].example)
        if kind == "ByExternalId":
            source = {"type": "string", "pattern": "^[a-z][a-z0-9_-]*$", "maxLength": 32}
            yield _parameter("source", "path", source, "The system that names it so.", "crm")
            name = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[!-.0-~]+$"}
            yield _parameter("external_id", "path", name, "Its id there.", "HCP-1001")
        if method == "GET":
            yield from _reading(of, kind)
        elif kind != "VisitBatches":
            little = "return=minimal: answer with the id alone. Any other wish is passed over."
            yield _parameter("Prefer", "header", TEXT, little, "return=minimal")
        if method == "PATCH":
            yield _parameter("If-Match", "header", TEXT, "The ETag that was read, or *.", _EXAMPLE_ETAG, required=True)
        if method == "PUT":
            yield _parameter("If-Match", "header", TEXT, "Change it only in this state.", _EXAMPLE_ETAG)
            yield _parameter("If-None-Match", "header", {"const": "*"}, "*: only enter it.", "*")

    def _request(self, kind: str, method: str) -> dict[str, Any]:
        writer: Any = self.view.writer
        if method == "PATCH":
            return self._body(writer.other(partial=True), writer.change_example)
        if method == "PUT":
            example = {name: value for name, value in writer.example.items() if name != "id"}
            name = f"{writer.new.__name__}ByExternalId"
            return self._body(type(name, (writer.new,), {"id": None, "__doc__": writer.new.__doc__})(), example)
        return self._body(writer.new(), writer.example)

    def _body(self, shape: Serializer, example: Mapping[str, Any]) -> dict[str, Any]:
        component = self.resolve_serializer(shape, "request")
        content = {"schema": component.ref, "examples": {"example": {"value": dict(example)}}}
        return {"required": True, "content": {_JSON: content}}

    def _responses(self, of: Resource, kind: str, method: str) -> dict[str, Any]:
        row = self._component(of.one.title().replace(" ", ""), of.schema())
        if kind in ("Lists", "ListsAndNew") and method == "GET":
            page = {
                "type": "object",
                "properties": {
                    "items": {"type": "array", "items": row},
                    "next": {"type": ["string", "null"], "description": "The cursor of the next page; null: the last."},
                },
                "required": ["items", "next"],
            }
            example = {"items": [of.example()], "next": _EXAMPLE_CURSOR}
            answers = {"200": _answer("A page of rows.", page, example, _ETAG), "304": _not_modified()}
            return answers | self._problems((*_ALWAYS, 422))
        whole = _answer("The row.", row, of.example(), _ETAG)
        if method == "GET":
            return {"200": whole, "304": _not_modified()} | self._problems((*_ALWAYS, 404))
        if method == "PATCH":
            return {"200": whole} | self._problems((*_ALWAYS, 404, 412, 428, *_BODIES))
        if kind == "VisitBatches":
            return {"200": self._outcomes(of)} | self._problems((*_ALWAYS, 413, 415, 422))
        location = {"Location": ("Where it stands.", TEXT, f"/api/v1/{of.name}/{of.fields[0].example}")}
        entered = _answer("It is entered.", row, of.example(), _ETAG | location)
        stood = {**whole, "description": "It stood there already: nothing was changed, or it was changed by PUT."}
        absent = (404, 412) if method == "PUT" else (404,) if kind == "Answers" else ()
        return {"201": entered, "200": stood} | self._problems((*_ALWAYS, *absent, *_BODIES))

    def _outcomes(self, of: Resource) -> dict[str, Any]:
        no = {"oneOf": [self._component("Problem", _PROBLEM), {"type": "null"}]}
        items = thing(items=listed(id=ID, outcome=one_of(OUTCOMES), problem=no))
        example = {"items": [{"id": of.fields[0].example, "outcome": OUTCOMES[0], "problem": None}]}
        return _answer("What became of each, in the order of the body.", items, example, {})

    def _problems(self, statuses: Iterable[int]) -> dict[str, Any]:
        problem = self._component("Problem", _PROBLEM)
        return {str(status): _problem(status, problem) for status in sorted(statuses)}

    def _component(self, name: str, schema: Shape) -> dict[str, Any]:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=dict(schema), object=name)
        self.registry.register_on_missing(component)
        ref: dict[str, Any] = component.ref
        return ref


def _operation_id(of: Resource, kind: str, method: str) -> str:
    one = of.one.replace(" ", "_")
    match kind, method:
        case ("Lists" | "ListsAndNew"), "GET":
            return f"list_{of.name}"
        case "ListsAndNew", _post:
            return f"enter_{one}"
        case "Answers", _post:
            return "answer_reminder"
        case "VisitBatches", _post:
            return "push_visits"
        case "ByExternalId", "GET":
            return f"read_{one}_by_external_id"
        case "ByExternalId", _put:
            return f"put_{one}_by_external_id"
        case _one, "GET":
            return f"read_{one}"
    return f"change_{one}"


def _summary(of: Resource, kind: str, method: str) -> str:
    return _operation_id(of, kind, method).replace("_", " ").capitalize()


def _reading(of: Resource, kind: str) -> Iterable[dict[str, Any]]:
    names = of.field_names()
    fields = {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1}
    more = {"style": "form", "explode": False}
    said = "Only these fields, and the id."
    yield _parameter("fields", "query", fields, said, names[:2]) | more
    said = "The ETag that was read: unchanged answers 304."
    yield _parameter("If-None-Match", "header", TEXT, said, _EXAMPLE_ETAG)
    if kind not in ("Lists", "ListsAndNew"):
        return
    yield _parameter("order", "query", {"type": "string", "enum": of.order_names()}, "By what.", "id")
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    yield _parameter("limit", "query", limit, "Rows of a page.", 100)
    yield _parameter("cursor", "query", TEXT, "`next` of the page before, with the same order.", _EXAMPLE_CURSOR)
    for one in of.filters:
        yield _parameter(one.name, "query", _word(one), one.help, _example(one))


def _word(one: Filter) -> Shape:
    if one.shape == NAMED:
        return {**one.shape, "maxLength": LONGEST_WORD}
    return {**one.shape, "maxLength": LONGEST_WORD, "pattern": r"^[^\x00]*$"} if one.shape == TEXT else one.shape


def _example(one: Filter) -> Any:
    if "enum" in one.shape:
        return one.shape["enum"][0]
    if one.shape == NAMED:
        return "crm:HCP-1001"
    if one.shape == TEXT:
        return {"name": "陈望舒", "source": "crm"}.get(one.name, "x")
    if one.shape == ID:
        return EXAMPLE_PERSON
    return "2026-11-21" if one.shape == DAY else True


def _parameter(
    name: str, where: str, schema: Shape, said: str, example: Any, *, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": required or where == "path",
        "description": said,
        "schema": dict(schema),
        "example": example,
    }


def _headers(of: Mapping[str, tuple[str, Shape, Any]]) -> dict[str, Any]:
    return {
        name: {"description": said, "schema": dict(shape), "example": example}
        for name, (said, shape, example) in of.items()
    }


def _answer(said: str, schema: Shape, example: Any, headers: Mapping[str, tuple[str, Shape, Any]]) -> dict[str, Any]:
    content = {_JSON: {"schema": dict(schema), "examples": {"example": {"value": example}}}}
    return {"description": said, "headers": _headers({**headers, **_HEADERS}), "content": content}


def _not_modified() -> dict[str, Any]:
    said = "Nothing changed since the ETag of If-None-Match."
    return {"description": said, "headers": _headers({**_ETAG, **_HEADERS})}


def _problem(status: int, schema: Shape) -> dict[str, Any]:
    codes = {code: title for code, (of, title) in CODES.items() if of == status}
    examples = {
        code: {
            "value": {
                "type": f"urn:rounds:problem:{code}", "code": code, "title": title, "status": status,
                "detail": f"{title}.", "errors": [],
            }
        }
        for code, title in codes.items()
    }  # fmt: skip
    headers: dict[str, tuple[str, Shape, Any]] = {}
    if status in (429, 503):
        headers = {"Retry-After": ("Seconds to wait.", NUMBER, 42)}
    if status == 401:
        headers = {"WWW-Authenticate": ("What is asked for.", TEXT, 'Bearer realm="Rounds"')}
    content = {MEDIA_TYPE: {"schema": dict(schema), "examples": examples}}
    headers |= _HEADERS
    return {"description": "; ".join(codes.values()) + ".", "headers": _headers(headers), "content": content}
