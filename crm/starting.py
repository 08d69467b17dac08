"""What web, worker and beat make sure of before they begin."""

import logging
import sys

from django.core.checks import Error, run_checks
from django.db import OperationalError

from crm.base.checks import AT_START

log = logging.getLogger(__name__)


def refuse_unsafe_start() -> None:
    """End the process when a secret is no secret or the database could not find Chinese names. A database that does
    not answer yet is no reason: nothing is served without it, and /readyz says so."""
    found = run_checks(tags=[AT_START])
    try:
        found += run_checks(tags=[AT_START], databases=["default"])
    except OperationalError as trouble:
        log.warning("The database is not checked, it does not answer: %s", type(trouble).__name__)
    sentences = {check.id: f"{check.msg} {check.hint or ''}".strip() for check in found if isinstance(check, Error)}
    for name, sentence in sentences.items():
        print(f"Rounds does not start ({name}): {sentence}", file=sys.__stderr__)  # celery takes the other
    if sentences:
        sys.exit(78)  # EX_CONFIG
