"""`physician_detailing`: 1,000 physicians, 23 months of calls and prescriptions of one drug (US)."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from crm.base.periods import month_start
from crm.real_data import Load, read

SOURCE = "physician_detailing"
FIRST_MONTH = date(2024, 1, 1)
PHYSICIANS_A_TERRITORY = 50
KNOWN_ON_DAY = 5  # a month's prescriptions are known on the 5th of the next


def loads(data: Path) -> list[Load]:
    folder = data / SOURCE
    physicians = sorted(int(row["physician_id"]) for row in read(folder / "physicians.csv"))
    held_by = {physician: _territory(place) for place, physician in enumerate(physicians)}
    territories = sorted(set(held_by.values()))
    begin = FIRST_MONTH.isoformat()
    return [
        Load("lines", SOURCE, "code name", [("us", "Detailed drug (US)")]),
        Load(
            "territories",
            SOURCE,
            "id name parent line jurisdiction time_zone",
            [
                ("US", "United States", "", "us", "US", "America/New_York"),
                *((t, f"Territory {t[2:]}", "US", "", "", "") for t in territories),
            ],
        ),
        Load("products", SOURCE, "id name line unit", [("drug", "Detailed drug", "us", "scripts")]),
        Load(
            "users",
            SOURCE,
            "id username name language",
            [
                ("manager", "us-manager", "Manager US", "en"),
                *((f"rep-{t}", f"us-rep-{t[2:]}", f"Rep {t[2:]}", "en") for t in territories),
            ],
        ),
        Load(
            "postings",
            SOURCE,
            "user territory role from",
            [("manager", "US", "manager", begin), *((f"rep-{t}", t, "rep", begin) for t in territories)],
        ),
        Load("persons", SOURCE, "id name specialty", (_person(row) for row in read(folder / "physicians.csv"))),
        Load("alignment", SOURCE, "person territory from", ((str(p), t, begin) for p, t in held_by.items())),
        Load("sales", SOURCE, "person product month units known_on", _sales(folder)),
        Load("visits", SOURCE, "id rep on persons products known_on", _visits(folder, held_by)),
    ]


def _territory(place: int) -> str:
    return f"US{place // PHYSICIANS_A_TERRITORY + 1:02}"


def _person(row: dict[str, str]) -> tuple[str, ...]:
    specialty = "general practitioner" if row["is_general_practitioner"] == "1" else ""
    if row["is_specialist"] == "1":
        specialty = "specialist"
    return row["physician_id"], f"Physician {row['physician_id']}", specialty


def _months(folder: Path) -> Iterator[tuple[dict[str, str], date]]:
    for row in read(folder / "monthly_calls_scripts.csv"):
        yield row, month_start(FIRST_MONTH, int(row["month_no"]) - 1)


def _sales(folder: Path) -> Iterator[tuple[str, ...]]:
    for row, month in _months(folder):
        known_on = month_start(month, 1).replace(day=KNOWN_ON_DAY).isoformat()
        yield row["physician_id"], "drug", month.isoformat()[:7], row["new_prescriptions"], known_on


def _visits(folder: Path, held_by: dict[int, str]) -> Iterator[tuple[str, ...]]:
    """The source counts calls a month; their days are spread over the month's working days."""
    for row, month in _months(folder):
        physician, calls = row["physician_id"], int(row["sales_calls"])
        for k in range(1, calls + 1):
            on = call_day(month, k, calls).isoformat()
            yield f"{physician}-{row['month_no']}-{k}", f"rep-{held_by[int(physician)]}", on, physician, "drug", on


def call_day(month: date, k: int, calls: int) -> date:
    """Day of call k of `calls`: the 0-based working day ⌊(k − ½)·W/calls⌋ of the month's W days
    Monday to Friday (holidays are not known for the source)."""
    days = (month_start(month, 1) - month).days
    working = [day for day in (month + timedelta(n) for n in range(days)) if day.weekday() < 5]
    return working[(2 * k - 1) * len(working) // (2 * calls)]
