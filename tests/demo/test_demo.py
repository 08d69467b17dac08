"""The demo country: what a first look at Rounds shows. One small country is loaded for the whole file."""

import io
import json
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from pytest_django import DjangoDbBlocker

from accounts.models import Holiday, Posting, Territory, TerritoryParent, TimeOff, User
from crm.base import clock
from crm.base.audit import tracked_models
from crm.base.history import Trail, history
from crm.base.models import ExternalId, JobRun
from crm.demo.country import TABLES, Country
from crm.demo.loading import JOB, SOURCE
from crm.demo.sign_in import demo_users, settle_password
from crm.exchange import KINDS
from customers.models import Affiliation, Consent, Customer, CustomerStatus, Fact, Institution, Person
from customers.models.facts import COORDINATES, FACTS
from sales.models import SalesMonth
from segmentation.models import TierAssignment
from visits.models import Attendee, FollowUp, Reminder, Target, Visit

NOW = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)  # a Tuesday, in Shanghai at that moment
PASSWORD = "demo for the tests"
DISTRICTS = 1  # has the vacant territory, the rep who moved and the one who left


def load(at: datetime = NOW) -> tuple[str, dict[str, object]]:
    """What the command prints, and its last line read."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUNDS_DEMO_PASSWORD", PASSWORD)
        patch.setattr(clock, "now", lambda: at)
        call_command("load_demo", districts=DISTRICTS, stdout=out)
    return out.getvalue(), json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture(scope="module")
def printed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The loaded country, gone again after this file."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            words, _figures = load()
            yield words
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _country(printed: str, db: None) -> None:
    """Every test sees the country, and leaves it as it was."""


def rep(name: str) -> User:
    return User.objects.get(username=name)


def test_everyone_signs_in_with_the_printed_name_and_password(printed: str) -> None:
    for user in demo_users():
        assert user.username in printed
    assert PASSWORD in printed
    linxiao = authenticate(username="linxiao", password=PASSWORD)
    assert linxiao is not None
    assert {user.password for user in demo_users()} == {linxiao.password}


def test_nobody_signs_in_for_the_rep_who_left(printed: str) -> None:
    assert "lvsiqi" not in printed
    assert authenticate(username="lvsiqi", password=PASSWORD) is None


def test_a_lost_password_is_replaced_and_kept_in_a_file_of_its_owner(
    tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BASE_DIR = tmp_path
    monkeypatch.delenv("ROUNDS_DEMO_PASSWORD", raising=False)
    first = settle_password()
    assert first.kept_in is not None
    assert first.was_set
    assert stat.S_IMODE(first.kept_in.stat().st_mode) == 0o600
    assert authenticate(username="linxiao", password=first.text)
    assert settle_password() == replace(first, was_set=False)
    first.kept_in.unlink()
    second = settle_password()
    assert second.text != first.text
    assert authenticate(username="linxiao", password=second.text)
    assert not authenticate(username="linxiao", password=first.text)


def test_loading_again_changes_nothing_and_prints_the_sign_ins() -> None:
    def counts() -> dict[str, int]:
        return {model.__name__: model.objects.count() for model in (Customer, Visit, Reminder, TierAssignment, User)}

    before, passwords = counts(), set(demo_users().values_list("password", flat=True))
    words, figures = load()
    assert figures["loaded"] is False
    assert "linxiao" in words
    assert counts() == before
    assert set(demo_users().values_list("password", flat=True)) == passwords


def test_a_load_that_was_cut_short_goes_on_the_next_day_without_doubles() -> None:
    before = {kind: ExternalId.objects.filter(kind=kind, source=SOURCE).count() for kind in ("person", "visit")}
    JobRun.objects.filter(name=JOB).update(state=JobRun.State.RUNNING, steps=[])
    _words, figures = load(NOW + timedelta(days=1))
    assert figures["loaded"] is True
    assert set(JobRun.objects.filter(name="night").values_list("on", flat=True)) == {TODAY, TODAY + timedelta(days=1)}
    for kind, count in before.items():
        assert ExternalId.objects.filter(kind=kind, source=SOURCE).count() == count
    assert Visit.objects.count() == before["visit"]


def test_a_rep_sees_the_own_territory_only() -> None:
    seen = Customer.objects.for_user(rep("linxiao"))
    territories = set(CustomerStatus.objects.filter(customer__in=seen).values_list("territory__name", flat=True))
    assert territories == {"西溪湾"}
    assert 50 <= seen.filter(kind="person").count() <= 80


def test_managers_see_the_vacant_territory_and_no_rep_does() -> None:
    vacant = Territory.objects.get(name="南屏")
    held = Customer.objects.filter(statuses__territory=vacant)
    assert held.count() > 50
    assert not Posting.objects.filter(territory=vacant, during__upper_inf=True).exists()
    assert Customer.objects.for_user(rep("zhengmingyuan")).filter(pk__in=held).count() == held.count()
    assert not Customer.objects.for_user(rep("songzhixia")).filter(pk__in=held).exists()


def test_the_rep_who_moved_made_visits_on_both_grounds_each_in_its_time() -> None:
    moved = Visit.objects.filter(maker=rep("songzhixia"))
    left, came = (moved.filter(territory__name=name).values_list("on", flat=True) for name in ("南屏", "九溪"))
    assert max(left) < min(came)


def test_every_rep_has_something_to_do_today() -> None:
    for posting in Posting.objects.filter(role="rep", during__upper_inf=True):
        due = [r.due_on for r in Reminder.objects.open().filter(territory=posting.territory)]
        assert any(day < TODAY for day in due), posting.territory
        assert any(day == TODAY for day in due), posting.territory


def test_every_kind_of_reminder_is_there_and_few_of_the_rare_ones() -> None:
    """`due` is what the morning list of a rep shows as due today or before."""
    territories = Posting.objects.filter(role="rep", during__upper_inf=True).values_list("territory", flat=True)
    assert set(Reminder.objects.values_list("kind", flat=True)) == set(Reminder.Kind.values)
    for territory in territories:
        mine = Reminder.objects.open().filter(territory=territory)
        due = mine.filter(kind__in=["visit_due", "promise"], due_on__lte=TODAY).count()
        rare = mine.filter(kind__in=["birthday", "licence", "customer_moved"]).count()
        assert 6 <= due <= 25
        assert 1 <= rare <= 5


def test_every_kind_of_file_has_rows() -> None:
    """But for commands, which phones and pages give."""
    with connection.cursor() as cursor:
        empty = set()
        for kind in KINDS.values():
            cursor.execute(f"SELECT EXISTS (SELECT FROM ({kind.current}) c)")
            if not cursor.fetchone()[0]:
                empty.add(kind.name)
    assert empty == {"commands"}


def test_facts_have_three_coordinates_several_sources_and_ages() -> None:
    held = Fact.objects.filter(withdrawn_on=None)
    assert {FACTS[key].coordinate for key in held.values_list("key", flat=True)} == set(COORDINATES)
    assert set(held.values_list("source", flat=True)) == set(Fact.Source.values)
    assert held.filter(learned_on__lt=TODAY - timedelta(days=365)).exists()
    assert not held.filter(learned_on__gte=TODAY).exists()
    assert Fact.objects.exclude(withdrawn_on=None).exists()


def test_what_needs_consent_was_learned_under_it_and_is_withdrawn_with_it() -> None:
    for fact in Fact.objects.filter(key__in=[kind.key for kind in FACTS.values() if kind.consent]):
        consent = Consent.objects.get(
            person=fact.person_id, purpose=FACTS[fact.key].consent, during__contains=fact.learned_on
        )
        assert fact.withdrawn_on or consent.during.upper is None or consent.during.upper > TODAY
    assert Fact.objects.filter(key="family").exists()


def test_units_and_money_are_agreed_on_with_trade_accounts_only() -> None:
    about = Target.objects.filter(measure__in=Target.SALES)
    assert about.exists()
    assert not about.filter(customer=None).exists()
    assert not about.filter(customer__institution__is_medical=True).exists()
    assert not about.filter(customer__kind="person").exists()


def test_branches_and_second_tiers_belong_to_somebody_and_a_district_stood_elsewhere() -> None:
    branches = Institution.objects.filter(parent__kind="chain_headquarters").values_list("kind", flat=True)
    assert set(branches) == {"chain_branch"}
    second = Institution.objects.get(distribution_tier=2)
    assert second.parent is not None
    assert second.parent.distribution_tier == 1
    assert {p.territory.name for p in TerritoryParent.objects.filter(during__upper_inf=False)} == {"西溪地区"}


def test_visits_are_joint_late_and_told_at_length_now_and_then() -> None:
    assert set(Visit.objects.exclude(joint_with=None).values_list("joint_with__username", flat=True)) == {
        "zhengmingyuan"
    }
    assert Visit.objects.filter(known_on__gt=F("on")).exists()
    assert not Visit.objects.filter(known_on__gt=F("on") + timedelta(days=3)).exists()
    assert not Visit.objects.filter(known_on__gte=TODAY).exists()
    for told in ("purpose", "needs", "objections", "materials", "competitors"):
        assert Visit.objects.exclude(**{told: ""}).exists()
    assert set(FollowUp.objects.values_list("state", flat=True)) == set(FollowUp.State.values)


def test_nobody_visits_while_away() -> None:
    for off in TimeOff.objects.filter(half=""):
        assert not Visit.objects.filter(maker=off.user_id, on__contained_by=off.during).exists()
    closed = Holiday.objects.filter(works=False).values_list("on", flat=True)
    assert not Visit.objects.filter(on__in=closed).exists()


def test_the_public_calendar_of_china() -> None:
    days = {holiday.on: holiday for holiday in Holiday.objects.filter(jurisdiction="CN")}
    assert {day.year for day in days} == {2025, 2026, 2027}
    assert days[date(2026, 2, 15)].name == "春节"
    assert days[date(2026, 2, 14)].works
    assert all(day.weekday() >= 5 for day, holiday in days.items() if holiday.works)


def test_promises_older_than_the_newest_visit_are_kept() -> None:
    assert FollowUp.objects.filter(state="done").count() > FollowUp.objects.filter(state="open").count() > 0
    for promise in FollowUp.objects.filter(state="open").select_related("visit"):
        assert not Attendee.objects.filter(customer=promise.customer_id, visit__on__gt=promise.visit.on).exists()


def test_tiers_are_a_pyramid_with_some_provisional_at_its_foot() -> None:
    people = CustomerStatus.objects.filter(customer__kind="person")
    tiers = Counter(people.values_list("tier", flat=True))
    assert 0 < tiers["A"] < tiers["B"] < tiers["C"]
    assert sum(tiers.values()) == people.count()
    assert set(people.filter(provisional=True).values_list("tier", flat=True)) == {"C"}
    assert TierAssignment.objects.filter(during__upper_inf=False).exists()  # some have moved


def test_no_sales_of_people() -> None:
    assert SalesMonth.objects.exists()
    assert not SalesMonth.objects.filter(customer__kind="person").exists()


def test_visits_end_before_today_on_working_days() -> None:
    days = set(Visit.objects.values_list("on", flat=True))
    assert max(days) < TODAY
    assert {day.weekday() for day in days} <= set(range(5))


def test_notes_say_nothing_that_the_law_forbids() -> None:
    notes = Visit.objects.exclude(note="")
    assert notes.exists()
    assert not notes.filter(note__regex="统方|处方量|回扣|返点").exists()


def test_a_very_long_name_and_a_very_long_institution_try_the_pages() -> None:
    country = Country(TODAY)
    assert max(len(person.name) for person in country.people) > 20
    assert max(len(institution.name) for institution in country.institutions) > 45


@pytest.mark.parametrize("today", [date(2026, 10, 5), date(2027, 1, 2), date(2028, 2, 29)])
def test_the_same_day_gives_the_same_country(today: date) -> None:
    for name in TABLES:
        rows = list(Country(today, DISTRICTS).table(name))
        assert rows == list(Country(today, DISTRICTS).table(name))
        assert rows


@pytest.mark.parametrize("today", [date(2026, 10, 5), date(2027, 1, 2), date(2028, 2, 29)])
def test_on_any_day_no_visit_lies_ahead_or_outside_its_maker_s_posting(today: date) -> None:
    country = Country(today)
    held = {institution.id: institution.territory for institution in country.institutions}
    for _line, visit in country.table("visits"):
        assert visit
        day = date.fromisoformat(visit["on"])
        assert day < today
        assert country.ground.rep_on(held[visit["place"]], day) == visit["rep"]
        assert not visit["next_step_on"] or visit["next_step_on"] >= visit["on"]


def test_the_trail_tells_every_kind_of_row_as_it_is_stored() -> None:
    told = set()
    for model, events in tracked_models().items():
        if stored := events.objects.order_by("-pgh_id").first():
            last = history(Trail(model, getattr(stored, model._meta.pk.name)))[-1]
            assert last.row == {name: getattr(stored, name) for name in last.row}, model
            assert (last.number, last.at) == (stored.pgh_id, stored.pgh_created_at)
            told.add(model)
    assert {Affiliation, Consent, Customer, Fact, Institution, Person, Visit} <= told
