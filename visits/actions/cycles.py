"""Writes of operations over cycles."""

from datetime import date
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import house_lines
from crm.base.actor import acting
from crm.base.periods import last_day, month_start
from crm.base.refusals import Refused, refusing
from visits.models import Cycle


def plan_cycles(*, actor: User, line: UUID, first: date, months: int, count: int, today: date) -> list[Cycle]:
    """`count` cycles of `months` whole months each, one after the other from `first`. Raises Refused: nothing is
    planned then."""
    own = house_lines(actor).filter(pk=line).first()
    if own is None:
        raise Refused(_("Choose a line that you run from its root."), "line")
    if months == 3 and first.month % 3 != 1:
        raise Refused(_("A quarter begins in January, April, July or October."), "month")
    if first < month_start(today):
        raise Refused(_("Cycles are planned from this month on."), "month")
    clash = _("A cycle of this line lies in that time already; begin after it, or remove it.")
    with refusing({"cycle_no_overlap": (clash, "month")}), acting(actor.pk):
        whole = DateRange(first, month_start(first, months * count))
        there = Cycle.objects.filter(line=own, during__overlap=whole).order_by("during").first()
        if there:
            raise Refused(
                _("The cycle %(first)s to %(last)s lies in that time already; begin after it, or remove it.")
                % {"first": there.during.lower.isoformat(), "last": str(last_day(there.during))},
                "month",
            )
        return Cycle.objects.bulk_create(
            Cycle(line=own, during=DateRange(month_start(first, months * n), month_start(first, months * (n + 1))))
            for n in range(count)
        )


def remove_cycles(*, actor: User, ids: list[int], today: date) -> int:
    """Take back planned cycles. One that has begun or was opened stays: its targets are fixed. Raises Refused."""
    with acting(actor.pk):
        rows = list(Cycle.objects.select_for_update().filter(pk__in=ids, line__in=house_lines(actor)))
        if any(row.opened_on or row.during.lower <= today for row in rows):
            raise Refused(_("This cycle has begun: its targets are fixed, and it can't be changed any more."))
        return Cycle.objects.filter(pk__in=[row.pk for row in rows]).delete()[0]
