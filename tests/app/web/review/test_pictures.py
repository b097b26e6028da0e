"""A moderator sees what is said of pictures first, and the pictures by steps; nothing is fetched by opening a case."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.tables import AccountRow
from app.posts import admission
from app.posts.drafts import DraftAttachment, PostDraft
from app.posts.tables import PostKind
from app.uploads.recordings import kinds
from moderation.cases.tables import CaseEventRow
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
    assert page.count("data-veil") == 5
    assert all('loading="lazy"' in tag for tag in re.findall(r"<img[^>]*/media/desk/[^>]*>", page))
    assert len(re.findall(r"/media/desk/[^/]+/[^/]+/blur.webp", page)) == 1, "a sound isn't shown"


def test_a_film_from_elsewhere_is_a_still_by_the_same_steps(
    town: Town, admin: AccountRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = (DraftAttachment("https://far.example/cat.mp4", "video/mp4", "A cat that runs"),)
    sender = people.remote(town.services, "nina")
    admission.admit(town.services, [people.draft(town.services, sender, "you vermin", attachments=film)])
    visitor = town.at_home(admin)
    place = re.search(r"/review/case/\d+", visitor.get("/review").text)[0]  # type: ignore[index]
    monkeypatch.setattr(kinds, "are_taken", lambda: True)
    page = visitor.page(place)
    steps = [page.index(f"/film-{version}.webp") for version in ("blur", "grey", "small")]
    assert steps == sorted(steps) and "a still of its beginning" in page
    monkeypatch.setattr(kinds, "are_taken", lambda: False)
    assert "/media/desk/" not in visitor.page(place), "without FFmpeg it is only described"


def test_each_look_is_written_down_with_who_looked_and_how_plainly(town: Town, admin: AccountRow) -> None:
    held_with_pictures(town)
    visitor = town.at_home(admin)
    place = re.search(r"/review/case/\d+", visitor.get("/review").text)[0]  # type: ignore[index]
    assert visitor.post(f"{place}/look", on=place, step="colour").status_code == 204
    assert visitor.post(f"{place}/look", on=place, step="everything").status_code == 422
    with town.services.db.read() as session:
        rows = session.scalars(select(CaseEventRow).where(CaseEventRow.what == "looked")).all()
    assert [(row.by, row.details["step"]) for row in rows] == [(admin.actor.username, "colour")]
    assert len(rows[0].details["pictures"]) == 1, "a sound isn't looked at"


def test_plain_looks_count_as_exposure_each_picture_once_and_blurred_ones_dont(town: Town, admin: AccountRow) -> None:
    held_with_pictures(town)
    visitor = town.at_home(admin)
    place = re.search(r"/review/case/\d+", visitor.get("/review").text)[0]  # type: ignore[index]

    def counted() -> str:
        return re.search(r"Grave cases and pictures today: (\d+)", visitor.page("/review/start"))[1]  # type: ignore[index]

    for step, count in (("blur", "0"), ("thumb", "1"), ("grey", "1"), ("colour", "1")):
        assert visitor.post(f"{place}/look", on=place, step=step).status_code == 204
        assert counted() == count, step


def test_nobody_looks_at_a_case_that_there_is_not(town: Town, admin: AccountRow) -> None:
    held_with_pictures(town)
    visitor = town.at_home(admin)
    place = re.search(r"/review/case/\d+", visitor.get("/review").text)[0]  # type: ignore[index]
    assert visitor.post("/review/case/987654/look", on=place, step="grey").status_code == 404
