"""What the import promises: twice is once, bad rows are named, nothing is half done."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import translation

from accounts.models import Territory, TerritoryPath, User
from crm.base.exchange.table import BadFile
from crm.base.models import ExternalId
from customers.actions.knowledge import end_consent, mark_of_consents
from customers.models import Consent, Customer, CustomerStatus, Fact, Institution, Person, RoleAssignment
from customers.models.facts import FACTS
from sales.models import SalesMonth
from tests.cast import TODAY, Cast
from tests.exchange.conftest import Load
from visits.models import Visit

REMINDER = "person,territory,line,due_on,state,made_on,kind,source,reason\nchen,xixi,default,2026-11-20,open,2026-11-20"
NOBODY = "00000000-0000-4000-8000-000000000000"
Rejects = Callable[[], list[tuple[str, str, str]]]


def test_persons_are_created_updated_and_left_alone(load_file: Load) -> None:
    first = load_file("persons", "id,name,title\n1,陈望舒,主任\n2,孟书远,\n")
    assert (first.created, first.rejected) == (2, 0)
    chen = Customer.objects.get(name="陈望舒")
    second = load_file("persons", "id,name,title\n1,陈望舒,主任医师\n2,孟书远,\n")
    assert (second.created, second.updated, second.unchanged) == (0, 1, 1)
    assert Person.objects.get(pk=chen.pk).title == "主任医师"
    assert Customer.objects.get(pk=chen.pk).version == 2
    assert Customer.objects.get(name="孟书远").version == 1


def test_a_code_may_be_written_as_pages_say_it(load_file: Load, rejects: Rejects) -> None:
    outcome = load_file("persons", "id,name,gender\n1,陈望舒,男\n2,孟书远,Female\n3,苏晚,female\n4,周野,公\n")
    assert (outcome.created, outcome.rejected) == (3, 1)
    assert list(Person.objects.order_by("customer__name").values_list("gender", flat=True)) == ["female"] * 2 + ["male"]
    assert [(line, column) for line, column, _sentence in rejects()] == [("5", "gender")]
    assert load_file("institutions", "id,name,kind\na,仁和医院,医院\nb,仁和诊所,诊所\n").created == 2
    kinds = dict(Institution.objects.values_list("customer__name", "kind"))
    assert (kinds["仁和医院"], kinds["仁和诊所"]) == ("hospital", "clinic")
    again = load_file("persons", "id,name,gender\n1,陈望舒,male\n")
    assert (again.unchanged, again.updated) == (1, 0)


def test_a_byte_order_mark_semicolons_and_capitals_in_the_header_are_fine(load_file: Load) -> None:
    assert load_file("persons", "\ufeffID;Name\n1;陈望舒\n".encode()).created == 1


def test_a_column_left_out_keeps_what_is_stored_and_an_empty_cell_empties(load_file: Load) -> None:
    load_file("persons", "id,name,title,phone\n1,陈,主任,123\n")
    assert load_file("persons", "id,name\n1,陈\n").unchanged == 1
    assert load_file("persons", "id,name,title\n1,陈,\n").updated == 1
    person = Person.objects.get()
    assert (person.title, person.phone) == ("", "123")


def test_the_same_key_twice_rejects_both_lines_by_number(load_file: Load, rejects: Rejects) -> None:
    outcome = load_file("persons", "id,name\n1,甲\n2,乙\n1,丙\n")
    assert (outcome.created, outcome.rejected) == (1, 2)
    assert [(line, column) for line, column, _sentence in rejects()] == [("2", "id"), ("4", "id")]
    assert "line 4" in rejects()[0][2]
    assert "line 2" in rejects()[1][2]


@pytest.mark.parametrize(
    ("kind", "row", "column", "word"),
    [
        ("persons", "id,name\n,甲\n", "id", "empty"),
        ("persons", "id,name\n1,\n", "name", "empty"),
        ("persons", "id,name\n1," + "长" * 201 + "\n", "name", "201"),
        ("persons", "id,name\n1,甲\x00乙\n", "name", "control"),
        ("persons", "id,name\n1,甲,乙\n", "", "cells"),
        ("persons", "id,name,gender\n1,甲,x\n", "gender", "female"),
        ("institutions", "id,name,kind,level\n1,甲,hospital,4\n", "level", "between"),
        ("institutions", "id,name,kind\n1,甲,casino\n", "kind", "hospital"),
        ("territories", "id,name,time_zone\n1,甲,Mars/Base\n", "time_zone", "Asia/Shanghai"),
        ("territories", "id,name,jurisdiction\n1,甲,cn\n", "jurisdiction", "CN"),
        ("affiliations", "person,institution,from\nchen,P,31/02/2026\n", "from", "2026-11-21"),
        ("affiliations", "person,institution,from\nchen,P,2026-02-31\n", "from", "2026-11-21"),
        ("affiliations", "person,institution,primary\nchen,P,maybe\n", "primary", "1 or 0"),
        ("affiliations", "person,institution\n陈望舒,P\n", "person", "陈望舒"),
        ("affiliations", "person,institution\nH,P\n", "person", "person"),
        ("influence", "influencer,influenced,kind,weight\nchen,meng,advice,1.5\n", "weight", "between"),
        ("influence", "influencer,influenced,kind,weight\nchen,meng,advice,0.1234\n", "weight", "decimals"),
        ("influence", "influencer,influenced,kind\nchen,chen,advice\n", "influenced", "himself"),
        ("roles", "person,role,strength\nchen,prescriber,2.5\n", "strength", "whole"),
        ("alignment", "institution,person,territory\nH,chen,xixi\n", "person", "only one"),
        ("alignment", "institution,territory,from,to\nP,jiangbei,2026-05-01,2026-04-30\n", "to", "before"),
        ("sales", "institution,product,month,units\nP,nuo,2026-13,1\n", "month", "2026-11"),
        ("sales", 'institution,product,month,units\nP,nuo,2026-10,"1,234.5"\n', "units", "1234.5"),
        ("sales", "institution,product,month,units\nP,nuo,2026-10,1e400\n", "units", "exponent"),
        ("sales", "institution,product,month,revenue,currency\nP,nuo,2026-10,5,\n", "currency", "needed"),
        ("sales", "institution,product,month,revenue,currency\nP,nuo,2026-10,1.005,CNY\n", "revenue", "decimals"),
        ("sales", "institution,product,month,revenue,currency\nP,nuo,2026-10,1.5,JPY\n", "revenue", "whole"),
        ("visits", "id,rep,on,persons\n1,lin,2026-11-22,chen\n", "on", "future"),
        ("visits", "id,rep,on,persons\n1,zhao,2026-11-20,chen\n", "rep", "2026-11-20"),
        ("visits", "id,rep,on,persons\n1,lin,2024-12-31,chen\n", "rep", "2024-12-31"),
        ("visits", "id,rep,on,persons\n1,lin,2026-11-20,\n", "persons", "who was met"),
        ("visits", "id,rep,on,persons\n1,lin,2026-11-20,chen|chen\n", "persons", "twice"),
        ("visits", "id,rep,on,persons,products\n1,lin,2026-11-20,chen,nuo=loves\n", "products", "agrees"),
        ("visits", "id,rep,on,persons,next_step\n1,lin,2026-11-20,chen,call\n", "next_step_on", "date"),
        ("users", "id,username,name\nx,lin,第二个\n", "username", "lin"),
        ("reminders", f"{REMINDER},tier_moved,{NOBODY},\n", "reason", "tell"),
        ("reminders", f"{REMINDER},visit_due,,[]\n", "reason", "tell"),
    ],
)
def test_a_bad_row_is_rejected_by_a_sentence(
    known_cast: Cast, load_file: Load, rejects: Rejects, kind: str, row: str, column: str, word: str
) -> None:
    outcome = load_file(kind, row)
    assert (outcome.created, outcome.updated, outcome.rejected) == (0, 0, 1)
    ((line, where, sentence),) = rejects()
    assert (line, where) == ("2", column)
    assert word in sentence


def test_what_is_kept_by_consent_comes_after_it_and_stays_withdrawn(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    fact = "person,fact,value,source,learned_on\nchen,wechat,wang_1,told,2026-11-01\n"
    assert load_file("facts", fact).rejected == 1
    assert "load the consent first" in rejects()[0][2]
    load_file("consents", "person,purpose,wording,from\nchen,wechat,v1,2026-01-01\n")
    assert load_file("facts", fact).created == 1
    chen = known_cast.chen.pk
    was = mark_of_consents(Consent.objects.filter(person=chen))
    end_consent(actor=known_cast.lin, person=chen, purpose="wechat", ended_on=TODAY, was=was, today=TODAY)
    whole = "person,fact,value,source,learned_on,withdrawn_on\nchen,wechat,wang_1,told,2026-11-01,\n"
    assert load_file("facts", whole).rejected == 1
    assert "was withdrawn" in rejects()[0][2]
    assert load_file("facts", fact).unchanged == 1
    assert Fact.objects.get().withdrawn_on == TODAY


def test_the_codes_of_a_fact_are_told_in_the_language_of_the_reader(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    coded = next(kind for kind in FACTS.values() if kind.choices)
    call_command("words")
    with translation.override("zh-hans"):
        load_file("facts", f"person,fact,value,source,learned_on\nchen,{coded.key},nonsense,told,2026-11-01\n")
    ((_line, column, sentence),) = rejects()
    assert column == "value"
    assert sentence.endswith(", ".join(code for code, _label in coded.choices) + "。")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"", "empty"),
        (b"id,name,id\n1,a,2\n", "twice"),
        (b"id,nickname\n1,a\n", "nickname"),
        (b"id\n1\n", "lacks columns: name"),
        (b'id,name\n1,"a\n', "CSV"),
    ],
)
def test_a_bad_file_is_refused_whole(load_file: Load, text: bytes, word: str) -> None:
    with pytest.raises(BadFile, match=word):
        load_file("persons", text)
    assert not Customer.objects.exists()


def test_a_dry_run_counts_and_changes_nothing(load_file: Load) -> None:
    outcome = load_file("persons", "id,name\n1,甲\n", dry_run=True)
    assert (outcome.created, outcome.dry_run) == (1, True)
    assert not Customer.objects.exists()
    assert not ExternalId.objects.exists()


def test_territories_may_name_parents_further_down_and_inherit(load_file: Load) -> None:
    load_file(
        "territories",
        "id,name,parent,jurisdiction,time_zone\nleaf,叶,mid,,\nmid,中,root,,Asia/Urumqi\nroot,根,,CN,Asia/Shanghai\n",
    )
    leaf = Territory.objects.get(name="叶")
    assert (leaf.jurisdiction, leaf.time_zone, leaf.line.code) == ("CN", "Asia/Urumqi", "default")
    depths = TerritoryPath.objects.filter(descendant=leaf).order_by("depth").values_list("ancestor__name", "depth")
    assert list(depths) == [("叶", 0), ("中", 1), ("根", 2)]


def test_a_circle_of_territories_is_refused(load_file: Load) -> None:
    with pytest.raises(BadFile, match="under itself"):
        load_file("territories", "id,name,parent\na,甲,b\nb,乙,a\n")
    assert not Territory.objects.exists()


def test_a_territory_that_moves_keeps_its_past(load_file: Load) -> None:
    load_file("territories", "id,name,parent\nr,根,\na,甲,r\nb,乙,r\nx,叶,a\n", today=date(2026, 1, 1))
    moved = load_file("territories", "id,name,parent\nx,叶,b\n", today=date(2026, 6, 1))
    assert moved.updated == 1
    leaf = Territory.objects.get(name="叶")
    periods = leaf.parents.order_by("during").values_list("parent__name", "during")
    assert [(name, during.lower, during.upper) for name, during in periods] == [
        ("甲", None, date(2026, 6, 1)),
        ("乙", date(2026, 6, 1), None),
    ]


def test_an_id_of_another_source_is_written_out(known_cast: Cast, load_file: Load) -> None:
    outcome = load_file("affiliations", "person,institution,primary\ncrm:stray,crm:P,1\n", source="erp")
    assert outcome.created == 1
    assert CustomerStatus.objects.get(customer=known_cast.stray.pk).territory == known_cast.dongdu


def test_one_primary_affiliation_at_a_time(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    assert load_file("affiliations", "person,institution,from\nchen,P,2026-06-01\n").rejected == 1
    assert "2025-01-01" in rejects()[0][2]
    both = load_file("affiliations", "person,institution,from,to\nchen,H,2025-01-01,2026-05-31\nchen,P,2026-06-01,\n")
    assert (both.created, both.updated, both.rejected) == (1, 1, 0)
    assert CustomerStatus.objects.get(customer=known_cast.chen.pk).territory == known_cast.dongdu


def test_rows_that_overlap_within_a_file_name_each_other(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    outcome = load_file(
        "roles", "person,role,from,to\nchen,prescriber,2026-01-01,2026-06-30\nchen,prescriber,2026-06-30,\n"
    )
    assert outcome.rejected == 2
    assert {line for line, *_ in rejects()} == {"2", "3"}
    assert not RoleAssignment.objects.exists()


def test_a_doctors_sales_are_refused_by_name(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    rows = "person,institution,product,month,units\nchen,,nuo,2026-10,3\nfu,,nuo,2026-10,4\n,H,nuo,2026-10,5\n"
    outcome = load_file("sales", rows)
    assert (outcome.created, outcome.rejected) == (2, 1)
    ((line, _column, sentence),) = rejects()
    assert line == "2"
    assert sentence.startswith("CN-NO-DOCTOR-COUNTS")


def test_sales_are_versions(known_cast: Cast, load_file: Load) -> None:
    head = "institution,product,month,units,revenue,currency,known_on\n"
    load_file("sales", head + "P,nuo,2026-09,5,12.5,CNY,2026-10-08\n")
    assert load_file("sales", head + "P,nuo,2026-09,5,12.50,CNY,2026-10-08\n").unchanged == 1
    corrected = load_file("sales", head + "P,nuo,2026-09,-2,-3.00,CNY,2026-11-08\n")
    assert corrected.updated == 1
    versions = SalesMonth.objects.order_by("id").values_list("units", "revenue", "current", "known_on")
    assert list(versions) == [
        (5, 1250, False, date(2026, 10, 8)),
        (-2, -300, True, date(2026, 11, 8)),
    ]


def test_a_correction_cannot_be_known_before_what_it_corrects(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    head = "institution,product,month,units,known_on\n"
    load_file("sales", head + "P,nuo,2026-09,5,2026-10-08\n")
    assert load_file("sales", head + "P,nuo,2026-09,6,2026-10-01\n").rejected == 1
    assert "2026-10-08" in rejects()[0][2]


def test_two_sources_of_one_month_stand_side_by_side(known_cast: Cast, load_file: Load) -> None:
    rows = "source,institution,product,month,units\n{},crm:P,crm:nuo,2026-09,5\n"
    load_file("sales", rows.format("north"), source="crm")
    load_file("sales", rows.format("south"), source="crm")
    assert SalesMonth.objects.filter(current=True).count() == 2


def test_visits_freeze_the_territories_of_their_day(known_cast: Cast, load_file: Load) -> None:
    load_file(
        "visits",
        "id,rep,on,persons,institutions,products,next_step,next_step_on\n"
        "v1,lin,2026-11-19,meng|chen,H,nuo=doubts,material,2026-11-27\n",
    )
    visit = Visit.objects.get()
    assert visit.maker == known_cast.lin
    assert visit.territory == known_cast.xixi
    attendees = visit.attendees.order_by("id").values_list("customer", "territory")
    assert list(attendees) == [
        (row.pk, known_cast.xixi.pk) for row in (known_cast.meng, known_cast.chen, known_cast.hospital)
    ]
    assert visit.products.get().reaction == "doubts"
    assert visit.follow_ups.get().customer_id == known_cast.meng.pk
    assert CustomerStatus.objects.get(customer=known_cast.chen.pk).last_visit_on == date(2026, 11, 19)


def test_a_changed_visit_gives_back_the_last_visit_of_whom_it_no_longer_names(
    known_cast: Cast, load_file: Load
) -> None:
    load_file("visits", "id,rep,on,persons\nv1,lin,2026-11-19,meng|chen\n")
    assert load_file("visits", "id,rep,on,persons\nv1,lin,2026-11-19,chen\n").updated == 1
    assert CustomerStatus.objects.get(customer=known_cast.meng.pk).last_visit_on is None
    assert Visit.objects.get().version == 2


def test_a_promise_lies_a_year_ahead_at_most(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    load_file("visits", "id,rep,on,persons\nv1,lin,2026-11-19,chen\n")
    outcome = load_file(
        "follow_ups", "visit,person,kind,due_on\nv1,chen,material,2027-11-22\nv1,chen,call,2027-11-23\n"
    )
    assert (outcome.created, outcome.rejected) == (1, 1)
    ((line, column, sentence),) = rejects()
    assert (line, column) == ("3", "due_on")
    assert "more than a year ahead" in sentence


def test_a_promise_that_stands_further_ahead_comes_with_its_copy(known_cast: Cast, load_file: Load) -> None:
    """Of the time before the bound: a copy is whole."""
    load_file("visits", "id,rep,on,persons\nv1,lin,2026-11-19,chen\n")
    row = "visit,person,kind,due_on,rounds_row\nv1,chen,call,2031-01-01,01999999-0000-7000-8000-000000000001\n"
    assert load_file("follow_ups", row).created == 1
    assert load_file("follow_ups", "visit,person,kind,due_on\nv1,chen,call,2031-01-01\n").unchanged == 1


def test_a_manager_visits_in_his_subtree(known_cast: Cast, load_file: Load) -> None:
    assert load_file("visits", "id,rep,on,persons\nv1,zheng,2026-11-19,chen\n").created == 1
    assert Visit.objects.get().attendees.get().territory == known_cast.xixi


def test_new_users_cannot_sign_in_before_a_password_is_set(load_file: Load) -> None:
    load_file("users", "id,username,name\n7,wang,王\n")
    assert not User.objects.get(username="wang").has_usable_password()


def test_an_institutions_kind_says_whether_it_is_medical(load_file: Load) -> None:
    load_file("institutions", "id,name,kind\n1,医院,hospital\n2,药房,pharmacy\n")
    assert dict(Institution.objects.values_list("kind", "is_medical")) == {"hospital": True, "pharmacy": False}


def test_external_ids_come_and_go_as_files(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    head = "kind,source,external_id,object\n"
    row = f"person,erp,77,{known_cast.chen.pk}\n"
    assert load_file("external_ids", head + row).created == 1
    assert load_file("external_ids", head + row).unchanged == 1
    assert load_file("affiliations", "person,institution,primary\nerp:77,P,0\n").created == 1
    assert load_file("external_ids", head + f"person,erp,78,{known_cast.hospital.pk}\n").rejected == 1
    assert "no row of this kind" in rejects()[0][2]


def test_a_source_that_becomes_known_does_not_change_old_cells(load_file: Load) -> None:
    load_file("persons", "id,name\nicd:5,陈\n", source="file")
    load_file("persons", "id,name\n5,别人\n", source="icd")
    again = load_file("persons", "id,name\nicd:5,陈\n", source="file")
    assert (again.created, again.unchanged) == (0, 1)


def test_one_row_under_two_names_is_rejected_on_both_lines(known_cast: Cast, load_file: Load) -> None:
    outcome = load_file("persons", f"id,name\nchen,甲\nrounds:{known_cast.chen.pk},乙\n")
    assert (outcome.updated, outcome.rejected) == (0, 2)


def test_what_stands_on_a_rejected_line_is_rejected_with_it(load_file: Load, rejects: Rejects) -> None:
    outcome = load_file("territories", "id,name,parent\nn,根,\ng,好,n\nr2,坏,TYPO\nd5,叶,r2\n")
    assert (outcome.created, outcome.rejected) == (2, 2)
    assert [line for line, *_ in rejects()] == ["4", "5"]


def test_a_territory_of_another_line_can_be_renamed(known_cast: Cast, load_file: Load) -> None:
    load_file("lines", "code,name\ncardio,心血管\n")
    load_file("territories", "id,name,parent,line\nxn,根,,cardio\nxd,叶,xn,\n")
    load_file("alignment", "institution,territory\nP,xd\n")
    assert load_file("territories", "id,name,parent\nxd,新叶,xn\n").updated == 1
    assert Territory.objects.get(name="新叶").line.code == "cardio"


def test_a_visit_file_without_the_people_keeps_them(known_cast: Cast, load_file: Load) -> None:
    load_file("visits", "id,rep,on,persons,institutions\nv1,lin,2026-11-19,meng|chen,H\n")
    assert load_file("visits", "id,rep,on,note\nv1,lin,2026-11-19,补记\n").updated == 1
    visit = Visit.objects.get()
    assert visit.note == "补记"
    assert visit.attendees.count() == 3
    assert load_file("visits", "id,rep,on,institutions\nv1,lin,2026-11-19,\n").updated == 1
    assert visit.attendees.count() == 2


def test_amounts_need_their_currency_beside_them(known_cast: Cast, load_file: Load) -> None:
    with pytest.raises(BadFile, match="currency"):
        load_file("sales", "institution,product,month,revenue\nP,nuo,2026-10,120\n")


def test_a_correction_without_a_date_is_known_from_today(known_cast: Cast, load_file: Load) -> None:
    head = "institution,product,month,units"
    load_file("sales", f"{head},known_on\nP,nuo,2026-09,5,2026-10-05\n")
    load_file("sales", f"{head}\nP,nuo,2026-09,7\n")
    assert SalesMonth.objects.get(current=True).known_on == date(2026, 11, 21)


def test_the_open_end_of_other_systems_is_open(known_cast: Cast, load_file: Load) -> None:
    load_file("postings", "user,territory,role,from,to\nlin,dongdu,rep,2026-01-01,9999-12-31\n")
    posting = known_cast.lin.postings.get(territory=known_cast.dongdu)
    assert posting.during.upper is None


def test_an_affiliation_that_makes_stored_counts_unlawful_is_named(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    load_file("sales", "person,product,month,units\nfu,nuo,2026-10,4\n")
    outcome = load_file("affiliations", "person,institution,primary\nfu,H,0\nstray,H,1\n")
    assert (outcome.created, outcome.rejected) == (1, 1)
    assert rejects()[0][2].startswith("CN-NO-DOCTOR-COUNTS")
