"""What a user sees, as SQL. `for_user` says it; Django compiles that once for all users who are posted alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from django.db import connection

from accounts.models import Posting, Territory, User
from crm.api.registry import Resource

Statement = tuple[str, Mapping[str, Any]]
"""SQL with named parameters, and those of them that are the same for everybody."""


@dataclass(frozen=True)
class Reach:
    """How somebody is posted, without saying where: of each posting its role, the number of its territory and of its
    line. Whoever is posted alike is given the same SQL, with territories and lines of his own as its parameters."""

    postings: tuple[tuple[str, int, int], ...]
    is_narrowed: bool  # to a subtree, by his token


def reach_of(user: User, today: date) -> tuple[Reach, dict[str, Any]]:
    """With the parameters that are this user's own."""
    territories: dict[UUID, int] = {}
    lines: dict[UUID, int] = {}
    postings = tuple(
        (
            posting.role,
            territories.setdefault(posting.territory_id, len(territories)),
            lines.setdefault(posting.territory.line_id, len(lines)),
        )
        for posting in user.todays_postings
    )
    params: dict[str, Any] = {"user": user.pk, "today": today}
    params |= {f"territory_{number}": pk for pk, number in territories.items()}
    params |= {f"line_{number}": pk for pk, number in lines.items()}
    return Reach(postings, user.is_narrowed), params


def scoped(resource: Resource, statement: str, reach: Reach) -> Statement:
    """`statement` with the rows that are seen in place of each `{name}`."""
    constants: dict[str, Any] = {}
    user, own = _stand_in(reach)
    with connection.execute_wrapper(_refuse):
        seen = resource.seen(user)
    for name, rows in seen.items():
        # Whoever has no posting sees nothing: that is a condition, too.
        sql, values = rows.query.get_compiler(rows.db, elide_empty=False).as_sql()
        places = []
        for index, value in enumerate(values):
            known = own.get(value) if isinstance(value, UUID) else None
            places.append(known or f"{name}_{index}")
            if known is None:
                constants[places[-1]] = value
        for place in places:
            sql = sql.replace("%s", f"%({place})s", 1)
        statement = statement.replace(f"{{{name}}}", f"({sql})")
    return statement, constants


def _stand_in(reach: Reach) -> tuple[User, dict[UUID, str]]:
    """Somebody who is posted so, nowhere; and which parameter each of his ids stands for."""
    territories = [UUID(int=2 * number + 1) for _role, number, _line in reach.postings]
    lines = [UUID(int=2 * number + 2) for _role, _territory, number in reach.postings]
    user = User(pk=UUID(int=0))
    user.is_narrowed = reach.is_narrowed
    user.todays_postings = [
        Posting(user=user, role=role, territory=Territory(pk=territory, line_id=line))
        for (role, *_numbers), territory, line in zip(reach.postings, territories, lines, strict=True)
    ]
    own = {user.pk: "user"}
    own |= {territories[index]: f"territory_{posting[1]}" for index, posting in enumerate(reach.postings)}
    own |= {lines[index]: f"line_{posting[2]}" for index, posting in enumerate(reach.postings)}
    return user, own


def _refuse(*_statement: Any) -> NoReturn:
    """What is asked for the stand-in would be kept for everybody."""
    raise AssertionError("What a user sees follows from his postings alone, in a statement of its own.")
