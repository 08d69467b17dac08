from django.apps import AppConfig


class BaseConfig(AppConfig):
    """The ground: what every room shares and no room is named in."""

    name = "crm.base"
    label = "base"

    def ready(self) -> None:
        from crm.base import checks  # noqa: F401  registers the system checks
