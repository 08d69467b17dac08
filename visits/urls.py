from django.urls import path

from visits import views
from visits.views import calendars, cycles, targets

urlpatterns = [
    path("", views.today, name="today"),
    path("calendar/<slug:secret>.ics", calendars.feed, name="calendar"),
    path("visits/", views.VisitList.as_view(), name="visits"),
    path("visits/new/", views.whom, name="log-whom"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("visits/<uuid:pk>/amend/", views.amend, name="amend-visit"),
    path("visits/<uuid:pk>/history/", views.visit_history, name="visit-history"),
    path("reminders/<int:pk>/", views.answer, name="answer"),
    path("reminders/take-back/", views.take_back, name="take-back"),
    path("customers/<uuid:pk>/visits/new/", views.log, name="log-visit"),
    path("customers/<uuid:pk>/targets/new/", targets.new_target, name="target-new"),
    path("customers/targets/<uuid:pk>/", targets.TargetChange.as_view(), name="target-change"),
    path("setup/cycles/", cycles.CycleList.as_view(), name="cycles"),
    path("setup/cycles/plan/", cycles.plan, name="cycles-plan"),
    path("setup/cycles/remove/", cycles.remove, name="cycles-remove"),
]
