from segmentation.models.tiers import TierAssignment, TierPolicy, TierPolicyVersion

__all__ = ["TierAssignment", "TierPolicy", "TierPolicyVersion"]
