"""Files of users and postings do no more, and no less, than the pages of operations."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Posting, User
from crm.base.models import ExternalId, ImportRun, Source
from crm.imports import runs
from tests.cast import Cast, user
from tests.doors.conftest import sent, sign_in
from tests.imports.conftest import Bring

Loaded = Callable[[str, str], ImportRun]
HEAD = "id,username,name,email,active\n"


@pytest.fixture
def loaded(ops: Client, bring: Bring, django_capture_on_commit_callbacks: Any) -> Loaded:
    """A file of operations, checked and loaded."""

    def load(kind: str, content: str) -> ImportRun:
        run = bring(kind, content, work=True)
        ops.post(f"/files/imports/{run.pk}/load/")
        with django_capture_on_commit_callbacks(execute=True):
            runs.work_off()
        run.refresh_from_db()
        return run

    return load


@pytest.fixture
def known(cast: Cast) -> Cast:
    """The cast of users, by their names in the source `crm`, with addresses."""
    Source.objects.get_or_create(name="crm")
    for one in (cast.lin, cast.zhao, cast.operations):
        User.objects.filter(pk=one.pk).update(email=f"{one.username}@example.com")
        ExternalId.objects.create(kind="user", source="crm", external_id=one.username, object_id=one.pk)
    return cast


def test_an_address_that_a_file_changes_is_told_to_the_one_of_before(known: Cast, loaded: Loaded) -> None:
    run = loaded("users", f"{HEAD}lin,lin,林晓,LIN@example.com,1\nzhao,zhao,赵一,zhao@example.com,1\n")
    assert run.outcome
    assert run.outcome["updated"] == 2
    assert sent() == []  # the same box, another name
    loaded("users", f"{HEAD}lin,lin,林晓,lin@example.org,1\nzhao,zhao,赵一,,0\n")
    letters = sorted(sent(), key=lambda letter: letter.to)
    assert [letter.to for letter in letters] == [["LIN@example.com"], ["zhao@example.com"]]
    assert "is another one now" in letters[0].body


def test_a_file_that_is_only_checked_tells_nobody(
    known: Cast, bring: Bring, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = bring("users", f"{HEAD}lin,lin,林晓,lin@example.org,1\n", work=True)
    assert run.findings
    assert run.findings["updated"] == 1
    assert sent() == []


def test_whom_a_file_closes_is_signed_out_for_good(known: Cast, loaded: Loaded) -> None:
    lin, zhao = Client(), Client()
    sign_in(lin, "lin")
    sign_in(zhao, "zhao")
    assert {client.get("/customers/").status_code for client in (lin, zhao)} == {200}
    loaded("users", f"{HEAD}lin,lin,林晓,lin@example.com,0\n")
    loaded("users", f"{HEAD}lin,lin,林晓,lin@example.com,1\n")
    assert User.objects.get(pk=known.lin.pk).is_active
    assert lin.get("/customers/").status_code == 302
    assert zhao.get("/customers/").status_code == 200


def test_operations_change_no_user_with_rights_over_the_machine(known: Cast, loaded: Loaded) -> None:
    root = user("root", "根")
    User.objects.filter(pk=root.pk).update(is_superuser=True, email="root@example.com")
    ExternalId.objects.create(kind="user", source="crm", external_id="root", object_id=root.pk)
    run = loaded("users", f"{HEAD}root,root,根,ops@example.com,1\nlin,lin,小林,lin@example.com,1\n")
    assert run.outcome
    assert (run.outcome["updated"], run.outcome["rejected"]) == (1, 1)
    assert User.objects.get(pk=root.pk).email == "root@example.com"
    same = loaded("users", f"{HEAD}root,root,根,root@example.com,1\n")
    assert same.findings
    assert same.findings["rejected"] == 0


def test_nobody_posts_himself_by_a_file(known: Cast, loaded: Loaded) -> None:
    ExternalId.objects.create(kind="territory", source="crm", external_id="xixi", object_id=known.xixi.pk)
    before = set(known.operations.postings.values_list("pk", flat=True))
    rows = "user,territory,role,from\nops,xixi,manager,2026-11-21\nzhao,xixi,rep,2026-11-21\n"
    run = loaded("postings", rows)
    assert run.outcome
    assert (run.outcome["created"], run.outcome["rejected"]) == (1, 1)
    assert set(known.operations.postings.values_list("pk", flat=True)) == before
    assert Posting.objects.filter(user=known.zhao, territory=known.xixi).exists()
