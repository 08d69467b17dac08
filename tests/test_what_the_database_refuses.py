"""Rules that hold whatever door is used: here through plain SQL, as from psql, and as rounds_app."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from accounts.actions import refresh_ground
from accounts.models import Posting, Territory
from crm.base.models import Command
from crm.base.periods import period
from customers.models import (
    Affiliation,
    Alignment,
    Consent,
    Customer,
    Department,
    Fact,
    InfluenceLink,
    Person,
    RoleAssignment,
)
from sales.models import SalesMonth
from segmentation.models import TierAssignment
from tests.cast import TODAY, Cast, institution, person
from visits.models import Cycle, Target

RULE = "CN-NO-DOCTOR-COUNTS"


def sell(cast: Cast, customer: Customer, month: date = date(2026, 10, 1)) -> None:
    """A sales row as psql would write it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO sales_salesmonth (source, customer_id, product_id, month, units, revenue, collected,
                                             currency, known_on, current)
               VALUES ('erp', %s, %s, %s, 5, 0, 0, '', %s, true)""",
            [customer.pk, cast.product.pk, month, TODAY],
        )


def refused(write: Callable[[], object]) -> str:
    """What the database says; the write leaves nothing behind."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        write()
    return str(caught.value)


def test_a_sales_row_of_a_doctor_is_refused_by_name(cast: Cast) -> None:
    assert RULE in refused(lambda: sell(cast, cast.chen.customer))
    assert not SalesMonth.objects.exists()


def test_one_doctor_among_others_refuses_the_whole_statement(cast: Cast) -> None:
    rows = [
        SalesMonth(source="erp", customer=c, product=cast.product, month=date(2026, 10, 1), known_on=TODAY)
        for c in (cast.shopkeeper.customer, cast.chen.customer)
    ]
    assert RULE in refused(lambda: SalesMonth.objects.bulk_create(rows))
    assert not SalesMonth.objects.exists()


def test_hospital_and_shopkeeper_may_have_sales(cast: Cast) -> None:
    sell(cast, cast.hospital.customer)
    sell(cast, cast.shopkeeper.customer)
    assert SalesMonth.objects.count() == 2


def test_a_doctor_abroad_may_have_sales(cast: Cast) -> None:
    abroad = Territory.objects.create(name="US", line=cast.line, own_jurisdiction="US")
    refresh_ground(on=TODAY)
    doctor = person("Doe", institution("General", "hospital", abroad))
    sell(cast, doctor.customer)
    assert SalesMonth.objects.count() == 1


def test_unknown_ground_counts_as_china_where_china_is_worked(cast: Cast) -> None:
    doctor = person("无辖区", institution("无辖区医院", "hospital"))
    assert RULE in refused(lambda: sell(cast, doctor.customer))


def test_months_before_the_rule_are_not_touched(cast: Cast) -> None:
    sell(cast, cast.chen.customer, month=date(2020, 11, 1))
    assert RULE in refused(lambda: sell(cast, cast.chen.customer, month=date(2020, 12, 1)))


def test_whoever_becomes_a_doctor_later_keeps_what_was_sold_before_but_gets_nothing_new(cast: Cast) -> None:
    sell(cast, cast.shopkeeper.customer, month=date(2026, 3, 1))
    Affiliation.objects.filter(person=cast.shopkeeper).update(during=period(date(2025, 1, 1), date(2026, 5, 31)))
    Affiliation.objects.create(person=cast.shopkeeper, institution=cast.hospital, during=period(date(2026, 6, 1)))
    assert RULE in refused(lambda: sell(cast, cast.shopkeeper.customer, month=date(2026, 4, 1)))


@pytest.mark.parametrize("way", ["affiliation", "kind", "alignment", "alignment gone", "law comes"])
def test_the_rule_cannot_be_walked_around(cast: Cast, way: str) -> None:
    sell(cast, cast.shopkeeper.customer)
    ways = {
        "affiliation": lambda: Affiliation.objects.create(
            person=cast.shopkeeper, institution=cast.hospital, is_primary=False, during=period(None)
        ),
        "kind": lambda: type(cast.pharmacy).objects.filter(pk=cast.pharmacy.pk).update(kind="clinic"),
        "alignment": lambda: _doctor_abroad(cast).update(territory=cast.xixi),
        "alignment gone": lambda: _doctor_abroad(cast)._raw_delete("default"),  # unknown ground counts as China
        "law comes": lambda: Territory.objects.filter(pk=_doctor_abroad(cast).get().territory_id).update(
            jurisdiction="CN"
        ),
    }
    assert RULE in refused(ways[way])


def test_a_temporary_view_does_not_stand_in_for_the_rule(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP VIEW sales_no_counts AS SELECT * FROM public.sales_no_counts WHERE false")
    assert RULE in refused(lambda: sell(cast, cast.chen.customer))


def test_a_version_that_is_not_current_still_counts(cast: Cast) -> None:
    sell(cast, cast.shopkeeper.customer)
    SalesMonth.objects.update(current=False)
    assert RULE in refused(
        lambda: Affiliation.objects.create(
            person=cast.shopkeeper, institution=cast.hospital, is_primary=False, during=period(None)
        )
    )


def _doctor_abroad(cast: Cast) -> QuerySet[Alignment]:
    """The alignment of a clinic abroad whose doctor has lawful counts."""
    abroad = Territory.objects.create(name="US", line=cast.line, own_jurisdiction="US")
    refresh_ground(on=TODAY)
    clinic = institution("Clinic", "clinic", abroad)
    sell(cast, person("Doe", clinic).customer)
    return Alignment.objects.filter(customer=clinic.pk)


def test_a_first_territory_with_the_law_is_refused_while_it_would_forbid_what_is_stored(cast: Cast) -> None:
    """Where no territory had a jurisdiction, counts of a doctor were lawful; a new one makes them unlawful."""
    Territory.objects.update(own_jurisdiction="", jurisdiction="")
    sell(cast, cast.chen.customer)
    assert RULE in refused(lambda: Territory.objects.create(name="CN", line=cast.line, jurisdiction="CN"))
    Territory.objects.create(name="US", line=cast.line, jurisdiction="US")


def test_versions_rules_and_commands_only_grow(cast: Cast) -> None:
    sell(cast, cast.hospital.customer)
    Command.objects.create(pk=cast.lin.pk, kind="x", body_sha256=b"", result={})
    for write in (
        lambda: SalesMonth.objects.update(units=9),
        lambda: SalesMonth.objects.all()._raw_delete("default"),
        lambda: Command.objects.update(kind="y"),
        lambda: Command.objects.all()._raw_delete("default"),
    ):
        assert "permission denied" in refused(write)
    assert SalesMonth.objects.update(current=False) == 1


def test_the_application_cannot_change_the_schema(cast: Cast) -> None:
    def drop() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE customers_customer")

    assert "must be owner" in refused(drop)


def test_a_persons_detail_hangs_on_a_person(cast: Cast) -> None:
    assert "person_hangs_on_person" in refused(lambda: Person.objects.create(customer_id=cast.hospital.pk))


def test_an_alignment_is_of_its_territorys_line(cast: Cast) -> None:
    other = type(cast.line).objects.create(code="other", name="Other")
    stray = cast.stray.customer
    wrong = Alignment(customer=stray, territory=cast.xixi, line=other, during=period(None))
    with connection.constraint_checks_disabled():
        assert "alignment_line_of_territory" in refused(wrong.save)


def test_periods_of_one_thing_do_not_overlap(cast: Cast) -> None:
    always = period(None)
    attempts: dict[str, Callable[[], object]] = {
        "posting_no_overlap": lambda: Posting.objects.create(
            user=cast.lin, territory=cast.xixi, role="rep", during=always
        ),
        "affiliation_one_primary": lambda: Affiliation.objects.create(
            person=cast.chen, institution=cast.pharmacy, during=always
        ),
        "alignment_one_territory": lambda: Alignment.objects.create(
            customer=cast.hospital.customer, territory=cast.dongdu, line=cast.line, during=always
        ),
        "role_no_overlap_all_products": lambda: RoleAssignment.objects.bulk_create(
            RoleAssignment(person=cast.chen, role="prescriber", during=always) for _ in range(2)
        ),
        "influence_no_overlap": lambda: InfluenceLink.objects.bulk_create(
            InfluenceLink(influencer=cast.chen, influenced=cast.meng, kind="advice", during=always) for _ in range(2)
        ),
        "cycle_no_overlap": lambda: Cycle.objects.bulk_create(
            Cycle(line=cast.line, during=period(TODAY, TODAY)) for _ in range(2)
        ),
    }
    for constraint, write in attempts.items():
        assert constraint in refused(write)


def test_values_outside_their_range_are_refused(cast: Cast) -> None:
    always = period(None)
    attempts: dict[str, Callable[[], object]] = {
        "role_strength_1_to_5": lambda: RoleAssignment.objects.create(
            person=cast.chen, role="prescriber", strength=6, during=always
        ),
        "influence_not_of_oneself": lambda: InfluenceLink.objects.create(
            influencer=cast.chen, influenced=cast.chen, kind="advice", during=always
        ),
        "influence_weight_0_to_1": lambda: InfluenceLink.objects.create(
            influencer=cast.chen, influenced=cast.meng, kind="advice", weight=1001, during=always
        ),
        "sales_month_first_day": lambda: sell(cast, cast.hospital.customer, month=date(2026, 10, 2)),
        "tier_known": lambda: TierAssignment.objects.create(
            customer=cast.chen.customer, line=cast.line, version_id=1, tier="D", during=always, reason={}
        ),
    }
    for constraint, write in attempts.items():
        assert constraint in refused(write)


def test_a_department_that_the_institution_does_not_have_is_refused(cast: Cast) -> None:
    at = Affiliation.objects.filter(person=cast.chen)
    assert "affiliation_department_of_institution" in refused(lambda: at.update(department="心内科"))
    Department.objects.create(institution=cast.pharmacy, name="心内科")
    assert "affiliation_department_of_institution" in refused(lambda: at.update(department="心内科"))
    Department.objects.create(institution=cast.hospital, name="心内科")
    at.update(department="心内科")
    assert "affiliation_department_of_institution" in refused(Department.objects.all().delete)


def test_a_part_of_a_department_of_another_institution_is_refused(cast: Cast) -> None:
    elsewhere = Department.objects.create(institution=cast.pharmacy, name="柜台")
    assert "department_part_of_same_institution" in refused(
        lambda: Department.objects.create(institution=cast.hospital, name="一科", parent=elsewhere)
    )


def test_facts_about_a_family_need_consent(cast: Cast) -> None:
    def learn() -> None:
        Fact.objects.create(person=cast.chen, key="family", value="爱人也是医生", source="told", learned_on=TODAY)

    assert "FAMILY-BY-CONSENT" in refused(learn)
    Consent.objects.create(person=cast.meng, purpose="family", wording="v1", during=period(date(2026, 1, 1)))
    assert "FAMILY-BY-CONSENT" in refused(learn)
    Consent.objects.create(person=cast.chen, purpose="family", wording="v1", during=period(date(2026, 1, 1)))
    learn()
    assert "FAMILY-BY-CONSENT" in refused(lambda: Fact.objects.update(learned_on=date(2025, 12, 31)))


def test_sales_targets_for_a_doctor_are_refused_by_name(cast: Cast) -> None:
    def agree(customer: Customer, measure: str) -> None:
        Target.objects.create(
            territory=cast.xixi, customer=customer, measure=measure, value=5, during=period(TODAY, TODAY),
            agreed_on=TODAY,
        )  # fmt: skip

    assert RULE in refused(lambda: agree(cast.chen.customer, "units"))
    agree(cast.chen.customer, "visits")
    agree(cast.hospital.customer, "units")
    agree(cast.shopkeeper.customer, "units")
    assert RULE in refused(lambda: Target.objects.update(measure="units"))
