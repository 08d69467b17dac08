"""Web, worker and beat of a ./dev up that was killed: found again by pid and start time, and ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tooling import processes
from tooling.checkout import Checkout, read_json, write_privately


def record(checkout: Checkout, pids: Mapping[str, int]) -> None:
    """Write down who runs for this checkout, so that a later start can end them."""
    entries = {
        name: {"pid": pid, "started": processes.started_at(pid), "folder": str(checkout.root)}
        for name, pid in pids.items()
    }
    write_privately(_path(checkout), json.dumps(entries, indent=2))


def end(checkout: Checkout) -> list[str]:
    """End what an earlier `up` of this checkout left running; returns the names."""
    ours = {name: entry["pid"] for name, entry in read_json(_path(checkout)).items() if _is_ours(entry, checkout)}
    processes.end_groups(list(ours.values()), patience=7)
    _path(checkout).unlink(missing_ok=True)
    return sorted(ours)


def _is_ours(entry: object, checkout: Checkout) -> bool:
    """The same process as then (not one that got its pid since), working in this checkout (not in the
    one that this was copied from)."""
    if not isinstance(entry, dict) or not isinstance(entry.get("pid"), int) or not entry.get("started"):
        return False
    pid = entry["pid"]
    return processes.started_at(pid) == entry["started"] and processes.works_in(
        pid, checkout.root, recorded=entry.get("folder")
    )


def _path(checkout: Checkout) -> Path:
    return checkout.state / "children.json"
