"""The papers a family brings with an application: asked once, checked off at the counter."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from offices import clock
from subsidies.models.applications import Application
from subsidies.models.programmes import PolicyVersion
from subsidies.periods import row_on


class Document(models.TextChoices):
    """Kinds of papers. No programme asks for more than its own conditions need."""

    IDENTITY_CARD = "identity_card", _("Identity card")
    HOUSEHOLD_REGISTER = "household_register", _("Household register")
    BANK_BOOK = "bank_book", _("Bank card or passbook of the payee")
    ONLY_CHILD_CERTIFICATE = "only_child_certificate", _("Only-child certificate")
    DEATH_DOCUMENT = "death_document", _("Document of the child's death")
    DISABILITY_CARD = "disability_card", _("Disability card of the child")
    RETIREMENT_DOCUMENT = "retirement_document", _("Document of retirement or of being laid off")
    INSURANCE_BOOK = "insurance_book", _("Insurance or pension book")
    EXAMINATION_ENTRY = "examination_entry", _("Entry for the examination")


# Inferred from what the programmes' conditions need; a policy's parameter `documents` (codes with
# commas, dated like every parameter) says otherwise where a county asks otherwise.
_ALWAYS = (Document.IDENTITY_CARD, Document.HOUSEHOLD_REGISTER)
_BY_PROGRAMME: dict[str, tuple[Document, ...]] = {
    "NCJF": (Document.BANK_BOOK,),
    "TFSD": (Document.DEATH_DOCUMENT, Document.BANK_BOOK),
    "TFSC": (Document.DISABILITY_CARD, Document.BANK_BOOK),
    "DSJL": (Document.ONLY_CHILD_CERTIFICATE, Document.BANK_BOOK),
    "DSYL": (Document.ONLY_CHILD_CERTIFICATE, Document.RETIREMENT_DOCUMENT, Document.BANK_BOOK),
    "MXNH": (Document.INSURANCE_BOOK,),
    "MXNB": (Document.INSURANCE_BOOK,),
    "ZKJF": (Document.EXAMINATION_ENTRY,),
}


def required_documents(version: PolicyVersion, on: datetime.date | None = None) -> tuple[Document, ...]:
    """What an application of a day (None: today's) needs under a policy, in the order of the checklist."""
    stated = row_on(version.parameters.get("documents", ()), on or clock.today())
    if stated:
        return tuple(Document(code) for code in str(stated["value"]).split(","))
    return (*_ALWAYS, *_BY_PROGRAMME.get(version.programme_id, ()))


def papers_of(application: Application) -> tuple[Document, ...]:
    """What an application needs: the papers of the day on which it was entered."""
    return required_documents(application.policy_version, application.entered_on)


def names_of(codes: Iterable[str]) -> list[str]:
    """The documents' names in the reader's language; a code of former times is shown as it is."""
    known = dict(Document.choices)
    return [str(known.get(code, code)) for code in codes]
