"""Writes of what people know of a customer: facts, what a person agreed to, what a customer could do.

Whoever holds a customer or supervises it may write. Each write names what its writer saw (`was`, see `mark_of_…`):
what somebody else wrote meanwhile is never overwritten unseen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from crm.base.actor import acting
from crm.base.dated import make_room
from crm.base.periods import period
from crm.base.refusals import ChangedMeanwhile, Refused, mark_of, refusing
from customers.models import Consent, Customer, Fact, PotentialEstimate
from customers.models.facts import EVERYBODY, FACTS, FactKind
from customers.queries.opened import KEEPERS, READERS

NOTHING = mark_of("nothing")
# Whoever writes these of a doctor writes what nobody may know, or what nobody may give.
UNLAWFUL = ("统方", "处方量", "回扣", "返点")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody learned of a person."""

    key: str
    value: str
    source: str
    learned_on: date


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What a person agreed to, by which words, and what shows it. Without a last day: until it is withdrawn."""

    purpose: str
    wording: str
    evidence: str
    first: date
    last: date | None = None


def mark_of_fact(fact: Fact | None) -> str:
    if fact is None:
        return NOTHING
    return mark_of(fact.pk, fact.value, fact.source, fact.learned_on, fact.author_id, fact.withdrawn_on)


def mark_of_consents(consents: Iterable[Consent]) -> str:
    return mark_of(*sorted((str(one.pk), one.wording, one.evidence, str(one.during)) for one in consents))


def mark_of_potential(estimate: PotentialEstimate | None) -> str:
    if estimate is None:
        return NOTHING
    return mark_of(estimate.pk, estimate.patients_per_day, estimate.openness)


def newest_fact(person: UUID, key: str) -> Fact | None:
    """The last word on a fact, withdrawn or not."""
    return Fact.objects.filter(person=person, key=key).select_related("author").order_by("-learned_on").first()


def newest_potential(customer: UUID, on: date) -> PotentialEstimate | None:
    return PotentialEstimate.objects.filter(customer=customer, known_on__lte=on).order_by("-known_on").first()


def learn(*, actor: User, person: UUID, entry: Entry, was: str, today: date) -> Fact:
    """Write down a fact: what is learned on the same day corrects that day's row, else a row is added. What is stored
    already is left as it is. Raises Customer.DoesNotExist, Refused, ChangedMeanwhile."""
    kind = FACTS[entry.key]
    _check(kind, entry, today)
    no_day = _("This day is in no calendar; write month and day as 05-12.")
    with refusing({"fact_birthday_is_a_day": (no_day, "value")}), acting(actor.pk):
        _hold(actor, person, _roles_for(kind), Customer.Kind.PERSON)
        _refuse_without_consent(kind, person, entry.learned_on, today)
        newest = newest_fact(person, kind.key)
        if newest and newest.withdrawn_on is None and _says(newest, entry):
            return newest
        if was != mark_of_fact(newest):
            raise ChangedMeanwhile
        if newest and entry.learned_on < newest.learned_on:
            raise Refused(
                _("We know something newer since %s; choose that day or a later one.") % newest.learned_on.isoformat(),
                "learned_on",
            )
        if newest and newest.learned_on == entry.learned_on:
            row = newest
        else:
            row = Fact(person_id=person, key=kind.key, learned_on=entry.learned_on)
        row.value, row.source, row.author, row.withdrawn_on = entry.value, entry.source, actor, None
        row.save()
        return row


def withdraw_fact(*, actor: User, person: UUID, key: str, was: str, today: date) -> list[int]:
    """It is true no longer, nor is what was known before it. Gives the rows that were withdrawn."""
    with acting(actor.pk):
        _hold(actor, person, _roles_for(FACTS[key]), Customer.Kind.PERSON)
        if was != mark_of_fact(newest_fact(person, key)):
            raise ChangedMeanwhile
        rows = Fact.objects.filter(person=person, key=key, withdrawn_on=None)
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(withdrawn_on=today)
        return ids


def take_back(*, actor: User, person: UUID, key: str, rows: Iterable[int], was: str, today: date) -> None:
    """Undo a withdrawal of these rows, or, without any, withdraw the row that was added last: what was known before
    it holds again. Raises Refused where somebody wrote since."""
    kind, rows = FACTS[key], list(rows)
    with refusing({"FAMILY-BY-CONSENT": (_needs_consent(), "")}), acting(actor.pk):
        _hold(actor, person, _roles_for(kind), Customer.Kind.PERSON)
        newest = newest_fact(person, key)
        if newest is None or was != mark_of_fact(newest):
            raise Refused(_("This can't be undone any more: something changed since."))
        if not rows:
            Fact.objects.filter(pk=newest.pk).update(withdrawn_on=today)
            return
        _refuse_without_consent(kind, person, newest.learned_on, today)
        Fact.objects.filter(person=person, key=key, pk__in=rows, withdrawn_on__isnull=False).update(withdrawn_on=None)


def give_consent(*, actor: User, person: UUID, agreement: Agreement, was: str, today: date) -> Consent:
    """From its first day on it takes the place of an earlier consent to the same. Raises Customer.DoesNotExist,
    Refused, ChangedMeanwhile."""
    if agreement.first > today:
        raise Refused(_("A consent is entered once it was given, not before."), "first")
    if agreement.last and agreement.last < today:
        raise Refused(
            _("This consent would have ended already; leave the last day empty or choose a later one."), "last"
        )
    during = period(agreement.first, agreement.last)
    with acting(actor.pk):
        _hold(actor, person, KEEPERS, Customer.Kind.PERSON)
        consents = Consent.objects.filter(person=person)
        same = consents.filter(purpose=agreement.purpose, during=during).first()
        if same and (same.wording, same.evidence) == (agreement.wording, agreement.evidence):
            return same
        if was != mark_of_consents(consents):
            raise ChangedMeanwhile
        make_room(consents.filter(purpose=agreement.purpose), agreement.first, today, "first")
        return Consent.objects.create(
            person_id=person,
            purpose=agreement.purpose,
            wording=agreement.wording,
            evidence=agreement.evidence,
            during=during,
        )


def end_consent(*, actor: User, person: UUID, purpose: str, ended_on: date, was: str, today: date) -> int:
    """It is withdrawn: from `ended_on` on it holds no more, and what was kept by it alone is held no longer.
    Gives how many facts that were."""
    if ended_on > today:
        raise Refused(_("A consent is withdrawn on a day that has come."), "ended_on")
    with acting(actor.pk):
        _hold(actor, person, KEEPERS, Customer.Kind.PERSON)
        consents = Consent.objects.filter(person=person)
        if was != mark_of_consents(consents):
            raise ChangedMeanwhile
        consent = consents.filter(purpose=purpose, during__contains=today).first()
        if consent is None:
            raise Refused(_("This consent is not in force; there is nothing to withdraw."))
        if ended_on < consent.during.lower:
            raise Refused(_("The consent was given on %s only.") % consent.during.lower.isoformat(), "ended_on")
        _end(consent, ended_on)
        keys = [kind.key for kind in FACTS.values() if kind.consent == purpose]
        return Fact.objects.filter(person=person, key__in=keys, withdrawn_on=None).update(withdrawn_on=today)


def estimate_potential(
    *, actor: User, customer: UUID, patients: int, openness: int, was: str, today: date
) -> PotentialEstimate:
    """Bands from open facts, never a count; from today on. Raises Customer.DoesNotExist, ChangedMeanwhile."""
    with acting(actor.pk):
        _hold(actor, customer, KEEPERS)
        newest = newest_potential(customer, today)
        if newest and (newest.patients_per_day, newest.openness) == (patients, openness):
            return newest
        if was != mark_of_potential(newest):
            raise ChangedMeanwhile
        is_today = newest is not None and newest.known_on == today
        row = newest if newest and is_today else PotentialEstimate(customer_id=customer, known_on=today)
        row.patients_per_day, row.openness = patients, openness
        row.save()
        return row


def _roles_for(kind: FactKind) -> tuple[str, ...]:
    """Who may write a fact: of those that may keep any, whoever may see it."""
    return KEEPERS if kind.seen_by == EVERYBODY else tuple(role for role in KEEPERS if role in READERS)


def _hold(actor: User, pk: UUID, roles: Iterable[str], kind: str = "") -> Customer:
    """The customer, locked until the transaction ends: two who write of him write one after the other."""
    mine = Customer.objects.for_user(actor, *roles).current().filter(Q(kind=kind) if kind else Q())
    return mine.select_for_update(no_key=True).get(pk=pk)


def _check(kind: FactKind, entry: Entry, today: date) -> None:
    if not kind.accepts(entry.value):
        raise Refused(_("This does not look like this fact; compare the example."), "value")
    if any(word in entry.value for word in UNLAWFUL):
        raise Refused(
            _("What somebody prescribed and what he was promised for it is not kept, in no words. Take it out."),
            "value",
        )
    if entry.source not in Fact.Source.values:
        raise Refused(_("Say from where you know it."), "source")
    if entry.learned_on > today:
        raise Refused(_("This day lies in the future."), "learned_on")


def _refuse_without_consent(kind: FactKind, person: UUID, *days: date) -> None:
    """In force when it was learned, and now."""
    if not kind.consent:
        return
    agreed = Consent.objects.filter(person=person, purpose=kind.consent).values_list("during", flat=True)
    if not all(any(day in during for during in agreed) for day in days):
        raise Refused(_needs_consent())


def _needs_consent() -> str:
    return _("This is kept by consent only, in force on the day it was learned and today. Enter the consent first.")


def _says(fact: Fact, entry: Entry) -> bool:
    return (fact.value, fact.source, fact.learned_on) == (entry.value, entry.source, entry.learned_on)


def _end(consent: Consent, on: date) -> None:
    """A consent that is withdrawn on the day on which it was given never held; the trail keeps it."""
    if on == consent.during.lower:
        consent.delete()
        return
    consent.during = type(consent.during)(consent.during.lower, on)
    consent.save(update_fields=["during"])
