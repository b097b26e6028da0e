"""The house of the page tests, with a moderation team in it, and cases to work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.tables import AccountRow, Role
from app.posts import admission
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from moderation.cases.tables import CaseRow
from tests.app.people import again, draft, remote
from tests.app.web.conftest import Town, Visitor

HATEFUL = "they are vermin, all of them"
SPAM = "Claim your free casino airdrop now before it closes, only {} places are left"


@dataclass
class Desk:
    """What a moderator's day brings."""

    town: Town

    def held(self, text: str = HATEFUL, by: AccountRow | None = None) -> PostRow:
        """A member's post that waits."""
        return self.town.writes(by or self.town.member("mallory"), text)

    def case_of(self, post: PostRow) -> CaseRow:
        """The case about a post."""
        with self.town.services.db.read() as session:
            return session.scalars(select(CaseRow).where(CaseRow.uri == post.uri).order_by(CaseRow.id.desc())).first()  # type: ignore[return-value]

    def case_of_id(self, number: int) -> CaseRow:
        """A case by its number."""
        with self.town.services.db.read() as session:
            return session.get_one(CaseRow, number)

    def now(self, post: PostRow) -> PostRow:
        """The post as it is in the database."""
        found: PostRow = again(self.town.services, post)
        return found

    def wave(self, copies: int = 8) -> CaseRow:
        """Nearly the same, from many accounts elsewhere; they become one case."""
        services = self.town.services
        made = services.clock.now() - timedelta(days=1)
        senders = [
            remote(services, f"winner{number}", f"promo{number % 3}.example", published_at=made)
            for number in range(copies)
        ]
        drafts = [draft(services, sender, SPAM.format(number)) for number, sender in enumerate(senders, start=10)]
        admission.admit(services, drafts)
        with services.db.read() as session:
            return session.scalars(select(CaseRow).where(CaseRow.members > 1)).one()

    def reported(self, by: AccountRow, post: PostRow, comment: str = "look at this") -> CaseRow:
        """A member's report about a post, as a case."""
        file.file(self.town.services, by.actor, FileReport(post.actor_id, (post.id,), comment, "other"))
        return self.case_of(post)

    def states(self, uris: Sequence[str]) -> set[str]:
        """What became of these posts."""
        with self.town.services.db.read() as session:
            return {str(state) for state in session.scalars(select(PostRow.state).where(PostRow.uri.in_(uris)))}


def agreed_to(page: str) -> str:
    """What a page's first form agrees to."""
    return page.split('name="seen" value="')[1].split('"', maxsplit=1)[0]


def take_list(who: Visitor, text: str, *, as_file: bool = False) -> TestResponse:
    """A lead looks at a list on its page, and takes what she saw."""

    def send(**more: object) -> TestResponse:
        given = {"file": (BytesIO(text.encode()), "list.csv")} if as_file else {"list": text}
        return who.post("/review/domains/import", on="/review/domains", **given, **more)

    seen = send()
    return seen if seen.status_code != 200 else send(confirmed="1", seen=agreed_to(seen.text))


@pytest.fixture
def desk(town: Town) -> Desk:
    """Cases."""
    return Desk(town)


@pytest.fixture
def mo(town: Town) -> Visitor:
    """A moderator, signed in."""
    return town.at_home(town.member("mo", Role.MODERATOR))


@pytest.fixture
def rita(town: Town) -> Visitor:
    """A reviewer, signed in."""
    return town.at_home(town.member("rita", Role.REVIEWER))


@pytest.fixture
def lea(town: Town) -> Visitor:
    """A lead, signed in."""
    return town.at_home(town.member("lea", Role.LEAD))


@pytest.fixture
def tia(town: Town) -> Visitor:
    """A trainee, signed in."""
    return town.at_home(town.member("tia", Role.TRAINEE))
