"""Pages of the app."""

from django.urls import path

from reports.views import dashboard, editions, rows

app_name = "reports"
urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("months/<str:month>/summarise/", dashboard.month_summarise, name="month_summarise"),
    path("months/<str:month>/grants/", rows.grant_rows, name="grant_rows"),
    path("months/<str:month>/payments/", rows.payment_rows, name="payment_rows"),
    path("editions/", editions.edition_list, name="edition_list"),
    path("editions/<uuid:edition_id>/", editions.edition, name="edition"),
    path("editions/<uuid:edition_id>/history/", editions.edition_history, name="edition_history"),
    path("editions/<uuid:edition_id>/print/", editions.edition_print, name="edition_print"),
    path("printing/<uuid:job_id>/", editions.print_progress, name="print"),
    path("prints/<uuid:print_id>/file/", editions.print_file, name="print_file"),
]
