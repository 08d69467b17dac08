from django.urls import path

from customers.views import editing, places, relations

urlpatterns = [
    path("customers/new/person/", editing.new_person, name="person-new"),
    path("customers/new/institution/", editing.new_institution, name="institution-new"),
    path("customers/<uuid:pk>/change/", editing.change, name="customer-change"),
    path("customers/<uuid:pk>/roles/new/", relations.new_role, name="role-new"),
    path("customers/roles/<uuid:pk>/", relations.RoleChange.as_view(), name="role-change"),
    path("customers/<uuid:pk>/influence/new/", relations.new_influence, name="influence-new"),
    path("customers/influence/<uuid:pk>/", relations.InfluenceChange.as_view(), name="influence-change"),
    path("customers/<uuid:pk>/affiliations/new/", relations.new_affiliation, name="affiliation-new"),
    path("customers/affiliations/<uuid:pk>/", relations.AffiliationChange.as_view(), name="affiliation-change"),
    path("customers/<uuid:pk>/parent/", places.change_parent, name="parent-change"),
    path("customers/<uuid:pk>/licences/new/", places.new_licence, name="licence-new"),
    path("customers/licences/<uuid:pk>/", places.LicenceChange.as_view(), name="licence-change"),
    path("customers/<uuid:pk>/departments/new/", places.new_department, name="department-new"),
    path("customers/departments/<uuid:pk>/", places.change_department, name="department-change"),
    path("customers/<uuid:pk>/trade-file/", places.trade_file, name="trade-file"),
]
