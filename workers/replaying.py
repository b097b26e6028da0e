"""Replaying: recorded activities or texts are judged as they would be now. Nothing is stored, shown or sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from app.accounts.tables import ActorRow
from app.federation import drafting
from app.federation.wire import documents, uris
from app.federation.wire.errors import WireError
from app.federation.wire.parse import parse_activity, parse_object
from app.federation.wire.values import Create, Post, Update
from app.posts import submissions
from app.posts.submissions import Surroundings
from app.services import Services
from moderation import door
from moderation.domains.rules import DomainRules
from moderation.values import Author, Judgement, Origin, SubjectKind, Submission, Visibility

BATCH = 200
STRANGER = "https://replay.invalid/users/stranger"
LONGEST_LINE = 1024 * 1024


@dataclass(frozen=True)
class Replayed:
    """What became of one line: a judgement, or the reason why it couldn't be judged."""

    line: int
    name: str
    judgement: Judgement | None = None
    refused: str | None = None

    def as_json(self) -> str:
        """One line of JSON."""
        if self.judgement is None:
            return orjson.dumps({"line": self.line, "id": self.name, "refused": self.refused}).decode()
        judgement = self.judgement
        return orjson.dumps(
            {
                "line": self.line,
                "id": self.name,
                "outcome": judgement.outcome.value if judgement.outcome else "retry",
                "label": judgement.label,
                "reasons": list(judgement.reasons),
                "findings": [
                    {"check": f.check, "label": f.label, "score": f.score, "why": f.why} for f in judgement.findings
                ],
            }
        ).decode()


def replay(services: Services, lines: Iterable[bytes]) -> Iterator[Replayed]:
    """Judge line by line, in batches as intake does. A line is an activity, an object, or `{"id", "text"}`."""
    numbered = ((number, line) for number, line in enumerate(lines, 1) if line.strip())
    while batch := list(islice(numbered, BATCH)):
        yield from _judge(services, batch)


def _judge(services: Services, lines: list[tuple[int, bytes]]) -> list[Replayed]:
    now = services.clock.now()
    with services.db.read() as session:
        rules = DomainRules.fresh(session, None)
        read = [(number, _read(line, number, rules, now)) for number, line in lines]
        good = [found for _, found in read if isinstance(found, Submission)]
        judged = iter(door.judge(session, good, services.tools))
    return [
        Replayed(number, found.uri, judgement=next(judged))
        if isinstance(found, Submission)
        else Replayed(number, "", refused=found)
        for number, found in read
    ]


def _read(line: bytes, number: int, rules: DomainRules, now: datetime) -> Submission | str:
    """A submission, or why there's none."""
    if len(line) > LONGEST_LINE:
        return "the line is too long"
    try:
        found = documents.load(line)
        if "text" in found and "type" not in found:
            return _text(found, number, now)
        return _submission(_post(found), rules, now)
    except WireError as error:
        return str(error)


def _text(found: dict[str, Any], number: int, now: datetime) -> Submission | str:
    text, language = found["text"], found.get("lang")
    if not isinstance(text, str) or not isinstance(language, str | None):
        return "text and lang must be strings"
    uri = f"https://replay.invalid/texts/{found.get('id', number)}"
    author = Author("https://replay.invalid/users/stranger", "replay.invalid", Origin.REMOTE, "stranger@replay.invalid")
    return Submission(uri, SubjectKind.POST, author, Visibility.PUBLIC, text, now, language=language, seen_by=1)


def _post(found: dict[str, Any]) -> Post:
    thing = parse_activity(found) if "actor" in found else parse_object(found)
    inside = thing.object if isinstance(thing, Create | Update) else thing
    if not isinstance(inside, Post):
        raise WireError("no post in it")
    return inside


def _submission(post: Post, rules: DomainRules, now: datetime) -> Submission:
    """The author is a stranger, whose record moderation knows by URI; nobody here is looked up as a reader."""
    domain = uris.origin(post.author) or ""
    name = post.author.rpartition("/")[2]
    stranger = ActorRow(id=0, uri=post.author, username=name, domain=domain, local=False)
    draft = drafting.draft(post, stranger, {}, rules, received_at=now, live=True)
    author = Author(post.author, domain, Origin.REMOTE, f"{name}@{domain}")
    around = Surroundings(authors={0: author}, parents={}, follows=frozenset())
    return submissions.build(draft, around)
