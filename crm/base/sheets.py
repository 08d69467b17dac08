"""Static files as production serves them: named by their contents, compressed, and a style sheet with all it imports.

A phone waits once for each sheet that it only learns of from another, and asks for six at a time.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT = re.compile(r'^@import url\("(?P<sheet>[^"]+)"\)(?: (?P<media>\w+))?;$', re.MULTILINE)
_CHARSET = '@charset "UTF-8";'  # the server says so


class SheetStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        for name in [] if dry_run else [name for name in paths if name.endswith(".css")]:
            text = _text(paths, name)
            if _IMPORT.search(text):
                self.delete(name)
                self._save(name, ContentFile(_whole(paths, name, text).encode()))
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def _text(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())


def _whole(paths: dict[str, Any], name: str, text: str) -> str:
    """The sheet with what it imports in its place. An import of a file that is not there is a KeyError."""

    def written_out(said: re.Match[str]) -> str:
        sheet = posixpath.normpath(posixpath.join(posixpath.dirname(name), said["sheet"]))
        inner = _whole(paths, sheet, _text(paths, sheet)).removeprefix(_CHARSET)
        return f"@media {said['media']} {{\n{inner}}}" if said["media"] else inner

    return _IMPORT.sub(written_out, text)
