"""Writes of operations over who holds whom."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import operated
from crm.base.actor import acting
from crm.base.dated import make_room
from crm.base.periods import period
from crm.base.refusals import Refused, refusing
from customers.actions import refresh_alignment
from customers.actions.shared import LAW
from customers.models import Affiliation, Alignment, Customer
from customers.queries.ground import alignable


def align(
    *, actor: User, customer: Customer, territory: UUID, first: date, last: date | None = None, today: date
) -> Alignment:
    """Give an institution, with the people whose primary place of work it is, or one person as an exception to a
    territory from `first` on, in the line of that territory. Raises Refused."""
    ground = operated(actor).filter(pk=territory).first()
    if ground is None:
        raise Refused(_("Choose a territory of your own ground."), "territory")
    if last and last < first:
        raise Refused(_("The last day lies before the first, %s.") % first.isoformat(), "last")
    law = _("%s: counts of people who work there are stored, which the law of that territory forbids.") % LAW
    meanwhile = _("Somebody gave this customer to a territory just now; look again.")
    with refusing({LAW: (law, "territory"), "alignment_one_territory": (meanwhile, "")}), acting(actor.pk):
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        if not alignable(actor, ground.line_id, first).filter(pk=customer.pk).exists():
            raise Refused(
                _("Another ground holds this customer in this line; operations of a territory above both do it.")
            )
        rows = Alignment.objects.filter(customer=customer, line=ground.line_id)
        make_room(rows, first, today, "first")
        made = Alignment.objects.create(
            customer=customer, territory=ground, line_id=ground.line_id, during=period(first, last)
        )
        refresh_alignment(on=today, customers=[customer.pk, *_people_of(customer)])
        return made


def _people_of(customer: Customer) -> list[UUID]:
    """Who goes with an institution."""
    return list(
        Affiliation.objects.filter(institution=customer.pk, is_primary=True).values_list("person", flat=True).distinct()
    )
