"""CPU seconds of client and server, in alternated runs, as a ratio to a bound of the same run.

Machines are shared and noisy: a wall clock says little, and a figure without a bound nothing. A spread
over 20 % is no claim, and is printed as such.
"""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

RUNS = 5
NO_CLAIM = 0.20


@dataclass(frozen=True)
class Figure:
    """One line of output. `value` is the median of the runs' ratios, `spread` (largest − smallest) ÷ median."""

    bench: str
    size: str
    metric: str
    value: float
    unit: str
    bound: str
    target: float | None
    runs: int
    spread: float
    claim: bool
    measured_cpu: float
    bound_cpu: float

    def as_line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


class BackendOutOfSight(Exception):
    """The server's process can't be seen from here: benchmarks need a server on this machine."""


def _backend_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        raise BackendOutOfSight(BackendOutOfSight.__doc__) from None


def cpu_seconds(work: Callable[[], object]) -> float:
    """What `work` costs this process and its database backend."""
    backend, client = _backend_seconds(), time.process_time()
    work()
    return _backend_seconds() - backend + time.process_time() - client


def compare(
    *,
    bench: str,
    size: str,
    metric: str,
    bound_is: str,
    target: float | None,
    measured: Callable[[], object],
    bound: Callable[[], object],
    reset: Callable[[], object] = lambda: None,
    warm: bool = True,
) -> Figure:
    """Run bound and measured in turn, `reset` before each measured run."""
    if warm:
        bound()
    pairs = []
    for _run in range(RUNS):
        bound_cpu = cpu_seconds(bound)
        reset()
        pairs.append((cpu_seconds(measured), bound_cpu))
    ratios = [measured_cpu / bound_cpu for measured_cpu, bound_cpu in pairs]
    median = statistics.median(ratios)
    spread = (max(ratios) - min(ratios)) / median
    return Figure(
        bench=bench,
        size=size,
        metric=metric,
        value=round(median, 3),
        unit="ratio",
        bound=bound_is,
        target=target,
        runs=RUNS,
        spread=round(spread, 3),
        claim=spread <= NO_CLAIM,
        measured_cpu=round(statistics.median(measured_cpu for measured_cpu, _bound in pairs), 4),
        bound_cpu=round(statistics.median(bound_cpu for _measured, bound_cpu in pairs), 4),
    )


class WrongResult(Exception):
    """What was measured did not do what it should: its speed is of no interest."""


def check(holds: bool, sentence: str) -> None:
    if not holds:
        raise WrongResult(sentence)
