"""Whom a token opens for. Asked at every request of a program: in one statement."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, Q

from accounts.actions.tokens import NOTED_EVERY, PREFIX, digest
from accounts.models import ApiToken, Posting, Territory, User
from crm.base.actor import acting
from crm.base.prepared import execute


def find_token(secret: str, at: datetime) -> ApiToken | None:
    """The token of this secret with its user, if it opens anything now. All that he may do follows from his postings
    of today, which are given as far as they lie in the token's subtree. Its use is noted every few minutes only."""
    if not secret.startswith(PREFIX):
        return None
    with connection.cursor() as cursor:
        execute(cursor, _OPENS, {"digest": digest(secret), "at": at})
        rows = cursor.fetchall()
    if not rows:
        return None
    token: ApiToken = _part("token", rows[0])
    token.user, token.territory = _part("owner", rows[0]), _part("subtree", rows[0])
    token.user.todays_postings = list(_postings(token, rows, at))
    token.user.is_narrowed = token.territory_id is not None
    if token.last_used_at is None or at - token.last_used_at > NOTED_EVERY:
        _note_use(token, at)
    return token


_PARTS: dict[str, type[Model]] = {
    "token": ApiToken, "owner": User, "subtree": Territory, "posting": Posting, "ground": Territory,
}  # fmt: skip
# What nothing asks of them in a request is left where it is: each value costs, and most of all a hash of a password.
_LEFT = {
    "digest", "created_at", "revoked_at", "successor_id",
    "password", "last_login", "is_superuser", "first_name", "last_name", "email", "is_staff", "date_joined",
    "own_jurisdiction", "own_time_zone",
}  # fmt: skip
_FIELDS = {
    alias: [field.attname for field in model._meta.concrete_fields if field.attname not in _LEFT]
    for alias, model in _PARTS.items()
}
_COLUMNS = ", ".join(f'{alias}."{name}"' for alias, names in _FIELDS.items() for name in names)
_PLACES = dict(zip(_FIELDS, pairwise(accumulate(map(len, _FIELDS.values()), initial=2)), strict=True))

_LIES = """token.territory_id IS NOT NULL AND EXISTS (SELECT FROM accounts_territorypath path
    WHERE (path.ancestor_id, path.descendant_id) = ({upper}.territory_id, {lower}.territory_id))"""

# A row for each posting that he ever had, with how its territory lies to that of the token; one row if he had none.
# What only a token of a subtree needs is looked up for no other.
_OPENS = f"""
SELECT {_LIES.format(upper="posting", lower="token")} AS is_above,
    {_LIES.format(upper="token", lower="posting")} AS is_below, {_COLUMNS}
FROM accounts_apitoken token JOIN accounts_user owner ON owner.id = token.user_id
LEFT JOIN LATERAL (SELECT * FROM accounts_territory WHERE id = token.territory_id LIMIT 1) subtree ON true
LEFT JOIN (accounts_posting posting JOIN accounts_territory ground ON ground.id = posting.territory_id)
    ON posting.user_id = owner.id
WHERE token.digest = %(digest)s AND token.revoked_at IS NULL AND token.expires_at > %(at)s AND owner.is_active
ORDER BY posting.id
"""


def _part(alias: str, row: Sequence[Any]) -> Any:
    """What stands in a row under this alias; None where an outer join found nothing."""
    begin, end = _PLACES[alias]
    values = row[begin:end]
    return None if values[0] is None else _PARTS[alias].from_db(DEFAULT_DB_ALIAS, _FIELDS[alias], values)


def _postings(token: ApiToken, rows: Sequence[Sequence[Any]], at: datetime) -> Iterator[Posting]:
    """Those of today, each in its own subtree or in that of the token, whichever is the smaller."""
    for row in rows:
        is_above, is_below = row[:2]
        posting: Posting | None = _part("posting", row)
        if posting is None:
            continue
        posting.territory = _part("ground", row)
        if not posting.is_in_force(at):
            continue
        if is_above and token.territory:
            posting.territory = token.territory
        if is_above or is_below or not token.territory:
            yield posting


def _note_use(token: ApiToken, at: datetime) -> None:
    with acting(None, job="api"):
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=at - NOTED_EVERY)
        ApiToken.objects.filter(long_ago, pk=token.pk).update(last_used_at=at)
