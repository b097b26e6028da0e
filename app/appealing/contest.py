"""Filing appeals and writing about them: for the author of what was decided, and for who reported it."""

from __future__ import annotations

from collections.abc import Mapping

from app.accounts.tables import AccountRow
from app.appealing import crew, outside, readers
from app.enforcement import enact
from app.errors import NotFoundError
from app.reviewing import people
from app.services import Services
from app.stores.budgets import REPORTS, Budgets
from moderation import turns
from moderation.appeals import contesting, reading, talking
from moderation.appeals.tables import Party
from moderation.appeals.values import Appeal
from moderation.cases.tables import DecisionRow
from moderation.reports.tables import ReportRow


def by_author(services: Services, account: AccountRow, decision_id: int, text: str) -> Appeal:
    """Contest a decision against oneself. Raises NotFoundError, AppealRefusedError, RateLimitedError."""
    return file(services, account.actor.uri, decision_id, Party.AUTHOR, text, None)


def by_reporter(services: Services, account: AccountRow, report_id: int, text: str) -> Appeal:
    """Contest that nothing was done about one's report. Raises NotFoundError, AppealRefusedError, RateLimitedError."""
    with services.db.read() as session:
        report = session.get(ReportRow, report_id)
        if report is None or report.reporter_uri != account.actor.uri:
            raise NotFoundError
        decision = contesting.decision_on(session, report)
    if decision is None:
        raise NotFoundError
    return file(services, account.actor.uri, decision.id, Party.REPORTER, text, report_id)


def say(services: Services, account: AccountRow, appeal_id: int, text: str) -> None:
    """Write to the moderators about one's appeal. Raises NotFoundError, AppealRefusedError, RateLimitedError."""
    say_as(services, account.actor.uri, appeal_id, text)


def say_as(services: Services, uri: str, appeal_id: int, text: str) -> None:
    """The same, for whoever is known to be the one of that name."""
    _spend(services, uri)
    with services.db.write() as session:
        turns.take(session)
        if reading.find(session, appeal_id).uri != uri:
            raise NotFoundError
        talking.write(session, appeal_id, text, services.clock.now())


def reply(services: Services, moderator: AccountRow, appeal_id: int, text: str) -> None:
    """Write to who contests, as the moderators. Raises ForbiddenError, ExcludedError, AppealRefusedError."""
    by = people.require(moderator, people.WORK)
    with services.db.write() as session:
        effects = talking.write(session, appeal_id, text, services.clock.now(), moderator=by)
        enact.enact(services, session, effects)


def file(
    services: Services,
    uri: str,
    decision_id: int,
    by: Party,
    text: str,
    report_id: int | None,
    *,
    kept_out: Mapping[str, str] | None = None,
) -> Appeal:
    """File the appeal of whoever is known to be the one of that name; `kept_out` may not judge it besides the parties.

    Raises NotFoundError, AppealRefusedError, RateLimitedError.
    """
    _spend(services, uri)
    with services.db.write() as session:
        decision = session.get(DecisionRow, decision_id)
        if decision is None:
            raise NotFoundError
        reader = readers.reader(session)
        appeal = contesting.contest(
            session,
            decision_id,
            by,
            uri,
            text,
            services.clock.now(),
            crew=crew.of(session, decision, services.clock.now()),
            kept_out={**crew.parties(session, (uri, decision.author_uri)), **(kept_out or {})},
            outside=reader is not None,
            report_id=report_id,
        )
        if appeal.outside_at is not None and reader is not None:
            outside.ask(services, session, reader, appeal)
    return appeal


def _spend(services: Services, uri: str) -> None:
    """Whoever files may be the one who was suspended for flooding."""
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(REPORTS, uri)
