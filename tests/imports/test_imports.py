"""An import through pages: upload, check, decision, load, rejects."""

import logging
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from kombu.exceptions import OperationalError

from accounts.models import Posting, TerritoryParent, User
from crm.base.locks import claimed
from crm.base.models import ImportRun, Retention
from crm.base.periods import period
from crm.base.retention import obey
from crm.imports import keeping, runs, tasks
from crm.nightly import EXPIRING, retain
from customers.models import Customer, Person
from tests.cast import NOON, TODAY, Cast, user
from tests.exchange.test_hostile_files import REFUSED, sheet
from tests.imports.conftest import PERSONS, Bring


def page_of(ops: Client, run: ImportRun) -> str:
    answer = ops.get(f"/files/imports/{run.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_is_checked_then_loaded_when_somebody_says_so(ops: Client, bring: Bring, woken: list[str]) -> None:
    before = Customer.objects.count()
    run = bring()
    assert (run.state, woken) == ("checking", ["work off imports"])
    assert "Waits for a worker" in page_of(ops, run)
    runs.work_off()
    page = ops.get(f"/files/imports/{run.pk}/")
    assert "Load 2 rows" in page.content.decode()
    assert page.context["figures"]["created"] == 2
    assert Customer.objects.count() == before  # checking changes nothing
    assert ops.post(f"/files/imports/{run.pk}/load/").status_code == 302
    run.refresh_from_db()
    assert (run.state, len(woken)) == ("loading", 2)
    runs.work_off()
    run.refresh_from_db()
    assert run.state == "done"
    assert run.outcome
    assert run.outcome["created"] == 2
    loaded = Person.objects.filter(customer__name__in=["周其琛", "孟小楼"])
    assert set(loaded.values_list("title", flat=True)) == {"主任", ""}
    assert "2 rows loaded" in page_of(ops, run)


def test_what_it_wrote_is_the_deciders(cast: Cast, ops: Client, bring: Bring) -> None:
    other = user("ops2", "值班", cast.china, "operations")
    run = bring(work=True)
    second = Client()
    second.force_login(other)
    second.post(f"/files/imports/{run.pk}/load/")
    runs.work_off()
    events = Customer.pgh_event_model.objects.filter(name="周其琛")  # type: ignore[attr-defined]
    assert [(event.actor, event.job) for event in events] == [(other.pk, "import persons")]
    assert "值班" in page_of(ops, run)


def test_only_operations_open_any_of_it(cast: Cast, bring: Bring) -> None:
    run = bring("persons", "id,name\nu1,\n", work=True)
    addresses = ["/files/", "/files/new/", "/files/kinds/persons/", "/files/kinds/persons/empty.csv"]
    addresses += ["/files/kinds/persons/columns.json", "/files/exports/", "/files/exports/persons.csv"]
    addresses += [f"/files/imports/{run.pk}/{more}" for more in ("", "progress/", "rejects.csv")]
    for someone in (cast.lin, cast.zheng, cast.idle):
        client = Client()
        client.force_login(someone)
        assert {client.get(address).status_code for address in addresses} == {403}
        file = SimpleUploadedFile("a.csv", PERSONS.encode())
        assert client.post("/files/kinds/persons/", {"source": "crm", "file": file}).status_code == 403
        for deed in ("load", "discard"):
            assert client.post(f"/files/imports/{run.pk}/{deed}/").status_code == 403
        assert "/files/" not in client.get("/customers/").content.decode()
    assert ImportRun.objects.count() == 1
    client = Client()
    client.force_login(cast.operations)
    assert {client.get(address).status_code for address in addresses} == {200}
    assert 'href="/files/"' in client.get("/customers/").content.decode()


def test_operations_of_a_part_of_the_ground_open_no_files(cast: Cast, ops: Client, bring: Bring) -> None:
    """Files hold the whole house."""
    run = bring(work=True)
    part = user("part", "片区运营", cast.jiangnan, Posting.Role.OPERATIONS)
    Posting.objects.create(user=part, territory=cast.china, role=Posting.Role.MANAGER, during=period(TODAY))
    client = Client()
    client.force_login(part)
    for address in ("", "?as=csv", "new/", "kinds/persons/", f"imports/{run.pk}/", "exports/", "exports/persons.csv"):
        answer = client.get(f"/files/{address}")
        assert answer.status_code == 403, address
        assert "covers a part of its ground only" in answer.content.decode(), address
    assert client.post(f"/files/imports/{run.pk}/load/").status_code == 403
    TerritoryParent.objects.filter(territory=cast.jiangnan).update(during=period(None, TODAY - timedelta(1)))
    assert client.get("/files/").status_code == 200  # on its own since today, whatever the closure says


def test_absent_kinds_runs_and_rejects(ops: Client, bring: Bring) -> None:
    run = bring(work=True)
    for address in ("kinds/nothing/", f"imports/{uuid4()}/", f"imports/{run.pk}/rejects.csv", "exports/persons.pdf"):
        assert ops.get(f"/files/{address}").status_code == 404, address
    assert ops.get(f"/files/imports/{run.pk}/load/").status_code == 405


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_ends_in_a_sentence(ops: Client, bring: Bring, name: str) -> None:
    before = Customer.objects.count()
    run = bring("persons", REFUSED[name][0], work=True)
    run.refresh_from_db()
    page = page_of(ops, run)
    assert run.state == "failed"
    assert "The file was refused; nothing was changed" in page
    assert run.error
    assert len(run.error) < 600
    assert "/load/" not in page
    assert Customer.objects.count() == before


def test_rejected_rows_come_back_and_the_others_are_loaded(ops: Client, bring: Bring) -> None:
    rows = "id,name,gender\nu1,周其琛,x\nu2,,\nu3,孟小楼,female\nu4,<b>粗</b>,y\n"
    run = bring("persons", rows, work=True)
    page = page_of(ops, run)
    assert "3 rows rejected" in page
    assert re.search(r"Load 1 row\s*<", page)
    reasons = ops.get(f"/files/imports/{run.pk}/").context["reasons"]
    assert [(r.line, r.column, r.rows) for r in reasons] == [("2", "gender", 2), ("3", "name", 1)]
    ops.post(f"/files/imports/{run.pk}/load/")
    runs.work_off()
    assert Customer.objects.filter(name="孟小楼").exists()
    answer = ops.get(f"/files/imports/{run.pk}/rejects.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "line,column,sentence"
    assert [line.split(",")[:2] for line in lines[1:]] == [["2", "gender"], ["3", "name"], ["5", "gender"]]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="persons.rejects.csv"'


def test_a_sentence_that_begins_as_a_formula_is_not_one(ops: Client, bring: Bring) -> None:
    run = bring("territories", "id,name,line\nt1,北,=cmd|x\n", work=True)
    reasons = ops.get(f"/files/imports/{run.pk}/").context["reasons"]
    assert reasons[0].sentence.startswith("=cmd")
    body = b"".join(ops.get(f"/files/imports/{run.pk}/rejects.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ",'=cmd" in body
    assert ",=cmd" not in body


def test_cells_and_names_stay_out_of_logs_and_addresses(
    ops: Client, bring: Bring, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(PERSONS)

    run = bring("persons", "id,name,gender\nu1,周其琛,x\n", name="周其琛.csv", work=True)
    monkeypatch.setattr(runs, "load", broken)
    bring(work=True)
    assert "RuntimeError" in caplog.text
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    assert not [line for line in ours if "周其琛" in line]
    assert "周" not in page_of(ops, run).split("<h1>")[0].split("<title>")[0]
    stored = [path.name for path in keeping.upload_path(run.pk).parent.iterdir()]
    assert not [name for name in stored if "周" in name]


def test_uploads_are_private_and_not_served(ops: Client, bring: Bring, private_files: Path) -> None:
    run = bring("persons", "id,name\nu1,\n", work=True)
    found = sorted(private_files.rglob("*"))
    assert [path.name for path in found] == ["imports", f"{run.pk}.rejects.csv", f"{run.pk}.upload"]
    assert [oct(path.stat().st_mode & 0o777) for path in found] == ["0o700", "0o600", "0o600"]
    for path in found[1:]:
        for root in ("/static/", "/media/", "/files/"):
            assert ops.get(f"{root}imports/{path.name}").status_code == 404


def test_a_large_upload_goes_to_disk_and_a_larger_one_is_refused(ops: Client, settings: Any) -> None:
    settings.UPLOAD_MOST_MB = 3
    fits = SimpleUploadedFile("a.csv", b"id,name\n" + b"x" * (3 * 1024 * 1024 - 8))
    assert ops.post("/files/kinds/persons/", {"source": "crm", "file": fits}).status_code == 302
    large = SimpleUploadedFile("a.csv", b"id,name\n" + b"x" * (3 * 1024 * 1024))
    answer = ops.post("/files/kinds/persons/", {"file": large, "source": "crm"})
    assert answer.status_code == 422
    assert "larger than 3 MB" in answer.content.decode()
    assert ImportRun.objects.count() == 1


def test_a_form_without_file_or_with_a_wrong_source_says_so(ops: Client) -> None:
    answer = ops.post("/files/kinds/persons/", {"source": "Our CRM"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()
    assert "Write small letters" in answer.content.decode()
    unknown = ops.post("/files/kinds/wishes/", {"source": "crm", "file": SimpleUploadedFile("a.csv", b"x")})
    assert unknown.status_code == 404
    assert not ImportRun.objects.exists()


def test_a_file_name_is_shown_harmlessly(ops: Client, bring: Bring) -> None:
    run = bring(name="../../etc/<script>\u202e\x07.csv")
    assert run.file_name == "<script>.csv"
    assert "<script>.csv" not in page_of(ops, run)


def test_discarded_it_can_no_longer_be_loaded(ops: Client, bring: Bring, woken: list[str]) -> None:
    waiting, checked = bring(), bring(work=True)
    for run in (waiting, checked):
        ops.post(f"/files/imports/{run.pk}/discard/")
        ops.post(f"/files/imports/{run.pk}/load/")
    runs.work_off()
    assert set(ImportRun.objects.values_list("state", flat=True)) == {"discarded"}
    assert not Customer.objects.filter(name="周其琛").exists()


def test_a_second_press_of_the_button_does_nothing(ops: Client, bring: Bring, woken: list[str]) -> None:
    run = bring(work=True)
    for _press in range(2):
        ops.post(f"/files/imports/{run.pk}/load/")
    assert len(woken) == 2  # the upload, and the first press
    runs.work_off()
    ops.post(f"/files/imports/{run.pk}/load/")
    ops.post(f"/files/imports/{run.pk}/discard/")
    assert ImportRun.objects.get(pk=run.pk).state == "done"


def test_nothing_to_load_offers_no_button(ops: Client, bring: Bring) -> None:
    ops.post(f"/files/imports/{bring(work=True).pk}/load/")
    runs.work_off()
    again = bring(work=True)
    page = page_of(ops, again)
    assert "There is nothing to load" in page
    assert f"/files/imports/{again.pk}/load/" not in page


def test_without_redis_the_upload_succeeds_and_the_tick_does_it(
    ops: Client, monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    from crm.tasks import tick

    def away(**more: Any) -> None:
        raise OperationalError("Connection refused")

    monkeypatch.setattr(tasks.work_off_imports, "apply_async", away)
    monkeypatch.setattr("crm.nightly.do_due_nights", lambda at: None)
    file = SimpleUploadedFile("a.csv", PERSONS.encode())
    assert ops.post("/files/kinds/persons/", {"source": "crm", "file": file}).status_code == 302
    assert ImportRun.objects.get().state == "checking"
    tick()
    assert ImportRun.objects.get().state == "checked"


def test_what_breaks_is_tried_again_and_not_for_ever(
    ops: Client, bring: Bring, monkeypatch: pytest.MonkeyPatch, time_machine_moves: Any
) -> None:
    tries = []

    def broken(*args: Any, **kwargs: Any) -> None:
        tries.append(1)
        raise MemoryError

    monkeypatch.setattr(runs, "load", broken)
    run = bring(work=True)
    runs.work_off()
    assert len(tries) == 2  # at once the first time
    runs.work_off()
    assert len(tries) == 2  # then with pauses
    for _hour in range(9):
        time_machine_moves(timedelta(hours=1))
        runs.work_off()
    run.refresh_from_db()
    assert (len(tries), run.state) == (5, "failed")
    assert "5 times" in page_of(ops, run)


def test_another_process_at_the_kind_is_waited_for(ops: Client, bring: Bring, second_session: Any) -> None:
    with second_session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('import persons', 2))")
        persons, lines = bring(), bring("lines", "code,name\nx,X\n", work=True)
        assert [ImportRun.objects.get(pk=run.pk).state for run in (persons, lines)] == ["checking", "checked"]
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('import persons', 2))")
    runs.work_off()
    assert ImportRun.objects.get(pk=persons.pk).state == "checked"
    with claimed("import persons") as claim:
        assert claim is not None  # whoever worked gave the lock back


def test_the_page_asks_again_only_while_a_worker_is_at_it(ops: Client, bring: Bring) -> None:
    run = bring()
    part = ops.get(f"/files/imports/{run.pk}/progress/")
    assert 'hx-trigger="every 1s"' in part.content.decode()
    assert "HX-Refresh" not in part
    runs.work_off()
    part = ops.get(f"/files/imports/{run.pk}/progress/")
    assert "hx-trigger" not in part.content.decode()
    assert part["HX-Refresh"] == "true"
    assert "htmx" not in page_of(ops, run)


def test_figures_of_progress(ops: Client, bring: Bring) -> None:
    run = bring()
    ImportRun.objects.filter(pk=run.pk).update(
        phase="read", rows_done=128_400, rows_expected=212_305, rows_a_second=8_250,
        started_at=NOON - timedelta(seconds=16), heartbeat_at=NOON,
    )  # fmt: skip
    page = page_of(ops, run)
    for words in ("128,400", "/ 212,305", "8,250 rows a second", "about 10 s left", "16 s so far", 'value="60"'):
        assert words in page
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=NOON - timedelta(minutes=2))
    assert "Interrupted: goes on within a minute" in page_of(ops, run)


def test_the_list_has_pages_and_kinds(cast: Cast, ops: Client) -> None:
    ImportRun.objects.bulk_create(
        ImportRun(kind=kind, source="crm", file_name=f"{n}.csv", size=1, sha256="", language="en", state="done",
                  actor_id=cast.operations.pk, wanted_at=NOON + timedelta(seconds=n))
        for n, kind in enumerate(["persons"] * 60 + ["sales"])
    )  # fmt: skip
    first = ops.get("/files/")
    assert [row.of.file_name for row in first.context["rows"]][:2] == ["60.csv", "59.csv"]
    assert len(first.context["rows"]) == 50
    assert len(ops.get("/files/?page=2").context["rows"]) == 11
    assert [row.of.file_name for row in ops.get("/files/?kind=sales").context["rows"]] == ["60.csv"]
    assert "运营" in first.content.decode()


def test_statements_of_the_list_do_not_grow(cast: Cast, ops: Client, django_assert_max_num_queries: Any) -> None:
    people = [user(f"u{n}", f"人{n}") for n in range(30)]
    ImportRun.objects.bulk_create(
        ImportRun(kind="persons", source="crm", file_name="x", size=1, sha256="", language="en", actor_id=who.pk,
                  wanted_at=NOON)
        for who in people
    )  # fmt: skip
    with django_assert_max_num_queries(10):
        ops.get("/files/")


def test_sentences_are_in_the_language_of_whoever_brought_the_file(cast: Cast, ops: Client, bring: Bring) -> None:
    User.objects.filter(pk=cast.operations.pk).update(language="zh-hans")
    run = bring("persons", "id,name\nu1,\n", work=True)
    assert run.language == "zh-hans"
    assert "必填" in ops.get(f"/files/imports/{run.pk}/").context["reasons"][0].sentence


def test_an_excel_file_is_read(bring: Bring) -> None:
    run = bring("persons", sheet(("id", "name"), ("u1", "周其琛")), name="客户.xlsx", work=True)
    run.refresh_from_db()
    assert run.findings
    assert run.findings["created"] == 1


def age(run: ImportRun, days: int) -> None:
    then = NOON - timedelta(days=days)
    ImportRun.objects.filter(pk=run.pk).update(finished_at=then, heartbeat_at=then)
    for path in (keeping.upload_path(run.pk), keeping.rejects_path(run.pk)):
        os.utime(path, (then.timestamp(), then.timestamp()))


def test_files_go_after_a_month_and_runs_later(ops: Client, bring: Bring) -> None:
    young, old, ancient = (bring("persons", "id,name\nu1,\nu2,x\n", work=True) for _n in range(3))
    for run, days in ((young, 29), (old, 32), (ancient, 402)):
        ops.post(f"/files/imports/{run.pk}/discard/")
        age(run, days)
    assert set(Retention.objects.values_list("what", flat=True)) >= {"import_files", "imports"}
    done = obey(on=TODAY, tables=EXPIRING, job="test")
    assert (done["import_files"], done["imports"]) == (2, 1)
    assert keeping.sweep(NOON) == 4
    assert keeping.upload_path(young.pk).exists()
    assert not keeping.upload_path(old.pk).exists()
    assert set(ImportRun.objects.values_list("pk", flat=True)) == {young.pk, old.pk}
    page = page_of(ops, old)
    assert "were kept for a month and are gone" in page
    assert ops.get(f"/files/imports/{old.pk}/rejects.csv").status_code == 404


def test_one_that_nobody_decided_on_is_discarded_with_its_file(ops: Client, bring: Bring) -> None:
    run = bring("persons", "id,name\nu1,\nu2,x\n", work=True)
    age(run, 31)
    ImportRun.objects.filter(pk=run.pk).update(finished_at=None)
    assert retain(TODAY)["files_removed"] == 2
    run.refresh_from_db()
    assert (run.state, run.files_kept) == ("discarded", False)
    assert not keeping.upload_path(run.pk).exists()


def test_a_file_whose_row_was_never_committed_is_swept(ops: Client, bring: Bring) -> None:
    kept = bring()
    left = keeping.upload_path(uuid4())
    left.write_bytes(b"x")
    now = NOON.timestamp()
    os.utime(left, (now, now))
    assert keeping.sweep(NOON + timedelta(hours=1)) == 0
    assert keeping.sweep(NOON + timedelta(hours=7)) == 1
    assert keeping.upload_path(kept.pk).exists()
