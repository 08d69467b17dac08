"""Who may open which page of operations, and who may change what holds for the whole house: walked over the URL map."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.actions.tokens import create_token
from accounts.models import Holiday, Posting
from accounts.views import SECTIONS
from crm.base.models import JobRun
from crm.base.periods import period
from segmentation.models import TierPolicy, TierPolicyVersion
from tests.cast import NOON, TODAY
from tests.operations.conftest import Office
from tests.pages.test_frame import _strict

HOUSE = {"product-new", "product", "product-active", "holiday-new", "holiday-remove", "cycles-plan", "cycles-remove"}
HOUSE |= {"night-again"}
POSTED = {"user-active", "user-invite", "posting-remove", "product-active", "holiday-remove", "cycles-remove"}
POSTED |= {"night-again", "token-renew", "token-revoke"}
PAGES_WITHOUT = {"night-progress", "setup"} | POSTED  # they stand under no section, or are the section


def _patterns(resolver: Any = None, before: str = "") -> Any:
    for entry in (resolver or get_resolver()).url_patterns:
        whole = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, whole)
        elif isinstance(entry, URLPattern) and whole.startswith("setup/"):
            yield entry


NAMES = sorted(str(pattern.name) for pattern in _patterns())


@pytest.fixture
def addresses(office: Office) -> dict[str, str]:
    """Every address of operations, at things that are there."""
    cast = office.cast
    policy = TierPolicy.objects.create(territory=cast.china, customers="both")
    words = {"name": "P", "territory": "x", "measure": "potential", "months": 1}
    version = TierPolicyVersion.objects.create(policy=policy, number=1, name="P", document=words, during=period(TODAY))
    JobRun.objects.create(name="night", on=TODAY, state="done")
    things = {
        "territory": cast.xixi.pk, "align": cast.hospital.pk, "user": cast.lin.pk, "product": cast.product.pk,
        "posting": Posting.objects.get(user=cast.lin).pk, "policy": version.pk, "night": TODAY,
        "holiday": Holiday.objects.create(jurisdiction="CN", on=TODAY, name="节").pk,
    }  # fmt: skip
    token, _secret = create_token(
        actor=cast.operations, user=cast.lin.pk, name="镜像", scopes=["customers:read"], at=NOON,
        expires_at=NOON + timedelta(days=9),
    )  # fmt: skip
    things["token"] = token.pk
    found = {}
    for pattern in _patterns():
        name = str(pattern.name)
        kind = "user" if name == "posting-new" else name.split("-")[0]
        found[name] = reverse(name, args=[things[kind]] if pattern.pattern.converters else [])
    return found


def _status(office: Office, who: Any, name: str, address: str) -> int:
    client = office.client(who)
    return int((client.post(address) if name in POSTED else client.get(address)).status_code)


def test_only_operations_open_the_pages(office: Office, addresses: dict[str, str]) -> None:
    cast = office.cast
    assert len(addresses) >= 35
    for name, address in addresses.items():
        for who in (cast.lin, cast.zheng, cast.idle):
            assert _status(office, who, name, address) == 403, (name, who)
        expected = {403} if name in HOUSE else {200, 302}
        if name not in POSTED - HOUSE:
            assert _status(office, office.south, name, address) in expected, name
    for name, address in addresses.items():
        if name not in POSTED:
            assert _status(office, office.whole, name, address) == 200, name


def test_foreign_and_absent_look_the_same(office: Office, addresses: dict[str, str]) -> None:
    mine = {"territory", "territory-change", "territory-move", "align-customer", "user", "user-change", "user-active"}
    mine |= {"user-invite", "posting-new", "posting-end", "posting-remove"}
    mine |= {"user-token", "token", "token-renew", "token-revoke"}
    assert mine <= addresses.keys()
    for name in mine:
        absent = reverse(name, args=[uuid4()])
        assert _status(office, office.north, name, addresses[name]) == 404, name
        assert _status(office, office.north, name, absent) == 404, name


def test_the_section_knows_its_pages_and_a_phone_has_room(office: Office) -> None:
    pages = next(others for url, *_rest, others in SECTIONS if url == "setup")
    assert set(NAMES) - PAGES_WITHOUT <= set(pages)
    text = office.get(office.whole, "/setup/territories/").content.decode()
    bar = text.split('class="bottombar"')[1].split("</nav>")[0]
    assert bar.split("<details")[0].count("<a ") + 1 == 5  # the others stand behind "More"
    assert bar.count('aria-current="page"') == 1
    assert "/setup/" not in office.get(office.cast.lin, "/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_is_whole_and_in_its_language(office: Office, addresses: dict[str, str], language: str) -> None:
    client = office.client(office.whole)
    client.cookies["language"] = language
    with _strict():
        for name in addresses.keys() - POSTED - {"night-progress"}:
            text = client.get(addresses[name]).content.decode()
            assert "!MISSING" not in text, (name, re.findall(r"!MISSING.*?!", text))
            assert f'<html lang="{language}">' in text, name
            assert text.count("<h1") == 1, name
