"""`./dev bench`: measuring is a Django command, on servers that exist for it only; that of pages is a browser."""

from __future__ import annotations

from collections.abc import Sequence

from tooling import demo, foreground, project
from tooling.checkout import Checkout
from tooling.servers import ThrowAwayServers

PAGES = "pages"


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """An empty migrated database, the bench, its exit code."""
    if list(arguments) == [PAGES]:
        return _pages(checkout)
    with ThrowAwayServers(checkout).in_use() as env:
        project.migrate(checkout, env)
        return foreground.run(project.manage(checkout, "bench", *arguments), env)


def _pages(checkout: Checkout) -> int:
    """The pages of the demo country on a slow phone."""
    with demo.standing(checkout) as country:
        phone = [str(checkout.python), "-m", "tooling.phone", country.origin, *country.users]
        return foreground.run(phone, country.env)
