"""The documentation: as a document for programs, and as a page for people, without a line of foreign script."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from crm.api.openapi import api_document
from crm.api.problems import CODES
from crm.api.views import Endpoint

_PROBLEMS = sorted((status, code, title) for code, (status, title) in CODES.items())


class Document(Endpoint):
    """The OpenAPI document, for whoever has a token."""

    http_method_names = ["get", "head"]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        return self.unless_seen(_document())


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The same, for whoever is signed in."""
    return HttpResponse(_document(), "application/json")


def _document() -> str:
    return json.dumps(api_document(), ensure_ascii=False)


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every address of the API with its parameters, bodies, answers and examples."""
    of = api_document()
    return render(request, "api/docs.html", {"tags": _by_tag(of), "problems": _PROBLEMS})


def _by_tag(of: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    tags: dict[str, list[dict[str, Any]]] = {}
    for path, methods in of["paths"].items():
        for method, operation in methods.items():
            tags.setdefault(operation["tags"][0], []).append(_told(of, path, method, operation))
    return tags


def _told(of: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    answer = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": _plain(operation["description"]),
        "parameters": [
            {**one, "description": _plain(one["description"]), "shape": _shape(one["schema"])}
            for one in operation["parameters"]
        ],
        "fields": list(_fields(of, body["schema"])) if body else [],
        "body": _pretty(body["examples"]["example"]["value"]) if body else "",
        "holds": list(_fields(of, held)) if (held := _held(answer)) else [],
        "answer": _pretty(answer["content"]["application/json"]["examples"]["example"]["value"]),
        "statuses": list(operation["responses"]),
    }


def _plain(said: str) -> str:
    return said.replace("`", "")


def _held(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The schema of the row that an answer has, or a page of which it is."""
    schema: dict[str, Any] = answer["content"]["application/json"]["schema"]
    items = schema.get("properties", {}).get("items", {}).get("items", {})
    return next((one for one in (schema, items) if "$ref" in one), None)


def _fields(of: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    whole = of["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, shape in whole["properties"].items():
        yield {
            "name": name,
            "shape": _shape(shape),
            "required": name in whole.get("required", []),
            "description": _plain(shape.get("description", "")),
        }


_LIMITS = {"maxLength": "characters at most:", "minimum": "from", "maximum": "to", "default": "left out:"}


def _shape(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema or "allOf" in schema or "oneOf" in schema:
        return "object, see the example"
    if "enum" in schema:
        return " | ".join("null" if one is None else json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    kind = schema.get("format") or schema.get("type", "")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    words = f"{words} of {_shape(schema['items'])}" if "items" in schema else words
    limits = [f"{word} {schema[name]}" for name, word in _LIMITS.items() if name in schema]
    return ", ".join([words, *limits])


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
