"""Pages of the app."""

from django.urls import path

from subsidies.views import (
    applications,
    batches,
    budget,
    case_papers,
    confirmations,
    debts,
    explanations,
    grants,
    late,
    notices,
    owed,
    policies,
    policy_drafts,
    programmes,
    reviews,
    scans,
    take_up,
)

app_name = "subsidies"
urlpatterns = [
    path("", programmes.landing, name="landing"),
    # Entitlement
    path("owed/", owed.owed_list, name="owed_list"),
    path("owed/assess/", owed.sweep_now, name="sweep_now"),
    path("owed/assess/<uuid:job_id>/", owed.sweep_job, name="sweep_job"),
    path("owed/<uuid:person_id>/<slug:programme_code>/", explanations.explanation, name="explanation"),
    path(
        "owed/<uuid:person_id>/<slug:programme_code>/periods/",
        debts.entitlement_periods,
        name="entitlement_periods",
    ),
    path(
        "owed/<uuid:person_id>/<slug:programme_code>/print/",
        explanations.explanation_print,
        name="explanation_print",
    ),
    path("explanations/<uuid:receipt_id>/", explanations.receipt, name="receipt"),
    # Register of debts, late knowledge
    path("debts/", debts.debt_list, name="debt_list"),
    path("debts/export/", debts.debt_export, name="debt_export"),
    path("debts/take-up/", take_up.take_up_page, name="take_up"),
    path("debts/entries/<uuid:act_id>/take-back/", debts.deed_take_back, name="deed_take_back"),
    path("debts/<uuid:debt_id>/", debts.debt, name="debt"),
    path("debts/<uuid:debt_id>/history/", debts.debt_history, name="debt_history"),
    path("debts/<uuid:debt_id>/<slug:deed>/", debts.debt_deed, name="debt_deed"),
    path("late/", late.late_list, name="late_list"),
    path("late/<uuid:finding_id>/", late.late, name="late"),
    path("late/<uuid:finding_id>/decide/", late.late_decide, name="late_decide"),
    path("late/<uuid:finding_id>/history/", late.late_history, name="late_history"),
    path("programmes/", programmes.programme_list, name="programme_list"),
    path("programmes/confirmations/", confirmations.band_list, name="confirmation_bands"),
    path("programmes/confirmations/new/", confirmations.band_new, name="confirmation_band_new"),
    path(
        "programmes/confirmations/<uuid:band_id>/end/", confirmations.band_end, name="confirmation_band_end"
    ),
    path("programmes/bundles/<slug:bundle_code>/", programmes.bundle, name="bundle"),
    path("programmes/<slug:programme_code>/", programmes.programme, name="programme"),
    # Policies: entered, simulated, approved, published
    path("programmes/<slug:programme_code>/draft/", policies.policy_new, name="policy_new"),
    path("policies/<uuid:version_id>/", policies.policy, name="policy"),
    path("policies/<uuid:version_id>/history/", policies.policy_history, name="policy_history"),
    path("policies/<uuid:version_id>/basis/", policy_drafts.policy_basis, name="policy_basis"),
    path("policies/<uuid:version_id>/notice/", policy_drafts.policy_notice, name="policy_notice"),
    path("policies/<uuid:version_id>/funding/", policy_drafts.policy_funding, name="policy_funding"),
    path(
        "policies/<uuid:version_id>/values/<slug:name>/",
        policy_drafts.policy_parameter,
        name="policy_parameter",
    ),
    path(
        "policies/<uuid:version_id>/conditions/<slug:path>/",
        policy_drafts.policy_condition,
        name="policy_condition",
    ),
    path(
        "policies/<uuid:version_id>/conditions/<slug:path>/add/",
        policy_drafts.policy_condition_new,
        name="policy_condition_new",
    ),
    path(
        "policies/<uuid:version_id>/conditions/<slug:path>/<slug:step>/",
        policy_drafts.policy_condition_step,
        name="policy_condition_step",
    ),
    path("policies/<uuid:version_id>/simulate/", policies.policy_simulate, name="policy_simulate"),
    path(
        "policies/<uuid:version_id>/simulations/<uuid:job_id>/",
        policies.policy_simulation,
        name="policy_simulation",
    ),
    path("policies/<uuid:version_id>/<slug:step>/", policies.policy_step, name="policy_step"),
    # Applications and grants
    path("applications/", applications.application_list, name="application_list"),
    path("applications/new/", applications.application_new, name="application_new"),
    path("applications/<uuid:application_id>/", applications.application, name="application"),
    path(
        "applications/<uuid:application_id>/history/",
        applications.application_history,
        name="application_history",
    ),
    path("applications/<uuid:application_id>/scans/new/", scans.scan_new, name="scan_new"),
    path("scans/<uuid:scan_id>/", scans.scan, name="scan"),
    path("scans/<uuid:scan_id>/remove/", scans.scan_remove, name="scan_remove"),
    path("applications/<uuid:application_id>/slip/", applications.application_slip, name="application_slip"),
    path(
        "applications/<uuid:application_id>/slip/file/", case_papers.slip_file, name="application_slip_file"
    ),
    path(
        "applications/<uuid:application_id>/index/", case_papers.application_index, name="application_index"
    ),
    path(
        "applications/<uuid:application_id>/index/file/",
        case_papers.index_file,
        name="application_index_file",
    ),
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
    # Money
    path("budget/", budget.budget, name="budget"),
    path("budget/new/", budget.budget_line_new, name="budget_line_new"),
    path("budget/<uuid:line_id>/", budget.budget_line, name="budget_line"),
    path("budget/<uuid:line_id>/history/", budget.budget_line_history, name="budget_line_history"),
    path("budget/<uuid:line_id>/raise/", budget.budget_line_raise, name="budget_line_raise"),
    path("budget/<uuid:line_id>/appropriate/", budget.appropriation_new, name="appropriation_new"),
    path("batches/", batches.batch_list, name="batch_list"),
    path("batches/new/", batches.batch_new, name="batch_new"),
    path("batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path("batches/<uuid:batch_id>/history/", batches.batch_history, name="batch_history"),
    path("batches/<uuid:batch_id>/left-out/", batches.batch_left_out, name="batch_left_out"),
    path("batches/<uuid:batch_id>/answer/", batches.batch_answer, name="batch_answer"),
    path("batches/<uuid:batch_id>/files/<uuid:file_id>/", batches.batch_file, name="batch_file"),
    path("batches/<uuid:batch_id>/<slug:step>/", batches.batch_step, name="batch_step"),
    path("returns/", batches.return_list, name="return_list"),
]
