"""What addresses and pages of tiers may ask for."""

from segmentation.forms.figures import (
    NOWHERE,
    PLACES,
    ROLES,
    TIERS,
    TRADE,
    CallFilter,
    CycleCustomerFilter,
    FiguresForm,
    MoveFilter,
    PromiseFilter,
)
from segmentation.forms.policies import STATES, PolicyFilter, PublishForm

__all__ = [
    "NOWHERE",
    "PLACES",
    "ROLES",
    "STATES",
    "TIERS",
    "TRADE",
    "CallFilter",
    "CycleCustomerFilter",
    "FiguresForm",
    "MoveFilter",
    "PolicyFilter",
    "PromiseFilter",
    "PublishForm",
]
