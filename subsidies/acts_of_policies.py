"""Acts on drafts of policies, in the words of the audit trail."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "subsidies.enter_programme": _("Entered a new programme"),
    "subsidies.correct_programme": _("Corrected what a new programme is"),
    "subsidies.start_policy": _("Began a draft of a policy"),
    "subsidies.change_policy_draft": _("Changed a draft of a policy"),
    "subsidies.discard_policy": _("Discarded a draft of a policy"),
    "subsidies.simulate_policy": _("Simulated a draft of a policy"),
    "subsidies.submit_policy": _("Submitted a policy for approval"),
    "subsidies.send_policy_back": _("Made a submitted policy a draft again"),
}
