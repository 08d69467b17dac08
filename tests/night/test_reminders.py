"""Every kind of reminder beside visits and promises: made by its night, once, with its reason; gone when it
is answered or has passed by; never for what nobody holds."""

from datetime import date, timedelta

from accounts.models import Line, Territory
from crm import nightly
from crm.base.models import ExternalId
from crm.base.periods import period
from customers.actions import refresh_alignment
from customers.actions.knowledge import end_consent, mark_of_consents
from customers.models import Affiliation, Consent, CustomerStatus, Fact, Licence, PotentialEstimate
from segmentation.actions import publish_policy
from tests.cast import SINCE, TODAY, Cast, align, institution
from visits.actions import make_reminders
from visits.models import Reminder, Target
from visits.words import reason

DAY = timedelta(days=1)


def made(kind: str) -> list[tuple[str, date, str]]:
    """(customer, due, state) of the reminders of a kind."""
    return list(
        Reminder.objects.filter(kind=kind).order_by("due_on", "id").values_list("customer__name", "due_on", "state")
    )


def learn(cast: Cast, key: str, value: str, on: date = SINCE) -> Fact:
    return Fact.objects.create(person=cast.chen, key=key, value=value, source="told", learned_on=on)


def test_a_birthday_of_the_week_ahead_is_told_once_and_passes_by(cast: Cast) -> None:
    learn(cast, "birthday", "11-28")
    for person, day in ((cast.meng, "11-29"), (cast.stray, "11-25")):
        Fact.objects.create(person=person, key="birthday", value=day, source="told", learned_on=SINCE)
    make_reminders(on=TODAY)
    make_reminders(on=TODAY)
    assert made("birthday") == [("陈望舒", date(2026, 11, 28), "open")]  # Meng's is too far, nobody holds the stray
    make_reminders(on=date(2026, 12, 13))
    assert made("birthday")[0][2] == "dismissed"
    make_reminders(on=date(2027, 11, 28))
    assert ("陈望舒", date(2027, 11, 28), "open") in made("birthday")


def test_of_several_birthdays_the_newest_counts_and_29_february_has_a_day_each_year(cast: Cast) -> None:
    learn(cast, "birthday", "11-25", SINCE)
    learn(cast, "birthday", "02-29", SINCE + DAY)
    make_reminders(on=TODAY)
    assert made("birthday") == []
    make_reminders(on=date(2027, 2, 22))
    assert made("birthday") == [("陈望舒", date(2027, 2, 28), "open")]
    make_reminders(on=date(2028, 2, 22))
    assert made("birthday")[-1][1] == date(2028, 2, 29)


def test_a_licence_is_told_a_month_ahead_until_another_follows(cast: Cast) -> None:
    ends = TODAY + timedelta(days=30)
    Licence.objects.create(institution=cast.hospital, kind="medical_practice", number="1", during=period(SINCE, ends))
    make_reminders(on=TODAY - DAY)
    assert made("licence") == []
    make_reminders(on=TODAY)
    assert made("licence") == [("西溪湾医院", ends, "open")]
    told = Reminder.objects.get(kind="licence")
    assert reason(told, TODAY) == "Runs out on 21 Dec: medical practice licence"
    Licence.objects.create(institution=cast.hospital, kind="medical_practice", number="2", during=period(ends + DAY))
    make_reminders(on=TODAY + DAY)
    assert made("licence") == [("西溪湾医院", ends, "done")]


def test_consent_that_ends_is_told_and_renewed(cast: Cast) -> None:
    ends = TODAY + timedelta(days=10)
    consent = Consent.objects.create(person=cast.chen, purpose="email", wording="v1", during=period(SINCE, ends))
    make_reminders(on=TODAY)
    assert made("consent") == [("陈望舒", ends, "open")]
    Consent.objects.filter(pk=consent.pk).update(during=period(SINCE, None))
    make_reminders(on=TODAY + DAY)
    assert made("consent") == [("陈望舒", ends, "done")]


def test_a_consent_that_was_withdrawn_is_not_asked_for_again(cast: Cast) -> None:
    consents = [
        Consent.objects.create(person=cast.chen, purpose=purpose, wording="v1", during=period(SINCE, last))
        for purpose, last in (("email", None), ("phone", TODAY + timedelta(days=10)))
    ]
    make_reminders(on=TODAY)
    assert made("consent") == [("陈望舒", TODAY + timedelta(days=10), "open")]
    for one in consents:
        end_consent(
            actor=cast.lin, person=cast.chen.pk, purpose=one.purpose, ended_on=TODAY, today=TODAY,
            was=mark_of_consents(Consent.objects.filter(person=cast.chen)),
        )  # fmt: skip
    make_reminders(on=TODAY + DAY)
    assert made("consent") == [("陈望舒", TODAY + timedelta(days=10), "done")]


def test_a_consent_is_asked_for_until_its_last_day(cast: Cast) -> None:
    Consent.objects.create(person=cast.chen, purpose="email", wording="v1", during=period(SINCE, TODAY))
    Consent.objects.create(person=cast.meng, purpose="email", wording="v1", during=period(SINCE, TODAY - DAY))
    make_reminders(on=TODAY)
    assert made("consent") == [("陈望舒", TODAY, "open")]


def test_a_target_is_looked_back_on_after_its_end(cast: Cast) -> None:
    target = Target.objects.create(
        territory=cast.xixi, customer=cast.hospital.customer, measure="meetings", value=3,
        during=period(SINCE, TODAY + DAY), agreed_on=SINCE,
    )  # fmt: skip
    make_reminders(on=TODAY)
    assert made("target_review") == [("西溪湾医院", TODAY + 2 * DAY, "open")]
    Target.objects.filter(pk=target.pk).update(review="两次，第三次改期")
    make_reminders(on=TODAY + DAY)
    assert made("target_review") == [("西溪湾医院", TODAY + 2 * DAY, "done")]


def test_somebody_who_works_elsewhere_since_a_few_days_is_told_to_the_new_holder(cast: Cast) -> None:
    moved = TODAY - 3 * DAY
    clinic = institution("东渡门诊", "clinic", cast.dongdu)
    Affiliation.objects.filter(person=cast.chen).update(during=period(SINCE, moved - DAY))
    Affiliation.objects.create(person=cast.chen, institution=clinic, during=period(moved))
    nightly.run_night(TODAY)
    assert made("customer_moved") == [("陈望舒", moved, "open")]
    assert Reminder.objects.get(kind="customer_moved").territory == cast.dongdu


def test_a_tier_that_moved_is_told_once(cast: Cast) -> None:
    ExternalId.objects.create(kind="territory", source="crm", external_id="china", object_id=cast.china.pk)
    known = {"patients_per_day": 40, "openness": 3, "known_on": date(2026, 1, 1)}
    PotentialEstimate.objects.create(customer=cast.chen.customer, **known)
    publish_policy(
        raw={"name": "P", "territory": "crm:china", "measure": "potential", "months": 12, "customers": ["person"]},
        actor=None,
        today=TODAY,
    )
    nightly.run_night(TODAY)
    assert made("tier_moved") == []  # a first tier is no move
    PotentialEstimate.objects.create(customer=cast.meng.customer, patients_per_day=80, openness=3, known_on=TODAY)
    nightly.run_night(TODAY + DAY)
    nightly.run_night(TODAY + 2 * DAY)
    assert sorted(made("tier_moved")) == [("孟书远", TODAY + DAY, "open"), ("陈望舒", TODAY + DAY, "open")]
    told = Reminder.objects.get(kind="tier_moved", customer=cast.meng.pk)
    assert reason(told, TODAY) == "Promoted from C to A"


def test_two_lines_are_told_each_for_itself(cast: Cast) -> None:
    other = Line.objects.create(code="other", name="Other")
    ground = Territory.objects.create(name="二线", line=other, own_jurisdiction="CN")
    align(cast.hospital.customer, ground)
    refresh_alignment(on=TODAY)
    Licence.objects.create(institution=cast.hospital, kind="business", number="1", during=period(SINCE, TODAY + DAY))
    make_reminders(on=TODAY)
    held = set(Reminder.objects.filter(kind="licence").values_list("territory__name", flat=True))
    assert held == {"西溪", "二线"}


def test_of_whoever_is_gone_nothing_is_asked_any_more(cast: Cast) -> None:
    CustomerStatus.objects.filter(customer=cast.chen.pk).update(next_due_on=TODAY)
    learn(cast, "birthday", "11-28")
    make_reminders(on=TODAY)
    cast.chen.customer.ended_on = TODAY + DAY
    cast.chen.customer.save()
    CustomerStatus.objects.filter(customer=cast.meng.pk).update(next_due_on=TODAY)
    make_reminders(on=TODAY + DAY)
    assert made("visit_due") == [("陈望舒", TODAY, "dismissed"), (cast.meng.customer.name, TODAY, "open")]
    assert made("birthday") == [("陈望舒", date(2026, 11, 28), "dismissed")]
    make_reminders(on=TODAY + 2 * DAY)
    assert Reminder.objects.filter(customer=cast.chen.pk, state="open").count() == 0
