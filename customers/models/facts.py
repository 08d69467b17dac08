"""The facts that a rep gathers of a person, in three coordinates. Each is learned on a day, from a source.

Facts 1, 6 and part of 2 and 4 stand elsewhere: with the institution, the department, the affiliation and the
person. There is no fact for what a doctor prescribed: counts obtained from insiders are illegal.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PRESCRIBING, RELATIONSHIP, BACKGROUND = "prescribing", "relationship", "background"
COORDINATES: dict[str, Promise] = {
    PRESCRIBING: _("prescribing"),
    RELATIONSHIP: _("relationship"),
    BACKGROUND: _("background"),
}
EVERYBODY, MANAGERS = "everybody", "managers"  # who of those that see the person may see the fact
FREE_TEXT = ".{1,500}"
_DIGITS = r"\d{1,5}"


@dataclass(frozen=True, kw_only=True)
class FactKind:
    """`choices` are codes with labels; without them the value is a text that matches `pattern`. `consent` is the
    purpose without which the fact may not be kept; `weight` counts in completeness."""

    key: str
    number: int  # of the seventeen; 0: beyond them
    coordinate: str
    label: Promise
    choices: tuple[tuple[str, Promise], ...] = ()
    pattern: str = FREE_TEXT  # read alike by Python and PostgreSQL
    hint: str | Promise = ""
    seen_by: str = EVERYBODY
    consent: str = ""
    weight: int = 1

    def accepts(self, value: str) -> bool:
        if self.choices:
            return value in dict(self.choices)
        return bool(re.fullmatch(self.pattern, value))

    @property
    def is_number(self) -> bool:
        return self.pattern == _DIGITS

    def label_of(self, value: str) -> str:
        """A value in words; one that the list has lost since stands as it was stored."""
        return str(dict(self.choices).get(value, value))


_BAND = (("low", _("low")), ("middle", _("middle")), ("high", _("high")))
_ALL = (
    FactKind(
        key="outpatients_per_day",
        number=2,
        coordinate=PRESCRIBING,
        label=_("outpatients a day"),
        pattern=_DIGITS,
        hint="40",
        weight=2,
    ),
    FactKind(key="patient_types", number=3, coordinate=PRESCRIBING, label=_("types of patients"), weight=2),
    FactKind(key="patient_means", number=3, coordinate=PRESCRIBING, label=_("means of patients"), choices=_BAND),
    FactKind(key="wechat", number=4, coordinate=RELATIONSHIP, label=_("WeChat"), pattern=r"\S{1,60}", consent="wechat"),
    FactKind(
        key="email", number=4, coordinate=RELATIONSHIP, label=_("e-mail"), pattern=r"[^@\s]+@[^@\s]+", consent="email"
    ),
    FactKind(
        key="birthday",
        number=5,
        coordinate=BACKGROUND,
        label=_("birthday (month and day)"),
        pattern=r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])",
        hint="05-12",
    ),
    FactKind(
        key="age_band",
        number=5,
        coordinate=BACKGROUND,
        label=_("age"),
        choices=(
            ("under_35", _("under 35")),
            ("35_to_45", _("35 to 45")),
            ("46_to_55", _("46 to 55")),
            ("over_55", _("over 55")),
        ),
    ),
    FactKind(key="school", number=5, coordinate=BACKGROUND, label=_("school")),
    FactKind(key="education", number=5, coordinate=BACKGROUND, label=_("education")),
    FactKind(key="prescribing_habits", number=7, coordinate=PRESCRIBING, label=_("prescribing habits"), weight=3),
    FactKind(key="competitors", number=8, coordinate=PRESCRIBING, label=_("competitors used"), weight=2),
    FactKind(
        key="competitor_share",
        number=8,
        coordinate=PRESCRIBING,
        label=_("share of competitors, as estimated"),
        choices=_BAND,
        weight=2,
    ),
    FactKind(key="interests", number=9, coordinate=BACKGROUND, label=_("interests")),
    FactKind(key="associations", number=10, coordinate=BACKGROUND, label=_("associations")),
    FactKind(
        key="style",
        number=11,
        coordinate=RELATIONSHIP,
        label=_("style"),
        choices=(
            ("assertive", _("assertive")),
            ("amiable", _("amiable")),
            ("expressive", _("expressive")),
            ("analytical", _("analytical")),
        ),
        weight=2,
    ),
    FactKind(key="needs", number=12, coordinate=RELATIONSHIP, label=_("needs"), weight=3),
    FactKind(
        key="family", number=13, coordinate=BACKGROUND, label=_("family (never children)"), consent="family", weight=0
    ),
    FactKind(key="best_time", number=14, coordinate=RELATIONSHIP, label=_("best time"), weight=2),
    FactKind(key="best_place", number=14, coordinate=RELATIONSHIP, label=_("best place")),
    FactKind(
        key="patients_per_day",
        number=15,
        coordinate=PRESCRIBING,
        label=_("patients seen a day"),
        pattern=_DIGITS,
        hint="30",
        weight=2,
    ),
    FactKind(
        key="attitude_to_reps",
        number=16,
        coordinate=RELATIONSHIP,
        label=_("attitude to reps"),
        choices=(("open", _("welcoming")), ("neutral", _("neutral")), ("closed", _("reserved"))),
        weight=2,
    ),
    FactKind(key="influence_on_others", number=17, coordinate=RELATIONSHIP, label=_("influence on others"), weight=2),
    FactKind(key="research_topics", number=0, coordinate=BACKGROUND, label=_("research topics")),
    FactKind(
        key="other_firms", number=0, coordinate=RELATIONSHIP, label=_("history with other firms"), seen_by=MANAGERS
    ),
    FactKind(key="support", number=0, coordinate=RELATIONSHIP, label=_("support that we can give")),
)
FACTS: dict[str, FactKind] = {kind.key: kind for kind in _ALL}
