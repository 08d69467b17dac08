"""The documentation: sound, whole, with examples that hold, and on a page of our own."""

import json
import warnings
from typing import Any

import jsonschema
import pytest
from django.core.management import call_command
from django.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

from crm.api.openapi import api_document
from crm.api.resources import RESOURCES
from tests.api.conftest import Programs
from tests.cast import Cast


def _operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in api_document()["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_document_is_made_without_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    out, err = capsys.readouterr()
    assert "warn" not in err.lower()
    assert json.loads(out)["openapi"].startswith("3.1")


def test_it_is_sound_openapi() -> None:
    OpenAPIV31SpecValidator(json.loads(json.dumps(api_document()))).validate()


def test_it_tells_of_every_resource_and_method() -> None:
    paths = api_document()["paths"]
    assert len({operation["operationId"] for _path, _method, operation in _operations()}) == len(_operations())
    for resource in RESOURCES:
        assert "get" in paths[f"/api/v1/{resource.name}"]
        names = {one["name"] for one in paths[f"/api/v1/{resource.name}"]["get"]["parameters"] if one["in"] == "query"}
        assert names == {"fields", "order", "limit", "cursor", *(one.name for one in resource.filters)}
    assert len(_operations()) >= 40


def test_every_operation_has_its_words_and_examples_that_hold() -> None:
    document = json.loads(json.dumps(api_document()))
    for path, method, operation in _operations():
        assert operation["summary"], path
        assert operation["description"], path
        assert all(one["description"] and "example" in one for one in operation["parameters"]), path
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [answer.get("content", {}) for answer in operation["responses"].values()]
        for content in contents:
            for media in content.values():
                for example in media["examples"].values():
                    schema = {**media["schema"], "components": document["components"]}
                    jsonschema.validate(example["value"], schema, jsonschema.Draft202012Validator)
        assert {"400", "401", "403", "429"} <= operation["responses"].keys(), (path, method)


LIMITS = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


def test_it_tells_of_the_limits_with_whatever_is_answered() -> None:
    for path, method, operation in _operations():
        for status, answer in operation["responses"].items():
            assert answer["headers"].keys() >= LIMITS, (path, method, status)
        assert "Retry-After" in operation["responses"]["429"]["headers"]
        assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
        assert ("304" in operation["responses"]) == (method == "get"), path


def test_it_opens_by_token_and_on_a_page(cast: Cast, program: Programs) -> None:
    assert program(cast.lin).get("openapi.json").json()["openapi"] == "3.1.1"
    assert Client().get("/api/v1/openapi.json").status_code == 401
    assert Client().get("/api/").status_code == 302
    browser = Client()
    browser.force_login(cast.lin)
    page = browser.get("/api/")
    text = page.content.decode()
    assert all(f"/api/v1/{resource.name}" in text for resource in RESOURCES)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert browser.get("/api/openapi.json").json() == json.loads(json.dumps(api_document()))
