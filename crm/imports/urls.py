from django.urls import path

from crm.imports import exports, views

urlpatterns = [
    path("", views.for_operations(views.ImportList.as_view()), name="files"),
    path("new/", views.choose, name="import-new"),
    path("kinds/<slug:name>/", views.kind, name="kind"),
    path("kinds/<slug:name>/empty.csv", exports.empty, name="kind-empty"),
    path("kinds/<slug:name>/columns.json", exports.columns, name="kind-json"),
    path("imports/<uuid:pk>/", views.run, name="import"),
    path("imports/<uuid:pk>/progress/", views.progress, name="import-progress"),
    path("imports/<uuid:pk>/load/", views.load, name="import-load"),
    path("imports/<uuid:pk>/discard/", views.discard, name="import-discard"),
    path("imports/<uuid:pk>/rejects.csv", views.rejects, name="import-rejects"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<slug:name>.<slug:form>", exports.export, name="export"),
]
