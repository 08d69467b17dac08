"""The sign-ins of the demo people: one random password for all of them, kept in a file of this machine."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import models

from accounts.models import Posting, TerritoryPath, User
from crm.base.actor import acting
from crm.base.models import ExternalId
from crm.demo.loading import SOURCE

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


@dataclass(frozen=True)
class DemoPassword:
    text: str
    was_set: bool  # just now; what was valid before is not any more
    kept_in: Path | None  # None: in the environment, or nowhere because nothing can be written here


@dataclass(frozen=True)
class SignIn:
    role: str
    level: int  # of the territory: 0 the nation
    territory: str
    name: str
    username: str


def settle_password() -> DemoPassword:
    """The password that all demo people have from now on: of ROUNDS_DEMO_PASSWORD, else of the file, else a new one.
    It is written to no table in clear."""
    text, kept_in = _find_password()
    people = demo_users()
    valid = any(check_password(text, hashed) for hashed in set(people.values_list("password", flat=True)))
    if not valid:
        with acting(None, job="demo sign-ins"):
            people.update(password=make_password(text))  # one password, one hash: nothing is told that is not known
    return DemoPassword(text, not valid, kept_in)


def _find_password() -> tuple[str, Path | None]:
    given = os.environ.get("ROUNDS_DEMO_PASSWORD", "")
    if given:
        return given, None
    path: Path = settings.BASE_DIR / ".rounds" / "demo-password"
    kept = _read(path)
    if kept:
        return kept, path
    new = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return new, path if _keep(path, new) else None


def demo_users() -> models.QuerySet[User]:
    ours = ExternalId.objects.filter(kind="user", source=SOURCE).values("object_id")
    return User.objects.filter(pk__in=ours, is_active=True)


def demo_sign_ins() -> list[SignIn]:
    """Those who are posted now: reps first, then from the district up, each in the order of the ground."""
    depth = TerritoryPath.objects.filter(descendant=models.OuterRef("territory")).order_by("-depth").values("depth")[:1]
    place = ExternalId.objects.filter(kind="territory", source=SOURCE, object_id=models.OuterRef("territory")).values(
        "external_id"
    )[:1]
    postings = (
        Posting.objects.filter(user__in=demo_users(), during__upper_inf=True)
        .select_related("user", "territory")
        .annotate(level=models.Subquery(depth), place=models.Subquery(place))
        .order_by("-level", "-role", "place", "user__username")
    )
    return [SignIn(p.role, p.level, p.territory.name, p.user.name, p.user.username) for p in postings]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _keep(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text + "\n", encoding="utf-8")
    except OSError:
        return False
    return True
