"""What no honest program sends: answered as a mistake of the caller, in words, and nothing breaks."""

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import Posting
from crm.api.problems import CODES, Problem
from crm.base.ids import uuid7_text
from crm.base.models import Command
from crm.base.periods import period
from customers.models import Affiliation, InfluenceLink, RoleAssignment
from tests.api.conftest import Programs, problem
from tests.api.test_writing import bodies
from tests.cast import SINCE, Cast

HALF = b"\\ud800"  # of a character, as JSON may write it and UTF-8 can't


@pytest.mark.parametrize(
    "body",
    [b'{"%s": 1}', b'{"name": "%s"}', b'{"gender": "%s"}', b'{"id": "%s"}', b'{"note": ["%s"]}', b'"%s"'],
    ids=lambda body: body.decode(),
)
@pytest.mark.parametrize("name", ["persons", "visits"])
def test_half_a_character_is_refused_in_words(name: str, body: bytes, cast: Cast, program: Programs) -> None:
    said = problem(program(cast.lin).post(name, body % HALF), 422, "invalid")
    assert "half a character" in said["detail"]


def test_a_whole_character_may_be_written_in_two_halves(cast: Cast, program: Programs) -> None:
    found = program(cast.lin).post("persons", b'{"name": "\\ud83d\\ude42"}')
    assert "half" not in problem(found, 422, "invalid")["detail"]


@pytest.mark.parametrize("name", ["persons", "institutions", "affiliations", "roles", "influence"])
def test_an_id_that_a_file_brought_is_taken(name: str, cast: Cast, program: Programs) -> None:
    """No command is known of it, but the row is there."""
    dated = {"during": period(SINCE), "evidence": ""}
    link = InfluenceLink.objects.create(influencer=cast.meng, influenced=cast.chen, kind="advice", weight=1, **dated)
    role = RoleAssignment.objects.create(person=cast.meng, role="prescriber", strength=1, **dated)
    taken = {
        "persons": cast.shopkeeper.pk, "institutions": cast.pharmacy.pk, "roles": role.pk, "influence": link.pk,
        "affiliations": Affiliation.objects.get(person=cast.shopkeeper).pk,
    }  # fmt: skip
    problem(program(cast.lin).post(name, bodies(cast)[name] | {"id": str(taken[name])}), 409, "other_body_same_id")
    assert not Command.objects.exists()


@pytest.mark.parametrize("path", ["crm/a%00b", "a%00b/HCP-1", "%00/%00"])
def test_no_source_names_anybody_with_a_nul(path: str, cast: Cast, program: Programs) -> None:
    problem(program(cast.lin).get(f"persons/external/{path}"), 404, "not_found")


@pytest.mark.parametrize("name", ["persons", "affiliations"])
def test_a_key_may_be_written_in_capitals(name: str, cast: Cast, program: Programs) -> None:
    key = program(cast.lin).items(name)[0]["id"]
    assert program(cast.lin).get(f"{name}/{key.upper()}").json()["id"] == key != key.upper()


@pytest.mark.parametrize(("method", "path"), [("GET", "customers"), ("GET", "nothing"), ("POST", "persons")])
def test_too_many_parameters_are_the_callers_mistake(method: str, path: str, cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    for words in ("a=&" * 1100, "&".join(f"a{number}=1" for number in range(1100))):
        answer = lin.send(method, f"{path}?{words}", b"{}")
        if path == "nothing":
            problem(answer, 404, "not_found")
        else:
            problem(answer, 400, "malformed")


def test_what_one_entered_stands_when_one_may_enter_nothing_more(cast: Cast, program: Programs) -> None:
    """Whoever got no answer asks again, also from another post."""
    lin = program(cast.lin)
    for name, body in bodies(cast).items():
        assert lin.post(name, body).status_code == 201, name
        Posting.objects.filter(user=cast.lin).update(role=Posting.Role.CLIENT)
        assert lin.post(name, body).status_code == 200, name
        problem(lin.post(name, body | {"id": uuid7_text()}), 403, "not_allowed")
        Posting.objects.filter(user=cast.lin).update(role=Posting.Role.REP)


@pytest.mark.parametrize("path", ["v1", "v1/", "v2/customers", "nothing", "openapi.json/", "v1/customers/"])
def test_what_is_not_there_is_a_problem_anywhere_under_the_api(path: str, cast: Cast, program: Programs) -> None:
    token = {"Authorization": f"Bearer {program(cast.lin).secret}"}
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        problem(Client().generic(method, f"/api/{path}", headers=token), 404, "not_found")
        problem(Client().generic(method, f"/api/{path}"), 401, "not_authenticated")


def test_pages_about_the_api_are_for_people(cast: Cast) -> None:
    browser = Client()
    for path in ("/api/", "/api/openapi.json", "/api"):
        assert browser.get(path, follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    browser.force_login(cast.lin)
    assert {browser.get(path).status_code for path in ("/api/", "/api/openapi.json")} == {200}
    assert {browser.put(path).status_code for path in ("/api/", "/api/openapi.json")} == {405}


DEEP = b"[" * 20 + b"]" * 20
BODIES = (b"{", b"[]", DEEP, b'{"a": NaN}', b'{"a": 1, "a": 1}', b'{"a": "\\u0000"}', b" " * 2**21)


@pytest.mark.parametrize("body", [*BODIES, b'{"%s": 1}' % HALF], ids=lambda body: body[:20].decode())
def test_what_is_wrong_with_a_body_is_said_in_the_language_asked_for(
    body: bytes, cast: Cast, program: Programs
) -> None:
    refused = program(cast.lin).send("POST", "persons", body, Accept_Language="zh-CN").json()
    assert is_chinese(refused["detail"]), refused


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_has_a_sentence_in_the_language_asked_for(code: str) -> None:
    with override("zh-hans"):
        assert is_chinese(str(Problem(code).detail))
    with override("en"):
        assert str(Problem(code).detail) == f"{CODES[code][1]}."


def is_chinese(sentence: str) -> bool:
    return sentence.endswith("。") and any("一" <= letter <= "鿿" for letter in sentence)
