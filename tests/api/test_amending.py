"""A visit is amended by what the body speaks of; the rest of it stays."""

from tests.api.conftest import Programs
from tests.api.test_writing import visit
from tests.cast import TODAY, Cast
from visits.models import FollowUp

DAY = TODAY.isoformat()


def test_a_promise_stays_with_whom_it_was_made_to(cast: Cast, program: Programs) -> None:
    lin = program(cast.lin)
    both = [str(cast.chen.pk), str(cast.meng.pk)]
    body = visit(cast, customers=both, next_step={"kind": "call", "due_on": DAY})
    lin.post("visits", body)
    path = f"visits/{body['id']}"
    assert lin.patch(path, {"customers": both[::-1], "reason": "x"}, If_Match="*").status_code == 200
    promised = set(FollowUp.objects.values_list("customer", "state"))
    assert promised == {(cast.chen.pk, "dismissed"), (cast.meng.pk, "open")}
    assert lin.patch(path, {"note": "x", "reason": "x"}, If_Match="*").status_code == 200
    assert set(FollowUp.objects.values_list("customer", "state")) == promised
