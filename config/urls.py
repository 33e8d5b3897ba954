"""Addresses of the product; each app brings its own."""

from django.urls import include, path

from subsidies.views.calculator import calculator
from subsidies.views.notices import public_notices

urlpatterns = [
    path("", include("offices.urls")),
    path("households/", include("households.urls")),
    path("subsidies/", include("subsidies.urls")),
    path("notices/", public_notices, name="public_notices"),
    path("calculator/", calculator, name="calculator"),
    path("checkups/", include("checkups.urls")),
    path("enforcement/", include("enforcement.urls")),
    path("reports/", include("reports.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
