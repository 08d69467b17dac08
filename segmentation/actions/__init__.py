"""Writes over tiers."""

from segmentation.actions.moves import remind_of_moves
from segmentation.actions.policies import publish_policy
from segmentation.actions.rollups import roll_up_cycles
from segmentation.actions.targets import open_call_targets
from segmentation.actions.tiering import compute_tiers

__all__ = ["compute_tiers", "open_call_targets", "publish_policy", "remind_of_moves", "roll_up_cycles"]
