"""What is asked when somebody applies; the register says nothing about it, and no sweep counts it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from subsidies.documents import Document
from subsidies.enums import ProgrammeKind
from subsidies.predicates.base import ApplicationPredicate, Codes, listed, predicate


@predicate
class DocumentsShown(ApplicationPredicate):
    """The documents that the counter asks for; what is missing is named once, all at once."""

    code = "documents_shown"
    parameters = {"documents": Codes(tuple(Document.values))}
    documents: tuple[str, ...]

    def sentence(self) -> str:
        return _("Shown when applying: %(documents)s") % {
            "documents": listed(Document(code).label for code in self.documents)
        }


@predicate
class DeclarationMade(ApplicationPredicate):
    """The applicant's declaration that the programme's other statutory conditions are met.

    Shipped policies do not ask for it; a county that must can switch it on in a version of its own.
    """

    code = "declaration_made"

    def sentence(self) -> str:
        return _("The applicant declares that the programme's other statutory conditions are met")


@predicate
class ChosenByNomination(ApplicationPredicate):
    """An award by selection: nominated, compared and posted; the register says nobody is entitled to it."""

    code = "chosen_by_nomination"
    kinds = frozenset({ProgrammeKind.AWARD})

    def sentence(self) -> str:
        return _("Nominated in the village or community, chosen by comparison, and posted before it is given")
