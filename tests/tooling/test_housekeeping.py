"""Each house rule bites, and an innocent tree passes."""

import subprocess
from pathlib import Path

import pytest

from tooling.housekeeping import breaches, main

pytestmark = pytest.mark.tooling


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    for name in ("manage.py", "visits/models/visit.py", "visits/__init__.py", "crm/base/ids.py"):
        add(tmp_path, name, "# fine\n")
    add(tmp_path, ".gitignore", "ignored/\n")
    add(tmp_path, "requirements-dev.txt", "")
    return tmp_path


def add(tree: Path, name: str, text: str) -> None:
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text(text, encoding="utf-8")


def test_an_innocent_tree_passes(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(tree, "visits/migrations/0001_initial.py", "x\n" * 900)
    add(tree, "static/vendor/htmx.js", "x\n" * 900)
    add(tree, "ignored/utils.py", "x\n" * 900)
    add(tree, "visits/actions.py", "x\n" * 400)
    add(tree, "visits/queries.py", "connection = psycopg2.connect(address)\n\ndef save(visit): ...\n")
    add(tree, "crm/base/models.py", "class Row:\n    def save(self): ...\n")
    add(
        tree,
        "templates/page.html",
        '{# style="x" |safe #}<script src="a.js" defer></script><b title="style" hx-trigger="change"></b>'
        '<p data-on="1">{{ note }}</p><script type="module" src="b.js">\n</script>\n' + "x" * 160,
    )
    assert main([str(tree)]) == 0
    assert capsys.readouterr().out == ""


def test_a_class_is_met_wherever_it_is_said_and_styled_wherever_it_is_looked_for(tree: Path) -> None:
    add(tree, "static/vendor/b.css", ".panel{} .not-ours{}")
    add(tree, "static/css/a.css", "@import 'b.css';/* .old{} */ @media (width>1.5em){.h1,.tone-low>.faint{top:.5em}}")
    add(tree, "static/css/b.css", ".is-open{} .tier-a{} .by-hand{} .framed{}")
    add(tree, "static/a.js", 'part.querySelector(".held").classList.add(`is-${state}`);')
    add(tree, "visits/words.py", 'css = f" tier-{letter}"\nFIELD = {"class": "by-hand"}\n')
    add(tree, "templates/a.html", '<p class="h{{ step }} tone-{{ tone }}{% if tone == "low" %} faint{% endif %}"></p>')
    add(tree, "templates/b.html", '{% block main_class %}framed{% endblock %}<i class="panel held"></i>')
    assert breaches(tree) == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("visits/actions.py", "x\n" * 401, "401 lines"),
        ("templates/long.html", "x\n" * 401, "401 lines"),
        ("static/app.css", "x\n" * 401, "401 lines"),
        ("visits/reports.py", "", "a room has only"),
        ("visits/reports/weekly.py", "", "a room has only"),
        ("visits/notes.txt", "", "a room has only"),
        ("crm/utils.py", "", "'utils' says nothing"),
        ("crm/helpers/dates.py", "", "'helpers' says nothing"),
        ("static/common.js", "", "'common' says nothing"),
        ("crm/services.py", "", "'services' says nothing"),
        ("notes.md", "", "top level"),
        ("scripts/run.sh", "", "top level"),
        ("templates/a.html", f"<p>\n{'x' * 161}\n</p>", "161 characters"),
        ("templates/a.html", '<p\n style="color: red">', "inline style"),
        ("templates/a.html", "<script>alert(1)</script>", "script with a body"),
        ("templates/a.html", '<script nonce="x">\nalert(1)</script>', "script with a body"),
        ("templates/a.html", '<button type="button" onclick="x()">', "on… handler"),
        ("templates/a.html", '<a hx-trigger="click[ctrlKey]">', "hx-trigger"),
        ("templates/a.html", "{{ note|safe }}", "not escaped"),
        ("templates/a.html", "{% autoescape off %}", "not escaped"),
        ("static/css/a.css", "@media print{.gone{}}", "nothing uses the class 'gone'"),
        ("templates/a.html", '<p class="bare">', "nothing styles the class 'bare'"),
        ("visits/actions.py", "@receiver(post_save)\ndef f(): ...\n", "signal receiver"),
        ("visits/apps.py", "post_save.connect(handle)\n", "signal receiver"),
        ("visits/models/visit.py", "class V:\n    def save(self): ...\n", "overridden save"),
    ],
)
def test_a_sin_is_named(tree: Path, name: str, text: str, complaint: str) -> None:
    add(tree, name, text)
    found = breaches(tree)
    assert len(found) == 1, found
    assert complaint in found[0]
    assert found[0].startswith((name, name.split("/")[0]))


def test_without_git_the_folder_itself_is_read(tmp_path: Path) -> None:
    add(tmp_path, "crm/utils.py", "")
    assert len(breaches(tmp_path)) == 1
