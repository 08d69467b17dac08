"""Addresses of the API."""

from django.urls import URLPattern, path

from crm.api.registry import NUMBER, Resource
from crm.api.resources import RESOURCES
from crm.api.views import Lists, Ones, Unknown


def _of(resource: Resource) -> list[URLPattern]:
    key = "<int:pk>" if resource.key_shape == NUMBER else "<uuid:pk>"
    return [
        path(resource.name, Lists.as_view(resource=resource), name=f"api-{resource.name}"),
        path(f"{resource.name}/{key}", Ones.as_view(resource=resource), name=f"api-{resource.name}-one"),
    ]


urlpatterns = [
    *(address for resource in RESOURCES for address in _of(resource)),
    path("<path:rest>", Unknown.as_view(), name="api-unknown"),
]
