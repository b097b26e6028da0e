"""An appeal shows what was decided about as it was, its pictures by the steps of the desk and the choices of its poll."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow, ActorRow, Role
from app.posts.compose import PollRequest
from app.reviewing import decide
from moderation.cases.tables import CaseEventRow, CaseRow
from moderation.cases.values import DecisionRequest
from moderation.evidence.tables import SnapshotRow
from moderation.values import Action, CaseOrigin
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import HATEFUL, Desk

pytestmark = pytest.mark.one_database
PICTURE = {
    "url": "https://far.example/cat.png",
    "media_type": "image/png",
    "description": "A cat asleep",
    "sha256": "a" * 64,
}


@pytest.fixture
def contested(town: Town, desk: Desk, mo: Visitor) -> tuple[int, int]:
    """The case of an appeal, and the evidence of what it was when it was decided: with a picture, and a poll."""
    mallory = town.member("mallory")
    post = town.writes(mallory, HATEFUL, poll=PollRequest(("by train", "by ferry"), timedelta(hours=1)))
    with town.services.db.write() as session:
        row = session.scalars(select(SnapshotRow).where(SnapshotRow.uri == post.uri)).one()
        row.context = {**row.context, "media": [PICTURE]}
        number = row.id
        moderator = session.scalars(select(AccountRow).join(ActorRow).where(ActorRow.username == "mo")).one()
    case = desk.case_of(post)
    done = decide.decide(town.services, moderator, case.id, DecisionRequest(Action.REMOVE, reason="No.")).decision
    town.at_home(mallory).post(f"/decisions/{done.id}/contest", text="I was quoting somebody, you see.")
    with town.services.db.read() as session:
        return session.scalars(select(CaseRow.id).where(CaseRow.origin == CaseOrigin.APPEAL)).one(), number


def test_pictures_are_blurred_first_and_the_poll_has_its_choices(town: Town, contested: tuple[int, int]) -> None:
    case, number = contested
    page = town.at_home(town.member("cleo", Role.MODERATOR)).page(f"/review/case/{case}")
    then = page.split("As it was when it was decided", 1)[1].split("</section>", 1)[0]
    assert "by train" in then and "by ferry" in then
    steps = [
        then.index(word)
        for word in ("A cat asleep", "The next step fetches", "/blur.webp", "/grey.webp", "/small.webp")
    ]
    assert steps == sorted(steps) and f'data-of="{number}"' in then
    assert 'action="/review/undo" data-undo' in page, "the decision before it can be taken back from here"
    assert page.count("/blur.webp") == 1, "what stands above isn't there twice"
    assert all('loading="lazy"' in tag for tag in re.findall(r"<img[^>]*/media/desk/[^>]*>", page))


def test_an_edit_since_shows_both_and_a_look_counts_the_pictures_of_the_version_that_was_seen(
    town: Town, contested: tuple[int, int]
) -> None:
    case, number = contested
    with town.services.db.write() as session:
        old = session.get_one(SnapshotRow, number)
        names = [column.name for column in SnapshotRow.__table__.columns if column.name != "id"]
        session.add(
            SnapshotRow(
                **{name: getattr(old, name) for name in names}
                | {
                    "seq": 9,
                    "taken_at": town.services.clock.now() + timedelta(hours=1),
                    "context": {},
                    "text": "quite another thing, and a long one at that, which says nothing",
                }
            )
        )
    cleo = town.at_home(town.member("cleo", Role.MODERATOR))
    page = cleo.page(f"/review/case/{case}")
    assert "which says nothing" in page and "/blur.webp" in page and HATEFUL in page
    for seen in (str(number), "", "999"):
        assert (
            cleo.post(f"/review/case/{case}/look", on=f"/review/case/{case}", step="grey", snapshot=seen).status_code
            == 204
        )
    with town.services.db.read() as session:
        rows = session.scalars(
            select(CaseEventRow).where(CaseEventRow.what == "looked").order_by(CaseEventRow.id)
        ).all()
    assert [len(row.details["pictures"]) for row in rows] == [1, 0, 0]
