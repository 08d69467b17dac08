"""Nothing that a file says belongs to itself, by way of whatever else."""

from collections.abc import Callable

import pytest

from crm.base.exchange.table import BadFile
from customers.actions.places import set_parent
from customers.models import Institution
from tests.cast import Cast
from tests.exchange.conftest import Load

Rejects = Callable[[], list[tuple[str, str, str]]]
RING = "closes a ring"
HEAD = "id,name,kind,parent\n"


def test_institutions_that_belong_to_one_another_in_a_ring_are_refused_by_line(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    outcome = load_file(
        "institutions", f"{HEAD}a,甲,clinic,b\nb,乙,clinic,c\nc,丙,clinic,a\nd,丁,clinic,\ne,戊,clinic,e\n"
    )
    assert (outcome.created, outcome.rejected) == (1, 4)
    assert [(line, column) for line, column, sentence in rejects() if RING in sentence] == [
        ("2", "parent"), ("3", "parent"), ("4", "parent"), ("6", "parent")
    ]  # fmt: skip
    assert ["line 3" in rejects()[0][2], "line 4" in rejects()[1][2], "line 2" in rejects()[2][2]] == [True] * 3


def test_an_institution_is_put_under_none_of_its_own(known_cast: Cast, load_file: Load, rejects: Rejects) -> None:
    """What the file leaves as it is closes a ring as well; so does what it would have moved, were it not refused."""
    assert load_file("institutions", f"{HEAD}a,甲,clinic,\nb,乙,clinic,a\nc,丙,clinic,b\n").created == 3
    assert load_file("institutions", f"{HEAD}a,甲,clinic,c\n").rejected == 1
    ((line, column, sentence),) = rejects()
    assert (line, column) == ("2", "parent")
    assert RING in sentence
    refused = load_file("institutions", f"{HEAD}a,甲,clinic,c\nb,,clinic,\n")
    assert (refused.rejected, refused.updated) == (2, 0)
    moved = load_file("institutions", f"{HEAD}a,甲,clinic,c\nb,乙,clinic,\n")
    assert (moved.rejected, moved.updated) == (0, 2)
    parents = dict(Institution.objects.values_list("customer__name", "parent__customer__name"))
    assert (parents["甲"], parents["乙"], parents["丙"]) == ("丙", None, "乙")


def test_who_hangs_on_a_ring_that_is_stored_comes_in_and_whoever_breaks_it_may(
    known_cast: Cast, load_file: Load
) -> None:
    load_file("institutions", f"{HEAD}a,甲,clinic,\nb,乙,clinic,a\n")
    a, b = (Institution.objects.get(customer__name=name) for name in ("甲", "乙"))
    Institution.objects.filter(pk=a.pk).update(parent=b)  # of the time before the check
    assert load_file("institutions", f"{HEAD}a,甲二,clinic,b\nd,丁,clinic,a\n").rejected == 0
    assert load_file("institutions", f"{HEAD}a,甲二,clinic,\n").updated == 1
    assert Institution.objects.get(pk=a.pk).parent is None


def test_an_institution_that_somebody_moves_meanwhile_closes_no_ring(known_cast: Cast, load_file: Load) -> None:
    load_file("institutions", f"{HEAD}a,甲,clinic,\nb,乙,clinic,\n")
    a, b = (Institution.objects.get(customer__name=name) for name in ("甲", "乙"))

    def move(step: str, rows: int) -> None:
        if (step, rows) == ("write", 1):
            set_parent(actor=known_cast.operations, institution=b.pk, parent=a.pk)

    with pytest.raises(BadFile, match="load it again") as refused:
        load_file("institutions", f"{HEAD}a,甲,clinic,b\nc,丙,clinic,\n", batch=1, progress=move)
    assert refused.value.rows_written == 1
    assert Institution.objects.get(pk=a.pk).parent is None
    assert load_file("institutions", f"{HEAD}a,甲,clinic,b\nc,丙,clinic,\n").rejected == 1


def test_departments_that_are_parts_of_one_another_are_refused_by_line(
    known_cast: Cast, load_file: Load, rejects: Rejects
) -> None:
    outcome = load_file("departments", "institution,name,part_of\nH,内科,心内科\nH,心内科,内科\nP,内科,\n")
    assert (outcome.created, outcome.rejected) == (1, 2)
    assert [(line, column) for line, column, _sentence in rejects()] == [("2", "part_of"), ("3", "part_of")]
