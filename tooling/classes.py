"""Classes of the stylesheets that nothing uses, and classes of the templates that nothing styles."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

CLASS = r"-?[A-Za-z_][\w-]*"
NOT_IN_SELECTORS = re.compile(r"/\*.*?\*/|@import[^;]*;|\{[^{}]*\}", re.S)
COMMENT = re.compile(r"\{#.*?#\}|\{% comment .*?endcomment %\}", re.S)
TAG = re.compile(r"\{[%{].*?[%}]\}", re.S)
ATTRIBUTE = re.compile(r"""\bclass="((?:\{[%{].*?[%}]\}|[^"])*)"|\{% block main_class %\}(.*?)\{% endblock""", re.S)
QUOTED = re.compile(r""""([^"\n]*)"|'([^'\n]*)'|`([^`]*)`""")
FILLED = re.compile(r"\$?\{[^{}]*\}")  # in a string, where a value comes
WORDS = re.compile(r"[\w\s*-]+")


def breaches(root: Path, paths: Iterable[PurePosixPath]) -> Iterator[str]:
    """`file: what` of each; what a vendor styles may be used, and need not be."""
    texts = {path: (root / path).read_text(encoding="utf-8") for path in paths if _is_read(path)}
    sheets = {path: _selected(text) for path, text in texts.items() if path.suffix == ".css"}
    ours = {path: classes for path, classes in sheets.items() if "vendor" not in path.parts}
    vendors = set().union(*(classes for path, classes in sheets.items() if path not in ours))
    used = set().union(*(_used(path, text) for path, text in texts.items() if path.parts[0] != "tests"))
    for path, classes in ours.items():
        for name in sorted(classes - vendors):
            if not _is_met(name, used):
                yield f"{path}: nothing uses the class {name!r}"
    known = vendors.union(*ours.values(), *(_asked_for(path, text) for path, text in texts.items()))
    for path, text in texts.items():
        if path.suffix == ".html":
            for name in sorted(_attributes(text)):
                if re.fullmatch(CLASS, name) and not name.endswith("-") and name not in known:
                    yield f"{path}: nothing styles the class {name!r}"


def _is_read(path: PurePosixPath) -> bool:
    if "vendor" in path.parts:
        return path.suffix == ".css"
    return path.suffix in {".css", ".html", ".js", ".py"} and "migrations" not in path.parts


def _selected(css: str) -> set[str]:
    return set(re.findall(rf"\.({CLASS})", NOT_IN_SELECTORS.sub(" ", css)))


def _attributes(template: str) -> set[str]:
    """Classes of a template; one that is filled in ends with `*` or `-`."""
    written = " ".join(found[1] or found[2] or "" for found in ATTRIBUTE.finditer(COMMENT.sub("", template)))
    return set(re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "*", written)).split())


def _used(path: PurePosixPath, text: str) -> set[str]:
    if path.suffix == ".html":
        tags = " ".join(tag for tag in TAG.findall(COMMENT.sub("", text)) if "translate" not in tag)
        return _attributes(text) | set(" ".join(_quoted(tags)).split())
    if path.suffix == ".js":
        return set(re.findall(r"[\w*-]+", " ".join(FILLED.sub("*", string) for string in _quoted(text))))
    return set().union(*map(_named, _strings(text))) if path.suffix == ".py" else set()


def _quoted(text: str) -> Iterator[str]:
    return ("".join(filter(None, found.groups())) for found in QUOTED.finditer(text))


def _strings(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)


def _named(string: str) -> set[str]:
    """The classes that a string of Python may name: it is nothing but words, or HTML."""
    filled = FILLED.sub("*", string)
    return set(filled.split()) if WORDS.fullmatch(filled) else _attributes(string)


def _asked_for(path: PurePosixPath, text: str) -> set[str]:
    """Classes that a script or a test of the browser looks for."""
    if path.suffix == ".js" or path.parts[0] == "tests":
        return set(re.findall(rf"\.({CLASS})", " ".join(_quoted(text))))
    return set()


def _is_met(name: str, used: set[str]) -> bool:
    """Said in full, or begun: to a hyphen, or but for its last character."""
    begun = {f"{name[:end]}*" for end, character in enumerate(name, start=1) if character == "-"}
    return not used.isdisjoint({name, f"{name[:-1]}*", *begun, *(start[:-1] for start in begun)})
