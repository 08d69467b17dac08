"""`./dev bench`: measuring is a Django command; it needs the servers like any other."""

from __future__ import annotations

from collections.abc import Sequence

from tooling import managing
from tooling.checkout import Checkout


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Hand name and size on."""
    return managing.run(checkout, ["bench", *arguments])
