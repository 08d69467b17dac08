"""The tree of territories and who holds whom, through the pages of operations."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Line, Territory, TerritoryParent, TerritoryPath
from crm.base.periods import last_day
from crm.base.toasts import undo_of
from customers.models import Alignment, Customer, CustomerStatus
from sales.models import SalesMonth
from tests.cast import SINCE, TODAY, person
from tests.operations.conftest import Office, said

TOMORROW = TODAY + timedelta(days=1)
Trail = Callable[..., list[tuple[str, Any]]]


def holder(customer: Customer) -> Any:
    return CustomerStatus.objects.get(customer=customer).territory


def above(territory: Territory) -> set[Any]:
    return set(TerritoryPath.objects.filter(descendant=territory, depth__gt=0).values_list("ancestor", flat=True))


def test_a_territory_is_created_inside_ones_own_ground_only(office: Office, trail: Trail) -> None:
    cast = office.cast
    answer = office.post(office.south, "/setup/territories/new/", name="新区", parent=cast.jiangnan.pk)
    made = Territory.objects.get(name="新区")
    assert answer["Location"] == f"/setup/territories/{made.pk}/"
    assert above(made) == {cast.jiangnan.pk, cast.china.pk}
    assert (made.line, made.jurisdiction, made.time_zone) == (cast.line, "CN", "Asia/Shanghai")
    assert trail(Territory, id=made.pk)[0] == ("insert", office.south.pk)
    for parent in (cast.china.pk, cast.jiangbei.pk):
        refused = office.post(office.south, "/setup/territories/new/", name="别处", parent=parent)
        assert "your own ground" in said(refused)
    assert "beside it already" in said(
        office.post(office.south, "/setup/territories/new/", name="新区", parent=cast.jiangnan.pk)
    )
    bad = office.post(office.south, "/setup/territories/new/", name=" ", time_zone="Mars", parent=cast.jiangnan.pk)
    assert "not a time zone" in said(bad)
    assert not Territory.objects.filter(name__in=["别处", ""]).exists()


def test_a_name_is_changed_taken_back_and_not_overwritten_unseen(office: Office, trail: Trail) -> None:
    cast = office.cast
    address = f"/setup/territories/{cast.xixi.pk}/change/"
    form = office.get(office.south, address).context["form"]
    stale = {name: form[name].value() or "" for name in form.fields}
    done = office.client(office.south).post(address, stale | {"name": "西溪湿地"}, follow=True)
    assert Territory.objects.get(pk=cast.xixi.pk).name == "西溪湿地"
    assert trail(Territory, id=cast.xixi.pk) == [("update", office.south.pk)]

    overtaken = office.client(office.whole).post(address, stale | {"name": "另名"})
    assert "see above what is stored now" in said(overtaken)
    assert "西溪湿地" in overtaken.content.decode()
    again = {name: overtaken.context["form"][name].value() for name in ("name", "was")}
    assert Territory.objects.get(pk=cast.xixi.pk).name == "西溪湿地"

    undo = undo_of(next(iter(done.context["messages"])))
    assert undo
    office.client(office.south).post(undo.url, undo.fields)
    assert Territory.objects.get(pk=cast.xixi.pk).name == "西溪"
    assert office.client(office.whole).post(address, again).status_code == 422  # changed once more meanwhile


def test_law_is_decided_from_the_root(office: Office) -> None:
    cast = office.cast
    address = f"/setup/territories/{cast.xixi.pk}/change/"
    assert "jurisdiction" not in office.get(office.south, address).context["form"].fields
    office.post(office.south, address, jurisdiction="US")
    assert Territory.objects.get(pk=cast.xixi.pk).jurisdiction == "CN"
    assert office.post(office.whole, address, jurisdiction="US").status_code == 302
    assert Territory.objects.get(pk=cast.xixi.pk).jurisdiction == "US"
    office.post(office.south, address, name="西")
    assert Territory.objects.get(pk=cast.xixi.pk).jurisdiction == "US"


def test_a_law_that_stored_figures_would_break_answers_as_a_sentence(office: Office) -> None:
    """At a root of another law a doctor may have figures; under China's he may not."""
    cast = office.cast
    Territory.objects.filter(pk=cast.china.pk).update(own_jurisdiction="US")
    Territory.objects.update(jurisdiction="US")
    SalesMonth.objects.create(
        customer=cast.chen.customer, product=cast.product, month=TODAY.replace(day=1), units=3, revenue=0, collected=0,
        currency="USD", known_on=TODAY,
    )  # fmt: skip
    answer = office.post(office.whole, f"/setup/territories/{cast.china.pk}/change/", jurisdiction="CN")
    assert "CN-NO-DOCTOR-COUNTS" in said(answer)
    assert set(Territory.objects.values_list("jurisdiction", flat=True)) == {"US"}


def test_a_move_is_dated_and_takes_all_below_with_it(office: Office, trail: Trail) -> None:
    cast = office.cast
    address = f"/setup/territories/{cast.xixi.pk}/move/"
    assert office.post(office.whole, address, parent=cast.jiangbei.pk, first=TOMORROW).status_code == 302
    rows = list(TerritoryParent.objects.filter(territory=cast.xixi).order_by("during"))
    assert [(row.parent, row.during.lower, last_day(row.during)) for row in rows] == [
        (cast.jiangnan, None, TODAY),
        (cast.jiangbei, TOMORROW, None),
    ]
    assert above(cast.xixi) == {cast.jiangnan.pk, cast.china.pk}, "today it still stands where it stood"
    assert set(trail(TerritoryParent)) == {("update", office.whole.pk), ("insert", office.whole.pk)}

    office.post(office.whole, address, parent=cast.jiangnan.pk, first=TOMORROW)  # it stays after all
    assert [(r.parent, last_day(r.during)) for r in TerritoryParent.objects.filter(territory=cast.xixi)] == [
        (cast.jiangnan, None)
    ]
    office.post(office.whole, address, parent=cast.jiangbei.pk, first=TODAY)
    assert above(cast.xixi) == {cast.jiangbei.pk, cast.china.pk}


def test_what_a_move_may_not_do(office: Office) -> None:
    cast = office.cast
    before = list(TerritoryParent.objects.order_by("pk").values())
    other = Territory.objects.create(name="别线", line=Line.objects.create(code="b", name="B"))
    TerritoryPath.objects.create(ancestor=cast.china, descendant=other, depth=1)

    def move(who: Any, what: Territory, parent: Territory, first: Any = TOMORROW) -> str:
        return said(office.post(who, f"/setup/territories/{what.pk}/move/", parent=parent.pk, first=first))

    for parent in (cast.xixi, cast.jiangnan):
        assert "under itself" in move(office.whole, cast.jiangnan, parent)
    assert "root" in move(office.whole, cast.china, cast.jiangnan)
    assert "top of your ground" in move(office.south, cast.jiangnan, cast.xixi)
    assert "your own ground" in move(office.south, cast.xixi, cast.jiangbei)
    assert "in the past" in move(office.whole, cast.xixi, cast.jiangbei, TODAY - timedelta(days=1))
    assert "not a date" in move(office.whole, cast.xixi, cast.jiangbei, "soon")
    TerritoryPath.objects.filter(descendant=other).delete()
    other.delete()
    assert list(TerritoryParent.objects.order_by("pk").values()) == before


def test_two_planned_moves_that_would_close_a_circle_are_refused(office: Office) -> None:
    cast = office.cast
    ok = office.post(
        office.whole, f"/setup/territories/{cast.jiangnan.pk}/move/", parent=cast.jiangbei.pk, first=TOMORROW
    )
    assert ok.status_code == 302
    later = TOMORROW + timedelta(days=30)
    circle = office.post(office.whole, f"/setup/territories/{cast.jiangbei.pk}/move/", parent=cast.xixi.pk, first=later)
    assert "under itself" in said(circle)
    assert TerritoryParent.objects.filter(territory=cast.jiangbei).count() == 1


def test_an_institution_takes_its_people_along_and_one_person_stands_out(office: Office, trail: Trail) -> None:
    cast = office.cast
    hospital = cast.hospital.customer
    address = reverse("align-customer", args=[hospital.pk])
    assert office.post(office.south, address, territory=cast.dongdu.pk, first=TODAY).status_code == 302
    assert {holder(c) for c in (hospital, cast.chen.customer, cast.meng.customer)} == {cast.dongdu}
    rows = Alignment.objects.filter(customer=hospital).order_by("during")
    assert [(row.territory, row.during.lower, last_day(row.during)) for row in rows] == [
        (cast.xixi, SINCE, TODAY - timedelta(days=1)),
        (cast.dongdu, TODAY, None),
    ]
    assert trail(Alignment) == [("update", office.south.pk), ("insert", office.south.pk)]
    office.post(office.south, reverse("align-customer", args=[cast.chen.pk]), territory=cast.xixi.pk, first=TODAY)
    assert holder(cast.chen.customer) == cast.xixi
    assert holder(cast.meng.customer) == cast.dongdu


def test_nobody_takes_a_customer_out_of_foreign_ground_nor_gives_one_away(office: Office) -> None:
    cast = office.cast
    address = reverse("align-customer", args=[cast.hospital.pk])
    assert office.get(office.north, address).status_code == 404
    assert office.client(office.north).post(address, {"territory": cast.jiangbei.pk, "first": TODAY}).status_code == 404
    refused = office.post(office.south, address, territory=cast.jiangbei.pk, first=TODAY)
    assert "your own ground" in said(refused)
    stray = reverse("align-customer", args=[cast.stray.pk])
    assert office.post(office.whole, stray, territory=cast.jiangbei.pk, first=TOMORROW).status_code == 302
    planned = office.post(office.south, stray, territory=cast.xixi.pk, first=TODAY)  # the north's from tomorrow on
    assert "Another ground holds" in said(planned)
    assert list(Alignment.objects.filter(customer=cast.stray.customer).values_list("territory", flat=True)) == [
        cast.jiangbei.pk
    ]


def test_an_alignment_does_not_rewrite_what_came_since(office: Office) -> None:
    cast = office.cast
    address = reverse("align-customer", args=[cast.hospital.pk])
    refused = office.post(office.south, address, territory=cast.dongdu.pk, first=SINCE - timedelta(days=9))
    assert "choose a later day" in said(refused)
    wrong = office.post(office.south, address, territory=cast.dongdu.pk, first=TODAY, last=TODAY - timedelta(days=1))
    assert "before the first" in said(wrong)
    assert Alignment.objects.get(customer=cast.hospital.customer).territory == cast.xixi


def test_the_law_of_a_territory_keeps_counted_doctors_out(office: Office) -> None:
    cast = office.cast
    Territory.objects.filter(pk=cast.dongdu.pk).update(own_jurisdiction="US", jurisdiction="US")
    clinic = person("外科", cast.pharmacy)
    cast.pharmacy.is_medical = True
    cast.pharmacy.kind = "hospital"
    cast.pharmacy.save()
    SalesMonth.objects.create(
        customer=clinic.customer, product=cast.product, month=TODAY.replace(day=1), units=3, revenue=0, collected=0,
        currency="USD", known_on=TODAY,
    )  # fmt: skip
    answer = office.post(
        office.south, reverse("align-customer", args=[cast.pharmacy.pk]), territory=cast.xixi.pk, first=TODAY
    )
    assert "CN-NO-DOCTOR-COUNTS" in said(answer)
    assert Alignment.objects.get(customer=cast.pharmacy.customer).territory == cast.dongdu


@pytest.mark.parametrize(("who", "sees"), [("whole", 5), ("south", 3), ("north", 1)])
def test_the_tree_shows_ones_own_ground(office: Office, who: str, sees: int) -> None:
    answer = office.get(getattr(office, who), "/setup/territories/")
    assert len(answer.context["nodes"]) == sees
    assert all(number < 4 for number in answer.context["held"].values())
    text = answer.content.decode()
    assert ("林晓" in text) == (who != "north")


def test_the_page_of_a_territory(office: Office) -> None:
    cast = office.cast
    text = office.get(office.south, f"/setup/territories/{cast.xixi.pk}/").content.decode()
    assert "林晓" in text
    assert office.get(office.south, f"/setup/territories/{cast.jiangbei.pk}/").status_code == 404
    top = office.get(office.south, f"/setup/territories/{cast.jiangnan.pk}/")
    assert not top.context["movable"]
    found = office.get(office.south, f"/setup/alignment/?q=陈&territory={cast.dongdu.pk}")
    assert [row[0].pk for row in found.context["rows"]] == [cast.chen.pk]
