"""The dice of the demo country: each part has its own, so that a change of one leaves the others alone."""

from random import Random

SEED = "rounds"


def dice(*part: str) -> Random:
    """The same words give the same throws, on any day."""
    return Random(" ".join((SEED, *part)))  # noqa: S311 - no secret is made here
