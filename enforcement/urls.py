"""Pages of the app."""

from django.urls import URLPattern

app_name = "enforcement"
urlpatterns: list[URLPattern] = []
