"""House rules that no linter knows: file sizes and names, templates, no hidden behaviour.

`python -m tooling.housekeeping [folder]` prints one line per breach and exits 1 if there are any.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tooling import classes

MOST_LINES = 400
LONGEST_TEMPLATE_LINE = 160  # characters: a template is read, too
COUNTED = {".py", ".js", ".css", ".html"}
NOT_COUNTED = re.compile(r"(^|/)(migrations|locale)/|^static/vendor/")

ROOMS = {"accounts", "customers", "sales", "visits", "segmentation"}
ROOM_FILES = {"__init__", "models", "actions", "queries", "forms", "views", "urls", "api", "tasks", "admin"}
ROOM_FILES |= {"apps", "exchange", "words"}
ROOM_FOLDERS = {"migrations", "management", "templatetags"}
ROOM_FOLDERS |= {"models", "actions", "queries", "forms", "views", "exchange"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "services", "misc"}
TOP_LEVEL = ROOMS | {"crm", "templates", "static", "tests", "tooling", "docs", "locale", ".ci"}
TOP_LEVEL |= {"dev", "manage.py", "pyproject.toml", "Dockerfile", "docker-compose.yml", "README.md"}
TOP_LEVEL |= {"gunicorn.conf.py"}  # where gunicorn looks by itself
TOP_LEVEL |= {"CHANGELOG.md", "LICENSE", ".gitignore", ".dockerignore"}
TOP_LEVEL_PATTERN = re.compile(r"requirements[\w-]*\.(txt|in)")

IN_TEMPLATES = {
    "an inline style (the content security policy drops it)": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "a script with a body (the content security policy drops it)": re.compile(r"<script\b[^>]*>(?!\s*</script)", re.I),
    "an on… handler (the content security policy drops it)": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a filter in hx-trigger (without eval it fires always)": re.compile(
        r"""hx-trigger\s*=\s*("[^"]*\[|'[^']*\[)""", re.I
    ),
    "text that is not escaped": re.compile(r"\|\s*safe(seq)?\b|\{%-?\s*autoescape\s+off"),
}
IN_PYTHON = {
    "a signal receiver (say it in the action)": re.compile(
        r"^[ \t]*@receiver\b|\b(?!(?:psycopg2?|socket|sock)\b)\w+\.connect\(", re.M
    ),
    "an overridden save (say it in the action)": re.compile(r"^[ \t]+def save\(", re.M),
}
MAY_OVERRIDE = re.compile(r"^(crm/base|tests|tooling)/")


def breaches(root: Path) -> list[str]:
    """Every breach of a house rule, as `file: what`."""
    paths = _files(root)
    found = [*_names(paths), *classes.breaches(root, paths)]
    for path in paths:
        if path.suffix in COUNTED and not NOT_COUNTED.search(str(path)):
            found += _contents(path, (root / path).read_text(encoding="utf-8"))
    return sorted(found)


def _files(root: Path) -> list[PurePosixPath]:
    """What git keeps or would add; without git, everything that is not hidden."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(listing, cwd=root, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        everything = (path.relative_to(root).as_posix() for path in root.rglob("*"))
        names = [name for name in everything if not name.startswith(".") and "__pycache__" not in name]
    else:
        names = [name.decode() for name in done.stdout.split(b"\0") if name]
    return [PurePosixPath(name) for name in sorted(set(names)) if (root / name).is_file()]


def _names(paths: list[PurePosixPath]) -> Iterator[str]:
    for top in sorted({path.parts[0] for path in paths}):
        if top not in TOP_LEVEL and not TOP_LEVEL_PATTERN.fullmatch(top):
            yield f"{top}: does not belong on the top level"
    for path in paths:
        if vague := VAGUE_NAMES.intersection((*path.parts[:-1], path.stem)):
            yield f"{path}: {vague.pop()!r} says nothing, name it after what it is about"
        if path.parts[0] in ROOMS and not _belongs_in_room(path):
            yield f"{path}: a room has only {', '.join(sorted(ROOM_FILES))}, and folders of its parts"


def _belongs_in_room(path: PurePosixPath) -> bool:
    if len(path.parts) > 2:
        return path.parts[1] in ROOM_FOLDERS
    return path.suffix == ".py" and path.stem in ROOM_FILES


def _contents(path: PurePosixPath, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if lines > MOST_LINES:
        yield f"{path}: {lines} lines, at most {MOST_LINES}"
    if path.suffix == ".html":
        for number, line in enumerate(text.splitlines(), start=1):
            if len(line) > LONGEST_TEMPLATE_LINE:
                yield f"{path}:{number}: {len(line)} characters, at most {LONGEST_TEMPLATE_LINE}; break the line"
        yield from _matches(path, _without_comments(text), IN_TEMPLATES)
    if path.suffix == ".py" and not MAY_OVERRIDE.search(str(path)):
        yield from _matches(path, text, IN_PYTHON)


def _matches(path: PurePosixPath, text: str, rules: dict[str, re.Pattern[str]]) -> Iterator[str]:
    for what, pattern in rules.items():
        for match in pattern.finditer(text):
            yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {what}"


def _without_comments(text: str) -> str:
    """Blank out template comments, keeping the lines for their numbers."""
    comment = re.compile(r"\{#.*?#\}|\{% comment .*?endcomment %\}|<!--.*?-->", re.S)
    return comment.sub(lambda match: "\n" * match[0].count("\n"), text)


def main(arguments: list[str]) -> int:
    """Print the breaches of the folder given, else of the current one."""
    found = breaches(Path(arguments[0] if arguments else "."))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
