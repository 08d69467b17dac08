"""The figures of managers' pages, brought up to date by each night."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from crm.base.actor import acting
from crm.base.differences import bring
from segmentation.models import CycleCustomer, CycleField, CycleNight, CycleRollup, TierMove
from segmentation.queries import rollups

DAYS_SHOWN = 400  # a year of cycles, for trends
DAYS_LATE = 45  # how long after its end a cycle is counted again each night


def roll_up_cycles(*, night: date) -> dict[str, int]:
    """Count the cycles that the night of `night` may change; differences only. One that a later night has
    counted is left as it is."""
    changed = 0
    wanted: dict[str, Any] = {"night": night, "shown": DAYS_SHOWN, "late": DAYS_LATE}
    with connection.cursor() as cursor:
        cursor.execute(rollups.WANTED, wanted)
        cycles = cursor.fetchall()
    for cycle, line, first, end in cycles:
        changed += _roll_up(night, cycle, line, first, end)
        with acting(None, job=f"night {night}"):
            CycleNight.objects.update_or_create(cycle_id=cycle, defaults={"night": night})
    return {"cycles": len(cycles), "rows_changed": changed, "cycles_forgotten": _forget(night)}


def _roll_up(night: date, cycle: int, line: Any, first: date, end: date) -> int:
    params: dict[str, Any] = {
        "night": night,
        "cycle": cycle,
        "line": str(line),
        "first": first,
        "end": end,
        "before": min(night, end),
        "day": min(night, end - timedelta(days=1)),
        "running": night < end,
        "zone": settings.COMPANY_TIME_ZONE.key,
    }
    steps: list[tuple[Any, tuple[str, ...], str]] = [
        (CycleCustomer, ("cycle_id", "customer_id"), rollups.CUSTOMERS),
        (TierMove, ("assignment_id",), rollups.MOVES),
        (CycleRollup, ("cycle_id", "territory_id", "tier", "role", "kind", "place_kind"), rollups.SUMS),
        (CycleField, ("cycle_id", "territory_id"), rollups.FIELD),
    ]
    within, job = "cycle_id = %(cycle)s", f"night {night}"
    return sum(
        bring(model, keys=keys, within=within, query=query, params=params, job=job) for model, keys, query in steps
    )


def _forget(night: date) -> int:
    """Figures of cycles that no trend shows any more."""
    old = CycleNight.objects.filter(cycle__during__endswith__lte=night - timedelta(days=DAYS_SHOWN))
    forgotten = list(old.values_list("cycle", flat=True))
    for model in (CycleRollup, CycleField, TierMove, CycleCustomer):
        with acting(None, job=f"night {night}"):
            model.objects.filter(cycle__in=forgotten)._raw_delete("default")
    with acting(None, job=f"night {night}"):
        CycleNight.objects.filter(cycle__in=forgotten).delete()
    return len(forgotten)
