"""Pages that every role shares, and the public ones."""

from django.urls import path

from offices.views import exports, gallery, home, public, staff

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("stay/", home.stay_signed_in, name="stay_signed_in"),
    path("role/", home.switch_role, name="switch_role"),
    path("business-day/", home.move_day, name="move_business_day"),
    path("offices/", staff.staff_list, name="staff_list"),
    path("offices/staff/<uuid:staff_id>/history/", staff.staff_history, name="staff_history"),
    path("offices/acts/", staff.act_list, name="act_list"),
    path("offices/exports/", exports.export_list, name="export_list"),
    path("offices/exports/<uuid:pk>/", exports.export_detail, name="export"),
    path("offices/exports/<uuid:pk>/file/", exports.export_file, name="export_file"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("healthz", public.healthz, name="healthz"),
    path("welcome/<uuid:staff_id>/<str:token>/", public.welcome, name="welcome"),
    path("verify/<str:code>/", public.verify, name="verify"),
]
