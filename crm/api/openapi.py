"""What the documentation says: made of the registry."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Of one address."""
