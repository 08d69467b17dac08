"""Pages of a manager's ground, and the lists behind their figures."""

from segmentation.views.lists import CycleCalls, CycleCustomers, CyclePromises, Moves
from segmentation.views.pages import team, tiers

__all__ = ["CycleCalls", "CycleCustomers", "CyclePromises", "Moves", "team", "tiers"]
