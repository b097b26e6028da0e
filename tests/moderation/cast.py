"""The cast of moderation's tests: who writes, what they write, and a text model whose word can be foretold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation import door
from moderation.errors import CheckFailedError
from moderation.tools import Tools
from moderation.values import (
    Author,
    Judgement,
    Mention,
    Origin,
    RecordedVerdict,
    Span,
    SubjectKind,
    Submission,
    Visibility,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOME = "ostiary.example"
HATEFUL = "vermin, all of them, they should be driven out of the country at once"
THREAT = "i will find you and break both your legs tonight, count on it"
HURTFUL = "you are a pathetic little nobody and everybody here laughs at you"
DARK = "i do not want to be here any more and i have the pills on my table"
HARMLESS = "The baker gave away the last of the winter apples during the rain."
ALIKE = "claim your free airdrop now before it closes, only {} places left, tell all your friends"
WORDS: Mapping[str, str] = {
    "vermin": "hate",
    "break both": "violence",
    "pathetic": "harassment",
    "pills": "self_harm",
}


@dataclass(frozen=True)
class Scores:
    """What the twin says of a text."""

    scores: Mapping[str, float | None]
    language: str | None = "en"
    abstained_because: str | None = None
    disguised: bool = False


@dataclass
class TwinModel:
    """Scores by the words above: 0.99 where one is in the text, else 0.01. `broken` fails, `poison` fails on a word."""

    version: str = "twin-1"
    broken: bool = False
    poison: str | None = None
    hold_lines: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(("hate", "violence", "harassment", "spam", "self_harm", "sexual"), 0.95)
    )
    label_lines: Mapping[str, float] = field(
        default_factory=lambda: dict.fromkeys(("hate", "violence", "harassment", "spam", "self_harm", "sexual"), 0.7)
    )

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> list[Scores]:
        """One for each text."""
        if self.broken or (self.poison is not None and any(self.poison in text for text in texts)):
            raise CheckFailedError("text", "the twin is broken")
        return [self._score(text, language) for text, language in zip(texts, languages, strict=True)]

    def _score(self, text: str, language: str | None) -> Scores:
        if language == "xx":
            return Scores({}, "xx", "language not trained for")
        if language == "xy":  # of which it has learnt one label
            return Scores({"hate": 0.99, "spam": None}, "xy", "language not trained for")
        found = dict.fromkeys(("hate", "harassment", "violence", "sexual", "self_harm", "spam", "toxic"), 0.01)
        for word, label in WORDS.items():
            if word in text:
                found[label] = 0.99
        return Scores(found)

    def explain(self, text: str, label: str) -> tuple[Span, ...]:
        """The word that weighed."""
        for word, its in WORDS.items():
            if its == label and word in text:
                start = text.index(word)
                return (Span(start, start + len(word), 1.0),)
        return ()


class House:
    """A server: a session, a clock that is moved by hand, a text model, and who has written so far."""

    def __init__(self, session: Session, model: TwinModel | None = None, *, chance: float = 1.0) -> None:
        self.session = session
        self.now = NOON
        self.model = model or TwinModel()
        self.tools = Tools(now=lambda: self.now, text_model=self.model, chance=lambda: chance)
        self._count = 0

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    def author(self, name: str = "mallory", domain: str = "far.example", **more: Any) -> Author:
        """Somebody; at HOME a member."""
        origin = Origin.LOCAL if domain == HOME else Origin.REMOTE
        uri = f"https://{domain}/users/{name}"
        return Author(uri, domain, origin, f"@{name}@{domain}", **more)

    def post(self, text: str = HARMLESS, author: Author | None = None, **more: Any) -> Submission:
        """A post that a member would see."""
        self._count += 1
        writer = author or self.author()
        values: dict[str, Any] = {
            "uri": f"{writer.uri}/statuses/{self._count}",
            "kind": SubjectKind.POST,
            "author": writer,
            "visibility": Visibility.PUBLIC,
            "text": text,
            "html": f"<p>{text}</p>",
            "submitted_at": self.now,
            "language": "en",
            "seen_by": 1,
        }
        return Submission(**(values | more))

    def judge(self, *batch: Submission) -> list[Judgement]:
        """At the door."""
        return door.judge(self.session, batch, self.tools)

    def admit(self, *batch: Submission) -> door.Recorded:
        """At the door, and into the rows."""
        recorded = door.record(self.session, self.judge(*batch), self.now)
        self.session.flush()
        return recorded

    def one(self, *args: Any, **more: Any) -> RecordedVerdict:
        """One post, admitted: its verdict."""
        verdict = self.admit(self.post(*args, **more)).verdicts[0]
        assert verdict is not None
        return verdict

    def case_of(self, *args: Any, **more: Any) -> int:
        """One post that is held: its case."""
        case_id = self.one(*args, **more).case_id
        assert case_id is not None
        return case_id


def strangers(count: int) -> tuple[Mention, ...]:
    """Members who don't know the author."""
    return tuple(Mention(f"https://{HOME}/users/member{number}", local=True) for number in range(count))


def friend(name: str = "ana") -> tuple[Mention, ...]:
    """A member who follows the author."""
    return (Mention(f"https://{HOME}/users/{name}", local=True, knows_author=True),)
