"""What people read before they write a program: docs/api.md and the page /api/, both true to the code."""

import re
from html import unescape
from pathlib import Path

from django.test import Client

from crm.api.problems import CODES
from crm.api.reading import MOST, USUAL
from crm.api.resources import RESOURCES
from crm.api.writers import WRITERS
from tests.cast import Cast
from visits.actions.judging import LENGTHS, MOST_PEOPLE, MOST_PRODUCTS


def _guide() -> str:
    return Path("docs/api.md").read_text(encoding="utf-8")


def test_the_guide_names_every_problem_with_its_status() -> None:
    said: dict[str, int] = {}
    for codes, statuses in re.findall(r"^\| (`[a-z_`, ]+`) \| ([0-9, ]+) \|", _guide(), re.M):
        names, numbers = codes.replace("`", "").split(", "), [int(number) for number in statuses.split(", ")]
        said |= dict(zip(names, numbers * len(names) if len(numbers) == 1 else numbers, strict=False))
    assert said == {code: status for code, (status, _title) in CODES.items()}


def test_the_guide_says_the_limits_as_they_are() -> None:
    text = " ".join(_guide().split())
    assert f"`limit=` is 1 to {MOST}, left out {USUAL}" in text
    assert f"`note` of a visit {LENGTHS['note']} characters" in text
    assert f"at most {MOST_PEOPLE} people and {MOST_PRODUCTS} products" in text
    named = {name for name, writer in WRITERS.items() if writer.named}
    assert named == {"persons", "institutions", "territories", "products"}
    assert "So do institutions, territories and products" in text


def test_the_page_says_what_fields_mean_and_hold(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.lin)
    text = unescape(browser.get("/api/").content.decode())
    for resource in RESOURCES:
        for field in resource.fields:
            assert field.help.replace("`", "") in text, f"{resource.name}.{field.name}"
    assert f"from 1, to {MOST}, left out: {USUAL}" in text
    assert f"characters at most: {LENGTHS['note']}" in text
    for code, (status, title) in CODES.items():
        assert f"<dt>{status} <code>{code}</code></dt><dd>{title}</dd>" in text
    assert "`" not in text
