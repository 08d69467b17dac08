"""A point on earth, in millionths of a degree of WGS-84, as people paste it from a map: latitude, then longitude."""

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal

Point = tuple[int, int]
MOST_NORTH, MOST_EAST = 90_000_000, 180_000_000
LONGEST = 80  # characters
_ONE = r"(-?[0-9]{1,3}(?:\.[0-9]{0,20})?)\s*°?\s*"
_PAIR = re.compile(rf"{_ONE}([NS]?)(?:\s*[,;]\s*|\s+){_ONE}([EW]?)", re.IGNORECASE)


def read(text: str) -> Point:
    """Raises ValueError where it says no point; whether that lies on earth is not judged. A tenth of a metre, which
    six decimals tell apart, is fine enough."""
    plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).replace("−", "-").strip().strip("()[]").strip()
    found = _PAIR.fullmatch(plain) if len(text) <= LONGEST else None
    if found is None:
        raise ValueError(plain)
    return _millionths(found[1], found[2]), _millionths(found[3], found[4])


def millionths(degrees: float) -> int:
    """Rounded as `read` does."""
    return _millionths(repr(degrees), "")


def said(point: Point) -> str:
    """`30.274085, 120.155070`, which `read` reads."""
    return ", ".join(degrees(part) for part in point)


def degrees(millionths: int) -> str:
    return f"{Decimal(millionths).scaleb(-6):.6f}"


def _millionths(number: str, side: str) -> int:
    parts = int(Decimal(number).scaleb(6).to_integral_value(ROUND_HALF_EVEN))
    if side and number.startswith("-"):
        raise ValueError(number)
    return -parts if side.upper() in ("S", "W") else parts
