"""A calendar as iCalendar has it (RFC 5545): whole days, nothing that repeats, nobody invited."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_LONGEST = 75  # octets of a line


@dataclass(frozen=True)
class Event:
    """Something on a day. `uid` stays the same for the same thing, so that a calendar moves it."""

    uid: str
    on: date
    stamp: date  # when it came to be
    summary: str
    url: str


def calendar(name: str, events: Iterable[Event]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Rounds//Calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H"]
    for event in events:
        stamp = datetime.combine(event.stamp, time.min, tzinfo=UTC)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(event.summary)}",
            f"URL:{event.url}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "".join(c if c.isprintable() else "\\n" if c == "\n" else " " for c in escaped)


def _folded(line: str) -> bytes:
    """Cut between characters, however many octets one takes."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _LONGEST:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
