"""Ground and goods are changed in the state that was seen, and in no other."""

from datetime import timedelta

import pytest

from crm.api.writers import WRITERS
from crm.api.writing import Asked
from crm.base.refusals import ChangedMeanwhile
from tests.api.conftest import Programs, problem
from tests.cast import NOON, TODAY, Cast


def test_ground_and_goods_are_changed_as_seen(cast: Cast, program: Programs) -> None:
    ops = program(cast.operations)
    for path in (f"products/{cast.product.pk}", f"territories/{cast.dongdu.pk}"):
        problem(ops.patch(path, {"name": "x"}), 428, "precondition_required")
        seen = ops.get(path).headers["ETag"]
        assert ops.patch(path, {"name": "新名"}, If_Match=seen).status_code == 200
        problem(ops.patch(path, {"name": "x"}, If_Match=seen), 412, "changed_meanwhile")


def test_a_territory_is_moved_only_from_where_it_was_seen(cast: Cast, program: Programs) -> None:
    ops, path = program(cast.operations), f"territories/{cast.dongdu.pk}"
    north, top = ({"parent": str(ground.pk)} for ground in (cast.jiangbei, cast.china))
    seen = ops.get(path).headers["ETag"]
    tomorrow = (TODAY + timedelta(1)).isoformat()
    planned = ops.patch(path, north | {"first": tomorrow}, If_Match=seen)
    assert (planned.status_code, planned.json()["parent"]) == (200, str(cast.jiangnan.pk))
    problem(ops.patch(path, top, If_Match=seen), 412, "changed_meanwhile")
    asked = Asked(
        user=cast.operations, at=NOON, today=TODAY, narrowed=False, values={"parent": cast.china.pk}, state="x"
    )
    writer = WRITERS["territories"]
    before = writer.seen(asked, cast.dongdu.pk)
    moved = ops.patch(path, north, If_Match=planned.headers["ETag"])
    assert (moved.status_code, moved.json()["parent"]) == (200, str(cast.jiangbei.pk))
    assert writer.change
    with pytest.raises(ChangedMeanwhile):  # it was moved between the look at the state and the change
        writer.change(asked, before)
    assert ops.get(path).json()["parent"] == str(cast.jiangbei.pk)
