"""Files of our own people, and of the days on which they make no visits."""

from django.utils.translation import gettext_lazy as _

from accounts.actions.doors import close_sessions
from accounts.actions.people import tell_of_moves
from accounts.exchange.ground import FROM, TO
from accounts.models import Posting, TimeOff
from crm.base.exchange.columns import Code, Day, Flag, Jurisdiction, Text
from crm.base.exchange.copies import KEY, NUMBER
from crm.base.exchange.kinds import Alone, Check, Kind
from crm.base.exchange.references import Key, Reference
from crm.base.exchange.staging import Stage

_TAKEN = _("{value} is the name of another user; choose another.")


def _write_users(stage: Stage) -> None:
    """With what the page of a user does besides: an address of before hears of the change, and who may not sign in
    any more is signed out."""
    stage.run(
        """SELECT u.id, u.email FROM accounts_user u JOIN stage s ON s.row_id = u.id
           WHERE s.verdict = 'changed' AND lower(u.email) <> lower(s.email) ORDER BY u.id FOR NO KEY UPDATE OF u"""
    )
    before = dict(stage.cursor.fetchall())
    stage.upsert(
        "accounts_user",
        {
            "username": "s.username",
            "name": "s.name",
            "email": "s.email",
            "language": "s.language",
            "is_active": "s.active",
        },
        # "!" matches no password: a new user signs in after a reset.
        on_insert={"password": "'!'", "is_superuser": "false", "is_staff": "false", "date_joined": "now()"},
    )
    tell_of_moves(before)
    stage.run("SELECT row_id FROM stage WHERE verdict = 'changed' AND NOT active")
    close_sessions([row[0] for row in stage.cursor.fetchall()])


USERS = Kind(
    name="users",
    title=_("Users"),
    entity="user",
    table="accounts_user",
    columns=(
        Key(name="id", help=_("id of the user in the source, such as a staff number"), to="user"),
        Text(
            name="username",
            help=_("name to sign in with"),
            required=True,
            max_length=150,
            pattern=r"[\w.@+-]+",
        ),
        Text(name="name", help=_("name"), required=True, max_length=120),
        Text(name="email", help=_("e-mail address"), max_length=254, pattern=r"[^@\s]+@[^@\s]+"),
        Code(
            name="language",
            help=_("language of the pages; empty: as the browser asks"),
            choices=("en", "zh-hans"),
        ),
        Flag(name="active", help=_("may sign in"), default="1"),
    ),
    key=("id",),
    current="SELECT id AS row_id, id, username, name, email, language, is_active AS active FROM accounts_user",
    checks=(
        Check(
            "username",
            "EXISTS (SELECT FROM accounts_user u WHERE u.username = s.username AND u.id IS DISTINCT FROM s.row_id)",
            _TAKEN,
            "s.username",
        ),
        Check(
            "username",
            "EXISTS (SELECT FROM stage o WHERE o.username = s.username AND o.line_no <> s.line_no)",
            _TAKEN,
            "s.username",
        ),
    ),
    judged=(
        Check(
            "username",
            """%(actor)s::uuid IS NOT NULL AND s.verdict = 'changed' AND EXISTS (
                   SELECT FROM accounts_user u WHERE u.id = s.row_id AND (u.is_superuser OR u.is_staff))""",
            _("has rights over the machine; change this user from there."),
        ),
    ),
    write=_write_users,
    carries=("accounts.User",),
)


def _write_postings(stage: Stage) -> None:
    stage.upsert(
        "accounts_posting",
        {
            "user_id": 's."user"',
            "territory_id": "s.territory",
            "role": "s.role",
            "during": """daterange(s."from", s."to", '[]')""",
        },
    )


POSTINGS = Kind(
    name="postings",
    title=_("Postings"),
    columns=(
        Reference(name="user", help=_("who"), to="user", required=True),
        Reference(name="territory", help=_("where; a manager's covers all below"), to="territory", required=True),
        Code(name="role", help=_("as what"), required=True, of=Posting.Role),
        FROM,
        TO,
        KEY,
    ),
    key=("user", "territory", "role", "from"),
    current="""
        SELECT id AS row_id, user_id AS "user", territory_id AS territory, role,
               lower(during) AS "from", upper(during) - 1 AS "to"
        FROM accounts_posting
    """,
    alone=(Alone(("user", "territory", "role")),),
    judged=(
        Check(
            "user",
            """s."user" = %(actor)s::uuid AND s.verdict <> 'same'""",
            _("is yourself: somebody else in operations must do it."),
        ),
    ),
    write=_write_postings,
    carries=("accounts.Posting",),
)


def _write_time_off(stage: Stage) -> None:
    stage.upsert(
        "accounts_timeoff",
        {
            "user_id": 's."user"',
            "kind": "s.kind",
            "half": "s.half",
            "during": """daterange(s."from", s."to", '[]')""",
        },
    )


TIME_OFF = Kind(
    name="time_off",
    title=_("Time off"),
    columns=(
        Reference(name="user", help=_("who"), to="user", required=True),
        Code(name="kind", help=_("what for"), required=True, of=TimeOff.Kind),
        Code(name="half", help=_("half of the day; empty: the whole"), of=TimeOff.Half),
        Day(name="from", help=_("first day"), required=True),
        Day(name="to", help=_("last day"), required=True),
        KEY,
    ),
    key=("user", "half", "from"),
    current="""
        SELECT id AS row_id, user_id AS "user", kind, half, lower(during) AS "from", upper(during) - 1 AS "to"
        FROM accounts_timeoff
    """,
    checks=(
        Check("half", """s.half <> '' AND s."from" <> s."to\"""", _("is of one day; give each day a line of its own.")),
    ),
    alone=(Alone(("user", "half")),),
    write=_write_time_off,
    carries=("accounts.TimeOff",),
)


def _write_holidays(stage: Stage) -> None:
    stage.upsert(
        "accounts_holiday",
        {"jurisdiction": "s.jurisdiction", '"on"': 's."on"', "name": "s.name", "works": "s.works"},
    )


HOLIDAYS = Kind(
    name="holidays",
    title=_("Holidays"),
    columns=(
        Jurisdiction(name="jurisdiction", help=_("where"), required=True),
        Day(name="on", help=_("on which day"), required=True),
        Text(name="name", help=_("name"), required=True, max_length=120),
        Flag(name="works", help=_("1: a weekend day that is worked"), default="0"),
        NUMBER,
    ),
    key=("jurisdiction", "on"),
    row_id="bigint",
    current='SELECT id AS row_id, jurisdiction, "on", name, works FROM accounts_holiday',
    write=_write_holidays,
    only='c."on" = %(on)s',
    carries=("accounts.Holiday",),
)
