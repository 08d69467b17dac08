from django.urls import path

from sales import views

urlpatterns = [
    path("customers/<uuid:pk>/listings/new/", views.new_listing, name="listing-new"),
    path("customers/listings/<uuid:pk>/", views.ListingChange.as_view(), name="listing-change"),
]
