"""What letters of decision say, kind by kind, in the words of an office that answers for them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, cast

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from offices import clock
from offices.templatetags.ui import yuan
from subsidies.enums import AppealKind, AppealResult, Frequency, LetterKind, ProgrammeKind, StopReason
from subsidies.letter_text import LetterBody, LetterSection, LetterTable
from subsidies.models import Appeal, AppealTerms, Application, DecisionLetter, Grant
from subsidies.periods import amount_for, read_period
from subsidies.selectors.grant_amounts import amounts_of
from subsidies.selectors.stop_rules import stop_rule_on

ONE_DAY = datetime.timedelta(days=1)


def granted_body(
    *, application: Application, grant: Grant, said: dict[str, Any] | None, terms: AppealTerms
) -> LetterBody:
    """The decision to grant: what, from when, how much and why."""
    programme = application.programme
    if programme.kind == ProgrammeKind.CASH:
        money = _("The money is paid to the payee's own account; nothing is deducted from it.")
    else:
        money = _("It is provided as the policy of the programme says; nothing is deducted from it.")
    return LetterBody(
        title=_title(application, LetterKind.GRANTED),
        opening=(_applied(application),),
        sections=(
            LetterSection(
                pgettext("letter", "Decision"),
                (
                    _("%(programme)s is granted to you from %(day)s on: %(amount)s.")
                    % {
                        "programme": programme.name,
                        "day": _day(grant.from_on),
                        "amount": _rate(grant),
                    },
                    money,
                ),
            ),
            _facts(application, said, _("You meet the conditions of the programme. These facts were found:")),
            _basis(application, said),
            *_arithmetic(said),
            LetterSection(
                _("What you should know"),
                (
                    _(
                        "Please tell any service counter within thirty days when something changes on which the benefit rests. What was lawfully paid is never taken back."
                    ),
                ),
            ),
            ways(terms),
        ),
        closing=_closing(),
    )


def refused_body(*, application: Application, said: dict[str, Any] | None, terms: AppealTerms) -> LetterBody:
    """The decision not to grant: the reason, condition by condition, and what would change it."""
    facts = _facts(application, said, _("The reason is: %(reason)s") % {"reason": application.refusal_reason})
    again = [_("You may apply again on any day, with new papers or when something has changed.")]
    again += [str(line) for line in (said or {}).get("changes", ())]
    return LetterBody(
        title=_title(application, LetterKind.REFUSED),
        opening=(_applied(application),),
        sections=(
            LetterSection(
                pgettext("letter", "Decision"),
                (_("%(programme)s is not granted to you.") % {"programme": application.programme.name},),
            ),
            facts,
            _basis(application, said),
            LetterSection(_("Applying again"), tuple(again)),
            ways(terms),
        ),
        closing=_closing(),
    )


def stopped_body(*, grant: Grant, terms: AppealTerms) -> LetterBody:
    """The decision to stop payments: why, until when it is paid, and what that makes."""
    to_on, event_on = cast(datetime.date, grant.to_on), cast(datetime.date, grant.event_on)
    application = grant.application
    programme = application.programme
    reasons = {
        StopReason.DIED: _("%(name)s died on %(day)s."),
        StopReason.MOVED: _("%(name)s moved away on %(day)s."),
        StopReason.CONDITIONS_CHANGED: _(
            "Since %(day)s a condition of the programme has no longer been met."
        ),
        StopReason.OTHER: _("A reason that arose on %(day)s ends the benefit."),
    }
    why = reasons[StopReason(grant.stop_reason)] % {
        "name": grant.person.name,
        "day": _day(event_on),
    }
    return LetterBody(
        title=_title(application, LetterKind.STOPPED),
        opening=(
            _("%(programme)s has been granted since %(day)s (file number %(number)s). We decide:")
            % {
                "programme": programme.name,
                "day": _day(grant.from_on),
                "number": application.file_number,
            },
        ),
        sections=(
            LetterSection(
                pgettext("letter", "Decision"),
                (
                    _(
                        "Payments end with %(day)s. What was lawfully paid until then stays paid and is never taken back."
                    )
                    % {"day": _day(max(to_on - ONE_DAY, grant.from_on))},
                ),
            ),
            LetterSection(_("Facts and reason"), (why,)),
            LetterSection(
                _("Law"),
                (
                    _basis_words(application),
                    _("The programme's rule for the end of a benefit: %(rule)s.")
                    % {"rule": stop_rule_on(programme, event_on).label},
                ),
            ),
            *_last_amount(grant),
            ways(terms),
        ),
        closing=_closing(),
    )


def changed_body(
    *, grant: Grant, appeal: Appeal, before: tuple[str, ...], table: LetterTable | None, terms: AppealTerms
) -> LetterBody:
    """The decision that carries out a successful appeal: what held, what holds now, and the arrears."""
    application = grant.application
    arrears: tuple[LetterSection, ...] = ()
    if table is not None:
        arrears = (
            LetterSection(
                _("Arrears"),
                (_("What was paid too little is added to your next payment:"),),
                table,
            ),
        )
    return LetterBody(
        title=_title(application, LetterKind.CHANGED),
        opening=(
            _(
                "The appeal %(number)s of %(day)s against %(letter)s was successful. We carry it out and decide:"
            )
            % {
                "number": appeal.number,
                "day": _day(appeal.received_on),
                "letter": appeal.letter.number,
            },
        ),
        sections=(
            LetterSection(
                pgettext("letter", "Decision"),
                (
                    _("%(programme)s is granted to you from %(day)s on: %(amount)s.")
                    % {
                        "programme": application.programme.name,
                        "day": _day(grant.from_on),
                        "amount": _rate(grant),
                    },
                    *before,
                ),
            ),
            LetterSection(_("Facts and reason"), (appeal.reasons,)),
            LetterSection(_("Law"), (_basis_words(application),)),
            *arrears,
            ways(terms),
        ),
        closing=_closing(),
    )


def outcome_body(*, appeal: Appeal, terms: AppealTerms) -> LetterBody:
    """The answer to an appeal: what the family said, what is decided, why."""
    letter = appeal.letter
    said = {
        "day": _day(appeal.received_on),
        "kind": str(AppealKind(appeal.kind).label),
        "letter": letter.number,
        "number": appeal.number,
    }
    results = {
        AppealResult.STANDS: _("The decision %(letter)s stands.") % said,
        AppealResult.CHANGED: _("The decision %(letter)s is changed as you asked.") % said,
        AppealResult.SENT_BACK: _("The decision %(letter)s is set aside; the case is decided anew by others.")
        % said,
        "": _("The appeal is not accepted; nothing else changes for you.") % said,
    }
    decision = [results[appeal.result]]
    if appeal.result and letter.kind == LetterKind.RECOVERY:
        decision = recovery_outcome(appeal)
    elif appeal.result == AppealResult.CHANGED and appeal.remedy_amount is not None and appeal.remedy_from_on:
        decision.append(
            _("%(amount)s a year from %(day)s on; what is lacking is paid with the next payment.")
            % {"amount": yuan(appeal.remedy_amount), "day": _day(appeal.remedy_from_on)}
        )
    elif appeal.result == AppealResult.CHANGED:
        decision.append(_("Payments go on as before; what was held back is paid with the next payments."))
    grounds = [_("You said: %(grounds)s") % {"grounds": appeal.grounds}, appeal.reasons]
    if appeal.document:
        grounds.append(_("This follows from %(document)s.") % {"document": appeal.document})
    return LetterBody(
        title=_title(appeal.application, LetterKind.OUTCOME),
        opening=(
            _("On %(day)s you appealed (%(kind)s, %(number)s) against the decision %(letter)s.") % said,
            _("We have examined it anew, by somebody who had not acted on the case, and answer:")
            if appeal.kind == AppealKind.REVIEW
            else _("It has been decided; we tell you what came of it:"),
        ),
        sections=(
            LetterSection(pgettext("letter", "Decision"), tuple(decision)),
            LetterSection(_("Facts and reason"), tuple(grounds)),
            LetterSection(_("Law"), (_basis_words(appeal.application),)),
            ways(
                terms,
                is_after_review=appeal.kind == AppealKind.REVIEW,
                is_last=appeal.kind != AppealKind.REVIEW,
            ),
        ),
        closing=_closing(),
    )


def recovery_outcome(appeal: Appeal) -> list[str]:
    """What came of an appeal against a decision to recover."""
    said = {"letter": appeal.letter.number, "amount": yuan(appeal.remedy_amount or 0)}
    if appeal.result == AppealResult.STANDS:
        return [_("The decision %(letter)s stands.") % said]
    if appeal.result == AppealResult.CHANGED and appeal.remedy_amount:
        return [
            _("The decision %(letter)s is changed: %(amount)s are to be paid back in all.") % said,
            _("What you have paid beyond that is paid back to you."),
        ]
    return [
        _("The decision %(letter)s is set aside: nothing is to be paid back by it.") % said,
        _("What you have paid is paid back to you."),
    ]


def ways(terms: AppealTerms, *, is_after_review: bool = False, is_last: bool = False) -> LetterSection:
    """How and where to appeal, with the days of the terms."""
    said = {
        "review": terms.review_days,
        "answer": terms.review_decision_days,
        "reconsideration": terms.reconsideration_days,
        "after": terms.court_after_days,
        "months": terms.court_months,
        "body": _with_address(terms.reconsideration_body, terms.reconsideration_address),
        "court": _with_address(terms.court_name, terms.court_address),
    }
    reconsideration = _(
        "Within %(reconsideration)d days of receiving this letter you may apply to %(body)s for administrative reconsideration; against its decision you may go to court within %(after)d days of receiving it."
    )
    court = _("Or you may go directly to %(court)s within %(months)d months of receiving this letter.")
    review = _(
        "You may also ask this office, at any service counter or by letter, within %(review)d days to review the decision; it answers within %(answer)d days. A review takes neither of the other ways from you, and does not lengthen their time."
    )
    if is_last:
        sentences = [
            _(
                "Against a decision of reconsideration you may go to %(court)s within %(after)d days of receiving it; what a judgment says of an appeal stands in the judgment."
            )
        ]
    elif is_after_review:
        sentences = [reconsideration, court]
    else:
        sentences = [reconsideration, court, review]
    return LetterSection(
        _("If you do not agree"),
        tuple(sentence % said for sentence in sentences),
    )


def _closing() -> str:
    return _("An appeal costs nothing here, and nobody is worse off for having appealed.")


def _with_address(name: str, address: str) -> str:
    return _("%(name)s (%(address)s)") % {"name": name, "address": address} if address else name


def _title(application: Application, kind: LetterKind) -> str:
    return f"{application.programme.name}\n{kind.label}"


def _applied(application: Application) -> str:
    return _(
        "On %(day)s you applied for %(programme)s (file number %(number)s). We have examined it and decide:"
    ) % {
        "day": _day(application.entered_on),
        "programme": application.programme.name,
        "number": application.file_number,
    }


def _day(day: datetime.date) -> str:
    return str(date_format(day, "DATE_FORMAT"))


def _rate(grant: Grant) -> str:
    if grant.programme.frequency == Frequency.ONCE:
        return _("%(amount)s, once") % {"amount": yuan(grant.annual_amount)}
    annual_amount = amounts_of(grant).on(clock.today())
    if not annual_amount:
        return _("without money")
    return _("%(amount)s a year") % {"amount": yuan(annual_amount)}


def _facts(application: Application, said: dict[str, Any] | None, lead: str) -> LetterSection:
    if said is None:
        return LetterSection(_("Facts and reason"), (lead,))
    return LetterSection(
        _("Facts and reason"),
        (lead,),
        LetterTable(
            title=_("Condition by condition, as of %(day)s")
            % {"day": _day(datetime.date.fromisoformat(said["as_of"]))},
            columns=(_("Condition"), _("Result"), _("Facts found, with their source")),
            rows=tuple(_clauses(said)),
        ),
    )


def _clauses(said: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    words = {True: _("Met"), False: _("Not met"), None: _("Not known")}
    for clause in said["explanation"]["clauses"]:
        if clause["code"] in said["asked_when_applying"]:
            yield clause["text"], _("examined with the application"), "—"
            continue
        facts = "；".join(f"{fact['name']}：{fact['value']}（{fact['source']}）" for fact in clause["facts"])
        yield clause["text"], words[clause["result"]], facts or "—"


def _basis(application: Application, said: dict[str, Any] | None) -> LetterSection:
    sentences = [_basis_words(application)]
    if said is not None:
        sentences.append(
            _("Policy version: %(version)s. The reckoning is kept under number %(number)s.")
            % {"version": said["explanation"]["policy_version"].replace(" ", "-"), "number": said["receipt"]}
        )
    return LetterSection(_("Law"), tuple(sentences))


def _basis_words(application: Application) -> str:
    version = application.policy_version
    number = f"（{version.basis_number}）" if version.basis_number else ""
    return _("We decide under “%(title)s”%(number)s.") % {"title": version.basis_title, "number": number}


def _arithmetic(said: dict[str, Any] | None) -> Iterator[LetterSection]:
    lines = (said or {}).get("arithmetic")
    if lines:
        yield LetterSection(_("How the amount comes about"), tuple(str(line) for line in lines))


def _last_amount(grant: Grant) -> Iterator[LetterSection]:
    """What the last year or month makes, where the grant is paid by the year and ends within it."""
    to_on = cast(datetime.date, grant.to_on)
    last = max(to_on - ONE_DAY, grant.from_on)
    if grant.programme.frequency != Frequency.YEARLY or to_on <= grant.from_on:
        return
    period = read_period(str(last.year), Frequency.YEARLY)
    annual_amount = amounts_of(grant).on(period.from_on)
    if not annual_amount:
        return
    amount = amount_for(annual_amount=annual_amount, frequency=Frequency.YEARLY, period=period, ends_on=to_on)
    months = 12 if to_on >= period.to_on else last.month
    yield LetterSection(
        _("How the amount comes about"),
        (
            _(
                "For %(year)d: %(annual)s ÷ 12 × %(months)d = %(amount)s. What of it is not paid yet is paid with the next payment."
            )
            % {
                "year": last.year,
                "annual": yuan(annual_amount),
                "months": months,
                "amount": yuan(amount),
            },
        ),
    )


def verifiable_title(letter: DecisionLetter) -> str:
    """What the public page calls a letter: its kind and number, no person and no programme."""
    return f"{LetterKind(letter.kind).label} {letter.number}"
