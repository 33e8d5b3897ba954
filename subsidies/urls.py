"""Pages of the app."""

from django.urls import path

from subsidies.views import (
    annual_reviews,
    appeal_terms,
    appeals,
    applications,
    awards,
    batches,
    budget,
    case_papers,
    confirmations,
    debts,
    decision_letters,
    explanations,
    grants,
    late,
    ledger,
    letters,
    notices,
    owed,
    policies,
    policy_drafts,
    premiums,
    programmes,
    recognitions,
    reviews,
    scans,
    sealed_lists,
    suspense,
    take_up,
    transfers,
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
    path("grants/<uuid:grant_id>/goods/", awards.goods_hand_out, name="goods_hand_out"),
    path("grants/<uuid:grant_id>/certificate/", awards.award_certificate, name="award_certificate"),
    path("grants/<uuid:grant_id>/<slug:change>/", grants.grant_switch, name="grant_switch"),
    # Awards, goods, honours
    path("awards/nominate/<uuid:person_id>/", awards.nomination_new, name="nomination_new"),
    path("goods/", awards.goods_list, name="goods_list"),
    path("goods/new/", awards.goods_new, name="goods_new"),
    path("goods/<uuid:item_id>/", awards.goods_item, name="goods_item"),
    path("goods/<uuid:item_id>/history/", awards.goods_item_history, name="goods_item_history"),
    path("honours/", recognitions.recognition_list, name="recognition_list"),
    path("honours/nominate/<uuid:person_id>/", recognitions.recognition_new, name="recognition_new"),
    path("honours/<uuid:recognition_id>/", recognitions.recognition, name="recognition"),
    path(
        "honours/<uuid:recognition_id>/history/", recognitions.recognition_history, name="recognition_history"
    ),
    path(
        "honours/<uuid:recognition_id>/certificate/",
        recognitions.recognition_certificate,
        name="recognition_certificate",
    ),
    path(
        "honours/<uuid:recognition_id>/<slug:step>/", recognitions.recognition_step, name="recognition_step"
    ),
    # Lists for other offices, priority letters
    path("lists/", sealed_lists.sealed_list_list, name="sealed_list_list"),
    path("lists/new/", sealed_lists.sealed_list_new, name="sealed_list_new"),
    path("lists/<uuid:list_id>/", sealed_lists.sealed_list, name="sealed_list"),
    path("lists/<uuid:list_id>/history/", sealed_lists.sealed_list_history, name="sealed_list_history"),
    path("lists/<uuid:list_id>/file/", sealed_lists.sealed_list_file, name="sealed_list_file"),
    path("lists/<uuid:list_id>/sheet/", sealed_lists.sealed_list_sheet, name="sealed_list_sheet"),
    path(
        "lists/<uuid:list_id>/supplement/", sealed_lists.sealed_list_supplement, name="sealed_list_supplement"
    ),
    path("lists/<uuid:list_id>/<slug:step>/", sealed_lists.sealed_list_step, name="sealed_list_step"),
    path("letters/", letters.letter_list, name="letter_list"),
    path("letters/<uuid:letter_id>/", letters.letter, name="letter"),
    path("letters/<uuid:letter_id>/history/", letters.letter_history, name="letter_history"),
    path("letters/<uuid:letter_id>/file/", letters.letter_file, name="letter_file"),
    path("letters/<uuid:letter_id>/withdraw/", letters.letter_withdraw, name="letter_withdraw"),
    path("letters/new/<uuid:person_id>/<slug:programme_code>/", letters.letter_new, name="letter_new"),
    # Letters and appeals
    path("decisions/", decision_letters.letter_list, name="decision_letter_list"),
    path("decisions/terms/", appeal_terms.terms_list, name="appeal_terms"),
    path("decisions/terms/new/", appeal_terms.terms_new, name="appeal_terms_new"),
    path("decisions/<uuid:letter_id>/", decision_letters.letter, name="decision_letter"),
    path("decisions/<uuid:letter_id>/file/", decision_letters.letter_file, name="decision_letter_file"),
    path(
        "decisions/<uuid:letter_id>/receipt/", decision_letters.letter_receipt, name="decision_letter_receipt"
    ),
    path(
        "decisions/<uuid:letter_id>/history/", decision_letters.letter_history, name="decision_letter_history"
    ),
    path(
        "decisions/<uuid:letter_id>/deliver/", decision_letters.letter_deliver, name="decision_letter_deliver"
    ),
    path("decisions/<uuid:letter_id>/appeal/", appeals.appeal_new, name="appeal_new"),
    path(
        "deliveries/<uuid:delivery_id>/take-back/",
        decision_letters.delivery_take_back,
        name="delivery_take_back",
    ),
    path("appeals/", appeals.appeal_list, name="appeal_list"),
    path("appeals/<uuid:appeal_id>/", appeals.appeal, name="appeal"),
    path("appeals/<uuid:appeal_id>/history/", appeals.appeal_history, name="appeal_history"),
    path("appeals/<uuid:appeal_id>/decide/", appeals.appeal_decide, name="appeal_decide"),
    path("appeals/<uuid:appeal_id>/<slug:step>/", appeals.appeal_step, name="appeal_step"),
    # Annual review
    path("annual-reviews/", annual_reviews.review_list, name="review_list"),
    path("annual-reviews/new/", annual_reviews.review_new, name="review_new"),
    path("annual-reviews/items/<uuid:item_id>/", annual_reviews.review_item, name="review_item"),
    path(
        "annual-reviews/items/<uuid:item_id>/history/",
        annual_reviews.review_item_history,
        name="review_item_history",
    ),
    path("annual-reviews/items/<uuid:item_id>/notice/", annual_reviews.review_notice, name="review_notice"),
    path(
        "annual-reviews/items/<uuid:item_id>/do/<slug:step>/",
        annual_reviews.review_item_step,
        name="review_item_step",
    ),
    path("annual-reviews/<uuid:round_id>/", annual_reviews.review, name="review"),
    path("annual-reviews/<uuid:round_id>/items/", annual_reviews.review_items, name="review_items"),
    path("annual-reviews/<uuid:round_id>/do/<slug:step>/", annual_reviews.review_do, name="review_do"),
    # Money
    path("budget/", budget.budget, name="budget"),
    path("budget/new/", budget.budget_line_new, name="budget_line_new"),
    path("budget/<uuid:line_id>/", budget.budget_line, name="budget_line"),
    path("budget/<uuid:line_id>/history/", budget.budget_line_history, name="budget_line_history"),
    path("budget/<uuid:line_id>/raise/", budget.budget_line_raise, name="budget_line_raise"),
    path("budget/<uuid:line_id>/appropriate/", budget.appropriation_new, name="appropriation_new"),
    path("budget/<uuid:line_id>/transfer/", transfers.transfer_new, name="transfer_new"),
    path("budget/transfers/", transfers.transfer_list, name="transfer_list"),
    path("budget/transfers/<uuid:change_id>/<slug:step>/", transfers.transfer_step, name="transfer_step"),
    path("budget/appropriations/<uuid:appropriation_id>/", ledger.appropriation, name="appropriation"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/close/", ledger.books_close, name="books_close"),
    path("ledger/entries/", ledger.entry_list, name="entry_list"),
    path("ledger/entries/<uuid:entry_id>/", ledger.entry, name="entry"),
    path("ledger/payments/<uuid:payment_id>/", ledger.payment, name="payment"),
    path("suspense/", suspense.suspense_list, name="suspense_list"),
    path("suspense/new/", suspense.suspense_new, name="suspense_new"),
    path("suspense/<uuid:item_id>/", suspense.suspense, name="suspense"),
    path("suspense/<uuid:item_id>/clear/", suspense.suspense_clear, name="suspense_clear"),
    path("suspense/<uuid:item_id>/history/", suspense.suspense_history, name="suspense_history"),
    path("batches/", batches.batch_list, name="batch_list"),
    path("batches/new/", batches.batch_new, name="batch_new"),
    path("batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path("batches/<uuid:batch_id>/history/", batches.batch_history, name="batch_history"),
    path("batches/<uuid:batch_id>/left-out/", batches.batch_left_out, name="batch_left_out"),
    path("batches/<uuid:batch_id>/answer/", batches.batch_answer, name="batch_answer"),
    path("batches/<uuid:batch_id>/files/<uuid:file_id>/", batches.batch_file, name="batch_file"),
    path(
        "batches/<uuid:batch_id>/premiums/transfer/", premiums.transfer_answer, name="premium_transfer_answer"
    ),
    path("batches/<uuid:batch_id>/premiums/fund/", premiums.fund_answer, name="premium_fund_answer"),
    path("batches/<uuid:batch_id>/premiums/refund/", premiums.refund_new, name="premium_refund_new"),
    path("funds/", premiums.fund_account_list, name="fund_account_list"),
    path("funds/new/", premiums.fund_account_new, name="fund_account_new"),
    path("funds/<uuid:account_id>/", premiums.fund_account, name="fund_account"),
    path("funds/<uuid:account_id>/history/", premiums.fund_account_history, name="fund_account_history"),
    path("funds/<uuid:account_id>/<slug:step>/", premiums.fund_account_step, name="fund_account_step"),
    path("batches/<uuid:batch_id>/<slug:step>/", batches.batch_step, name="batch_step"),
    path("returns/", batches.return_list, name="return_list"),
]
