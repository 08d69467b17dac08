"""What several kinds of files of visits have in common."""

from django.utils.translation import gettext_lazy as _

from crm.base.exchange.kinds import Check
from visits.actions.judging import STEP_AHEAD


def too_far_ahead(column: str, *, is_copied: str) -> Check:
    """A promise lies no further ahead than the form lets one promise. What stands already may stay; so may a row of a
    copy (`is_copied`: SQL over `s`), which is whole."""
    return Check(
        column,
        f"s.verdict <> 'same' AND NOT ({is_copied}) AND s.{column} > %(today)s::date + {STEP_AHEAD.days}",
        _("This day lies more than a year ahead; choose an earlier one."),
    )
