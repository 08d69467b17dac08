from django.urls import path

from segmentation import views
from segmentation.views import policies

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/customers/", views.CycleCustomers.as_view(), name="team-customers"),
    path("team/visits/", views.CycleCalls.as_view(), name="team-calls"),
    path("team/promises/", views.CyclePromises.as_view(), name="team-promises"),
    path("tiers/", views.tiers, name="tiers"),
    path("moves/", views.Moves.as_view(), name="moves"),
    path("setup/policies/", policies.PolicyList.as_view(), name="policies"),
    path("setup/policies/publish/", policies.publish, name="policy-publish"),
    path("setup/policies/<int:pk>/", policies.version, name="policy-version"),
]
