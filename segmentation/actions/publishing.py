"""Publishing a policy from a page: the checks of publish_policy, and those of who asks."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import operated
from crm.base import commands
from crm.base.refusals import ChangedMeanwhile, Refused, mark_of
from segmentation.actions.policies import publish_policy
from segmentation.models import TierPolicy, TierPolicyVersion


def seen_of(policy: TierPolicy) -> tuple[str, int]:
    """What somebody built on who edits the newest version of a policy."""
    return str(policy.pk), policy.versions.count()


def publish_for(
    *,
    actor: User,
    id: UUID,  # noqa: A002
    raw: Any,
    first_night: date,
    today: date,
    edited: TierPolicy | None,
    was: str,
) -> TierPolicyVersion:
    """Publish for a territory of the actor's own ground, from today's night on or later, once for ever for `id`.
    `edited` is the policy whose version was the draft, `was` the mark of what stood there. Raises BadPolicy, Refused,
    OtherBodySameId."""
    if first_night < today:
        raise Refused(_("Tiers of past nights stay: publish from %s on, or later.") % today.isoformat(), "first_night")

    def publish() -> tuple[UUID, dict[str, Any]]:
        version = publish_policy(raw=raw, actor=actor.pk, today=today, first_night=first_night, ground=operated(actor))
        policy = version.policy
        if edited and policy == edited and was and was != mark_of(str(policy.pk), version.number - 1):
            raise ChangedMeanwhile
        return policy.pk, {"version": version.pk}

    receipt = commands.execute(
        command_id=id,
        kind="policy.publish",
        body={"document": raw, "first_night": first_night},
        actor=actor.pk,
        effect=publish,
    )
    return TierPolicyVersion.objects.get(pk=receipt.result["version"])
