"""The acts on the register of debts and on late knowledge, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "subsidies.record_deed": _("Recorded what was done about a benefit owed"),
    "subsidies.decline_debt": _("Recorded that a family declined a benefit"),
    "subsidies.reopen_debt": _("Recorded that a family asks for a benefit it had declined"),
    "subsidies.take_back_deed": _("Took back an entry of the register of debts"),
    "subsidies.decide_late": _("Decided about something that became known late"),
}
