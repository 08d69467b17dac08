"""The real data sets of ROUNDS_SHARED_DATA, brought into the shape of our own files. They stay where
they are: nothing of them is part of the project. Each has a territory root and a line of its own."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

Cells = Iterable[tuple[str, ...]]


@dataclass(frozen=True)
class Load:
    """Rows for one kind of file, in the order in which they must be loaded."""

    kind: str
    source: str
    columns: str  # separated by blanks
    rows: Cells


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
