from django.urls import path

from visits import views

urlpatterns = [
    path("", views.today, name="today"),
    path("visits/", views.VisitList.as_view(), name="visits"),
    path("customers/<uuid:pk>/visits/new/", views.log, name="log-visit"),
]
