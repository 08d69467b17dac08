"""`./dev screens`: docs/screens/, a picture of every page in every dress and state, from invented companies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack

from tooling import demo, foreground
from tooling.checkout import Checkout
from tooling.demo import Country
from tooling.shots import SHOTS
from tooling.states import STATES

ALL = (*SHOTS, *STATES)


def run(checkout: Checkout, arguments: Sequence[str]) -> int:
    """A browser goes through all pages, or through those that are named."""
    named = [shot for shot in ALL if shot.name in arguments]
    places = {shot.where for shot in named or ALL}
    houses: dict[str, Country] = {}
    with ExitStack() as stack:
        if "country" in places:
            houses["country"] = stack.enter_context(demo.standing(checkout))
        if places - {"country"}:
            houses |= stack.enter_context(demo.first_day(checkout))
        doors = {
            name: {"origin": house.origin, "users": dict(user.split("=", 1) for user in house.users)}
            for name, house in houses.items()
        }
        pictures = [str(checkout.python), "-m", "tooling.pictures", json.dumps(doors), *arguments]
        return foreground.run(pictures, next(iter(houses.values())).env)
