"""Tier policies through the pages of operations."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Territory, User
from crm.base.models import ExternalId
from crm.base.periods import last_day
from segmentation.models import TierPolicy, TierPolicyVersion
from tests.cast import TODAY
from tests.operations.conftest import Office, said

TOMORROW = TODAY + timedelta(days=1)
ADDRESS = "/setup/policies/publish/"
Trail = Callable[..., list[tuple[str, Any]]]


def document(ground: Territory, **more: Any) -> str:
    words = {"name": "潜力", "territory": f"rounds:{ground.pk}", "measure": "potential", "months": 12}
    return json.dumps(words | {"customers": ["person"]} | more, ensure_ascii=False)


def publish(office: Office, who: User, ground: Territory, first: Any = TOMORROW, page: str = ADDRESS, **more: Any):
    return office.post(who, page, document=document(ground, **more), first_night=first)


def test_versions_follow_each_other(office: Office, trail: Trail) -> None:
    jiangnan = office.cast.jiangnan
    first = publish(office, office.south, jiangnan, first=TODAY)
    one = TierPolicyVersion.objects.get()
    assert first["Location"] == f"/setup/policies/{one.pk}/"
    text = office.get(office.south, f"/setup/policies/{one.pk}/").content.decode()
    assert all(word in text for word in ("潜力", "江南", "from 50% to 85%"))
    second = publish(office, office.south, jiangnan, page=f"{ADDRESS}?version={one.pk}", shares={"A": 40, "B": 80})
    assert second.status_code == 302
    old, new = TierPolicyVersion.objects.order_by("number")
    assert (old.during.lower, last_day(old.during), new.during.lower) == (TODAY, TODAY, TOMORROW)
    assert (old.document.get("shares"), new.document["shares"]["A"]) == (None, 40)
    assert new.published_by == office.south.pk
    assert {actor for _deed, actor in trail(TierPolicyVersion)} == {office.south.pk}
    listed = office.get(office.north, "/setup/policies/")
    assert not listed.context["rows"], "the north is not reached by it"
    assert len(office.get(office.whole, "/setup/policies/?status=later").context["rows"]) == 1


def test_a_territory_outside_the_ground_is_not_known_whatever_else_is_wrong(office: Office) -> None:
    wrong: dict[str, Any] = {
        "measure": "units",
        "products": ["rounds:nothing"],
    }  # in China people may not be ranked by sales
    foreign = publish(office, office.north, office.cast.jiangnan, **wrong)
    assert said(foreign) == f"rounds:{office.cast.jiangnan.pk} is not a known territory."


def test_a_planned_version_that_is_replaced_was_never_in_force(office: Office) -> None:
    publish(office, office.south, office.cast.jiangnan, first=TODAY)
    publish(office, office.south, office.cast.jiangnan, first=TODAY + timedelta(days=9))
    newest = TierPolicyVersion.objects.order_by("-number").first()
    assert newest
    page = f"{ADDRESS}?version={newest.pk}"
    assert "Version 2 is planned" in office.get(office.south, page).content.decode()
    publish(office, office.south, office.cast.jiangnan, first=TOMORROW, page=page)
    assert TierPolicyVersion.objects.get(number=2).during.isempty
    text = office.get(office.south, f"/setup/policies/{newest.pk}/").content.decode()
    assert "replaced before its first night" in text
    counts = {
        state: len(office.get(office.south, f"/setup/policies/?status={state}").context["rows"])
        for state in ("now", "later", "over")
    }
    assert counts == {"now": 1, "later": 1, "over": 1}


def test_the_same_form_sent_again_answers_with_its_version(office: Office) -> None:
    ground = office.cast.jiangnan
    given = {"id": office.get(office.south, ADDRESS).context["form"]["id"].value(), "first_night": TODAY}
    answers = [office.client(office.south).post(ADDRESS, given | {"document": document(ground)}) for _time in range(2)]
    version = TierPolicyVersion.objects.get()
    assert [answer["Location"] for answer in answers] == [f"/setup/policies/{version.pk}/"] * 2
    other = office.client(office.south).post(ADDRESS, given | {"document": document(ground, months=6)})
    assert "with other contents" in said(other)
    form = other.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    assert office.client(office.south).post(ADDRESS, again).status_code == 302
    assert TierPolicyVersion.objects.count() == 2


def test_somebody_elses_version_is_not_replaced_unseen(office: Office) -> None:
    publish(office, office.south, office.cast.jiangnan, first=TODAY)
    one = TierPolicyVersion.objects.get()
    page = f"{ADDRESS}?version={one.pk}"
    form = office.get(office.south, page).context["form"]
    stale = {name: form[name].value() for name in form.fields}
    publish(office, office.whole, office.cast.jiangnan, page=page)
    answer = office.client(office.south).post(page, stale)
    assert "see above" in said(answer)
    assert TierPolicyVersion.objects.count() == 2
    renewed = {name: answer.context["form"][name].value() for name in form.fields}
    assert office.client(office.south).post(page, renewed).status_code == 302


@pytest.mark.parametrize("place", ["china", "jiangbei"])
def test_a_policy_is_published_inside_ones_own_ground_only(office: Office, place: str) -> None:
    territory = getattr(office.cast, place)
    ExternalId.objects.create(kind="territory", source="crm", external_id="T", object_id=territory.pk)
    assert "is not a known territory" in said(publish(office, office.south, territory))
    named = publish(office, office.south, territory, territory="crm:T")
    absent = publish(office, office.south, territory, territory="crm:NONE")
    assert said(named).replace("crm:T", "") == said(absent).replace("crm:NONE", "")
    assert not TierPolicy.objects.exists()
    assert publish(office, office.whole, territory).status_code == 302
    version = TierPolicyVersion.objects.get()
    reads = 200 if place == "china" else 404
    assert office.get(office.south, f"/setup/policies/{version.pk}/").status_code == reads
    assert office.get(office.south, f"{ADDRESS}?version={version.pk}").status_code == 404


def test_what_is_wrong_is_said_at_the_form(office: Office) -> None:
    jiangnan = office.cast.jiangnan

    def post(text: str) -> str:
        return said(office.post(office.south, ADDRESS, document=text, first_night=TOMORROW))

    assert "line 2, character" in post('{"name": "x",\n nonsense}')
    assert "JSON object" in post("[]")
    assert "deeply" in post("[" * 9000)
    assert "half a character" in post('{"\\ud800": 1}')
    assert "number without end" in post('{"months": ' + "9" * 5000 + "}")
    wrong = said(publish(office, office.south, jiangnan, shares={"A": 90, "B": 10}, colour="red"))
    assert "colour is not a word" in wrong
    assert "A below B" in wrong
    counts = said(publish(office, office.south, jiangnan, measure="units"))
    assert "CN-NO-DOCTOR-COUNTS" in counts
    assert "past nights" in said(publish(office, office.south, jiangnan, first=TODAY - timedelta(days=1)))
    assert not TierPolicy.objects.exists()
