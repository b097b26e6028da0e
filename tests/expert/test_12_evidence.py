"""12. Evidence survives its author's edit and deletion: the version that was reported, the difference, by whom and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.accounts.tables import AccountRow, ActorRow, Role
from app.clock import FrozenClock
from app.enforcement import upkeep
from app.federation import departures
from app.lifecycle import erasing, leaving
from app.posts import admission, delete, edit
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.edit import EditRequest
from app.posts.tables import PostRow
from app.reports import file
from app.reports.file import FileReport
from app.reviewing import claiming, decide
from moderation.cases.tables import CaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import StaleError
from moderation.evidence import changes, snapshots
from moderation.evidence.changes import SERVER
from moderation.values import Action
from tests.app.people import draft, remote
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk

pytestmark = pytest.mark.one_database
LATER = timedelta(minutes=7)
WRITTEN = "buy these pills from me"


@pytest.fixture
def desk(town: Town) -> Desk:
    """A house with cases."""
    return Desk(town)


@pytest.fixture
def mo(town: Town) -> Visitor:
    """A moderator, signed in."""
    return town.at_home(town.member("mo", Role.MODERATOR))


@pytest.fixture
def vic(desk: Desk) -> ActorRow:
    """Somebody elsewhere."""
    return remote(desk.town.services, "vic")


def came(desk: Desk, written: PostDraft) -> PostRow:
    """A post from elsewhere that was let in."""
    admission.admit(desk.town.services, [written])
    with desk.town.services.db.read() as session:
        return session.scalars(select(PostRow).where(PostRow.uri == written.uri)).one()


def page_of(mo: Visitor, case: CaseRow) -> str:
    """The case as a moderator reads it."""
    return mo.page(f"/review/case/{case.id}")


def edited(desk: Desk, author: AccountRow, post: PostRow, text: str, **more: object) -> None:
    """A member changes a post of theirs."""
    edit.edit(desk.town.services, author.id, post.id, EditRequest(text, **more))  # type: ignore[arg-type]


def test_an_edit_leaves_the_reported_version_and_shows_what_is_otherwise(
    desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    clock.move(LATER)
    edited(desk, ana, post, "buy these flowers from me", warning="flowers")
    page = page_of(mo, case)
    assert "What was changed since it was reported" in page
    assert "pills</del>" in page and "flowers</ins>" in page
    assert "The version that was reported" in page and f">{WRITTEN}</div>" in page
    assert "A warning was added: flowers" in page
    assert "Its author edited it." in page


def test_a_decision_on_the_version_before_the_edit_is_stale(desk: Desk, ana: AccountRow, ben: AccountRow) -> None:
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    mia = desk.town.member("mia", Role.MODERATOR)
    claiming.take(desk.town.services, mia, case.id)
    seen = desk.case_of(post).version
    edited(desk, ana, post, "buy these flowers from me")
    wanted = DecisionRequest(Action.NO_ACTION, version=seen)
    with pytest.raises(StaleError) as refused:
        decide.decide(desk.town.services, mia, case.id, wanted)
    assert refused.value.what == "edited"


def test_an_edit_of_the_same_words_with_another_picture_is_seen(
    desk: Desk, mo: Visitor, ben: AccountRow, vic: ActorRow
) -> None:
    services = desk.town.services
    one, other = (DraftAttachment(f"https://far.example/{name}.png", "image/png", name) for name in ("cat", "gun"))
    shown = draft(services, vic, "look", attachments=(one,))
    case = desk.reported(ben, came(desk, shown))
    edit.apply_remote(services, [replace(shown, attachments=(other,))])
    page = page_of(mo, case)
    assert "1 picture was taken out." in page and "1 picture was added." in page


def test_who_deletes_a_reported_post_leaves_what_it_said(
    desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow
) -> None:
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    delete.delete(desk.town.services, ana.id, post.id)
    page = page_of(mo, case)
    assert WRITTEN in page and "deleted; this is the evidence" in page
    assert "Its author deleted it." in page


def test_who_edits_and_then_deletes_leaves_both_versions(
    desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow
) -> None:
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    edited(desk, ana, post, "buy nothing at all")
    delete.delete(desk.town.services, ana.id, post.id)
    page = page_of(mo, case)
    assert WRITTEN in page and "nothing at all" in page
    assert page.index("Its author edited it.") < page.index("Its author deleted it.")


def test_a_deletion_elsewhere_says_whose_word_it_is(desk: Desk, mo: Visitor, ben: AccountRow, vic: ActorRow) -> None:
    services = desk.town.services
    first, second, third = (
        came(desk, draft(services, vic, f"{WRITTEN} {path}", f"/statuses/{path}")) for path in ("1", "2", "3")
    )
    cases = [desk.reported(ben, each) for each in (first, second, third)]
    delete.forget_remote(services, [(first.uri, vic.id)])
    delete.forget_remote(services, [(second.uri, vic.id)], SERVER)
    departures.depart(services, vic.id)
    said = ("Its author deleted it, their server says.", "Its server said that it is gone.")
    pages = [page_of(mo, each) for each in cases]
    assert [[words in page for words in said] for page in pages] == [[True, False], [False, True], [False, True]]


def test_an_account_that_an_admin_deleted_says_so_at_each_post(
    desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow, admin: AccountRow
) -> None:
    services = desk.town.services
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    leaving.remove(services, ana.id, by="ada")
    erasing.erase(services, 10)
    page = page_of(mo, case)
    assert "@ada deleted the account, and this with it." in page and WRITTEN in page


def test_what_a_moderator_took_away_names_them(desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow) -> None:
    services = desk.town.services
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    mia = desk.town.member("mia", Role.MODERATOR)
    decide.decide(services, mia, case.id, DecisionRequest(Action.REMOVE, reason="no trade"))
    assert "@mia took it away: a decision." in page_of(mo, case)


def test_a_purge_says_that_it_took_the_evidence(
    desk: Desk, ana: AccountRow, ben: AccountRow, clock: FrozenClock
) -> None:
    services = desk.town.services
    post = desk.town.writes(ana, WRITTEN)
    case = desk.reported(ben, post)
    mia = desk.town.member("mia", Role.MODERATOR)
    decide.decide(services, mia, case.id, DecisionRequest(Action.NO_ACTION))
    clock.move(snapshots.RETENTION + LATER)
    upkeep.purge(services)
    page = page_of(desk.town.at_home(mia), case)
    assert WRITTEN not in page
    assert "No evidence of it is kept any more" in page and "The evidence of it was purged: its time was over." in page


def test_an_edit_of_a_reported_profile_leaves_what_it_said(
    desk: Desk, mo: Visitor, ana: AccountRow, ben: AccountRow
) -> None:
    services = desk.town.services
    profile.edit(services, ana.id, ProfileEdit(display_name="Cheap pills"))
    report = file.file(services, ben.actor, FileReport(ana.id, (), "her name", "other"))
    profile.edit(services, ana.id, ProfileEdit(display_name="Ana"))
    page = mo.page(f"/review/case/{report.case_id}")
    assert "Cheap pills" in page and "What was changed since it was reported" in page


def test_nothing_is_kept_of_edits_that_no_case_is_about(desk: Desk, ana: AccountRow) -> None:
    services = desk.town.services
    post = desk.town.writes(ana, WRITTEN)
    edited(desk, ana, post, "buy these flowers from me")
    delete.delete(services, ana.id, post.id)
    with services.db.read() as session:
        assert snapshots.of(session, post.uri) == [] and changes.of(session, post.uri) == ()
