"""Pages that every role shares, and the public ones."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
