"""The registry of figures: one name, one definition. Pages, files and the API read it; docs/kpis.md tells it.

A figure is a measure, or one divided by another; both are sums of segmentation.models.CycleRollup and CycleField, so
that they add up over any subtree before they are divided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Unit = Literal["count", "percent", "rate"]


@dataclass
class Figures:
    """Sums over some territories, tiers and kinds of customers in one cycle."""

    customers: int = 0
    overdue: int = 0
    targets: int = 0
    due: int = 0
    reached: int = 0
    on_frequency: int = 0
    capped: int = 0
    calls: int = 0
    off_plan: int = 0
    in_time: int = 0
    promises: int = 0
    kept: int = 0
    moves_up: int = 0
    moves_down: int = 0
    undone: int = 0
    expected: Decimal = field(default_factory=Decimal)
    face_to_face: int = 0
    field_days: int = 0

    def add(self, other: "Figures") -> None:
        for measure in MEASURES:
            setattr(self, measure, getattr(self, measure) + getattr(other, measure))

    @property
    def moves(self) -> int:
        return self.moves_up + self.moves_down

    @property
    def late(self) -> int:
        return self.calls - self.in_time

    @property
    def unreached(self) -> int:
        return self.targets - self.reached

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, measure) for measure in MEASURES)


MEASURES = tuple(one.name for one in fields(Figures))


def total(parts: Iterable[Figures]) -> Figures:
    found = Figures()
    for part in parts:
        found.add(part)
    return found


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """`dates` and `states` say which facts count. A change of meaning raises `version`. `opens` is the list that
    shows the rows behind it, `show` narrows it to them; `rows` is the measure that counts them."""

    name: str
    label: Promise
    numerator: str
    denominator: str = ""
    unit: Unit = "count"
    says: Promise
    dates: Promise
    states: Promise
    opens: str
    show: str = ""
    rows: str = ""  # the numerator, where nothing else is said
    version: int = 1

    def rows_in(self, figures: Figures) -> int:
        """How many rows the figure opens."""
        return int(getattr(figures, self.rows or self.numerator))

    def of(self, figures: Figures) -> int | Decimal | None:
        """The figure: whole percents rounded down, so that 100 is never said too early; rates to a tenth."""
        above = getattr(figures, self.numerator)
        if not self.denominator:
            return int(Decimal(above).quantize(Decimal(1), ROUND_HALF_UP))
        below = getattr(figures, self.denominator)
        if not below:
            return None
        if self.unit == "percent":
            return int(above * 100 // below)
        return (Decimal(above) / Decimal(below)).quantize(Decimal("0.1"), ROUND_HALF_UP)


_OPENED = _("fixed when the cycle opened")
_IN_CYCLE = _("business date in the cycle, before the night; known before the night")
_ON_NIGHT = _("on the night; of an ended cycle on its last day")
_REPORTED = _("reported visits; void ones never count")
_TARGETS = _("targets with at least one visit due")
_CURRENT = _("customers that are held, neither ended nor merged")

_ALL = (
    Kpi(
        name="planned_calls",
        label=_("Visits due"),
        numerator="due",
        says=_("Visits due, credited to the territory of the opening."),
        dates=_OPENED,
        states=_TARGETS,
        opens="team-customers",
        show="planned",
        rows="targets",
    ),
    Kpi(
        name="calls_done",
        label=_("Visits made"),
        numerator="calls",
        says=_("Attendees of visits, credited to the territory frozen at the visit: a group of three is three."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
    ),
    Kpi(
        name="reach",
        label=_("Reach"),
        numerator="reached",
        denominator="targets",
        unit="percent",
        says=_("Targets met at least once ÷ targets."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-customers",
        show="reached",
    ),
    Kpi(
        name="frequency_per_target",
        label=_("Visits per target"),
        numerator="calls",
        denominator="targets",
        unit="rate",
        says=_("Visits made ÷ targets."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
    ),
    Kpi(
        name="frequency_per_reached",
        label=_("Visits per customer reached"),
        numerator="calls",
        denominator="reached",
        unit="rate",
        says=_("Visits made ÷ targets met at least once."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
    ),
    Kpi(
        name="frequency_on_target",
        label=_("Frequency on target"),
        numerator="on_frequency",
        denominator="targets",
        unit="percent",
        says=_("Targets met as often as due, give or take 20% ÷ targets."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-customers",
        show="on_frequency",
    ),
    Kpi(
        name="attainment",
        label=_("Attainment"),
        numerator="calls",
        denominator="due",
        unit="percent",
        says=_("Visits made ÷ visits due."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
    ),
    Kpi(
        name="attainment_capped",
        label=_("Attainment, capped"),
        numerator="capped",
        denominator="due",
        unit="percent",
        says=_("Visits made, of each target no more than were due ÷ visits due."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-customers",
        show="planned",
        rows="targets",
    ),
    Kpi(
        name="expected_to_date",
        label=_("Expected to date"),
        numerator="expected",
        says=_("Visits due × working days gone ÷ working days of the cycle, territory by territory."),
        dates=_("days before the night; holidays and time off taken out"),
        states=_TARGETS,
        opens="team-customers",
        show="planned",
        rows="targets",
    ),
    Kpi(
        name="calls_per_field_day",
        label=_("Visits a field day"),
        numerator="face_to_face",
        denominator="field_days",
        unit="rate",
        says=_("Face-to-face visits ÷ days on which somebody made one. Visits, not attendees."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="visits",
    ),
    Kpi(
        name="off_plan",
        label=_("Off plan"),
        numerator="off_plan",
        denominator="calls",
        unit="percent",
        says=_("Visits to customers without a target ÷ visits made."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
        show="off_plan",
    ),
    Kpi(
        name="logged_within_24h",
        label=_("Logged within a day"),
        numerator="in_time",
        denominator="calls",
        unit="percent",
        says=_("Visits known by the day after ÷ visits made."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
        show="in_time",
    ),
    Kpi(
        name="followups_on_time",
        label=_("Promises kept on time"),
        numerator="kept",
        denominator="promises",
        unit="percent",
        says=_("Promises done by their date ÷ promises due."),
        dates=_("date of the promise in the cycle, before the night"),
        states=_("of reported visits; dismissed ones never count"),
        opens="team-promises",
        show="kept",
    ),
    Kpi(
        name="tier_mix",
        label=_("Tier mix"),
        numerator="customers",
        says=_("Customers per tier, credited to the territory that holds them."),
        dates=_ON_NIGHT,
        states=_CURRENT,
        opens="team-customers",
        show="held",
    ),
    Kpi(
        name="tier_moves",
        label=_("Tier moves"),
        numerator="moves",
        says=_("Customers that went from one tier to another in a night."),
        dates=_("night of the move in the cycle"),
        states=_CURRENT,
        opens="moves",
    ),
    Kpi(
        name="flip_rate",
        label=_("Flip rate"),
        numerator="undone",
        denominator="moves",
        unit="percent",
        says=_("Moves undone within 30 nights ÷ moves."),
        dates=_("night of the move in the cycle"),
        states=_CURRENT,
        opens="moves",
        show="undone",
    ),
    Kpi(
        name="overdue",
        label=_("Overdue"),
        numerator="overdue",
        says=_("Customers whose next visit was due before the night, credited to the territory that holds them."),
        dates=_ON_NIGHT,
        states=_CURRENT,
        opens="team-customers",
        show="overdue",
    ),
    Kpi(
        name="logged_late",
        label=_("Logged late"),
        numerator="late",
        denominator="calls",
        unit="percent",
        says=_("Visits known later than the day after ÷ visits made."),
        dates=_IN_CYCLE,
        states=_REPORTED,
        opens="team-calls",
        show="late",
    ),
    Kpi(
        name="unreached",
        label=_("Not reached"),
        numerator="unreached",
        says=_("Targets that nobody has met in the cycle."),
        dates=_IN_CYCLE,
        states=_TARGETS,
        opens="team-customers",
        show="unreached",
    ),
    Kpi(
        name="promotions",
        label=_("Promoted"),
        numerator="moves_up",
        says=_("Moves to a better tier."),
        dates=_("night of the move in the cycle"),
        states=_CURRENT,
        opens="moves",
        show="up",
    ),
    Kpi(
        name="demotions",
        label=_("Demoted"),
        numerator="moves_down",
        says=_("Moves to a lesser tier."),
        dates=_("night of the move in the cycle"),
        states=_CURRENT,
        opens="moves",
        show="down",
    ),
)
KPIS: Mapping[str, Kpi] = {kpi.name: kpi for kpi in _ALL}
