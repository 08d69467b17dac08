"""Every address of the house, and which floors add to the pages of a lower one."""

from django.urls import include, path, re_path

import accounts.views.ground
import crm.api.pages
import crm.api.views
import customers.queries.ground
import customers.views
import customers.views.alignment
import customers.views.knowledge
import sales.queries
import segmentation.queries.pages
import visits.queries
from crm import views

handler500 = views.failed
HELD = {"held": customers.queries.ground.held_counts}

urlpatterns = [
    path("api/v1/", include("crm.api.urls")),
    path("search/", views.search, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("", include("accounts.urls")),
    path("setup/territories/", accounts.views.ground.territories, HELD, name="territories"),
    path("setup/territories/new/", accounts.views.ground.new_territory, name="territory-new"),
    path("setup/territories/<uuid:pk>/", accounts.views.ground.territory, HELD, name="territory"),
    path("setup/territories/<uuid:pk>/change/", accounts.views.ground.change_territory, name="territory-change"),
    path("setup/territories/<uuid:pk>/move/", accounts.views.ground.move_territory, name="territory-move"),
    path("setup/alignment/", customers.views.alignment.choose, name="align"),
    path("setup/alignment/<uuid:pk>/", customers.views.alignment.align, name="align-customer"),
    path("customers/", customers.views.CustomerList.as_view(), {"cycle": visits.queries.CYCLE}, name="customers"),
    path(
        "customers/<uuid:pk>/",
        customers.views.customer,
        {"facts": [sales.queries.facts, visits.queries.facts, segmentation.queries.pages.facts]},
        name="customer",
    ),
    path("customers/<uuid:pk>/facts/new/", customers.views.knowledge.new_fact, name="fact-new"),
    path("customers/<uuid:pk>/facts/undo/", customers.views.knowledge.undo_fact, name="fact-undo"),
    path("customers/<uuid:pk>/facts/potential/", customers.views.knowledge.potential, name="potential"),
    path("customers/<uuid:pk>/facts/consents/new/", customers.views.knowledge.new_consent, name="consent-new"),
    path(
        "customers/<uuid:pk>/facts/consents/<slug:key>/end/",
        customers.views.knowledge.end_consent,
        name="consent-end",
    ),
    path("customers/<uuid:pk>/facts/<slug:key>/", customers.views.knowledge.fact, name="fact-change"),
    path("customers/<uuid:pk>/history/", customers.views.history, name="customer-history"),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
    path("", include("visits.urls")),
    path("", include("segmentation.urls")),
    path("setup/nights/", include("crm.nights.urls")),
    path("files/", include("crm.imports.urls")),
    path("api/", crm.api.pages.docs, name="api-docs"),
    path("api/openapi.json", crm.api.pages.document, name="api-document"),
    path("api/", include([re_path("", crm.api.views.Unknown.as_view(), name="api-nowhere")])),
]
