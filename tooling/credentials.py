"""Random passwords of one checkout, in a file that only its owner reads."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from tooling.checkout import read_json, write_privately
from tooling.console import Refusal


def _password() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Credentials:
    """Who may sign in where. Made once; url-safe, so they stand in an address as they are."""

    postgres: str = field(default_factory=_password, repr=False)
    rounds_owner: str = field(default_factory=_password, repr=False)
    rounds_app: str = field(default_factory=_password, repr=False)
    valkey: str = field(default_factory=_password, repr=False)
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(50), repr=False)

    @classmethod
    def of(cls, path: Path) -> Credentials:
        """The stored ones; new ones on the first start. The caller holds the servers' lock."""
        if not path.exists():
            made = cls()
            write_privately(path, json.dumps(asdict(made), indent=2))
            return made
        stored = read_json(path)
        names = [each.name for each in fields(cls)]
        if any(not isinstance(stored.get(name), str) for name in names):
            raise Refusal(f"{path} is damaged: delete its folder to start with an empty local database.")
        path.chmod(0o600)
        return cls(**{name: stored[name] for name in names})
