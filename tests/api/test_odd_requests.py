"""What no honest program sends: answered as a mistake of the caller, in words, and nothing breaks."""

import pytest
from django.utils.translation import override

from crm.api.problems import CODES, Problem
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
