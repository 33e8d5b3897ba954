"""Pages of the app."""

from django.urls import path

from subsidies.views import applications, grants, notices, reviews

app_name = "subsidies"
urlpatterns = [
    # Applications and grants
    path("applications/", applications.application_list, name="application_list"),
    path("applications/new/", applications.application_new, name="application_new"),
    path("applications/<uuid:application_id>/", applications.application, name="application"),
    path(
        "applications/<uuid:application_id>/history/",
        applications.application_history,
        name="application_history",
    ),
    path("applications/<uuid:application_id>/slip/", applications.application_slip, name="application_slip"),
    path(
        "applications/<uuid:application_id>/letter/",
        applications.application_letter,
        name="application_letter",
    ),
    path(
        "applications/<uuid:application_id>/papers/",
        applications.application_documents,
        name="application_documents",
    ),
    path(
        "applications/<uuid:application_id>/withdraw/",
        applications.application_withdraw,
        name="application_withdraw",
    ),
    path("applications/<uuid:application_id>/review/", reviews.application_review, name="application_review"),
    path(
        "applications/<uuid:application_id>/missing/", reviews.application_missing, name="application_missing"
    ),
    path("applications/<uuid:application_id>/refuse/", reviews.application_refuse, name="application_refuse"),
    path("applications/<uuid:application_id>/grant/", grants.application_grant, name="application_grant"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/<slug:level>/<str:place_code>/sheet/", notices.notice_sheet, name="notice_sheet"),
    path("notices/<uuid:notice_id>/objection/", notices.objection_new, name="objection_new"),
    path("objections/", notices.objection_list, name="objection_list"),
    path("objections/<uuid:objection_id>/", notices.objection_answer, name="objection_answer"),
    path("grants/", grants.grant_list, name="grant_list"),
    path("grants/<uuid:grant_id>/", grants.grant, name="grant"),
    path("grants/<uuid:grant_id>/history/", grants.grant_history, name="grant_history"),
    path("grants/<uuid:grant_id>/stop/", grants.grant_stop, name="grant_stop"),
    path("grants/<uuid:grant_id>/<slug:change>/", grants.grant_switch, name="grant_switch"),
]
