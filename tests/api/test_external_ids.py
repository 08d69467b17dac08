"""Ground and goods by the names that another system has for them: entered once, and changed from then on."""

from datetime import timedelta

from accounts.models import Product, Territory, TerritoryParent
from crm.base.ids import uuid7_text
from crm.base.models import ExternalId
from crm.base.periods import period
from tests.api.conftest import Programs, problem
from tests.cast import TODAY, Cast


def test_goods_are_put_by_name(cast: Cast, program: Programs) -> None:
    ops, path = program(cast.operations), "products/external/erp/SKU-4/盒"
    body = {"name": "诺康", "unit": "盒", "line": str(cast.line.pk)}
    made = ops.put(path, body)
    assert (made.status_code, made.json()["external_ids"]) == (201, [{"source": "erp", "external_id": "SKU-4/盒"}])
    same = ops.put(path, body)
    assert (same.status_code, same.json()) == (200, made.json())
    changed = ops.put(path, body | {"name": "诺康片", "line": uuid7_text()}, If_Match=made.headers["ETag"])
    assert (changed.status_code, changed.json()["name"], changed.json()["line"]) == (200, "诺康片", body["line"])
    assert changed.headers["Content-Location"] == f"/api/v1/products/{made.json()['id']}"
    problem(ops.put(path, body, If_Match=made.headers["ETag"]), 412, "changed_meanwhile")
    problem(ops.put(path, body, If_None_Match="*"), 412, "changed_meanwhile")
    problem(program(cast.lin).put(path, body), 403, "not_allowed")
    assert program(cast.lin).get(path).json() == changed.json()
    assert Product.objects.filter(line=cast.line).count() == 2


def test_a_name_that_is_taken_names_nothing(cast: Cast, program: Programs) -> None:
    ops = program(cast.operations)
    body = {"name": cast.product.name, "line": str(cast.line.pk)}
    problem(ops.put("products/external/erp/1", body), 422, "invalid")
    problem(ops.get("products/external/erp/1"), 404, "not_found")
    problem(ops.put("products/external/erp/1", body | {"name": "x"}, If_Match="*"), 412, "changed_meanwhile")
    problem(program(cast.lin).put("products/external/erp/1", body | {"name": "x"}), 403, "not_allowed")
    assert not ExternalId.objects.exists()
    assert Product.objects.count() == 1


def test_ground_is_put_by_name_and_moved(cast: Cast, program: Programs) -> None:
    ops, path = program(cast.operations), "territories/external/erp/T-17"
    body = {"name": "新区", "parent": str(cast.jiangnan.pk)}
    made = ops.put(path, body)
    assert (made.status_code, made.json()["external_ids"]) == (201, [{"source": "erp", "external_id": "T-17"}])
    rows = list(TerritoryParent.objects.filter(territory=made.json()["id"]).values())
    assert ops.put(path, body).json() == made.json()
    assert list(TerritoryParent.objects.filter(territory=made.json()["id"]).values()) == rows
    moved = ops.put(path, body | {"parent": str(cast.jiangbei.pk)}, If_Match=made.headers["ETag"])
    assert (moved.status_code, moved.json()["parent"]) == (200, str(cast.jiangbei.pk))
    problem(ops.put(path, body, If_Match=made.headers["ETag"]), 412, "changed_meanwhile")
    problem(program(cast.lin).get(path), 404, "not_found")
    assert Territory.objects.filter(name="新区").count() == 1


def test_where_it_stands_said_again_is_no_move(cast: Cast, program: Programs) -> None:
    """Nor does it call off one that is planned."""
    ops, path = program(cast.operations), "territories/external/erp/7"
    ExternalId.objects.create(kind="territory", source="erp", external_id="7", object_id=cast.dongdu.pk)
    now = TerritoryParent.objects.get(territory=cast.dongdu)
    tomorrow = TODAY + timedelta(1)
    TerritoryParent.objects.filter(pk=now.pk).update(during=period(None, TODAY))
    TerritoryParent.objects.create(territory=cast.dongdu, parent=cast.jiangbei, during=period(tomorrow))
    body = {"name": "东渡", "parent": str(cast.jiangnan.pk)}
    assert ops.put(path, body).status_code == 200
    assert ops.patch(f"territories/{cast.dongdu.pk}", {"parent": body["parent"]}, If_Match="*").status_code == 200
    assert TerritoryParent.objects.filter(territory=cast.dongdu, during__contains=tomorrow, parent=cast.jiangbei)
