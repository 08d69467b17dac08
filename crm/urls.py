"""Every address of the house, and which floors add to the pages of a lower one."""

from django.urls import include, path

import customers.views
import segmentation.queries.pages
import visits.queries
from crm import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("search/", views.search, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("", include("accounts.urls")),
    path("customers/", customers.views.CustomerList.as_view(), {"cycle": visits.queries.CYCLE}, name="customers"),
    path(
        "customers/<uuid:pk>/",
        customers.views.customer,
        {"facts": [visits.queries.facts, segmentation.queries.pages.facts]},
        name="customer",
    ),
    path("customers/<uuid:pk>/history/", customers.views.history, name="customer-history"),
    path("", include("visits.urls")),
    path("", include("segmentation.urls")),
    path("files/", include("crm.imports.urls")),
]
