from segmentation.models.rollups import CycleCustomer, CycleField, CycleNight, CycleRollup, TierMove, supervised
from segmentation.models.tiers import TierAssignment, TierPolicy, TierPolicyVersion

__all__ = [
    "CycleCustomer",
    "CycleField",
    "CycleNight",
    "CycleRollup",
    "TierAssignment",
    "TierMove",
    "TierPolicy",
    "TierPolicyVersion",
    "supervised",
]
