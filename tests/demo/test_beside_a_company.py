"""The demo country keeps out of a company's database."""

from io import StringIO

from django.core.management import call_command

from accounts.models import User
from crm.base.models import JobRun
from tests.cast import Cast


def test_nothing_is_loaded_beside_a_companys_own_territories(cast: Cast) -> None:
    users = User.objects.count()
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "was not loaded" in said.getvalue()
    assert User.objects.count() == users
    assert not JobRun.objects.exists()
