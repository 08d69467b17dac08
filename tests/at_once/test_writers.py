"""Two who write at the same moment what each of them alone may write."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions.tokens import create_token
from accounts.models.tokens import SCOPES
from customers.actions import refresh_alignment
from customers.models import Customer, Institution
from tests.access.house import TODAY
from tests.api.conftest import Program
from tests.at_once.company import Company, at_once
from tests.cast import NOON, align, institution

MEET = 2


@pytest.fixture(scope="module")
def program(company: Company) -> Program:
    _token, secret = create_token(
        actor=company.user("ops"), user=company.house.branches["xixi"].rep.pk, name="mirror", scopes=list(SCOPES),
        expires_at=NOON + timedelta(days=90), territory=None, at=NOON,
    )  # fmt: skip
    return Program(secret)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"name": "白芷兰"}, {"name": "白芷兰"}), ({"name": "司马相如文君"}, {"name": "司马相如文远"}),
     ({"name": "秦岭", "phone": "13900112233"}, {"name": "江河", "phone": "139-0011-2233"})],
    ids=["name", "like name", "phone"],
)  # fmt: skip
def test_of_two_who_enter_persons_alike_one_is_shown_the_other(
    company: Company, program: Program, one: dict[str, str], other: dict[str, str]
) -> None:
    hospital = company.house.branches["xixi"].rows["institution"]
    body = {"institution": str(hospital), "first": TODAY.isoformat()}

    def put(source: str, facts: dict[str, str]) -> Any:
        return Program(program.secret).put(f"persons/external/{source}/{facts['name']}", body | facts)

    answers = at_once([lambda: put("crm", one), lambda: put("erp", other)], meet=MEET)
    made, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert (made.status_code, refused.status_code) == (201, 409), refused.content
    assert [known["id"] for known in refused.json()["candidates"]] == [made.json()["id"]]
    assert Customer.objects.filter(name__in=[one["name"], other["name"]]).count() == 1


def test_of_two_who_enter_institutions_alike_one_is_shown_the_other(company: Company, program: Program) -> None:
    ground = str(company.house.branches["xixi"].territory.pk)
    body = {"name": "望江社区医院", "kind": "clinic", "territory": ground, "first": TODAY.isoformat()}

    def put(source: str) -> Any:
        return Program(program.secret).put(f"institutions/external/{source}/1", body)

    answers = at_once([lambda: put("crm"), lambda: put("erp")], meet=MEET)
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_moves_of_institutions_close_no_ring(company: Company) -> None:
    """Two chains of two: at the same moment each is put under the other one's end."""
    territory = company.house.branches["xixi"].territory
    houses = [institution(f"连锁{number}", "pharmacy") for number in range(4)]
    for one in houses:
        align(one.customer, territory)
    refresh_alignment(on=TODAY)

    def move(window: Client, number: int) -> Any:
        one, above = houses[number], houses[(number + 1) % 4]
        return window.post(f"/customers/{one.pk}/parent/", {"other": above.pk})

    first, second = company.clients("rep", 2)
    assert [move(first, number).status_code for number in (0, 2)] == [302, 302]
    answers = at_once([lambda: move(first, 1), lambda: move(second, 3)], meet=MEET)
    assert [answer.status_code for answer in answers] == [302, 302]
    parents = Institution.objects.filter(pk__in=[one.pk for one in houses]).values_list("parent", flat=True)
    assert list(parents).count(None) == 1, "one was refused"
