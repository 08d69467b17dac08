"""Writes over our own people and ground."""

from accounts.actions.doors import set_password
from accounts.actions.ground import CircularTerritories, default_line, refresh_ground
from accounts.actions.inviting import invite_user, take_off_second_step
from accounts.actions.views import TooManyViews, delete_view, rename_view, save_view, speak

__all__ = [
    "CircularTerritories",
    "TooManyViews",
    "default_line",
    "delete_view",
    "invite_user",
    "refresh_ground",
    "rename_view",
    "save_view",
    "set_password",
    "speak",
    "take_off_second_step",
]
