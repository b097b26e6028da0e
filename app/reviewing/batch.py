"""Several cases decided together: what it would do, and doing it in one write: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.reviewing import decide, people
from app.services import Services
from moderation import turns
from moderation.cases import batches, claims, decisions, exclusions, foreseeing
from moderation.cases.foreseeing import Foreseen
from moderation.cases.tables import CaseRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.errors import BatchError, ConflictError, ExcludedError, RefusedError
from moderation.quality import answering
from moderation.values import Action


@dataclass(frozen=True, slots=True)
class Chosen:
    """A ticked case, as it was read."""

    case_id: int
    version: int | None
    author_decision: int | None = None
    """The newest decision about its author that was seen, 0 for none; None where that doesn't matter."""


Fitted = Callable[[Session, CaseRow, DecisionRequest], DecisionRequest]
"""The request for one case: what keeping means there, and the reason in its author's language."""


def foresee(
    services: Services,
    session: Session,
    account: AccountRow,
    chosen: Sequence[Chosen],
    request: DecisionRequest,
    fitted: Fitted,
) -> list[Foreseen]:
    """What would be done to each. Raises ForbiddenError, and BatchError for one that isn't for them or doesn't go with
    the others."""
    by, now = people.require(account, people.WORK), services.clock.now()
    found = []
    for each in chosen:
        try:
            exclusions.require(session, each.case_id, by, now)
            case = _fitting(session, each, request.action)
            found.append(foreseeing.foresee(session, case.id, fitted(session, case, request), now))
        except (ConflictError, RefusedError, ExcludedError) as error:
            raise BatchError(each.case_id, error) from error
    return found


def decide_all(
    services: Services, account: AccountRow, chosen: Sequence[Chosen], request: DecisionRequest, fitted: Fitted
) -> list[Decided]:
    """Decide them. Raises ForbiddenError, and BatchError where one couldn't be: then nothing was done."""
    by, now = people.require_for(account, request), services.clock.now()
    done: list[Decided] = []
    with services.db.write() as session:
        turns.take(session)
        for each in chosen:
            try:
                case = _fitting(session, each, request.action)
                decide.require_lead_where_two_differ(session, account, case.id)
                fitting = fitted(session, case, request)
                wanted = replace(fitting, version=each.version, author_decision=each.author_decision)
                decided = decisions.decide(session, case.id, wanted, by, now)
            except (ConflictError, RefusedError, ExcludedError) as error:
                raise BatchError(each.case_id, error) from error
            people.require_outranks(session, account, decided.effects)
            decide.carry_out(services, session, decided)
            done.append(decided)
        batches.bind(session, [each.decision.id for each in done])
    return done


def _fitting(session: Session, each: Chosen, action: Action) -> CaseRow:
    answering.require_plain(session, each.case_id)
    case = claims.find(session, each.case_id)
    batches.require_fitting(session, case, action)
    if each.version is not None and each.version != case.version:
        raise claims.stale(case)
    return case
