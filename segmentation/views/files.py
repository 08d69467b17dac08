"""The tables of managers' pages as files: the figures that the page shows, row by row."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.base import clock
from crm.base.lists import Column
from crm.base.lists.files import FILES
from segmentation.models import CycleNight
from segmentation.queries.figures import Row, cycle_name
from segmentation.queries.kpis import KPIS

TEAM = (
    ("calls_done", None),
    ("planned_calls", None),
    ("attainment", None),
    ("expected_to_date", None),
    ("reach", "A"),
    ("frequency_on_target", None),
    ("overdue", None),
    ("off_plan", None),
    ("logged_late", None),
    ("followups_on_time", None),
    ("calls_per_field_day", None),
)
TIERS = (
    ("tier_mix", None),
    *(("tier_mix", letter) for letter in ("A", "B", "C", "")),
    *((name, letter) for name in ("reach", "frequency_on_target") for letter in "ABC"),
    *((name, letter) for letter in "ABC" for name in ("calls_done", "planned_calls", "expected_to_date")),
    ("promotions", None),
    ("demotions", None),
)


def as_file(
    kind: str,
    name: str,
    heading: str,
    figures: Sequence[tuple[str, str | None]],
    rows: Sequence[Row],
    nights: Sequence[CycleNight],
) -> HttpResponseBase:
    """`kind` of crm.base.lists.files; `figures` are names of the registry, of one tier or of all. A row says the cycle
    and the night of its figures; `nights` has that of the page first."""
    of = {night.cycle_id: night for night in reversed(nights)}

    def night(row: Row) -> CycleNight:
        return of[row.opens.get("cycle", nights[0].cycle_id)]

    columns = [Column("row", heading, lambda row: row.label)]
    if any(row.territory for row in rows):
        columns.append(Column("people", _("People"), _people))
    columns += [
        Column("cycle", pgettext("of visits", "Cycle"), lambda row: cycle_name(night(row).cycle)),
        Column("night", _("As of the night of"), lambda row: night(row).night),
        *_columns(figures),
    ]
    answer = FILES[kind](f"{name}-{clock.company_date(clock.now()).isoformat()}", columns, rows)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _people(row: Row) -> str:
    if not row.territory:
        return ""
    return _(", ").join(row.people) or _("vacant")


def _columns(figures: Sequence[tuple[str, str | None]]) -> Iterator[Column]:
    for name, letter in figures:
        head = str(KPIS[name].label)
        if KPIS[name].unit == "percent":
            head = f"{head} (%)"
        if letter is not None:
            head = f"{head} · {letter or _('no tier yet')}"
        yield Column(f"{name}-{letter}", head, _value_of(name, letter), number=True)


def _value_of(name: str, letter: str | None) -> Callable[[Row], Any]:
    def value(row: Row) -> Any:
        found = KPIS[name].of(row.all if letter is None else row.cells[letter])
        return float(found) if isinstance(found, Decimal) else found

    return value
