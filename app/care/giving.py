"""What the review may do for people: send care, offer a quiet day. Either closes the case, and counts for nothing."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.care import helplines, letters
from app.care.tables import LetterKind, LetterRow
from app.errors import InvalidError
from app.reviewing import decide, people
from app.services import Services
from moderation.cases import claims, decisions
from moderation.cases.tables import CaseRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.pile_ons import LABEL as PILE_ON
from moderation.quality import answering
from moderation.values import Action, CaseOrigin

SELF_HARM = "self_harm"


def can_be_cared_for(case: CaseRow) -> bool:
    """Whether a case is about a member who may need somebody."""
    return case.local and (case.origin is CaseOrigin.CARE or case.label == SELF_HARM)


def send_care(services: Services, account: AccountRow, case_id: int, country: str) -> Decided:
    """A letter with helplines, from the house to whom the case is about; nothing happens to what they wrote.

    `country` is a code, empty for the directory of all countries. Raises InvalidError, and what deciding raises.
    """
    if country and not helplines.of(country):
        raise InvalidError("No helpline of this country is known here", code="country_unknown")
    return _write(services, account, case_id, LetterKind.CARE, {"country": country}, f"care sent {country}".strip())


def offer_quiet(services: Services, account: AccountRow, case_id: int) -> Decided:
    """Ask the target of a pile-on whether strangers shall be kept from her; nothing happens until she says yes."""
    return _write(services, account, case_id, LetterKind.QUIET, {}, "a quiet day offered")


def _write(
    services: Services, account: AccountRow, case_id: int, kind: LetterKind, payload: dict[str, str], note: str
) -> Decided:
    request = DecisionRequest(Action.NO_ACTION, note=note)
    by, now = people.require_for(account, request), services.clock.now()
    with services.db.write() as session:
        answering.require_plain(session, case_id)
        case = claims.find(session, case_id)
        if not can_be_cared_for(case) or (kind is LetterKind.QUIET and case.label != PILE_ON):
            raise InvalidError("This case isn't about a member who may need somebody", code="nobody_to_care_for")
        decided = decisions.decide(session, case_id, request, by, now)
        letters.send(services, session, _member(session, case.author_uri), kind, payload, case_id)
        decide.carry_out(services, session, decided)
    return decided


def _member(session: Session, uri: str) -> AccountRow:
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == uri, ActorRow.local))
    if actor is None or actor.deleted_at is not None:
        raise InvalidError("They aren't here any more", code="gone")
    return lookup.account(session, actor.id)


def sent(session: Session, case_id: int) -> list[LetterRow]:
    """The letters that a case has led to, oldest first."""
    return list(session.scalars(select(LetterRow).where(LetterRow.case_id == case_id).order_by(LetterRow.id)))
