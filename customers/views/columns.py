"""The columns of the list of customers."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.lists import Column
from customers import queries
from customers.models import Institution


def _of_person(name: str) -> Callable[[Any], str | None]:
    return lambda row: getattr(row.person, name) if row.kind == "person" else None


def _phone(row: Any) -> str | None:
    """Who did not agree to calls is on no list of numbers: his page alone has it, and says so."""
    return row.person.phone if row.kind == "person" and row.may_be_called else None


def _institution(row: Any) -> Institution | None:
    """The institution, or that at which the person works."""
    found: Institution | None
    found = row.institution if row.kind == "institution" else row.place and row.place.institution
    return found


def _level(row: Any) -> str | None:
    found = _institution(row)
    if found is None or not found.level:
        return None
    return capfirst(" ".join(filter(None, [str(found.get_level_display()), str(found.get_grade_display())])))


def _address(row: Any) -> str | None:
    found = _institution(row)
    return found.address if found else None


COLUMNS = (
    Column(
        "tier",
        _("Tier"),
        lambda row: row.tier or "",
        sort=("tier", "pinyin", "name"),
        words=(_("by tier"), _("by tier, C first")),
        template="customers/_cell_tier.html",
        card="lead",
    ),
    Column(
        "name",
        _("Customer"),
        attrgetter("name"),
        sort=("pinyin", "name"),  # Chinese sorts by its sound
        words=(_("by name"), _("by name, backwards")),
        template="customers/_cell_name.html",
        card="title",
    ),
    Column("roles", _("Roles"), lambda row: capfirst(" · ".join(row.role_labels))),
    Column(
        "institution", _("Institution"), queries.place_of_row, template="customers/_cell_institution.html", card="line"
    ),
    Column("territory", _("Territory"), attrgetter("territory_name")),
    Column("line", _("Product line"), attrgetter("line_name"), card="line"),
    Column(
        "last",
        _("Last visit"),
        attrgetter("last_visit_on"),
        sort=("last_visit_on", "pinyin", "name"),
        words=(_("by last visit, longest ago first"), _("by last visit, newest first")),
        number=True,
    ),
    Column(
        "due",
        _("Due"),
        attrgetter("next_due_on"),
        sort=("next_due_on", "tier", "pinyin", "name"),
        words=(_("by due date"), _("by due date, latest first")),
        template="customers/_cell_due.html",
        number=True,
        card="end",
    ),
    Column(
        "cycle",
        _("This cycle (visits)"),
        lambda row: "{} / {}".format(*row.made_and_due) if row.made_and_due else None,
        number=True,
        short=_("This cycle"),
        card="named",
        in_files=(
            Column("made", _("Visited this cycle"), lambda row: row.made_and_due[0] if row.made_and_due else None),
            Column("planned", _("Planned this cycle"), lambda row: row.made_and_due[1] if row.made_and_due else None),
        ),
    ),
    Column(
        "title",
        _("Professional title"),
        _of_person("title"),
        sort=("person__title", "pinyin", "name"),
        usual=False,
    ),
    Column(
        "specialty",
        _("Specialty"),
        _of_person("specialty"),
        sort=("person__specialty", "pinyin", "name"),
        usual=False,
    ),
    Column("department", _("Department"), lambda row: row.place.department if row.place else None, usual=False),
    Column("phone", _("Phone"), _phone, usual=False),
    Column(
        "completeness",
        _("Completeness (%)"),
        attrgetter("completeness"),
        sort=("completeness", "pinyin", "name"),
        words=(_("by completeness, least first"), _("by completeness, most first")),
        number=True,
        usual=False,
    ),
    Column("level", _("Level of the institution"), _level, usual=False),
    Column("address", _("Address"), _address, usual=False),
    Column(
        "entered",
        _("Entered on"),
        lambda row: clock.company_date(row.created_at),
        sort=("created_at", "pinyin", "name"),
        words=(_("by entry, oldest first"), _("by entry, newest first")),
        number=True,
        usual=False,
    ),
)
