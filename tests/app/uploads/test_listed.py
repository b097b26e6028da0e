"""Members' pictures and listed hashes: from the upload to what becomes of the post."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import profile
from app.accounts.profile import ProfileEdit
from app.media import seeing, sights
from app.posts import compose, rejudge
from app.posts.compose import ComposeRequest
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.services import Services
from app.uploads import places, taking
from app.uploads.tables import UploadRow
from moderation.cases.tables import CaseRow
from moderation.checks import nudity
from moderation.errors import CheckFailedError
from moderation.grave.tables import GraveCaseRow, SealedItemRow
from moderation.listed import bank
from moderation.listed.tables import HashKind, ListedHashRow, ListSeverity
from moderation.values import CaseState
from tests.app.people import member
from tests.support.pictures import saved, scene


def listed(services: Services, severity: ListSeverity, *entries: bank.Entry) -> None:
    with services.db.write() as session:
        row = bank.make(session, "ours", severity, "violence", "", "ana", services.clock.now())
        bank.add(session, row, entries, "ana", services.clock.now())


def entry_of(services: Services, upload: UploadRow) -> bank.Entry:
    (entry,) = seeing.listable(upload.seen)
    return entry


def posted(services: Services, account_id: int, body: bytes) -> PostRow:
    upload = taking.take(services, account_id, body)
    return compose.compose(services, account_id, ComposeRequest("Look", picture_ids=(upload.id,)))


def test_an_upload_is_remembered_by_its_bytes_and_by_what_is_to_be_seen(services: Services) -> None:
    upload = taking.take(services, member(services, "olga").id, saved(scene(1)))
    seen = sights.from_json(upload.seen)
    assert seen is not None and [len(digest) for digest in seen.digests] == [32, 40, 64]
    assert len(seen.pictures) == 1 and len(seen.pictures[0].bits) == 8


@pytest.mark.parametrize(
    ("severity", "state"),
    [
        (ListSeverity.SENSITIVE, PostState.PUBLISHED),
        (ListSeverity.HOLD, PostState.HELD),
        (ListSeverity.REJECT, PostState.REJECTED),
    ],
)
def test_a_picture_that_looks_like_a_listed_one_does_not_pass(
    services: Services, severity: ListSeverity, state: PostState
) -> None:
    olga = member(services, "olga")
    listed(services, severity, entry_of(services, taking.take(services, olga.id, saved(scene(1)))))
    post = posted(services, olga.id, saved(scene(1).resize((300, 240)), "JPEG"))
    assert post.state is state
    assert post.moderation_warning == ("violence" if state is PostState.PUBLISHED else None)


def test_an_edit_that_brings_a_listed_picture_is_not_shown(services: Services) -> None:
    from app.posts import edit
    from app.posts.edit import EditRequest
    from app.posts.tables import PendingEditRow

    olga = member(services, "olga")
    upload = taking.take(services, olga.id, saved(scene(1)))
    listed(services, ListSeverity.HOLD, entry_of(services, upload))
    post = compose.compose(services, olga.id, ComposeRequest("Look"))
    edit.edit(services, olga.id, post.id, EditRequest("Look", picture_ids=(upload.id,)))
    with services.db.read() as session:
        assert session.get(PendingEditRow, post.pk) is not None
        assert session.scalars(select(AttachmentRow)).all() == []


def test_what_stands_on_a_list_of_that_kind_is_sealed_before_anybody_saw_it(services: Services) -> None:
    olga = member(services, "olga")
    upload = taking.take(services, olga.id, saved(scene(1)))
    listed(services, ListSeverity.QUARANTINE, bank.entry(HashKind.SHA256, upload.sha256))
    post = compose.compose(services, olga.id, ComposeRequest("wordsofit", picture_ids=(upload.id,)))
    with services.db.read() as session:
        found = session.get_one(PostRow, post.pk)
        assert (found.state, found.content, found.source) == (PostState.REJECTED, "", "")
        case = session.scalars(select(CaseRow)).one()
        assert case.state is CaseState.SEALED and session.get(GraveCaseRow, case.id) is not None
        assert session.scalars(select(UploadRow).where(UploadRow.id == upload.id)).all() == []
        assert all(item.sealed_at is not None for item in session.scalars(select(SealedItemRow)))
        kinds = set(session.scalars(select(ListedHashRow.kind).where(ListedHashRow.case_id == case.id)))
    assert kinds == {HashKind.SHA256, HashKind.PDQ}  # so that a copy that somebody changed is known, too
    assert places.files(services.settings.data_dir).all_of(upload.key) == []
    again = posted(services, olga.id, saved(scene(1).resize((300, 240)), "JPEG"))
    assert again.state is PostState.REJECTED


class Eyes:
    """An image classifier that says one thing of every picture; broken where that is None."""

    version = "twin-1"

    def __init__(self, said: float | None) -> None:
        self.said = said

    def score(self, pictures: Any) -> list[float]:
        if self.said is None:
            raise CheckFailedError(nudity.NAME, "the twin is broken")
        return [self.said] * len(pictures)


def with_eyes(services: Services, eyes: Eyes) -> Services:
    return services.with_tools(replace(services.tools, image_model=eyes))


def test_a_naked_picture_is_let_in_behind_a_warning(services: Services) -> None:
    seeing_services = with_eyes(services, Eyes(0.97))
    assert posted(seeing_services, member(services, "olga").id, saved(scene(1))).moderation_warning == "sexual"


def test_what_a_broken_classifier_did_not_see_waits_until_it_is_back(services: Services) -> None:
    eyes = Eyes(None)
    seeing_services = with_eyes(services, eyes)
    post = posted(seeing_services, member(services, "olga").id, saved(scene(1)))
    assert post.state is PostState.WAITING
    assert rejudge.waiting(seeing_services) == 0
    eyes.said = 0.1
    assert rejudge.waiting(seeing_services) == 1
    with services.db.read() as session:
        assert session.get_one(PostRow, post.pk).state is PostState.PUBLISHED


def test_alt_text_and_profile_fields_go_through_the_text_model(services: Services) -> None:
    olga = member(services, "olga")
    upload = taking.take(services, olga.id, saved(scene(1)), description="they are vermin, all of them")
    post = compose.compose(services, olga.id, ComposeRequest("Look", picture_ids=(upload.id,)))
    assert post.state is PostState.HELD
    after = profile.edit(services, olga.id, ProfileEdit(fields=(("what they are", "vermin, all of them"),)))
    assert after.pending_profile is not None and not after.fields
