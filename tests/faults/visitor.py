"""A rep's phone at night: `python -m tests.faults.visitor USERNAME DAY CUSTOMER=VISIT …` logs visits by the action."""

import sys
from datetime import date
from uuid import UUID

import django

django.setup()

from accounts.models import User  # noqa: E402
from crm.base import clock  # noqa: E402
from visits.actions import VisitReport, log_visit  # noqa: E402

rep, day = User.objects.get(username=sys.argv[1]), date.fromisoformat(sys.argv[2])
for pair in sys.argv[3:]:
    customer, visit = (UUID(part) for part in pair.split("="))
    log_visit(actor=rep, report=VisitReport(id=visit, on=day, customers=[customer]), at=clock.now())
