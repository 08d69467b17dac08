"""`./dev screens`: docs/screens/, a picture of every page in every dress, from the invented country."""

from __future__ import annotations

from collections.abc import Sequence

from tooling import demo, foreground
from tooling.checkout import Checkout


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """A browser goes through all pages of the demo country."""
    with demo.standing(checkout) as country:
        pictures = [str(checkout.python), "-m", "tooling.pictures", country.origin, *country.users, *arguments]
        return foreground.run(pictures, country.env)
