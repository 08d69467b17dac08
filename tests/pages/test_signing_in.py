from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from crm.base.audit import tracked_models
from tests.cast import PASSWORD, Cast

PAGES = ["today", "customers", "team", "tiers", "moves", "account"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.django_db
def test_a_page_asks_for_a_sign_in_first(page: str) -> None:
    answer = Client().get(reverse(page))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("sign-in"))


def test_the_health_page_asks_nobody_and_no_database(django_assert_num_queries, db) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_signing_in_opens_today_and_signing_out_closes_it(cast: Cast) -> None:
    client = Client()
    answer = client.post(reverse("sign-in"), {"username": "lin", "password": PASSWORD})
    assert answer["Location"] == reverse("today")
    assert client.get(reverse("today")).status_code == 200
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out"))["Location"] == reverse("sign-in")
    assert client.get(reverse("today")).status_code == 302


def test_a_wrong_password_is_said_once_and_says_what_to_do(cast: Cast) -> None:
    answer = Client().post(reverse("sign-in"), {"username": "lin", "password": "wrong"})
    assert answer.status_code == 200
    assert answer.content.decode().count("do not match. Check both") == 1


def test_an_inactive_user_stays_outside(cast: Cast) -> None:
    User.objects.filter(pk=cast.lin.pk).update(is_active=False)
    client = Client()
    client.post(reverse("sign-in"), {"username": "lin", "password": PASSWORD})
    assert client.get(reverse("today")).status_code == 302


@pytest.mark.django_db
def test_the_language_changes_before_signing_in() -> None:
    client = Client()
    assert '<html lang="en">' in client.get(reverse("sign-in")).content.decode()
    client.post(reverse("language"), {"language": "zh-hans", "next": reverse("sign-in")})
    page = client.get(reverse("sign-in")).content.decode()
    assert '<html lang="zh-hans">' in page
    assert "登录" in page


def test_the_language_of_a_user_follows_him_to_another_device(cast: Cast) -> None:
    first, second = Client(), Client()
    first.force_login(cast.lin)
    first.post(reverse("language"), {"language": "zh-hans", "next": "/account/"})
    second.force_login(User.objects.get(pk=cast.lin.pk))
    assert "今天的任岗" in second.get(reverse("account")).content.decode()
    trail: Any = tracked_models()[User].objects
    events = trail.filter(id=cast.lin.pk, language="zh-hans", pgh_label="update")
    assert events.values_list("actor", flat=True).order_by("pgh_id")[0] == cast.lin.pk


NOT_HERE = ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)")
NO_ADDRESS = ("", "nowhere", "customer", "../x")


@pytest.mark.parametrize("back", [*NOT_HERE, *NO_ADDRESS])
@pytest.mark.django_db
def test_the_language_leads_nowhere_else(back: str) -> None:
    assert Client().post(reverse("language"), {"language": "en", "next": back})["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_language_changes_nothing() -> None:
    answer = Client().post(reverse("language"), {"language": "xx"})
    assert "language" not in answer.cookies


def test_a_manager_starts_at_the_team_and_everybody_else_at_the_customers(cast: Cast) -> None:
    for user, page in ((cast.zheng, "team"), (cast.operations, "team"), (cast.idle, "customers")):
        client = Client()
        client.force_login(user)
        assert client.get("/")["Location"] == reverse(page)
