"""Addresses of the API."""

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import UUIDConverter

from crm.api.pages import Document
from crm.api.registry import NUMBER, Resource
from crm.api.resources import RESOURCES
from crm.api.shapes import UUID_TEXT
from crm.api.views import Lists, Ones, Unknown
from crm.api.writers import WRITERS
from crm.api.writers.batches import VisitBatches
from crm.api.writers.reminders import Answers
from crm.api.writing import ByExternalId, ListsAndNew, OnesAndChanges


class KeyConverter(UUIDConverter):
    """Capitals, too: other systems write a UUID with them."""

    regex = UUID_TEXT.pattern


register_converter(KeyConverter, "key")


def _of(resource: Resource) -> list[URLPattern]:
    key = "<int:pk>" if resource.key_shape == NUMBER else "<key:pk>"
    writer = WRITERS.get(resource.name)
    of = {"resource": resource} | ({"writer": writer} if writer else {})
    many, one = (ListsAndNew, OnesAndChanges) if writer else (Lists, Ones)
    addresses = [
        path(resource.name, many.as_view(**of), name=f"api-{resource.name}"),
        path(f"{resource.name}/{key}", one.as_view(**of), name=f"api-{resource.name}-one"),
    ]
    if writer and writer.named:
        address = f"{resource.name}/external/<str:source>/<path:external_id>"
        addresses.append(path(address, ByExternalId.as_view(**of), name=f"api-{resource.name}-external"))
    return addresses


urlpatterns = [
    *(address for resource in RESOURCES for address in _of(resource)),
    path("openapi.json", Document.as_view(), name="api-openapi"),
    path("visits/batch", VisitBatches.as_view(), name="api-visits-batch"),
    path("reminders/<int:pk>/answers", Answers.as_view(), name="api-reminders-answers"),
    re_path("", Unknown.as_view(), name="api-unknown"),
]
