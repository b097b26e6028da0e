"""Self-harm is a quiet care case: a letter with helplines from the house, or nothing; never a hold, never a strike."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.care import giving, helplines, letters
from app.care.tables import LetterKind, LetterRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.notifications.tables import MailRow, NotificationKind
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.values import CaseOrigin
from tests.app.people import member, post, told


def cared_for(services: Services, who: AccountRow) -> tuple[PostRow, CaseRow]:
    """A post that is shown, and a care case about it."""
    row = post(services, who.actor, "nobody would notice")
    with services.db.write() as session:
        case = CaseRow(
            uri=row.uri,
            kind="post",
            origin=CaseOrigin.CARE,
            state="open",
            author_uri=who.actor.uri,
            author_domain=who.actor.domain,
            local=True,
            label="self_harm",
            reasons=[],
            rank=1.0,
            rank_parts={},
            changed_at=services.clock.now(),
            opened_at=services.clock.now(),
        )
        session.add(case)
    return row, case


def test_care_is_a_letter_in_their_language_and_nothing_else_happens(services: Services) -> None:
    noor = member(services, "noor")
    with services.db.write() as session:
        session.get_one(AccountRow, noor.id).locale = "fr"
    row, case = cared_for(services, noor)
    giving.send_care(services, member(services, "rita", Role.REVIEWER), case.id, "FR")
    with services.db.read() as session:
        letter = session.scalars(select(LetterRow)).one()
        mail = session.scalars(select(MailRow)).one()
        decision = session.scalars(select(DecisionRow)).one()
        assert session.get_one(PostRow, row.pk).state is PostState.PUBLISHED
        assert [each.id for each in letters.unread(session, noor.id)] == [letter.id]
    assert (letter.account_id, letter.kind, letter.payload) == (noor.id, LetterKind.CARE, {"country": "FR"})
    assert "3114" in mail.text
    assert "Quelqu’un" in mail.text
    assert "rita" not in mail.text
    assert not decision.strike
    assert NotificationKind.MODERATION_WARNING not in told(services, noor.id)


def test_a_letter_is_read_by_one_person(services: Services) -> None:
    noor, ben = member(services, "noor"), member(services, "ben")
    _row, case = cared_for(services, noor)
    giving.send_care(services, member(services, "rita", Role.REVIEWER), case.id, "")
    with services.db.read() as session:
        letter = session.scalars(select(LetterRow)).one()
        with pytest.raises(NotFoundError):
            letters.of(session, letter.id, ben.id)
    letters.mark_read(services, letter.id, noor.id)
    with services.db.read() as session:
        assert not letters.unread(session, noor.id)


def test_only_those_who_may_decide_send_it_and_only_where_somebody_may_need_it(services: Services) -> None:
    noor = member(services, "noor")
    _row, case = cared_for(services, noor)
    rita = member(services, "rita", Role.REVIEWER)
    with pytest.raises(ForbiddenError):
        giving.send_care(services, member(services, "tia", Role.TRAINEE), case.id, "")
    with pytest.raises(InvalidError):
        giving.send_care(services, rita, case.id, "XX")
    with pytest.raises(InvalidError):
        giving.offer_quiet(services, rita, case.id)
    with services.db.write() as session:
        found = session.get_one(CaseRow, case.id)
        found.origin, found.label = CaseOrigin.REPORT, "spam"
    with pytest.raises(InvalidError):
        giving.send_care(services, rita, case.id, "")


def test_every_helpline_has_a_number_a_country_and_a_source() -> None:
    assert len(helplines.countries()) >= 20
    for code, _land in helplines.countries():
        assert len(code) == 2
        for each in helplines.of(code):
            assert each.number.replace(" ", "").isdigit()
            assert each.source.startswith("https://")
    assert helplines.of("XX") == ()
