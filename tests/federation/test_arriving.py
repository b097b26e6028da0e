"""Pictures from elsewhere and listed hashes: nobody is shown one before it was compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.media import where
from app.media.cache import Picture
from app.media.errors import NoPictureError
from app.media.obtaining import Pictures
from app.media.shapes import ORIGINAL, Shape
from app.media.tables import CachedMediaRow
from app.posts.tables import AttachmentRow, PostRow, PostState
from moderation.cases.tables import CaseRow
from moderation.checks import nudity
from moderation.errors import CheckFailedError
from moderation.grave.tables import GraveCaseRow
from moderation.holds.tables import HoldRow
from moderation.listed import bank, pdq
from moderation.listed.tables import HashKind, ListSeverity
from moderation.values import CaseState
from tests.federation.world import Remote, World
from tests.support.pictures import hang, saved, scene

PICTURE = "https://files.far.example/media/cat.png"


class Eyes:
    """An image classifier that says one thing of everything; broken where it is None."""

    version = "twin-1"

    def __init__(self, said: float | None) -> None:
        self.said = said

    def score(self, pictures: Any) -> list[float]:
        if self.said is None:
            raise CheckFailedError(nudity.NAME, "the twin is broken")
        return [self.said] * len(pictures)


def listed(world: World, severity: ListSeverity, body: bytes | None = None) -> None:
    entry = bank.entry(HashKind.PDQ, pdq.compute(np.asarray(scene(1))).bits)
    with world.services.db.write() as session:
        row = bank.make(session, "ours", severity, "violence", "", "ana", world.services.clock.now())
        bank.add(session, row, [entry], "ana", world.services.clock.now())


def arrives(world: World, author: Remote | None = None) -> PostRow:
    hang(world.web, PICTURE, saved(scene(1).resize((300, 240)), "JPEG"))
    ben = author or world.known()
    image = {"type": "Document", "mediaType": "image/jpeg", "url": PICTURE, "name": "A cat"}
    note = ben.note("Look at my cat", attachment=[image])
    world.take(ben, ben.create(note))
    return row_of(world, note["id"])


def row_of(world: World, uri: str) -> PostRow:
    with world.services.db.read() as session:
        return session.scalars(select(PostRow).where(PostRow.uri == uri)).one()


def look(world: World, post: PostRow, *, evidence: bool = False) -> str:
    """What becomes of somebody's look at the post's picture: the code of why it isn't shown, or `shown`."""
    with world.services.db.read() as session:
        attachment = session.scalars(select(AttachmentRow.id).where(AttachmentRow.post_pk == post.pk)).one_or_none()
    try:
        Pictures(world.services).file(Picture(Shape.PICTURE, PICTURE, attachment, evidence=evidence), ORIGINAL)
    except NoPictureError as error:
        return error.code
    return "shown"


def test_a_picture_that_is_on_no_list_is_shown(world: World) -> None:
    assert look(world, arrives(world)) == "shown"


@pytest.mark.parametrize(
    ("severity", "state", "warning"),
    [
        (ListSeverity.SENSITIVE, PostState.PUBLISHED, "violence"),
        (ListSeverity.HOLD, PostState.HELD, None),
        (ListSeverity.REJECT, PostState.WITHDRAWN, None),
    ],
)
def test_a_listed_picture_takes_its_post_along_before_anybody_saw_it(
    world: World, severity: ListSeverity, state: PostState, warning: str | None
) -> None:
    post = arrives(world)
    assert post.state is PostState.PUBLISHED
    listed(world, severity)
    assert look(world, post) == "media_judged_again"
    after = row_of(world, post.uri)
    assert (after.state, after.moderation_warning) == (state, warning)
    if state is PostState.HELD:
        with world.services.db.read() as session:
            hold = session.scalars(select(HoldRow)).one()
            assert hold.was_published and hold.case_id is not None and hold.due_at is None
    elif state is PostState.PUBLISHED:
        assert look(world, post) == "shown"


def test_the_same_address_again_is_known_when_the_next_post_comes(world: World) -> None:
    listed(world, ListSeverity.HOLD)
    ben = world.known()
    look(world, arrives(world, ben))
    assert arrives(world, ben).state is PostState.HELD


def test_what_is_to_be_sealed_is_sealed_and_served_to_nobody(world: World) -> None:
    post = arrives(world)
    listed(world, ListSeverity.QUARANTINE)
    assert look(world, post) == "media_judged_again"
    assert row_of(world, post.uri).state is PostState.WITHDRAWN
    with world.services.db.read() as session:
        case = session.scalars(select(CaseRow)).one()
        assert case.state is CaseState.SEALED and session.get(GraveCaseRow, case.id) is not None
        assert session.scalars(select(CachedMediaRow)).all() == []
    files = where.on_disk(world.services.settings.data_dir, "elsewhere")
    assert files.all_of(Picture(Shape.PICTURE, PICTURE).key) == []


def test_what_a_person_said_of_a_post_stands(world: World) -> None:
    from moderation.recording import verdicts
    from moderation.rows import insert_many
    from moderation.values import Outcome
    from moderation.verdicts.tables import VerdictRow

    post = arrives(world)
    with world.services.db.write() as session:
        before = verdicts.latest(session, [post.uri])[post.uri]
        said = verdicts.superseding(before, Outcome.APPROVE, world.services.clock.now(), reasons=[], by_person=True)
        insert_many(session, VerdictRow, [said])
    listed(world, ListSeverity.HOLD)
    look(world, post)
    assert row_of(world, post.uri).state is PostState.PUBLISHED


def test_a_moderator_sees_what_is_held_for_its_picture(world: World) -> None:
    post = arrives(world)
    listed(world, ListSeverity.HOLD)
    assert look(world, post, evidence=True) == "shown"
    assert row_of(world, post.uri).state is PostState.HELD


def test_a_face_that_is_listed_is_taken_off_before_anybody_saw_it(world: World) -> None:
    hang(world.web, PICTURE, saved(scene(1)))
    ben = world.row(world.known("ben"))
    with world.services.db.write() as session:
        session.get_one(ActorRow, ben.id).avatar_url = PICTURE
    listed(world, ListSeverity.REJECT)
    with pytest.raises(NoPictureError):
        Pictures(world.services).file(Picture(Shape.AVATAR, PICTURE, actor_id=ben.id), ORIGINAL)
    with world.services.db.read() as session:
        assert session.get_one(ActorRow, ben.id).avatar_url is None
