"""What goes into the image: the files that .dockerignore lets through, and the Dockerfile's own commands on them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.production.compose import ROOT, of_the_image

pytestmark = pytest.mark.tooling
# What an installation makes beside the code, as docs/operations.md tells, or as it happens.
OF_AN_INSTALLATION = (
    ".env", ".env.old", "docker-compose.override.yml", ".rounds/secrets.json", ".rounds/files/one.upload", "rounds.log",
    "staticfiles/staticfiles.json", "doctors.rejects.csv", "crm/.env", "crm/rounds.log",
)  # fmt: skip
NOT_IN_GIT_EITHER = ("crm/__pycache__/x.pyc", ".mypy_cache/x", ".hypothesis/x", ".pytest_cache/x", ".ruff_cache/x")
BESIDE = ("backups/2026-11-22/database.dump", "doctors.csv", "tls.key", ".git/config", "docs/api.md")


def _patterns() -> list[tuple[bool, "re.Pattern[str]"]]:
    """Each line of .dockerignore: whether it lets through, and what. A pattern begins at the root; it takes what lies
    below along."""
    found = []
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            parts = re.split(r"(\*\*/|\*|\?)", line.removeprefix("!"))
            words = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
            text = "".join(words.get(part, re.escape(part)) for part in parts)
            found.append((line.startswith("!"), re.compile(f"{text}(?:/.*)?")))
    return found


def goes_in(path: str) -> bool:
    """As Docker decides: the last line that speaks of it."""
    spoken = [lets for lets, pattern in _patterns() if pattern.fullmatch(path)]
    return spoken[-1] if spoken else True


@pytest.mark.parametrize("path", [*OF_AN_INSTALLATION, *NOT_IN_GIT_EITHER, *BESIDE])
def test_nothing_that_lies_beside_goes_into_the_image(path: str) -> None:
    assert not goes_in(path)


@pytest.mark.parametrize("path", [*OF_AN_INSTALLATION, *NOT_IN_GIT_EITHER])
def test_git_takes_no_secrets_and_no_caches(path: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0


def test_what_goes_in_is_enough(tmp_path: Path) -> None:
    """The commands of the Dockerfile's last stage, and a start, on nothing but the image's files."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    taken = [path for path in files if path and goes_in(path) and (ROOT / path).exists()]
    for path in taken:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    assert {path.partition("/")[0] for path in files} - {path.partition("/")[0] for path in taken} >= {"tests", "docs"}
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (?!--)(\S+) ", recipe, re.M))
    assert all(goes_in(source) for source in copied - {"."})
    last = recipe.rpartition("FROM ")[2].replace("\\\n", "")
    commands = [line for line in re.findall(r"^RUN (.+)$", last, re.M) if "manage.py" in line]
    assert commands
    environment = of_the_image() | {"PATH": f"{Path(sys.executable).parent}:{os.defpath}"}
    start = "python manage.py check && gunicorn crm.wsgi:application --check-config"
    keys = {"SECRET_KEY": "Zq3-v8TnR0uX6yKc1HsLwE9dJfGbM2aPoI7VtU5xNrQ4hYkCzW", "REDIS_URL": "redis://127.0.0.1:1/0"}
    nobody = {"DATABASE_URL": "postgresql://rounds_app:x9-Kw2vTnR0uX6y@127.0.0.1:1/x"}
    for command, more in [*((command, {}) for command in commands), (start, keys | nobody)]:
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=environment | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (command, done.stderr)
    assert (tmp_path / "staticfiles" / "staticfiles.json").exists()
    assert list((tmp_path / "locale").glob("*/LC_MESSAGES/*.mo"))
