"""Pages of the registry."""

from django.urls import path

from households.views import (
    accounts,
    ambiguous,
    counter,
    duplicates,
    events,
    families,
    import_steps,
    imports,
    merges,
)

app_name = "households"
urlpatterns = [
    path("", families.household_list, name="households"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/<uuid:correction_id>/<slug:decision>/", accounts.account_decide, name="account_decide"),
    path("duplicates/", duplicates.duplicate_list, name="duplicates"),
    path("duplicates/merges/", merges.merge_list, name="merges"),
    path("duplicates/merges/<uuid:pk>/", merges.merge_detail, name="merge"),
    path("duplicates/merges/<uuid:pk>/undo/", merges.merge_undo, name="merge_undo"),
    path("duplicates/<uuid:pk>/", duplicates.duplicate_pair, name="duplicate"),
    path("duplicates/<uuid:pk>/history/", duplicates.duplicate_history, name="duplicate_history"),
    path("duplicates/<uuid:pk>/merge/", merges.merge_new, name="merge_new"),
    path("duplicates/<uuid:pk>/<slug:decision>/", duplicates.duplicate_decide, name="duplicate_decide"),
    path("elsewhere/", counter.family_elsewhere, name="elsewhere"),
    path("tasks/", counter.task_list, name="tasks"),
    path("tasks/<uuid:pk>/rows/", ambiguous.ambiguous_rows, name="ambiguous_rows"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:pk>/", imports.import_detail, name="import"),
    path("imports/<uuid:pk>/history/", imports.import_history, name="import_history"),
    path("imports/<uuid:pk>/columns/", import_steps.import_headers, name="import_headers"),
    path("imports/<uuid:pk>/do/<slug:step>/", import_steps.import_step, name="import_step"),
    path("imports/<uuid:pk>/<slug:kind>/", imports.import_remarks, name="import_remarks"),
    path("arrivals/new/", events.arrival_new, name="arrival_new"),
    path("events/<uuid:event_id>/take-back/", events.event_take_back, name="event_take_back"),
    path("people/<uuid:pk>/events/<slug:word>/", events.person_event, name="person_event"),
    path("people/<uuid:pk>/", families.person_detail, name="person"),
    path("people/<uuid:pk>/accounts/", accounts.accounts, name="accounts"),
    path("people/<uuid:pk>/history/", families.person_history, name="person_history"),
    path("people/<uuid:pk>/show/<slug:what>/", counter.show_number, name="show_number"),
    path("<uuid:pk>/events/<slug:word>/", events.household_event, name="household_event"),
    path("<uuid:pk>/", families.household_detail, name="household"),
    path("<uuid:pk>/history/", families.household_history, name="household_history"),
]
