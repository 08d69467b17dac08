from django.urls import path

from crm.base.replica import from_replica
from segmentation import views
from segmentation.views import policies

urlpatterns = [
    path("team/", from_replica(views.team), name="team"),
    path("team/customers/", from_replica(views.CycleCustomers.as_view()), name="team-customers"),
    path("team/visits/", from_replica(views.CycleCalls.as_view()), name="team-calls"),
    path("team/promises/", from_replica(views.CyclePromises.as_view()), name="team-promises"),
    path("tiers/", from_replica(views.tiers), name="tiers"),
    path("moves/", from_replica(views.Moves.as_view()), name="moves"),
    path("setup/policies/", policies.PolicyList.as_view(), name="policies"),
    path("setup/policies/publish/", policies.publish, name="policy-publish"),
    path("setup/policies/<int:pk>/", policies.version, name="policy-version"),
]
