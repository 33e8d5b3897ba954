"""The acts on applications, notices and grants, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "subsidies.nominate_family": _("Nominated a family for an award"),
    "subsidies.nominate_person": _("Nominated a person for an honour"),
    "subsidies.confirm_recognition": _("Confirmed an honour"),
    "subsidies.reject_recognition": _("Did not confirm an honour"),
    "subsidies.add_goods": _("Entered a kind of goods"),
    "subsidies.goods_received": _("Booked goods that came in"),
    "subsidies.goods_lost": _("Booked goods that were damaged or missing"),
    "subsidies.goods_handed_out": _("Handed goods out against signature"),
    "subsidies.freeze_list": _("Froze a list for another office"),
    "subsidies.seal_list": _("Sealed a list for another office"),
    "subsidies.send_list": _("Handed a list to another office"),
    "subsidies.discard_list": _("Discarded a list for another office"),
    "subsidies.take_list_file": _("Took the file of a list"),
    "subsidies.issue_letter": _("Issued a priority letter"),
    "subsidies.withdraw_letter": _("Withdrew a priority letter"),
    "subsidies.enter_application": _("Entered an application"),
    "subsidies.name_missing_documents": _("Named the papers that are missing"),
    "subsidies.complete_documents": _("Took in the papers that were missing"),
    "subsidies.take_scans": _("Took in a scanned paper"),
    "subsidies.remove_scan": _("Removed a scanned paper"),
    "subsidies.withdraw_application": _("Recorded that the family withdrew"),
    "subsidies.review_in_village": _("Recorded the village review"),
    "subsidies.review_in_township": _("Passed the township review"),
    "subsidies.review_in_county": _("Passed the first county review"),
    "subsidies.confirm_application": _("Confirmed the application"),
    "subsidies.refuse_application": _("Refused the application"),
    "subsidies.keep_explanation": _("Gave an explanation of an entitlement"),
    "subsidies.post_notice": _("Put up a public notice"),
    "subsidies.record_objection": _("Recorded an objection to a notice"),
    "subsidies.answer_objection": _("Answered an objection"),
    "subsidies.grant_benefit": _("Granted the benefit"),
    "subsidies.set_band": _("Set how many reviewers confirm from an amount on"),
    "subsidies.end_band": _("Ended a band of confirmations"),
    "subsidies.raise_overdue": _("Raised what was overdue to the next level"),
    "subsidies.stop_grant": _("Stopped a grant"),
    "subsidies.suspend_grant": _("Suspended a grant"),
    "subsidies.resume_grant": _("Resumed a grant"),
    "subsidies.change_bundle": _("Changed which programmes a bundle names"),
}
