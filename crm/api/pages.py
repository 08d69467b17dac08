"""The documentation: as a document for programs, and as a page for people, without a line of foreign script."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from crm.api.openapi import api_document
from crm.api.views import Endpoint


class Document(Endpoint):
    """The OpenAPI document, for whoever has a token."""

    http_method_names = ["get", "head"]
    schema = None

    def get(self, request: Request) -> HttpResponse:
        return _document()


@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The same, for whoever is signed in."""
    return _document()


def _document() -> HttpResponse:
    return JsonResponse(api_document(), json_dumps_params={"ensure_ascii": False})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every address of the API with its parameters, bodies, answers and examples."""
    of = api_document()
    return render(request, "api/docs.html", {"tags": _by_tag(of), "problems": _problems(of)})


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
        "description": operation["description"].replace("`", ""),
        "parameters": [{**one, "shape": _shape(one["schema"])} for one in operation["parameters"]],
        "fields": list(_fields(of, body["schema"])) if body else [],
        "body": _pretty(body["examples"]["example"]["value"]) if body else "",
        "answer": _pretty(answer["content"]["application/json"]["examples"]["example"]["value"]),
        "statuses": list(operation["responses"]),
    }


def _fields(of: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    whole = of["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for name, shape in whole["properties"].items():
        yield {
            "name": name,
            "shape": _shape(shape),
            "required": name in whole.get("required", []),
            "description": shape.get("description", ""),
        }


def _shape(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema or "allOf" in schema or "oneOf" in schema:
        return "object, see the example"
    if "enum" in schema:
        return " | ".join("null" if one is None else json.dumps(one, ensure_ascii=False) for one in schema["enum"])
    kind = schema.get("format") or schema.get("type", "")
    words = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} of {_shape(schema['items'])}" if "items" in schema else words


def _problems(of: dict[str, Any]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for methods in of["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    found.setdefault(status, answer["description"])
    return sorted(found.items())


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
