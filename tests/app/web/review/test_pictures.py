"""A moderator sees what is said of pictures first, and the pictures by steps; nothing is fetched by opening a case."""

from __future__ import annotations

import re

from app.accounts.tables import AccountRow
from app.posts import admission
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.tables import PostKind
from moderation.values import Visibility
from tests.app import people
from tests.app.web.conftest import Town


def held_with_pictures(town: Town) -> None:
    """A post that waits, with a picture and a sound."""
    nina = people.remote(town.services, "nina")
    now = town.services.clock.now()
    draft = PostDraft(
        uri=nina.uri + "/1", actor_id=nina.id, local=False, kind=PostKind.NOTE, visibility=Visibility.PUBLIC,
        submitted_at=now, published_at=now, content="<p>you vermin</p>", text="you vermin",
        attachments=(
            DraftAttachment("https://far.example/cat.png", "image/png", "A cat asleep"),
            DraftAttachment("https://far.example/song.ogg", "audio/ogg", "A song"),
        ),
    )  # fmt: skip
    admission.admit(town.services, [draft])


def test_the_steps_are_what_is_said_of_it_blurred_grey_and_colour(town: Town, admin: AccountRow) -> None:
    held_with_pictures(town)
    visitor = town.at_home(admin)
    listed = visitor.get("/review").text
    page = visitor.page(re.search(r"/review/case/\d+", listed)[0])  # type: ignore[index]
    steps = [page.index(word) for word in ("A cat asleep", "The next step fetches", "/blur.webp", "/grey.webp", "/small.webp")]  # fmt: skip
    assert steps == sorted(steps)
    assert page.count("data-veil") == 4
    assert all('loading="lazy"' in tag for tag in re.findall(r"<img[^>]*/media/desk/[^>]*>", page))
    assert len(re.findall(r"/media/desk/[^/]+/[^/]+/blur.webp", page)) == 1, "a sound isn't shown"
