"""Posts that wait, are let in, changed, and taken away, before everybody who could be shown them, at every address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import orjson
import pytest
from flask import Flask
from redis import Redis
from redis.client import PubSub
from sqlalchemy import select

from app.accounts.tables import AccountRow, Role
from app.enforcement import enact, upkeep
from app.federation.tables import OutboxActivityRow
from app.lists import keep
from app.lists.keep import Wish
from app.notifications.tables import MailRow, NotificationKind
from app.posts import edit
from app.posts.compose import PollRequest
from app.posts.edit import EditRequest
from app.posts.tables import PostRow, PostState
from app.relationships import tags
from app.trends import counting, showing
from app.trends.tables import TrendKind
from moderation.values import Action, Effect, Verb, Visibility
from tests.app import people
from tests.federation.world import World
from tests.leaks.asking import asker, browser, is_api, is_federation, member, peer
from tests.leaks.table import DEEDS, EVERYBODY, MEMBERS, ROWS, Shows, line_of
from tests.leaks.town import BAD, Town
from tests.leaks.walk import Ask

NAMES = ("post", "answer", "note", "far")
DECIDED = ("post", "answer", "far")
"""The note waits with the post that it answers, and comes with it: nobody reads letters."""
OWN = ("post", "answer", "note")
TAG = "ztheld"
MARKS = {name: f"zq{name}m" for name in NAMES}
UNKNOWN = "115000000000000001"
CHANGED = "zqchangedm"
LISTENED = ("update", "status.update", "delete", "notification")


@dataclass
class Street:
    """Four posts, and those who could be shown them."""

    app: Flask
    town: Town
    hearing: PubSub
    before: dict[str, int] = field(default_factory=dict)
    """The numbers before there was any of it."""
    posts: dict[str, PostRow] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    first_ids: dict[str, int] = field(default_factory=dict)
    _askers: dict[tuple[str, str], Ask] = field(default_factory=dict)

    def now(self, name: str) -> PostRow:
        """A post as it is."""
        row: PostRow = people.again(self.town.world.services, self.posts[name])
        return row

    def asks(self, who: str, rule: str) -> Ask:
        """Somebody, as they are known at this address."""
        kind = "api" if is_api(rule) else "peers" if is_federation(rule) and not rule.startswith("/@") else "page"
        if (who, kind) not in self._askers:
            self._askers[who, kind] = self._made(who, kind)
        return self._askers[who, kind]

    def _made(self, who: str, kind: str) -> Ask:
        if who == "peer":
            return peer(self.app, self.town, self.town.remotes["olga"])
        if who == "anyone" or kind == "peers":
            accept = {"api": "*/*", "peers": "application/activity+json", "page": "text/html"}
            return asker(self.app, accept[kind])
        return (member if kind == "api" else browser)(self.app, self.town, who)

    def asked(self, row: Shows) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The paths of a row, each with the posts that belong there."""
        if not any(gap in row.path for gap in ("{id}", "{key}", "{uri}", "{mark}")):
            yield row.path.format(**self.gaps), tuple(row.of.split())
            return
        for name in row.of.split():
            post = self.now(name)
            key, uri = post.uri.rpartition("/")[2], quote(post.uri, safe="")
            yield row.path.format(id=post.id, key=key, uri=uri, mark=MARKS[name], **self.gaps), (name,)

    def sees(self, who: str, row: Shows, rule: str) -> Iterator[tuple[str, str, int, str]]:
        """(post, path, status, body) for each post of the row."""
        for path, names in self.asked(row):
            status, body = self.asks(who, rule)(row.method, path)
            for name in names:
                yield name, path, status, body

    def stands(self, name: str, row: Shows, body: str) -> bool:
        """Whether a post, or what the row has of it, is in an answer."""
        return (self.posts[name].uri if row.mark else MARKS[name]) in body

    def heard(self) -> Counter[tuple[str, str]]:
        """What was said on the streams since: (event, channel) → how often."""
        said: Counter[tuple[str, str]] = Counter()
        for message in iter(lambda: self.hearing.get_message(timeout=0.05), None):
            if message["type"] == "pmessage":
                happened = orjson.loads(message["data"])
                said[happened["event"], message["channel"].decode().rpartition("stream:")[2]] += 1
        return Counter({key: number for key, number in said.items() if key[0] in LISTENED})

    def told(self, who: str) -> list[NotificationKind]:
        """What a member was told about others."""
        return people.told(self.town.world.services, self.town.people[who].id)

    def sent(self, kind: str) -> list[str]:
        """What left for other servers: activities of a kind about ana's posts."""
        uris = {post.uri for name, post in self.posts.items() if name in OWN}
        with self.town.world.services.db.read() as session:
            activities = [orjson.loads(body) for body in session.scalars(select(OutboxActivityRow.body))]
        objects = [one["object"] for one in activities if one["type"] == kind]
        found = [one["id"] if isinstance(one, dict) else one for one in objects]
        return [uri for uri in found if uri in uris]

    def numbers(self) -> dict[str, int]:
        """The counts that such posts change, as anybody reads them."""
        anyone = self.asks("anyone", "/api/")
        ben, far = self.asks("ben", "/api/"), self.town.remotes["mallory"]
        read = {
            "posts": (anyone, "/api/v1/accounts/{ana}", "statuses_count"),
            "posts there": (anyone, f"/api/v1/accounts/lookup?acct={far.name}@{far.domain}", "statuses_count"),
            "answers": (anyone, "/api/v1/statuses/{root}", "replies_count"),
            "quotes": (anyone, "/api/v1/statuses/{bens}", "quotes_count"),
            "unread": (ben, "/api/v1/notifications/unread_count", "count"),
            "unread groups": (ben, "/api/v2/notifications/unread_count", "count"),
        }
        counts = {
            name: orjson.loads(ask("GET", path.format(**self.gaps))[1].partition("\n\n")[2])[key]
            for name, (ask, path, key) in read.items()
        }
        for timeline in ("local", "public"):
            body = self.asks("anyone", "/news/")("GET", f"/news/{timeline}?since_id={self.gaps['bens']}")[1]
            counts[f"news {timeline}"] = orjson.loads(body.partition("\n\n")[2])["count"]
        return counts

    def trends(self) -> None:
        """What is spoken of is counted, and a lead lets all of it be shown."""
        services = self.town.world.services
        counting.count(services)
        with services.db.read() as session:
            found = [row.key for row in showing.all_of(session, TrendKind.STATUS, 0, 40)]
            lead = session.get_one(AccountRow, int(self.gaps["lead"]))
        for key in found:
            showing.answer(services, lead, TrendKind.STATUS, key, allowed=True)


@pytest.fixture
def street(app: Flask, world: World, redis: Redis) -> Iterator[Street]:
    """Everybody, and four posts that wait."""
    with redis.pubsub() as hearing:  # type: ignore[no-untyped-call]
        yield _built(app, Town(world), hearing)


def _built(app: Flask, town: Town, hearing: PubSub) -> Street:
    world, services = town.world, town.world.services
    ana, ben, dan = (town.member(name) for name in ("ana", "ben", "dan"))
    mallory = town.elsewhere("mallory", "far.example")
    town.elsewhere("olga", "peer.example")
    lead = people.member(services, "lena", Role.LEAD)
    for name in ("ana", "mallory"):
        author = town.people.get(name) or world.row(town.remotes[name])
        world.follow(ben, author)
        with services.db.write() as session:
            session.merge(author).discoverable = True
    world.follow(world.row(town.remotes["olga"]), ana)
    home = keep.make(services, ben.id, Wish(title="Theirs"))
    keep.add(services, ben.id, home.id, [ana.id, world.row(mallory).id])
    hers = keep.make(services, ana.id, Wish(title="My own"))
    keep.add(services, ana.id, hers.id, [ana.id])
    tags.follow(services, dan.id, TAG)
    root = town.writes(ana, "The lock opens at six in summer.")
    bens = town.writes(ben, "Herons came back to the weir.")
    street = Street(app, town, hearing)
    hearing.psubscribe("ostiary:stream:*")
    street.gaps = {
        "ana": str(ana.id),
        "mallory": str(world.row(mallory).id),
        "list": str(home.id),
        "her_list": str(hers.id),
        "tag": TAG,
        "root": str(root.id),
        "root_key": root.uri.rpartition("/")[2],
        "bens": str(bens.id),
        "lead": str(lead.id),
    }
    street.heard()
    street.before = street.numbers()
    poll = PollRequest((MARKS["answer"], "no"), timedelta(days=1))
    post = town.writes(ana, f"{BAD} {MARKS['post']} @ben #{TAG}", quoted_id=bens.id)
    note = f"@ben {MARKS['note']} is what I mean."
    street.posts = {
        "post": post,
        "answer": town.writes(ana, f"All {BAD} {MARKS['answer']} there.", in_reply_to_id=root.id, poll=poll),
        "note": town.writes(ana, note, in_reply_to_id=post.id, visibility=Visibility.DIRECT),
        "far": _from_elsewhere(town),
    }
    street.first_ids = {name: post.id for name, post in street.posts.items()}
    waiting = dict.fromkeys(NAMES, PostState.HELD) | {"note": PostState.WAITING}
    assert {name: street.now(name).state for name in NAMES} == waiting
    return street


def _from_elsewhere(town: Town) -> PostRow:
    mallory, ben = town.remotes["mallory"], town.people["ben"]
    hashtag = {"type": "Hashtag", "name": f"#{TAG}", "href": f"https://far.example/tags/{TAG}"}
    note = mallory.note_to(ben, f"Nothing but {BAD} {MARKS['far']}.")
    note["tag"].append(hashtag)
    town.world.take(mallory, mallory.create(note))
    return town.world.stored(note)


def let_in(street: Street) -> None:
    """A moderator lets all of it in; the workers do the rest."""
    for name in DECIDED:
        street.town.decides(street.now(name), Action.APPROVE)
    upkeep.rejudge(street.town.world.services)


def leaked(street: Street, marks: Iterable[str], *, but: str = "") -> list[tuple[str, str, str]]:
    """Who is shown one of these marks, where; `but` may be."""
    found = []
    for key, rows in ROWS.items():
        rule = key.partition(" ")[2]
        for row in rows:
            viewers = "anyone peer" if is_federation(rule) and not rule.startswith("/@") else EVERYBODY
            for who in (one for one in viewers.split() if one != but):
                for path, _names in street.asked(row):
                    said = street.asks(who, rule)(row.method, path)[1]
                    found += [(who, path, mark) for mark in marks if mark in said and mark not in path]
    return found


def probed(street: Street) -> list[tuple[str, str, int]]:
    """By which deed somebody learns that a post is there, which waits."""
    found = []
    for key, path in DEEDS.items():
        method, _, rule = key.partition(" ")
        for who in MEMBERS.split()[1:]:
            ask = street.asks(who, rule)
            unknown = ask(method, path.format(id=UNKNOWN, **street.gaps))
            for name in NAMES:
                number = str(street.now(name).id)
                status, said = ask(method, path.format(id=number, **street.gaps))
                if (status, _body(said, number)) != (unknown[0], _body(unknown[1], UNKNOWN)):
                    found.append((who, path.format(id=name, **street.gaps), status))
    return found


def _body(said: str, number: str) -> str:
    """What is said, without the number and what is new each time."""
    return re.sub(r"[\w-]{24,}", "", said.partition("\n\n")[2].replace(number, ""))


def missing(street: Street, wanted: Mapping[str, tuple[Shows, ...]], who: str) -> list[tuple[str, str, str, int]]:
    """What somebody should be shown and isn't."""
    return [
        (who, name, path, status)
        for key, rows in wanted.items()
        for row in rows
        for name, path, status, body in street.sees(who, row, key.partition(" ")[2])
        if not street.stands(name, row, body)
    ]


def shown_to(who: str) -> dict[str, tuple[Shows, ...]]:
    """The rows that show somebody something."""
    return {key: tuple(row for row in rows if who in row.to.split()) for key, rows in ROWS.items()}


def test_a_held_post_is_its_authors_alone_until_it_is_let_in_and_gone_when_it_is_removed(street: Street) -> None:
    town, before = street.town, street.before
    services, ana, ben = town.world.services, town.people["ana"], town.people["ben"]

    # While they wait
    street.trends()
    assert {channel for _event, channel in street.heard()} == {f"user:{ana.id}"}
    assert leaked(street, MARKS.values(), but="ana") == []
    assert probed(street) == []
    own = {key: tuple(row for row in rows if row.own) for key, rows in ROWS.items()}
    assert [one for one in missing(street, own, "ana") if one[1] in OWN] == []
    for name in OWN:
        assert street.asks("ana", "/held/")("GET", f"/held/{street.now(name).id}")[0] == 200
        assert street.asks("ben", "/held/")("GET", f"/held/{street.now(name).id}")[0] == 404
    assert street.numbers() == before
    assert street.told("ben") == [] and street.sent("Create") == []
    assert _mails(street) == []

    # Let in
    street.heard()
    let_in(street)
    after = street.heard()
    assert {event for event, channel in after if channel == f"user:{ben.id}"} == {"update", "notification"}
    assert {channel: number for (event, channel), number in after.items() if event == "update"} == {
        "public": 3, "public:local": 2, "public:remote": 1, f"hashtag:{TAG}": 2, f"hashtag:local:{TAG}": 1,
        f"user:{ana.id}": 3, f"user:{ben.id}": 4, f"user:{town.people['dan'].id}": 2,
        f"list:{ben.id}:{street.gaps['list']}": 4, f"list:{ana.id}:{street.gaps['her_list']}": 3,
    }  # fmt: skip
    assert Counter(street.told("ben")) == {NotificationKind.MENTION: 3, NotificationKind.QUOTE: 1}
    assert sorted(street.sent("Create")) == sorted(street.posts[name].uri for name in ("post", "answer"))
    assert street.numbers() == before | {
        "posts": before["posts"] + 2, "posts there": 1, "answers": 1, "quotes": 1, "unread": 4, "unread groups": 4,
        "news local": before["news local"] + 2, "news public": before["news public"] + 3,
    }  # fmt: skip
    acts = {key: rows for key, rows in ROWS.items() if key.startswith("POST")}
    for who in ("ben", "dan", "ana"):
        assert missing(street, {key: shown_to(who)[key] for key in acts}, who) == []
    street.trends()
    for who in ("ana", "ben", "dan", "anyone", "peer"):
        assert missing(street, shown_to(who), who) == []
    for name, first in street.first_ids.items():
        if name in OWN:
            assert MARKS[name] in street.asks("ana", "/api/")("GET", f"/api/v1/statuses/{first}")[1]

    # An edit that waits leaves the old text
    edit.edit(services, ana.id, street.now("post").id, EditRequest(f"Still {BAD} {CHANGED} @ben #{TAG}"))
    assert leaked(street, [CHANGED], but="ana") == []
    for who in ("ana", "ben", "dan", "anyone", "peer"):
        rows = {key: tuple(row for row in rows if "post" in row.of) for key, rows in shown_to(who).items()}
        assert [one for one in missing(street, rows, who) if one[1] == "post"] == []
    assert street.sent("Update") == []

    # Removed
    street.heard()
    with services.db.write() as session:
        enact.enact(services, session, [Effect(Verb.WITHDRAW, street.posts[name].uri) for name in NAMES])
    gone = street.heard()
    assert gone["delete", f"user:{ben.id}"] == len(NAMES) + 2, "and his own two boosts"
    assert gone["delete", f"hashtag:{TAG}"] == 2
    street.trends()
    assert leaked(street, [*MARKS.values(), CHANGED], but="ana") == []
    assert street.sent("Create") and sorted(street.sent("Delete")) == sorted(
        street.posts[name].uri for name in ("post", "answer")
    )
    assert {name: number for name, number in street.numbers().items() if not name.startswith("unread")} == {
        name: number for name, number in before.items() if not name.startswith("unread")
    }


def _mails(street: Street) -> list[str]:
    with street.town.world.services.db.read() as session:
        return [row.to for row in session.scalars(select(MailRow)) if not row.to.startswith("ana")]


@pytest.mark.one_database
def test_what_is_said_to_show_no_posts_shows_none(street: Street) -> None:
    let_in(street)
    rules = sorted({rule.rule for rule in street.app.url_map.iter_rules() if "GET" in (rule.methods or ())})
    for rule in rules:
        line = line_of("GET", rule)
        if "<" in rule or f"GET {rule}" in ROWS or line == "for staff":
            continue
        said = street.asks("ben", rule)("GET", rule)[1]
        assert not [mark for mark in MARKS.values() if mark in said], rule
