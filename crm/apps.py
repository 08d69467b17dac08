from django.apps import AppConfig


class RoofConfig(AppConfig):
    """The roof: wiring that names every room."""

    name = "crm"
