"""Users and postings through the pages of operations; above all, that nobody makes himself more than he is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.actions.people import add_posting
from accounts.models import Posting, User
from crm.base.periods import last_day, period
from crm.base.refusals import Refused
from crm.base.toasts import undo_of
from tests.cast import SINCE, TODAY, user
from tests.operations.conftest import Office, said

TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
Trail = Callable[..., list[tuple[str, Any]]]
NEW = {"username": "sun", "name": "孙 小  美", "email": "sun@example.com", "language": "zh-hans", "role": "rep"}


def create(office: Office, who: User, **more: Any) -> Any:
    return office.post(who, "/setup/users/new/", **NEW | {"territory": office.cast.xixi.pk, "first": TODAY} | more)


def test_a_user_is_created_with_a_posting_and_without_a_password(office: Office, trail: Trail) -> None:
    assert create(office, office.south).status_code == 302
    made = User.objects.get(username="sun")
    assert (made.name, made.email, made.language, made.is_active) == ("孙 小 美", "sun@example.com", "zh-hans", True)
    assert not made.has_usable_password()
    assert not made.is_staff
    assert not made.is_superuser
    (posting,) = made.postings.all()
    assert (posting.territory, posting.role, posting.during.lower) == (office.cast.xixi, "rep", TODAY)
    assert trail(User, id=made.pk) == trail(Posting, user=made.pk) == [("insert", office.south.pk)]


def test_a_user_that_cannot_be_is_not_created_by_halves(office: Office) -> None:
    before = User.objects.count(), Posting.objects.count()
    assert "name of another user" in said(create(office, office.south, username="LIN"))
    assert "Letters, digits" in said(create(office, office.south, username="s n"))
    for unseen in ("孙\u200b美", "孙\u202e美", "孙\u200d美"):
        assert "can't be seen" in said(create(office, office.south, name=unseen))
    assert "before the first" in said(create(office, office.south, last=YESTERDAY))
    for territory in (office.cast.china, office.cast.jiangbei):
        assert "your own ground" in said(create(office, office.south, territory=territory.pk))
    assert create(office, office.south, role="king", email="nonsense", first="9999-12-31").status_code == 422
    assert (User.objects.count(), Posting.objects.count()) == before


def test_a_posting_is_added_ended_and_reopened(office: Office, trail: Trail) -> None:
    zhao = office.cast.zhao
    address = f"/setup/users/{zhao.pk}/postings/new/"
    office.post(office.south, address, territory=office.cast.xixi.pk, role="rep", first=TODAY)
    made = zhao.postings.get(territory=office.cast.xixi)
    again = office.post(office.south, address, territory=office.cast.xixi.pk, role="rep", first=TOMORROW)
    assert "in these days already" in said(again)
    assert "before the first" in said(office.post(office.south, f"/setup/postings/{made.pk}/end/", last=YESTERDAY))
    done = office.client(office.south).post(f"/setup/postings/{made.pk}/end/", {"last": TOMORROW}, follow=True)
    made.refresh_from_db()
    assert last_day(made.during) == TOMORROW
    undo = undo_of(next(iter(done.context["messages"])))
    assert undo
    office.client(office.south).post(undo.url, undo.fields)
    made.refresh_from_db()
    assert last_day(made.during) is None
    wrote = trail(Posting, user=zhao.pk, territory=office.cast.xixi.pk)
    assert wrote == [("insert", office.south.pk), ("update", office.south.pk), ("update", office.south.pk)]


def test_an_end_that_would_overlap_the_next_posting_is_refused(office: Office) -> None:
    zhao, dongdu = office.cast.zhao, office.cast.dongdu
    old = Posting.objects.get(user=zhao)
    office.client(office.south).post(f"/setup/postings/{old.pk}/end/", {"last": TODAY})
    office.post(office.south, f"/setup/users/{zhao.pk}/postings/new/", territory=dongdu.pk, role="rep", first=TOMORROW)
    assert "in these days already" in said(office.client(office.south).post(f"/setup/postings/{old.pk}/end/", {}))
    old.refresh_from_db()
    assert last_day(old.during) == TODAY


def test_only_a_planned_posting_is_taken_back(office: Office, trail: Trail) -> None:
    planned = Posting.objects.create(
        user=office.cast.zhao, territory=office.cast.xixi, role="manager", during=period(TOMORROW)
    )
    begun = Posting.objects.get(user=office.cast.zhao, territory=office.cast.dongdu)
    for posting in (planned, begun):
        answer = office.client(office.south).post(f"/setup/postings/{posting.pk}/remove/", follow=True)
    assert "has begun" in answer.content.decode()
    assert list(office.cast.zhao.postings.all()) == [begun]
    assert trail(Posting, id=planned.pk) == [("delete", office.south.pk)]


def test_nobody_posts_himself(office: Office) -> None:
    for who in (office.south, office.whole):
        mine = Posting.objects.get(user=who)
        answer = office.post(
            who, f"/setup/users/{who.pk}/postings/new/", territory=office.cast.xixi.pk, role="manager", first=TODAY
        )
        assert "Nobody posts himself" in said(answer)
        ended = office.client(who).post(f"/setup/postings/{mine.pk}/end/", {"last": TOMORROW})
        assert "Nobody changes his own" in said(ended)
        office.client(who).post(f"/setup/users/{who.pk}/active/", {"active": "0"})
        changed = office.post(who, f"/setup/users/{who.pk}/change/", email="other@example.com")
        assert "This is yourself" in said(changed)
        who.refresh_from_db()
        assert who.is_active
        assert who.email == ""
        assert list(who.postings.all()) == [mine]


def test_nobody_posts_outside_his_subtree(office: Office) -> None:
    lin = office.cast.lin
    for territory in (office.cast.china, office.cast.jiangbei):
        answer = office.post(
            office.south, f"/setup/users/{lin.pk}/postings/new/", territory=territory.pk, role="operations", first=TODAY
        )
        assert "your own ground" in said(answer)
        with pytest.raises(Refused):
            add_posting(actor=office.south, user=lin, territory=territory.pk, role="operations", first=TODAY)
    assert lin.postings.count() == 1


def test_a_manager_is_no_operations(office: Office) -> None:
    """Rights are those of the posting as operations, not of all postings together."""
    both = user("both", "两职", office.cast.jiangnan, Posting.Role.MANAGER)
    Posting.objects.create(user=both, territory=office.cast.jiangbei, role="operations", during=period(SINCE))
    assert office.get(both, f"/setup/users/{office.cast.lin.pk}/").status_code == 404
    assert office.get(both, f"/setup/territories/{office.cast.xixi.pk}/").status_code == 404
    refused = office.post(
        both, f"/setup/users/{office.cast.stranger.pk}/postings/new/", territory=office.cast.xixi.pk, role="rep",
        first=TODAY,
    )  # fmt: skip
    assert "your own ground" in said(refused)


FOREIGN = ("", "change/", "postings/new/")


def test_who_is_above_or_beside_is_not_there(office: Office) -> None:
    bare = User.objects.create_user("root", password="x", name="机器", is_superuser=True, is_staff=True)
    hidden = {office.south: [office.whole, office.north, office.cast.stranger, office.cast.idle, bare],
              office.whole: [bare]}  # fmt: skip
    for who, others in hidden.items():
        for other in others:
            for page in FOREIGN:
                assert office.get(who, f"/setup/users/{other.pk}/{page}").status_code == 404, (who, other, page)
            for deed in ("active/", "invite/", "change/", "postings/new/"):
                assert office.client(who).post(f"/setup/users/{other.pk}/{deed}").status_code == 404
            for posting in other.postings.all():
                for deed in ("end/", "remove/"):
                    assert office.client(who).post(f"/setup/postings/{posting.pk}/{deed}").status_code == 404
    assert office.get(office.whole, f"/setup/users/{office.cast.idle.pk}/").status_code == 200


@pytest.mark.parametrize("starts", [SINCE, TOMORROW])
def test_who_is_more_elsewhere_cannot_be_taken_over(office: Office, starts: Any) -> None:
    """Whoever may change an e-mail or hand over a link could sign in as that user."""
    lin = office.cast.lin
    Posting.objects.create(user=lin, territory=office.cast.china, role="operations", during=period(starts))
    assert "outside your ground" in said(office.post(office.south, f"/setup/users/{lin.pk}/change/", email="me@x.org"))
    for deed in ("active/", "invite/"):
        answer = office.client(office.south).post(f"/setup/users/{lin.pk}/{deed}", {"active": "0"}, follow=True)
        assert "outside your ground" in answer.content.decode()
        assert "password/new" not in answer.content.decode()
    lin.refresh_from_db()
    assert (lin.email, lin.is_active) == ("", True)
    assert "password/new" in office.client(office.whole).post(f"/setup/users/{lin.pk}/invite/").content.decode()


def test_closed_access_signs_out_and_comes_back(office: Office, trail: Trail) -> None:
    lin = office.cast.lin
    assert office.get(lin, "/customers/").status_code == 200
    office.client(office.south).post(f"/setup/users/{lin.pk}/active/", {"active": "0"})
    assert office.get(lin, "/customers/").status_code == 302
    no = office.client(office.south).post(f"/setup/users/{lin.pk}/invite/", follow=True).content.decode()
    assert "allow that first" in no
    office.client(office.south).post(f"/setup/users/{lin.pk}/active/", {"active": "1"})
    assert User.objects.get(pk=lin.pk).is_active
    assert trail(User, id=lin.pk) == [("update", office.south.pk)] * 2


def test_a_user_is_changed_and_not_overwritten_unseen(office: Office, trail: Trail) -> None:
    address = f"/setup/users/{office.cast.lin.pk}/change/"
    form = office.get(office.south, address).context["form"]
    stale = {name: form[name].value() or "" for name in form.fields}
    office.client(office.south).post(address, stale | {"email": "lin@example.com"})
    assert "see above" in said(office.client(office.whole).post(address, stale | {"name": "林小"}))
    lin = User.objects.get(pk=office.cast.lin.pk)
    assert (lin.name, lin.email) == ("林晓", "lin@example.com")
    assert trail(User, id=lin.pk) == [("update", office.south.pk)]


def test_the_list_of_users(office: Office) -> None:
    south = office.get(office.south, "/setup/users/")
    assert {row.of.username for row in south.context["rows"]} == {"lin", "zhao", "zheng", "south"}
    whole = office.get(office.whole, "/setup/users/?status=unposted")
    assert {row.of.username for row in whole.context["rows"]} == {"idle"}
    found = office.get(office.whole, f"/setup/users/?role=rep&territory={office.cast.xixi.pk}&q=林")
    assert {row.of.username for row in found.context["rows"]} == {"lin"}
    assert "林晓" in found.content.decode()
