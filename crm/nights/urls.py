from django.urls import path

from crm.nights import views

urlpatterns = [
    path("", views.NightList.as_view(), name="nights"),
    path("<slug:on>/", views.night, name="night"),
    path("<slug:on>/progress/", views.progress, name="night-progress"),
    path("<slug:on>/again/", views.again, name="night-again"),
]
