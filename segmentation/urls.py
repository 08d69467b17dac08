from django.urls import path

from segmentation import views

urlpatterns = [path("tiers/", views.tiers, name="tiers")]
