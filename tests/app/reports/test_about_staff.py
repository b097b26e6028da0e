"""A report about somebody who moderates never reaches them, nor names its reporter to them."""

from __future__ import annotations

import pytest

from app.accounts.tables import AccountRow, Role
from app.reports import file as reports
from app.reports import staff
from app.reports.file import FileReport
from app.reports.staff import Reader
from app.reviewing.people import has_others
from app.services import Services
from moderation.cases import claims, exclusions, queue
from moderation.cases.values import CaseQuery
from moderation.errors import ExcludedError
from tests.app import people


@pytest.fixture
def ada(services: Services) -> AccountRow:
    """Who moderates, and is reported."""
    return people.member(services, "ada", Role.ADMIN)


@pytest.fixture
def ben(services: Services) -> AccountRow:
    """Who reports."""
    return people.member(services, "ben")


def test_a_case_about_who_moderates_is_in_everybodys_queue_but_theirs(
    services: Services, ada: AccountRow, ben: AccountRow
) -> None:
    report = reports.file(services, ben.actor, FileReport(ada.id, comment="She bullies."))
    now = services.clock.now()
    with services.db.read() as session:
        theirs = queue.list_cases(session, CaseQuery(reader="ada"), now).items
        others = queue.list_cases(session, CaseQuery(reader="mia"), now).items
    assert [case.id for case in others] == [report.case_id] and theirs == ()


def test_they_can_neither_claim_it_nor_read_its_history(services: Services, ada: AccountRow, ben: AccountRow) -> None:
    report = reports.file(services, ben.actor, FileReport(ada.id))
    now = services.clock.now()
    with services.db.write() as session, pytest.raises(ExcludedError):
        claims.take(session, report.case_id, "ada", now)
    with services.db.read() as session:
        assert exclusions.hides(session, ada.actor.uri, "ada", now)
        assert not exclusions.hides(session, ada.actor.uri, "mia", now)


def test_who_reports_the_only_one_is_told_so_first(services: Services, ada: AccountRow, ben: AccountRow) -> None:
    with services.db.read() as session:
        assert staff.reader(session, ada.actor, services.clock.now()) is Reader.NOBODY
        assert staff.reader(session, ben.actor, services.clock.now()) is Reader.CREW
    mia = people.member(services, "mia", Role.MODERATOR)
    with services.db.read() as session:
        assert staff.reader(session, ada.actor, services.clock.now()) is Reader.OTHERS
    with services.db.write() as session:
        session.get_one(AccountRow, mia.id).second_factor_at = None
    now = services.clock.now()
    with services.db.read() as session:
        assert staff.reader(session, ada.actor, now) is Reader.NOBODY, "without a second factor she opens nothing"
        assert not has_others(session, "ada", now)
