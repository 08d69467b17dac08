"""Operations give a program a token, renew it and revoke it; the secret is shown once."""

import re
from datetime import timedelta

from django.test import Client

from accounts.models import ApiToken
from tests.cast import TODAY
from tests.operations.conftest import Office, said

ENTRIES = {"name": "镜像", "scopes": ["customers:read"], "last": (TODAY + timedelta(days=30)).isoformat()}


def _secret(answer: object) -> str:
    found = re.search(r'<code class="document">(rounds_[\w-]{43})</code>', answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


def _status(secret: str) -> int:
    return Client().get("/api/v1/customers", headers={"Authorization": f"Bearer {secret}"}).status_code


def test_a_token_is_made_shown_once_renewed_and_revoked(office: Office) -> None:
    lin = office.cast.lin
    first = _secret(office.post(office.whole, f"/setup/users/{lin.pk}/tokens/new/", **ENTRIES))
    token = ApiToken.objects.get()
    assert _status(first) == 200
    for page in (f"/setup/tokens/{token.pk}/", "/setup/tokens/", f"/setup/users/{lin.pk}/"):
        assert first not in office.get(office.whole, page).content.decode()
    second = _secret(office.client(office.whole).post(f"/setup/tokens/{token.pk}/renew/"))
    assert (_status(first), _status(second)) == (200, 200)
    office.client(office.whole).post(f"/setup/tokens/{token.pk}/revoke/")
    assert (_status(first), _status(second)) == (401, 200)


def test_what_is_missing_or_too_long_is_said(office: Office) -> None:
    address = f"/setup/users/{office.cast.lin.pk}/tokens/new/"
    late = ENTRIES | {"last": (TODAY + timedelta(days=91)).isoformat()}
    assert "90" in said(office.post(office.whole, address, **late))
    assert said(office.post(office.whole, address, **ENTRIES | {"scopes": []}))
    foreign = ENTRIES | {"territory": str(office.cast.jiangbei.pk)}
    assert said(office.post(office.whole, address, **foreign))
    assert not ApiToken.objects.exists()


def test_nobody_makes_one_for_himself_or_above_his_ground(office: Office) -> None:
    said(office.post(office.whole, f"/setup/users/{office.whole.pk}/tokens/new/", **ENTRIES))
    assert office.get(office.south, f"/setup/users/{office.whole.pk}/tokens/new/").status_code == 404
    office.cast.zheng.postings.create(territory=office.cast.jiangbei, role="manager", during="[2026-01-01,)")
    assert said(office.post(office.south, f"/setup/users/{office.cast.zheng.pk}/tokens/new/", **ENTRIES))
