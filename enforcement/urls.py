"""Pages of the app."""

from django.urls import path

from enforcement.views import certificates

app_name = "enforcement"
urlpatterns = [
    path("", certificates.certificate_list, name="certificate_list"),
    path("certificates/new/", certificates.certificate_new, name="certificate_new"),
    path("certificates/<uuid:certificate_id>/", certificates.certificate_detail, name="certificate"),
    path(
        "certificates/<uuid:certificate_id>/history/",
        certificates.certificate_history,
        name="certificate_history",
    ),
    path(
        "certificates/<uuid:certificate_id>/<slug:change>/",
        certificates.certificate_change,
        name="certificate_change",
    ),
]
