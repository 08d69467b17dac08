"""`./dev bench`: measuring is a Django command, on servers that exist for it only."""

from __future__ import annotations

from collections.abc import Sequence

from tooling import foreground, project
from tooling.checkout import Checkout
from tooling.servers import ThrowAwayServers


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """An empty migrated database, the bench, its exit code."""
    with ThrowAwayServers(checkout).in_use() as env:
        project.migrate(checkout, env)
        return foreground.run(project.manage(checkout, "bench", *arguments), env)
