"""What holds for every page: security headers, both languages, no missing variable, vendored files."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings

from accounts.models import User
from accounts.views import SECTIONS
from accounts.views.setup import CARDS
from crm.base.models import ImportRun
from crm.base.periods import period
from crm.exchange import KINDS
from customers.models import InfluenceLink
from tests.cast import NOON, TODAY
from tests.pages.conftest import MONTH

ROOT = Path(settings.BASE_DIR)
MISSING = "!MISSING %s!"
LANGUAGES = ("en", "zh-hans")


def _strict() -> Any:
    """Templates in which a variable that is not there shows."""
    template: dict[str, Any] = dict(settings.TEMPLATES[0])
    template["OPTIONS"] = template["OPTIONS"] | {"string_if_invalid": MISSING}
    return override_settings(TEMPLATES=[template])


def imports(ops: User) -> list[ImportRun]:
    """One in each of its states."""
    found = {"rows": 9, "created": 3, "updated": 2, "unchanged": 1, "rejected": 3, "seconds": 1.5}
    known: dict[str, dict[str, Any]] = {
        "checking": {},
        "checked": {"findings": found},
        "loading": {"findings": found, "started_at": NOON, "heartbeat_at": NOON, "phase": "write", "rows_done": 4,
                    "rows_expected": 5, "rows_a_second": 2},
        "done": {"findings": found, "outcome": found, "finished_at": NOON, "decided_by": ops.pk},
        "failed": {"error": "The file is empty.", "outcome": {"rows_written": 3}, "finished_at": NOON},
        "discarded": {"findings": found, "finished_at": NOON, "files_kept": False},
    }  # fmt: skip
    return ImportRun.objects.bulk_create(
        ImportRun(
            kind="persons", source="crm", file_name="客户.csv", size=2_000_000, sha256="", language="en", state=state,
            actor_id=ops.pk, wanted_at=NOON, **more,
        )
        for state, more in known.items()
    )  # fmt: skip


@pytest.fixture
def pages(world) -> list[tuple[Any, str, int]]:
    """Every page in its states: full, empty, refused."""
    cast = world.cast
    world.give(cast.chen.customer, "A", last=MONTH, due=TODAY, visits=4)
    world.give(cast.meng.customer, "B", due=MONTH)
    for customer in (cast.chen.customer, cast.meng.customer):
        world.remind(customer, TODAY)
    for pair in ((cast.chen, cast.meng), (cast.shopkeeper, cast.chen)):
        InfluenceLink.objects.create(
            influencer=pair[0], influenced=pair[1], kind="advice", weight=500, during=period(MONTH)
        )
    lin, zheng, ops, idle = cast.lin, cast.zheng, cast.operations, cast.idle
    return [
        (None, "/sign-in/", 200),
        (lin, "/", 200),
        (cast.zhao, "/", 200),
        (lin, "/customers/", 200),
        (lin, "/customers/?q=nobody&tier=A&cycle=visited&kind=person&due=week", 200),
        (zheng, f"/customers/?territory={cast.xixi.pk}", 200),
        (idle, "/customers/", 200),
        (lin, f"/customers/{cast.chen.pk}/", 200),
        (lin, f"/customers/{cast.meng.pk}/", 200),
        (lin, f"/customers/{cast.hospital.pk}/", 200),
        (ops, f"/customers/{cast.stray.pk}/", 200),
        (lin, f"/customers/{cast.chen.pk}/visits/new/", 200),
        (lin, f"/customers/{cast.hospital.pk}/visits/new/", 200),
        *((zheng, address, 200) for address in ("/team/", "/moves/", "/team/customers/", "/team/visits/")),
        (lin, "/team/", 403),
        (zheng, "/team/promises/", 200),
        (zheng, "/tiers/?by=role", 200),
        (zheng, "/tiers/", 200),
        (ops, "/tiers/", 200),
        (ops, f"/tiers/?territory={cast.xixi.pk}", 200),
        (cast.stranger, "/tiers/", 200),
        (lin, "/tiers/", 403),
        (zheng, f"/customers/{cast.chen.pk}/history/", 200),
        (zheng, f"/customers/{cast.hospital.pk}/history/", 200),
        (ops, "/files/", 200),
        (ops, "/files/new/", 200),
        *((ops, f"/files/kinds/{kind}/", 200) for kind in KINDS),
        (ops, "/files/exports/", 200),
        (ops, "/files/exports/?source=Our+CRM", 422),
        *((ops, f"/files/imports/{run.pk}/", 200) for run in imports(ops)),
        (lin, "/files/", 403),
        (lin, "/account/", 200),
        (idle, "/account/", 200),
        (lin, f"/customers/{uuid4()}/", 404),
        (None, "/nowhere/", 404),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_whole_safe_and_in_its_language(world, pages, language: str) -> None:
    with _strict():
        for user, address, status in pages:
            client = world.client(user) if user else Client()
            client.cookies["language"] = language
            answer = client.get(address)
            body = answer.content.decode()
            assert answer.status_code == status, address
            assert "!MISSING" not in body, (address, re.findall(r"!MISSING.*?!", body))
            assert f'<html lang="{language}">' in body, address
            policy = answer["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert not re.search(r"<[^>]+\s(style|on\w+)=", body), address
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style", body), address
            assert not re.search(r'(src|href)="(https?:)?//', body), address
            assert answer["X-Frame-Options"] == "DENY"
            assert body.count("<h1") == 1, address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broken_page_needs_no_database(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No database fixture here: asking one would fail the test."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr("accounts.views.sign_in.Closed.dispatch", broken)
    client = Client(raise_request_exception=False)
    client.cookies["language"] = language
    answer = client.get("/sign-in/closed/")
    assert answer.status_code == 500
    assert {"en": "Something broke on our side", "zh-hans": "系统出错了"}[language] in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_a_form_without_its_token_is_refused_in_our_words(cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.lin)
    answer = client.post("/sign-out/")
    assert answer.status_code == 403
    assert "This form is too old; nothing was saved" in answer.content.decode()


def test_every_icon_exists_and_is_drawn() -> None:
    sprite = (ROOT / "static/img/icons.svg").read_text()
    known = set(re.findall(r'<symbol id="i-(\w+)"', sprite))
    templates = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    used = set(re.findall(r'{% icon "(\w+)"', templates)) | {icon for _url, _word, icon, *_more in (*SECTIONS, *CARDS)}
    assert used == known


def test_vendored_files_are_those_of_the_manifest() -> None:
    vendor = ROOT / "static/vendor"
    listed: dict[str, str] = {}
    for package in json.loads((vendor / "manifest.json").read_text()):
        assert all(package[word] for word in ("name", "version", "licence"))
        assert any(name.endswith("LICENSE") for name in package["files"])
        listed |= package["files"]
    found = {str(p.relative_to(vendor)): p for p in vendor.rglob("*") if p.is_file() and p.name != "manifest.json"}
    assert found.keys() == listed.keys()
    for name, path in found.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name
        assert b"sourceMappingURL" not in path.read_bytes(), name


def test_only_the_token_file_holds_colours() -> None:
    css = (ROOT / "static/css/rounds.css").read_text()
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", css)
