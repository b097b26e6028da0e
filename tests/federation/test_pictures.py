"""Pictures of other servers' posts: never fetched before a person looks, given out from here, gone with their post."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.federation.wire.errors import FetchTimeoutError
from app.federation.wire.fetching import MAX_PICTURE_BYTES, Avoids, Fetched, Kind
from app.federation.wire.knocking import Signer
from app.federation.wire.twins import FakeWeb
from app.media import shown, upkeep, where
from app.media.endpoints import MediaEndpoints
from app.media.files import MediaFiles
from app.media.hosts import AT_ONCE, HostBusyError, Hosts
from app.media.tables import CachedMediaRow, MediaState
from app.posts import door
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.reports import file as reports
from app.reports.file import FileReport
from app.services import Services
from moderation.domains import editing
from moderation.evidence.snapshots import RETENTION
from moderation.values import Severity
from tests.federation.world import Remote, World
from tests.support import stream
from tests.support.pictures import film, hang, opened, picture

PICTURE = "https://files.far.example/media/cat.png"


@dataclass
class Readers:
    """Whoever has an address."""

    application: Starlette

    def get(self, url: str, **headers: str) -> httpx.Response:
        """What an address gives."""
        return self.together(url, 1, **headers)[0]

    def together(self, url: str, number: int, **headers: str) -> list[httpx.Response]:
        """The same for many at the same moment."""
        return stream.together(self.application, url, number, **headers)


@pytest.fixture
def readers(services: Services) -> Readers:
    """The stream process's part that gives out pictures."""
    routes = MediaEndpoints(services, asyncio.Semaphore(4)).routes()
    return Readers(Starlette(routes=routes))


def image(url: str = PICTURE, **more: Any) -> dict[str, Any]:
    """An attachment."""
    return {
        "type": "Document",
        "mediaType": "image/png",
        "url": url,
        "name": "A cat",
        "width": 64,
        "height": 48,
        **more,
    }


def arrives(world: World, text: str = "Look at my cat", author: Remote | None = None, **fields: Any) -> dict[str, Any]:
    """A post with a picture, from elsewhere."""
    hang(world.web, PICTURE)
    sender = author or world.known()
    note = sender.note(text, **{"attachment": [image()], **fields})
    world.take(sender, sender.create(note))
    return note


def address(world: World, note: dict[str, Any], file: str = "original") -> str:
    """Where the post's picture is, here."""
    with world.services.db.read() as session:
        row = session.scalars(
            select(AttachmentRow).join(PostRow, PostRow.pk == AttachmentRow.post_pk).where(PostRow.uri == note["id"])
        ).one()
    return shown.picture(world.services.settings, row, file)


def cached(world: World) -> list[CachedMediaRow]:
    with world.services.db.read() as session:
        return list(session.scalars(select(CachedMediaRow).order_by(CachedMediaRow.url)))


def test_nothing_is_fetched_until_somebody_looks_and_then_once(world: World, readers: Readers) -> None:
    note = arrives(world)
    assert world.state(note) is PostState.PUBLISHED
    assert PICTURE not in world.web.asked
    answer = readers.get(address(world, note))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert opened(answer.content).size == (64, 48)
    for file in ("original", "small", "original"):
        assert readers.get(address(world, note, file)).status_code == 200
    assert world.web.asked.count(PICTURE) == 1


def test_what_is_given_out_can_do_nothing_and_is_kept_only_by_its_reader(world: World, readers: Readers) -> None:
    answer = readers.get(address(world, arrives(world)))
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    again = readers.get(str(answer.url), **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def hours(world: World, number: float) -> None:
    """Time passes."""
    clock = world.services.clock
    assert isinstance(clock, FrozenClock)
    clock.move(timedelta(hours=number))


def rule(world: World, domain: str, severity: Severity, *, reject_media: bool = False) -> None:
    """A domain rule."""
    now = world.services.clock.now()
    with world.services.db.write() as session:
        editing.set_rule(session, domain, severity, by="ada", now=now, reject_media=reject_media)


def test_the_picture_of_a_held_post_is_fetched_by_no_address(world: World, readers: Readers) -> None:
    note = arrives(world, "You vermin")
    assert world.state(note) is PostState.HELD
    answer = readers.get(address(world, note))
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert PICTURE not in world.web.asked


def test_with_the_post_the_picture_is_gone_at_once_and_its_files_soon(world: World, readers: Readers) -> None:
    author = world.known()
    note = arrives(world, author=author)
    url = address(world, note)
    assert readers.get(url).status_code == 200
    row = cached(world)[0]
    files = where.on_disk(world.services.settings.data_dir, "elsewhere")
    assert files.read(row.key, "original") is not None
    world.take(author, author.activity("Delete", note["id"]))
    assert readers.get(url).status_code == 404
    assert upkeep.forget(world.services) == 1
    assert cached(world) == []
    assert files.read(row.key, "original") is None


def test_what_is_taken_back_takes_its_picture_along(world: World, readers: Readers) -> None:
    note = arrives(world)
    url = address(world, note)
    assert readers.get(url).status_code == 200
    with world.services.db.write() as session:
        door.withdraw(session, session.scalars(select(PostRow).where(PostRow.uri == note["id"])).one())
    assert readers.get(url).status_code == 404


@pytest.mark.parametrize("column", ["suspended_at", "marked_hidden", "deleted_at"])
def test_who_is_hidden_shows_no_pictures(world: World, readers: Readers, column: str) -> None:
    author = world.known()
    url = address(world, arrives(world, author=author))
    value = True if column == "marked_hidden" else world.services.clock.now()
    with world.services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.uri == author.uri).values({column: value}))
    assert readers.get(url).status_code == 404
    assert PICTURE not in world.web.asked


@pytest.mark.parametrize("domain", ["far.example", "files.far.example"])
def test_a_rule_against_media_counts_for_the_author_and_for_where_the_file_lies(
    world: World, readers: Readers, domain: str
) -> None:
    url = address(world, arrives(world))
    assert readers.get(url).status_code == 200
    rule(world, domain, Severity.SILENCE, reject_media=True)
    assert readers.get(url).status_code == 404


def test_a_file_on_a_suspended_host_is_not_fetched_though_its_author_is_elsewhere(
    world: World, readers: Readers
) -> None:
    rule(world, "evil.example", Severity.SUSPEND)
    hang(world.web, "https://cdn.evil.example/x.png")
    url = address(world, arrives(world, attachment=[image("https://cdn.evil.example/x.png")]))
    assert readers.get(url).status_code == 404
    assert "https://cdn.evil.example/x.png" not in world.web.asked


def test_a_picture_that_redirects_to_a_suspended_host_is_not_fetched_there_but_for_moderators(
    world: World, readers: Readers
) -> None:
    elsewhere = "https://cdn.evil.example/x.png"
    note = arrives(world)
    hang(world.web, elsewhere)
    world.web.redirect(PICTURE, elsewhere)
    rule(world, "evil.example", Severity.SUSPEND)
    assert readers.get(address(world, note)).status_code == 503
    assert elsewhere not in world.web.asked
    assert [row.error for row in cached(world)] == ["url_refused"]
    desk = shown.links(world.services.settings).desk(PICTURE, "blur", world.services.clock.now()) or ""
    assert readers.get(desk).status_code == 200


def test_an_address_is_good_for_one_picture_and_nobody_can_make_one(world: World, readers: Readers) -> None:
    url = address(world, arrives(world))
    start, _media, place, holder, signature, file = urlsplit(url).path.split("/")
    assert (start, place, file) == ("", "attachments", "original.webp")
    for wrong in (
        f"/media/attachments/{holder}/{'A' * len(signature)}/{file}",
        f"/media/attachments/{int(holder) + 1}/{signature}/{file}",
        f"/media/avatars/{holder}/{signature}/{file}",
        f"/media/attachments/{holder}/{signature}/secret.webp",
        f"/media/attachments/{holder}/{signature}/original.png",
        f"/media/attachments/-1/{signature}/{file}",
        f"/media/attachments/9999999999999999999999/{signature}/{file}",
        f"/media/emojis/aHR0cDovLzEyNy4wLjAuMS8/{signature}/original.webp",
        f"/media/desk/aHR0cHM6Ly9mYXIuZXhhbXBsZS8/99999999999.{signature}/original.webp",
        "/media/desk/%F0%9F%98%80/1.a/original.webp",
        "/media/nowhere/1/a/original.webp",
    ):
        assert readers.get(wrong).status_code == 404, wrong
    assert world.web.asked.count(PICTURE) == 0


def test_a_picture_that_fails_is_not_asked_for_again_for_a_while(world: World, readers: Readers) -> None:
    url = address(world, arrives(world))
    hang(world.web, PICTURE, b"<html>no cat</html>")
    first, second = readers.get(url), readers.get(url)
    assert [first.status_code, second.status_code] == [503, 503]
    assert int(second.headers["retry-after"]) > 86400
    assert world.web.asked.count(PICTURE) == 1
    assert [(row.state, row.error) for row in cached(world)] == [(MediaState.FAILED, "no_picture")]
    hang(world.web, PICTURE)
    hours(world, 24 * 8)
    assert readers.get(url).status_code == 200
    assert [row.state for row in cached(world)] == [MediaState.READY]


def test_a_host_that_does_not_answer_is_left_alone_with_all_its_pictures(world: World, readers: Readers) -> None:
    author = world.known()
    other = PICTURE + "?2"
    urls = [
        address(world, arrives(world, author=author)),
        address(world, arrives(world, "another one", author=author, attachment=[image(other)])),
    ]
    for one in (PICTURE, other):
        world.web.fail(one, FetchTimeoutError("it hangs"))
    assert [readers.get(url).status_code for url in urls] == [503, 503]
    assert [one for one in world.web.asked if one in (PICTURE, other)] == [PICTURE]
    for one in (PICTURE, other):
        hang(world.web, one)
    hours(world, 1)
    assert [readers.get(url).status_code for url in urls] == [200, 200]


def test_a_host_is_asked_for_a_few_at_a_time(services: Services) -> None:
    hosts = Hosts(services.clock)
    places = [hosts.asking("far.example") for _ in range(AT_ONCE)]
    for place in places:
        place.__enter__()
    with pytest.raises(HostBusyError), hosts.asking("far.example"):
        pass
    with hosts.asking("other.example"):
        pass
    places[0].__exit__(None, None, None)
    with hosts.asking("far.example"):
        pass


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"x" * (MAX_PICTURE_BYTES + 1), "image/png"),
        (picture(), "text/html"),
        (picture(), "image/svg+xml"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    ],
)
def test_what_is_too_large_or_something_else_is_refused(
    world: World, readers: Readers, body: bytes, content_type: str
) -> None:
    url = address(world, arrives(world))
    hang(world.web, PICTURE, body, content_type)
    answer = readers.get(url)
    if body == picture() and content_type == "image/svg+xml":
        assert answer.status_code == 200  # what it really is counts, not what it's called
    else:
        assert answer.status_code == 503
        assert "svg" not in answer.text


class SlowWeb(FakeWeb):
    """A web where pictures take until somebody lets them go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def get(
        self,
        url: str,
        kind: Kind = Kind.ACTIVITY,
        *,
        signer: Signer | None = None,
        avoids: Avoids | None = None,
        unless: str | None = None,
    ) -> Fetched:
        """As FakeWeb, later."""
        found = super().get(url, kind, signer=signer, avoids=avoids, unless=unless)
        if kind is Kind.PICTURE:
            assert self.gate.wait(30)
        return found


def test_many_readers_at_once_make_one_request(world: World, readers: Readers) -> None:
    url = address(world, arrives(world))
    slow = SlowWeb()
    slow.pages = world.web.pages
    object.__setattr__(world.services, "fetcher", slow)
    threading.Timer(0.3, slow.gate.set).start()
    assert [answer.status_code for answer in readers.together(url, 6)] == [200] * 6
    assert slow.asked.count(PICTURE) == 1


def test_faces_banners_and_emojis_are_shown_from_here(world: World, readers: Readers) -> None:
    face, banner, emoji = (f"https://far.example/{name}.png" for name in ("face", "banner", "blob"))
    for url in (face, banner):
        hang(world.web, url, picture((900, 300)))
    hang(world.web, emoji, film())
    tag = {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": emoji}}
    author = world.known(
        document={
            "name": "Mal :blob:",
            "icon": {"type": "Image", "url": face},
            "image": {"type": "Image", "url": banner},
            "tag": [tag],
        }
    )
    world.take(author, author.activity("Update", author.actor()))
    row, settings = world.row(author), world.services.settings
    addresses = [
        shown.avatar(settings, row),
        shown.header(settings, row),
        shown.emojis(settings, row.emojis)["blob"][0],
    ]
    assert all(addresses)
    sizes = [opened(readers.get(address or "").content).size for address in addresses]
    assert sizes == [(400, 133), (900, 300), (64, 48)]
    with world.services.db.write() as session:
        session.execute(update(ActorRow).values(suspended_at=world.services.clock.now()))
    assert [readers.get(address or "").status_code for address in addresses[:2]] == [404, 404]
    upkeep.forget(world.services)
    assert [row.url for row in cached(world)] == [emoji]


def test_another_face_has_another_address(world: World, readers: Readers) -> None:
    author = world.known(document={"icon": {"type": "Image", "url": "https://far.example/one.png"}})
    hang(world.web, "https://far.example/one.png")
    world.take(author, author.activity("Update", author.actor()))
    before = shown.avatar(world.services.settings, world.row(author)) or ""
    assert readers.get(before).status_code == 200
    author.document["icon"] = {"type": "Image", "url": "https://far.example/two.png"}
    world.take(author, author.activity("Update", author.actor()))
    assert shown.avatar(world.services.settings, world.row(author)) != before
    assert readers.get(before).status_code == 404


def test_a_moderator_looks_at_what_waits_and_it_is_kept_as_evidence(world: World, readers: Readers) -> None:
    arrives(world, "You vermin")
    now = world.services.clock.now()
    links = shown.links(world.services.settings)
    blurred, grey = (links.desk(PICTURE, file, now) or "" for file in ("blur", "grey"))
    answer = readers.get(blurred)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert max(opened(answer.content).size) <= 12
    assert readers.get(grey).status_code == 200
    assert [row.kept_until for row in cached(world)] == [now + RETENTION]
    hours(world, 1)
    assert readers.get(grey).status_code == 404, "an address of the desk is soon over"
    assert upkeep.forget(world.services) == 0
    hours(world, 24 * 191)
    assert upkeep.forget(world.services) == 1


def test_the_pictures_of_a_reported_post_are_kept_though_nobody_looked(world: World, readers: Readers) -> None:
    author, ana = world.known(), world.member()
    note = arrives(world, author=author)
    post = world.stored(note)
    reports.file(world.services, ana, FileReport(post.actor_id, (post.id,), "cruel", "other"))
    assert [row.state for row in cached(world)] == [MediaState.WANTED]
    assert upkeep.collect(world.services) == 1
    assert [row.state for row in cached(world)] == [MediaState.READY]
    world.take(author, author.activity("Delete", note["id"]))
    upkeep.forget(world.services)
    assert [row.state for row in cached(world)] == [MediaState.READY]
    assert readers.get(shown.links(world.services.settings).desk(PICTURE, "grey", world.services.clock.now()) or "").status_code == 200  # fmt: skip
    assert world.web.asked.count(PICTURE) == 1


def test_evidence_that_cannot_be_had_is_given_up(world: World) -> None:
    ana = world.member()
    post = world.stored(arrives(world))
    world.web.fail(PICTURE, FetchTimeoutError("it hangs"))
    reports.file(world.services, ana, FileReport(post.actor_id, (post.id,), "cruel", "other"))
    tries = 0
    for _ in range(40):
        tries += upkeep.collect(world.services)
        hours(world, 25)
    assert tries == 8


def test_what_was_unseen_longest_makes_room_and_no_host_takes_more_than_its_share(
    world: World, readers: Readers
) -> None:
    author = world.known()
    urls = [f"https://{host}.example/{n}.png" for host in ("a", "b") for n in range(4)]
    addresses = []
    for url in urls:
        hang(world.web, url, picture((300, 300)))
        addresses.append(address(world, arrives(world, f"picture {url}", author=author, attachment=[image(url)])))
    for one in addresses[:5]:
        assert readers.get(one).status_code == 200
        hours(world, 25)
    assert readers.get(addresses[0]).status_code == 200, "looked at again, it's young"
    size = cached(world)[0].size_bytes
    object.__setattr__(world.services.settings, "media_cache_bytes", size * 12)
    assert upkeep.forget(world.services) == 2
    assert [row.url for row in cached(world)] == [urls[0], urls[3], urls[4]]


def test_files_that_are_lost_are_fetched_again(world: World, readers: Readers) -> None:
    url = address(world, arrives(world))
    assert readers.get(url).status_code == 200
    where.on_disk(world.services.settings.data_dir, "elsewhere").remove(cached(world)[0].key, ["original"])
    assert readers.get(url).status_code == 200
    assert world.web.asked.count(PICTURE) == 2


def test_a_full_disk_loses_nothing_and_says_so(world: World, readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    url = address(world, arrives(world))
    with monkeypatch.context() as broken:
        broken.setattr(MediaFiles, "write", full)
        answer = readers.get(url)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert cached(world) == []
    assert readers.get(url).status_code == 200


def test_an_edit_that_leaves_the_picture_does_not_fetch_it_again(world: World, readers: Readers) -> None:
    author = world.known()
    note = arrives(world, author=author)
    assert readers.get(address(world, note)).status_code == 200
    changed = {**note, "content": "<p>Look at my dear cat</p>", "updated": "2026-03-02T12:00:30Z"}
    world.take(author, author.activity("Update", changed))
    assert readers.get(address(world, note)).status_code == 200
    assert world.web.asked.count(PICTURE) == 1
