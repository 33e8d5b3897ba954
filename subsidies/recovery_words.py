"""What the notice and the letters of a recovery say, in the words of an office that answers for them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices.templatetags.ui import money, yuan
from subsidies.case_papers import CasePaper, PaperTable
from subsidies.enums import LetterKind, RecoveryGround, RecoveryState
from subsidies.letter_text import LetterBody, LetterSection, LetterTable
from subsidies.letter_words import ways
from subsidies.models import Appeal, AppealTerms, Recovery, RecoveryLine
from subsidies.selectors.recoveries import lines_of


class Due(Protocol):
    """An instalment: until which day how many yuan."""

    @property
    def due_on(self) -> datetime.date: ...

    @property
    def amount(self) -> Decimal: ...


def recovery_body(*, recovery: Recovery, instalments: Sequence[Due], terms: AppealTerms) -> LetterBody:
    """The decision to recover: how much, why, by which law, the sum by period, when it is due, how to appeal."""
    grant = recovery.grant
    words = {"amount": yuan(recovery.amount), "programme": grant.programme.name}
    return LetterBody(
        title=f"{grant.programme.name}\n{LetterKind.RECOVERY.label}",
        opening=(_opening(recovery), _heard(recovery)),
        sections=(
            LetterSection(
                pgettext("letter", "Decision"),
                (
                    _("%(amount)s of %(programme)s are to be paid back.") % words,
                    _(
                        "This decision is in force once it has reached you and your time to appeal is over, or your appeal is decided. Nothing is to be paid before, unless you wish to."
                    ),
                    _(
                        "What is due to you further on is paid to you whole: nothing is set off against it and nothing is deducted."
                    ),
                ),
            ),
            LetterSection(
                _("Facts and reason"),
                (
                    f"{RecoveryGround(recovery.ground).label}：{recovery.facts}",
                    _("This rests on: %(document)s (%(day)s).")
                    % {"document": recovery.document, "day": _day(recovery.document_on)},
                    recovery.reasons,
                ),
            ),
            _law(recovery, terms),
            _arithmetic(lines_of(recovery)),
            _instalments(instalments, terms),
            ways(terms),
        ),
        closing=_("An appeal costs nothing here, and nobody is worse off for having appealed."),
    )


def recovery_changed_body(
    *, recovery: Recovery, appeal: Appeal, before: Decimal, terms: AppealTerms
) -> LetterBody:
    """The decision that carries out a successful appeal: withdrawn, or how much is left, and what goes back."""
    said = {
        "number": appeal.number,
        "day": _day(appeal.received_on),
        "letter": appeal.letter.number,
        "before": yuan(before),
        "amount": yuan(recovery.due_amount),
        "excess": yuan(recovery.excess_amount),
    }
    decision = [_("The decision %(letter)s is set aside: nothing is to be paid back by it.") % said]
    tables: tuple[LetterSection, ...] = ()
    if recovery.state != RecoveryState.WITHDRAWN:
        decision = [_("Instead of %(before)s, %(amount)s are to be paid back in all.") % said]
        tables = (_arithmetic(lines_of(recovery)),)
    if recovery.excess_amount:
        decision.append(_("%(excess)s that you have paid too much are paid back to you.") % said)
    return LetterBody(
        title=f"{recovery.grant.programme.name}\n{_('Decision to change a recovery')}",
        opening=(
            _(
                "The appeal %(number)s of %(day)s against %(letter)s was successful. We carry it out and decide:"
            )
            % said,
        ),
        sections=(
            LetterSection(pgettext("letter", "Decision"), tuple(decision)),
            LetterSection(_("Facts and reason"), (appeal.reasons,)),
            _law(recovery, terms),
            *tables,
            ways(terms),
        ),
        closing=_("An appeal costs nothing here, and nobody is worse off for having appealed."),
    )


def notice_paper(
    recovery: Recovery,
    lines: Sequence[RecoveryLine],
    *,
    terms: AppealTerms,
    village: str,
    issuer: str,
    on: datetime.date,
) -> CasePaper:
    """The notice that the family gets first: what is held against it, and until when it may speak (告知书)."""
    return CasePaper(
        title=_("Notice before a decision to recover"),
        issuer=issuer,
        issued_on=on,
        addressee=f"{recovery.debtor_name}（{village}）",
        opening=(
            _("Number: %(number)s") % {"number": recovery.number},
            _opening(recovery),
            f"{RecoveryGround(recovery.ground).label}：{recovery.facts}",
            _("This rests on: %(document)s (%(day)s).")
            % {"document": recovery.document, "day": _day(recovery.document_on)},
            _("%(amount)s might have to be paid back:") % {"amount": yuan(recovery.amount)},
        ),
        table=PaperTable(
            (_("Period"), _("Paid on"), _("Paid (yuan)"), _("To be paid back (yuan)")),
            (28, 24, 24, 24),
            tuple(_row(line) for line in lines),
        ),
        closing=(
            _(
                "Nothing is decided yet. Within %(days)s days of receiving this notice you may say what you think of it and bring your papers, at any service counter, by word or in writing; somebody else than who proposed it decides afterwards."
            )
            % {"days": terms.hearing_days},
            _(
                "What is due to you is paid to you whole meanwhile. Speaking for yourself never makes it worse for you."
            ),
        ),
    )


def _opening(recovery: Recovery) -> str:
    grant = recovery.grant
    return _("%(programme)s has been granted to %(name)s since %(day)s (file number %(number)s).") % {
        "programme": grant.programme.name,
        "name": grant.person.name,
        "day": _day(grant.from_on),
        "number": grant.application.file_number,
    }


def _heard(recovery: Recovery) -> str:
    told, heard = cast(datetime.date, recovery.notified_on), cast(datetime.date, recovery.heard_on)
    if recovery.is_silent:
        return _(
            "On %(told)s we told you what we found; until %(until)s you did not speak about it. We decide:"
        ) % {
            "told": _day(told),
            "until": _day(cast(datetime.date, recovery.heard_until)),
        }
    return _("On %(told)s we told you what we found. On %(heard)s you said: “%(words)s”. We decide:") % {
        "told": _day(told),
        "heard": _day(heard),
        "words": recovery.statement,
    }


def _law(recovery: Recovery, terms: AppealTerms) -> LetterSection:
    version = recovery.grant.policy_version
    number = f"（{version.basis_number}）" if version.basis_number else ""
    return LetterSection(
        _("Law"),
        (
            _("We decide under “%(title)s”%(number)s.") % {"title": version.basis_title, "number": number},
            _("Money paid on false documents or twice is recovered under %(basis)s.")
            % {"basis": terms.recovery_basis},
        ),
    )


def _arithmetic(lines: Sequence[RecoveryLine]) -> LetterSection:
    paid = sum((line.payment.amount for line in lines), Decimal())
    back = sum((line.amount for line in lines), Decimal())
    return LetterSection(
        _("How the amount comes about"),
        (_("By period:"),),
        LetterTable(
            title=_("To be paid back, by period"),
            columns=(_("Period"), _("Paid on"), _("Paid"), _("Rightly paid"), _("To be paid back")),
            rows=tuple(
                (
                    line.payment.batch.period,
                    _row(line)[1],
                    money(line.payment.amount),
                    money(line.payment.amount - line.amount),
                    money(line.amount),
                )
                for line in lines
            ),
            figures=(2, 3, 4),
            unit=_("Unit: yuan"),
            total=(_("Together"), "", money(paid), money(paid - back), money(back)),
        ),
    )


def _instalments(instalments: Sequence[Due], terms: AppealTerms) -> LetterSection:
    later = _(
        "Instalments can be agreed, or agreed anew, at the township's counter; in hardship the county can waive what is left."
    )
    if not instalments:
        return LetterSection(
            _("When it is to be paid back"),
            (
                _("Within %(days)d days after this decision is in force.") % {"days": terms.repayment_days},
                later,
            ),
        )
    return LetterSection(
        _("When it is to be paid back"),
        (_("As agreed with you, in instalments:"), later),
        LetterTable(
            title=_("Instalments"),
            columns=(_("No."), pgettext("recovery", "Due on"), _("Amount")),
            rows=tuple(
                (str(place), _day(one.due_on), money(one.amount))
                for place, one in enumerate(instalments, start=1)
            ),
            figures=(2,),
            unit=_("Unit: yuan"),
            total=(_("Together"), "", money(sum((one.amount for one in instalments), Decimal()))),
        ),
    )


def _row(line: RecoveryLine) -> tuple[str, str, str, str]:
    payment = line.payment
    return (
        payment.batch.period,
        payment.paid_on.isoformat() if payment.paid_on else "",
        money(payment.amount),
        money(line.amount),
    )


def _day(day: datetime.date) -> str:
    return str(date_format(day, "DATE_FORMAT"))
