"""Custom emojis for clients: what members can write, and what each text that has one says of it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.accounts.tables import Role
from app.announcements import writing
from app.emojis import keeping
from app.emojis.tables import CustomEmojiRow
from app.errors import InvalidError
from app.media.shapes import Shape, names
from app.services import Services
from app.uploads import places
from moderation.listed import bank, pdq
from moderation.listed.sheets import parse
from moderation.listed.tables import HashKind, ListSeverity
from tests.app.mastodon.people import Person, member
from tests.support.pictures import picture, scene


def drawn(services: Services, code: str = "blob", category: str = "cats") -> CustomEmojiRow:
    return keeping.add(services, code, picture((200, 100)), category, "ada")


def codes(entity: dict[str, Any]) -> list[str]:
    return [each["shortcode"] for each in entity["emojis"]]


def test_clients_list_what_members_can_write(http: FlaskClient, services: Services) -> None:
    row = drawn(services)
    address = f"https://ostiary.example/media/house-emojis/{row.key}"
    assert http.get("/api/v1/custom_emojis").json == [
        {
            "shortcode": "blob",
            "url": f"{address}/original.webp",
            "static_url": f"{address}/static.webp",
            "visible_in_picker": True,
            "category": "cats",
        }
    ]
    keeping.disable(services, row.id, "ada")
    assert http.get("/api/v1/custom_emojis").json == []


def test_posts_polls_and_profiles_say_which_they_have(ana: Person, services: Services) -> None:
    drawn(services), drawn(services, "kettle", "")
    poll = {"options": ["tea :kettle:", "none :nothing:"], "expires_in": 3600}
    made = ana.says("so :blob:", spoiler_text=":kettle:", poll=poll)
    assert (codes(made), codes(made["poll"])) == (["blob", "kettle"], ["kettle"])
    assert made["content"] == "<p>so :blob:</p>", "clients put the pictures in"
    said = {"display_name": "Ana :blob:", "note": "I like :kettle:"}
    me = ana.send("PATCH", "/api/v1/accounts/update_credentials", json=said).json
    assert codes(me) == ["blob", "kettle"] == codes(ana.read(f"/api/v1/accounts/{ana.account.id}"))


def test_what_was_kept_rendered_loses_an_emoji_that_is_taken_away(ana: Person, services: Services) -> None:
    made = ana.says("so :blob:")
    path = f"/api/v1/statuses/{made['id']}"
    assert codes(made) == []
    row = drawn(services)
    assert codes(ana.read(path)) == ["blob"], "an older post has it, too"
    keeping.disable(services, row.id, "ada")
    assert codes(ana.read(path)) == []
    keeping.enable(services, row.id, "ada")
    assert codes(ana.read(path)) == ["blob"]
    keeping.remove(services, row.id, "ada")
    assert codes(ana.read(path)) == []
    files = places.files(services.settings.data_dir)
    assert not any(files.read(row.key, name) for name in names(Shape.EMOJI))


def test_an_announcement_is_answered_with_one_of_the_house(ana: Person, services: Services) -> None:
    chief = member(services, "chief", role=Role.ADMIN)
    announced = writing.write(services, chief, "We move :blob:", None, services.clock.now() + timedelta(days=1))
    path = f"/api/v1/announcements/{announced.id}/reactions/blob"
    assert ana.send("PUT", path).status_code == 422, "there is none"
    row = drawn(services)
    assert ana.send("PUT", path).status_code == 200
    [shown] = ana.read("/api/v1/announcements")
    address = f"https://ostiary.example/media/house-emojis/{row.key}"
    given = {"name": "blob", "count": 1, "me": True, "url": f"{address}/original.webp"}
    assert shown["reactions"] == [given | {"static_url": f"{address}/static.webp"}] and codes(shown) == ["blob"]
    keeping.disable(services, row.id, "ada")
    assert ana.read("/api/v1/announcements")[0]["reactions"] == []


@pytest.mark.parametrize(
    ("code", "body"),
    [("blob cat", picture()), ("b", picture()), ("blob", b"no picture"), ("blob", b"x" * (keeping.LARGEST_BYTES + 1))],
)
def test_what_can_t_be_one_is_refused_and_nothing_is_kept(services: Services, code: str, body: bytes) -> None:
    with pytest.raises(InvalidError):
        keeping.add(services, code, body, "", "ada")
    with services.db.read() as session:
        assert keeping.listed(session).rows == []
    assert places.files(services.settings.data_dir).all() == []


def test_a_shortcode_is_given_once_and_its_loser_leaves_no_file(services: Services) -> None:
    drawn(services)
    files = places.files(services.settings.data_dir)
    before = files.all()
    with pytest.raises(InvalidError, match="already"):
        drawn(services)
    assert files.all() == before


def test_a_picture_on_a_list_becomes_none(services: Services) -> None:
    now, body = services.clock.now(), picture((200, 100))
    row = drawn(services)
    keeping.remove(services, row.id, "ada")
    with services.db.write() as session:
        made = bank.make(session, "known", ListSeverity.HOLD, "sexual", "", "ada", now)
        bank.add(session, made, parse(row.sha256, HashKind.SHA256).entries, "ada", now)
    with pytest.raises(InvalidError, match="list"):
        keeping.add(services, "blob", body, "", "ada")


def test_a_listed_picture_that_somebody_changed_a_little_becomes_none_either(services: Services) -> None:
    now, look = services.clock.now(), scene(1)
    entry = bank.entry(HashKind.PDQ, pdq.compute(np.asarray(look)).bits)
    with services.db.write() as session:
        made = bank.make(session, "known", ListSeverity.HOLD, "sexual", "", "ada", now)
        bank.add(session, made, [entry], "ada", now)
    smaller = io.BytesIO()
    look.resize((256, 200)).save(smaller, "JPEG", quality=70)
    with pytest.raises(InvalidError, match="list"):
        keeping.add(services, "blob", smaller.getvalue(), "", "ada")
    other = io.BytesIO()
    scene(2).save(other, "PNG")
    assert keeping.add(services, "blob", other.getvalue(), "", "ada").seen is not None
