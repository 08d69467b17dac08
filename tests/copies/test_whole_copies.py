"""A house with a past, taken out whole and put into an empty one: nothing can be told apart."""

import csv
import filecmp
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest

from crm.base import clock
from crm.base.audit import exempt_models, tracked_models
from crm.copies import MANIFEST
from crm.exchange import COPY_ORDER, KINDS, NOT_IN_FILES
from tests import houses
from tests.houses import House

TODAY = clock.company_date(clock.now())


# Several commands in one process: starting Django is most of the time of a small one.
_SEVERAL = """
import contextlib, io, json, sys, django
from django.core.management import call_command
django.setup()
for command in json.loads(sys.stdin.read()):
    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said):
        try:
            call_command(*command)
        except SystemExit as ended:
            code = ended.code
    print(json.dumps([code, json.loads(said.getvalue().strip().splitlines()[-1])]))
"""


def done(house: House, *commands: list[str], code: int = 0) -> list[dict]:
    """What each command said at its end."""
    ran = subprocess.run(
        [sys.executable, "-c", _SEVERAL], input=json.dumps(commands), cwd=houses.ROOT, env=house.env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [answer[0] for answer in answers] == [code] * len(commands), (answers, ran.stderr[-2000:])
    return [answer[1] for answer in answers]


def importing(folder: Path, kind: str, text: str) -> list[str]:
    path = folder / f"{kind}.csv"
    path.write_text("\n".join(line.strip() for line in text.splitlines()) + "\n", encoding="utf-8")
    return ["import_data", kind, str(path), "--source", "demo"]


def exporting(kind: str, path: Path, *options: str) -> list[str]:
    return ["export_data", kind, "--out", str(path), *options]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def lived(make_house: Callable[..., House], tmp_path_factory: pytest.TempPathFactory) -> House:
    """The demo country with two nights and whatever has a history: corrected sales, a moved territory, merged and
    ended customers, answered reminders, and something of every kind beside the demo's own."""
    house, folder = make_house(), tmp_path_factory.mktemp("files")
    assert house.manage("load_demo", ROUNDS_DEMO_PASSWORD="round-and-round-1").returncode == 0
    wanted = ("sales", "persons", "institutions", "products", "users", "territories")
    done(
        house,
        ["nightly", "--on", str(TODAY - timedelta(days=2))],
        *(exporting(kind, folder / f"{kind}.out", "--source", "demo") for kind in wanted),
    )
    rows = {kind: read(folder / f"{kind}.out") for kind in wanted}
    sold = next(row for row in rows["sales"] if row["institution"]) | {"known_on": ""}
    persons, products, reps = ([row["id"] for row in rows[kind]] for kind in ("persons", "products", "users"))
    places = [row["id"] for row in rows["institutions"] if row["kind"] == "hospital"]
    clinic = next(row["id"] for row in rows["institutions"] if row["kind"] == "clinic")
    leaf = next(row for row in reversed(rows["territories"]) if row["parent"])
    other = next(row["parent"] for row in rows["territories"] if row["parent"] not in ("", leaf["parent"]))
    p, i, leaf_id, product = persons[0], places[0], leaf["id"], products[0]
    files = {
        "territories": f"""id,name,parent
            {leaf_id},{leaf["name"]},{other}""",
        "consents": f"""person,purpose,wording,from,to
            {p},family,v1,2025-01-01,""",
        "facts": f"""person,fact,value,source,learned_on,author
            {p},family,likes hiking,told,2025-02-01,{reps[0]}
            {p},birthday,05-12,told,2025-02-01,""",
        "licences": f"""institution,kind,number,from,to
            {i},medical_practice,X-1,2020-01-01,2027-12-31""",
        "trade_files": f"""institution,principal,staff,credit
            {i},王,12,good""",
        "departments": f"""institution,name,part_of,head,outpatients_per_day
            {i},医务部,,{p},40
            {i},医务一科,医务部,,""",
        "listings": f"""institution,product,state,from,to
            {clinic},{product},committee,2025-01-01,2025-06-30
            {clinic},{product},listed,2025-07-01,""",
        "holidays": """jurisdiction,on,name,works
            CN,2026-10-01,国庆节,0
            CN,2026-10-10,调休,1""",
        "time_off": f"""user,kind,half,from,to
            {reps[0]},training,,2020-03-02,2020-03-03""",
        "targets": f"""territory,institution,measure,value,from,to,agreed_on
            {leaf_id},{i},meetings,3,2026-01-01,2026-12-31,2025-12-20""",
        "institutions": f"""id,name,kind,latitude,longitude,annual_purchases,purchases_currency,parent
            {i},改名医院,hospital,30.123456,120.5,1234.50,CNY,{places[1]}""",
        "persons": f"""id,name,ended_on
            {persons[1]},离开的人,2026-01-31""",
    }
    sales = [",".join(sold) + "\n" + ",".join((sold | {"units": units}).values()) for units in ("3", "4")]
    for answer in (
        *done(house, importing(folder, "sales", sales[0])),
        *done(house, importing(folder, "sales", sales[1]), *(importing(folder, *file) for file in files.items())),
    ):
        assert (answer["rejected"], answer["created"] + answer["updated"] > 0) == (0, True), answer
    named = "(SELECT object_id FROM base_externalid WHERE kind = 'person' AND external_id = '{}')".format
    owner_write(
        house,
        f"""UPDATE customers_customer SET merged_into_id = {named(persons[3])}
            WHERE id = {named(persons[2])}""",
    )
    last = "(SELECT max(id) FROM visits_reminder)"
    owner_write(house, f"UPDATE visits_reminder SET state = 'dismissed', answer = '已离职' WHERE id = {last} - 1")
    owner_write(house, f"UPDATE visits_reminder SET postponed_to = current_date, answer = '出差' WHERE id = {last}")
    done(house, ["nightly", "--on", str(TODAY - timedelta(days=1))])
    return house


def owner_write(house: House, sql: str) -> None:
    """What no file can say."""
    with closing(psycopg2.connect(houses.owner_url(house.database))) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount == 1, sql
        connection.commit()


def test_a_whole_copy_is_identical_history_and_trail_included(
    lived: House, make_house: Callable[..., House], tmp_path: Path
) -> None:
    [out] = done(lived, ["export_all", str(tmp_path / "first")])
    done(make_house(), ["import_all", str(tmp_path / "first")], ["export_all", str(tmp_path / "second")])
    names = sorted(
        str(path.relative_to(tmp_path / "first")) for path in (tmp_path / "first").rglob("*") if path.is_file()
    )
    same, different, missing = filecmp.cmpfiles(tmp_path / "first", tmp_path / "second", names, shallow=False)
    assert (different, missing, len(same)) == ([], [], out["files"] + 1)
    manifest = json.loads((tmp_path / "first" / MANIFEST).read_text())["files"]
    nothing = [name for name, entry in manifest.items() if not entry["rows"] and not name.startswith("trail/")]
    assert nothing == ["commands.csv"], "every other kind had rows to lose"
    assert sum(entry["rows"] for name, entry in manifest.items() if name.startswith("trail/")) > 10_000


def test_the_copy_goes_on_living(lived: House, make_house: Callable[..., House], tmp_path: Path) -> None:
    """The next night in the copy makes what it makes in the original."""
    done(lived, ["export_all", str(tmp_path / "first")])
    night = ["nightly", "--on", str(TODAY)]
    [_filled, copied] = done(make_house(), ["import_all", str(tmp_path / "first")], night)
    [original] = done(make_house(like=lived), night)
    assert copied["steps"] == original["steps"]


def test_file_by_file_every_kind_comes_back_as_it_was(
    lived: House, make_house: Callable[..., House], tmp_path: Path
) -> None:
    """By the ids of sources, without the keys of Rounds: the way of ordinary files."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    kinds = [name for name in COPY_ORDER if name != "commands"]
    done(lived, *(exporting(kind, tmp_path / "first" / kind) for kind in kinds))
    empty = make_house()
    answers = done(empty, *(["import_data", kind, str(tmp_path / "first" / kind)] for kind in kinds))
    assert {answer["kind"]: answer["rejected"] for answer in answers} == dict.fromkeys(kinds, 0)
    done(empty, *(exporting(kind, tmp_path / "second" / kind) for kind in kinds))
    _same, different, missing = filecmp.cmpfiles(tmp_path / "first", tmp_path / "second", kinds, shallow=False)
    assert (different, missing) == ([], [])


def test_a_damaged_copy_and_a_house_that_is_not_empty_are_refused(
    lived: House, make_house: Callable[..., House], tmp_path: Path
) -> None:
    done(lived, ["export_all", str(tmp_path / "copy")])
    [answer] = done(lived, ["import_all", str(tmp_path / "copy")], code=2)
    assert "not empty" in answer["refused"][0]
    with (tmp_path / "copy" / "persons.csv").open("a") as file:
        file.write("x")
    house = make_house()
    [answer] = done(house, ["import_all", str(tmp_path / "copy")], code=2)
    assert "persons.csv" in answer["refused"][0]
    assert house.rows("SELECT count(*) FROM accounts_line") == [(0,)]


def test_computed_kinds_are_refused_in_a_house_with_a_past(lived: House, tmp_path: Path) -> None:
    path = tmp_path / "tiers.csv"
    [out, again] = done(lived, exporting("tiers", path), ["import_data", "tiers", str(path)])
    assert again["unchanged"] == out["rows"] > 0
    first = read(path)[0]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first | {"tier": "C" if first["tier"] != "C" else "A"})
    [forged] = done(lived, ["import_data", "tiers", str(path)], code=3)
    assert forged["rejected"] == 1


def test_every_model_is_carried_or_says_why_not() -> None:
    models = {model._meta.label for model in {**tracked_models(), **exempt_models()}}
    carried = {label for kind in KINDS.values() for label in kind.carries}
    libraries = {"auth", "contenttypes", "sessions", "pghistory", "account", "usersessions"}
    foreign = {label for label in models if label.split(".")[0] in libraries}
    through = {"accounts.User_groups", "accounts.User_user_permissions"}
    assert models - carried - foreign - through == set(NOT_IN_FILES)
    assert not carried & set(NOT_IN_FILES)
