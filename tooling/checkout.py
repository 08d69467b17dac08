"""Where things are: the checkout, its virtual environment and its private state folder."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tooling.console import Refusal

LOG_SIZE_TO_ROTATE = 5 * 1024 * 1024


@dataclass(frozen=True)
class Checkout:
    """One copy of the project. Two copies on one machine share nothing."""

    root: Path
    venv: Path

    @classmethod
    def at(cls, root: Path) -> Checkout:
        """The checkout in this folder with the virtual environment in its usual place."""
        root = root.resolve()
        return cls(root, root / ".venv")

    @property
    def python(self) -> Path:
        """The interpreter that has the project's libraries."""
        return self.venv / "bin" / "python"

    @property
    def state(self) -> Path:
        """Servers' data, logs, secrets, ports and pids; ignored by git."""
        return self.root / ".rounds"

    def prepare_state(self) -> None:
        """Make the state folder, readable by its owner only (the PostgreSQL user may pass through it)."""
        self.state.mkdir(mode=0o700, exist_ok=True)
        owner = self.state.stat().st_uid
        if owner != os.geteuid():
            raise Refusal(f"{self.state} belongs to user {owner}: run ./dev as that user, or delete the folder.")
        if self.state.stat().st_mode & 0o067:
            self.state.chmod(0o700)
        (self.state / "logs").mkdir(mode=0o700, exist_ok=True)

    def log(self, name: str) -> Path:
        """A log for a new start of `name`; the previous file steps aside once it is large."""
        path = self.state / "logs" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_SIZE_TO_ROTATE:
            path.replace(path.with_suffix(".log.1"))
        if not path.exists():
            path.touch(mode=0o600)
        return path


def write_privately(path: Path, text: str, owner: tuple[int, int] | None = None) -> None:
    """Replace a file in one step, readable by its owner only from its first byte on."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if owner:
            os.fchown(descriptor, *owner)
        file.write(text)
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """A small state file; absent or damaged counts as empty, for all of them can be made anew."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
