"""Whoever chooses somebody else at the other end of a relation keeps what he typed."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from customers.actions import refresh_alignment
from customers.models import Affiliation, InfluenceLink
from tests.cast import TODAY, institution, person
from tests.pages.test_change_customer import given
from tests.pages.test_customer import text
from tests.pages.test_relations import TIE, follow


def kept(choice: Any) -> dict[str, str]:
    """What the buttons of a page send on which somebody else is chosen."""
    form = choice.content.decode().partition('<form id="chosen"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))
    return {name: unescape(value) for name, value in sent.items()}


def test_what_was_typed_stays_while_another_is_chosen(world) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    fang = person("方若水", cast.hospital)
    refresh_alignment(on=TODAY)
    address = f"/customers/{cast.chen.pk}/influence/new/"
    entries = given(lin.get(f"{address}?other={cast.meng.pk}")) | TIE | {"sways": "0", "first": "nonsense"}
    choice = lin.post(address, entries | {"another": "1"})
    assert choice.status_code == 200
    assert "Who sways 陈望舒" in text(choice)
    assert TIE["evidence"] not in choice.request["QUERY_STRING"] + choice.request["PATH_INFO"]
    searched = lin.post(address, kept(choice) | {"another": "1", "q": "fangruoshui"})
    as_one_types = lin.post(f"{address}?another=1", {"q": "fangruoshui"})
    for answer in (searched, as_one_types):
        button = f'type="submit" form="chosen" name="other" value="{fang.pk}"'
        assert button in answer.content.decode()
    form = lin.post(address, kept(searched) | {"other": str(fang.pk)})
    assert form.status_code == 200
    assert "Influence: 陈望舒 and 方若水" in text(form)
    assert "Enter a valid" not in text(form)
    now = given(form)
    wanted = TIE | {"sways": "0", "first": "nonsense", "id": entries["id"], "other": str(fang.pk)}
    assert {name: now[name] for name in wanted} == wanted
    follow(world, cast.lin, address, now, first=TODAY.isoformat())
    made = InfluenceLink.objects.get()
    assert (made.influencer, made.influenced, made.evidence) == (fang, cast.chen, TIE["evidence"])


@pytest.mark.parametrize("what", ["affiliation", "person"])
def test_another_place_keeps_what_was_typed(world, what: str) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    clinic = institution("溪山诊所", "clinic", cast.xixi)
    refresh_alignment(on=TODAY)
    address = {"affiliation": f"/customers/{cast.chen.pk}/affiliations/new/", "person": "/customers/new/person/"}[what]
    typed = {"department": "心内科", "position": "主任"}
    typed |= {"name": "方若水"} if what == "person" else {"is_primary": "0"}
    entries = given(lin.get(f"{address}?other={cast.hospital.pk}")) | typed
    choice = lin.post(address, entries | {"another": "1"})
    form = lin.post(address, kept(choice) | {"other": str(clinic.pk)})
    assert "溪山诊所" in text(form)
    now = given(form)
    assert {name: now[name] for name in typed} == typed
    follow(world, cast.lin, address, now)
    assert Affiliation.objects.get(institution=clinic).department == "心内科"


def test_who_is_foreign_is_not_chosen_instead(world) -> None:
    cast, lin = world.cast, world.client(world.cast.lin)
    address = f"/customers/{cast.chen.pk}/influence/new/"
    entries = given(lin.get(f"{address}?other={cast.meng.pk}")) | TIE
    for other in (cast.shopkeeper.pk, cast.chen.pk, uuid4(), "nonsense"):
        answer = lin.post(address, entries | {"taken": "1", "other": str(other)})
        assert "Who sways 陈望舒" in text(answer)
        assert "阿福" not in answer.content.decode()
        assert kept(answer)["evidence"] == TIE["evidence"]


def test_a_person_whose_institution_is_missing_leads_to_entering_it(world) -> None:
    lin = world.client(world.cast.lin)
    choice = lin.get("/customers/new/person/").content.decode()
    link = re.search(r'href="([^"]+)"><svg.*?</svg>It is missing', choice)
    assert link, "no way to the institution"
    assert "New institution" in text(lin.get(link[1]))
    assert "It is missing" not in text(lin.get(f"/customers/{world.cast.chen.pk}/influence/new/"))
