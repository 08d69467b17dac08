"""What no honest program sends: answered as a mistake of the caller, in words, and nothing breaks."""

import pytest

from tests.api.conftest import Programs, problem
from tests.cast import Cast

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
