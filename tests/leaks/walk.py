"""A walk through every address of the application: a new endpoint is on it by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.accounts.tables import ActorRow
from app.notifications.tables import NotificationRow
from app.posts.tables import PostAliasRow, PostRow
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.reports.tables import ReportRow
from tests.leaks.town import Secret, Town, tag
from tests.support.services import DOMAIN

Ask = Callable[[str, str], tuple[int, str]]
"""(method, path with its query) → (status, everything that came back)."""
NOT_TO_BE_WALKED = ("/static", "/pictures", "/language", "/sign-out", "/oauth/revoke")
"""Files, and where a visit would end or change its language."""
COUNTS = "/metrics"
"""It says something else every time, and listens to no question."""
CLOSED = (401, 403)
SIGN_IN = "\nLocation: /sign-in"
"""A page's closed door."""
PATIENCE = 3
"""After so many closed doors of one kind nobody tries the next."""
_NOISE = re.compile(r'(href|value|content|action)="[^"]*"')
"""What differs between two answers although they say the same: tokens, and where one comes back to."""
_COLUMNS = {
    "post": (PostRow.id, PostAliasRow.id),
    "person": (ActorRow.id,),
    "notification": (NotificationRow.id,),
    "case": (CaseRow.id,),
    "decision": (DecisionRow.id,),
    "report": (ReportRow.id, PostRow.id, ActorRow.id),
}
_NOUNS = {
    "status": "post",
    "post": "post",
    "held": "post",
    "/@": "post",
    "account": "person",
    "follow": "person",
    "notification": "notification",
    "case": "case",
    "decision": "decision",
    "/polls/": "post",
}
OTHER_KINDS = (
    "/api/v1/filters/", "/api/v1/lists/", "/api/v1/media/", "/api/v1/timelines/list/", "/api/v2/filters/",
    "/api/v1/instance/", "/appeals/", "/legal/", "/letters/", "/media/", "/outside/", "/privacy/", "/reports/",
    "/review/", "/settings/", "/terms/", "/transparency/",
)  # fmt: skip
"""What is numbered there is neither a post nor a person: a few numbers of each kind are tried, in case one is."""
FEW = 3


@dataclass(frozen=True)
class Leak:
    """Something that was shown to somebody whom it isn't for."""

    secret: str
    viewer: str
    found: str
    where: str


class Places:
    """What a curious person could put into an address."""

    def __init__(self, town: Town) -> None:
        people = [*town.people.values(), *map(town.world.row, town.remotes.values())]
        with town.world.services.db.read() as session:
            self.numbers = {
                kind: sorted({str(number) for column in columns for number in session.scalars(select(column))})
                for kind, columns in _COLUMNS.items()
            }
            uris = session.scalars(select(PostRow.uri).where(PostRow.local)).all()
        self.names = [p.username if p.local else f"{p.username}@{p.domain}" for p in people]
        self.tags = [tag(secret.name) for secret in town.secrets]
        self.posts = [(uri.split("/")[-3], uri.split("/")[-1]) for uri in uris]
        self.uris = [secret.uri for secret in town.secrets if secret.uri]
        self.domains = [remote.domain for remote in town.remotes.values()]
        self.known = town.people["ana"]

    def everything(self) -> list[str]:
        """Whatever there is."""
        return [*{n for numbers in self.numbers.values() for n in numbers}, *self.names, *self.tags]

    def a_few(self) -> list[str]:
        """Some of whatever there is."""
        kinds = [*self.numbers.values(), self.names, self.tags]
        return list(dict.fromkeys(one for kind in kinds for one in kind[:FEW]))

    def of(self, argument: str, rule: str) -> list[str]:
        """What an argument can be; everything, where neither its name nor its rule says what it is."""
        named = {
            "name": self.tags if "tag" in rule else self.names,
            "handle": self.names,
            "tag": self.tags,
            "domain": self.domains,
            "token": self.tags[:1],
            "timeline": ["home", "local", "public"],
            "version": ["2.0", "2.1"],
            "kind": ["csv", "json"],
            "act": ["like", "boost", "hide", "follow", "block"],
            "answer": ["accept", "refuse"],
        }
        if argument in named:
            return named[argument]
        noun = next((noun for word, noun in _NOUNS.items() if word in rule), None)
        if noun is not None:
            return self.numbers[noun]
        return self.a_few() if rule.startswith(OTHER_KINDS) else self.everything()

    def fillings(self, rule: Rule) -> Iterator[str]:
        """A rule with every choice of arguments."""
        names = re.findall(r"<(?:[^:<>]+:)?([^<>]+)>", rule.rule)
        for choice in self._choices(names, rule.rule):
            path = rule.rule
            for value in choice:
                path = re.sub(r"<[^<>]+>", quote(value, safe="@"), path, count=1)
            yield path

    def _choices(self, names: list[str], rule: str) -> Iterable[tuple[str, ...]]:
        """A post's address has its own two parts; where one has an author and a number, any author will do."""
        if names == ["name", "key"]:
            return self.posts
        if names == ["handle", "number"]:
            return zip(itertools.cycle(self.names), self.numbers["post"], strict=False)
        return itertools.product(*(self.of(name, rule) for name in names))

    def probes(self) -> list[str]:
        """Questions about what anybody may know: does an endpoint listen to questions at all?"""
        name, number = self.known.username, str(self.known.id)
        texts = (name, self.known.uri, f"acct:{name}@{DOMAIN}")
        return [*map(_about, texts), _about_numbers([number]), "page=true"]

    def questions(self) -> Iterator[str]:
        """Queries for every secret by its address, its number, its author, its beginning."""
        for text in (*self.uris, "zt", "zq", "#zt", *self.names, *(f"acct:{name}@{DOMAIN}" for name in self.names)):
            yield _about(text)
        numbers = [*self.numbers["post"], *self.numbers["person"]]
        for start in range(0, len(numbers), 20):
            yield _about_numbers(numbers[start : start + 20])
        yield "local=true&page=true&limit=40"
        yield "remote=true&limit=40"


def _about(text: str) -> str:
    asked = dict.fromkeys(("q", "uri", "url", "resource", "subject"), text)
    return urlencode({**asked, "acct": text.removeprefix("acct:"), "page": "true", "limit": "40"})


def _about_numbers(numbers: list[str]) -> str:
    several = [(name, number) for name in ("id[]", "status_ids[]") for number in numbers]
    return urlencode([*several, *((name, numbers[0]) for name in ("id", "reply_to", "in_reply_to_id"))])


def walk(
    app: Flask, places: Places, ask: Ask, method: str = "GET", *, where: Callable[[str], bool] = bool
) -> Iterator[tuple[str, str]]:
    """Ask for everything: (path, what came back). What answers to a question is asked every question.

    `where` says of a rule whether this viewer has any business there.
    """
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if method not in (rule.methods or ()) or rule.rule.startswith(NOT_TO_BE_WALKED) or not where(rule.rule):
            continue
        closed = 0
        for path in places.fillings(rule):
            status, body = ask(method, path)
            yield path, body
            closed = closed + 1 if status in CLOSED or SIGN_IN in body else -10_000
            if closed == PATIENCE:
                break
        if method == "GET" and not rule.arguments and rule.rule != COUNTS:
            yield from _questions(rule.rule, places, ask)


def _questions(path: str, places: Places, ask: Ask) -> Iterator[tuple[str, str]]:
    plain = _said(ask("GET", path))
    listens = False
    for probe in places.probes():
        answer = ask("GET", f"{path}?{probe}")
        listens |= _said(answer) != plain
        yield f"{path}?{probe}", answer[1]
    for question in places.questions() if listens else ():
        yield f"{path}?{question}", ask("GET", f"{path}?{question}")[1]


def _said(answer: tuple[int, str]) -> str:
    """What an answer says, without its headers; a redirection says nothing."""
    status, text = answer
    return "" if 300 <= status < 400 else _NOISE.sub("", text.partition("\n\n")[2])


def leaks(viewer: str, secrets: Iterable[Secret], answers: Iterable[tuple[str, str]]) -> list[Leak]:
    """Everything that this viewer is shown and shouldn't be. What they said themselves may come back."""
    hidden = [secret for secret in secrets if viewer in secret.hidden_from]
    found: list[Leak] = []
    for path, body in answers:
        said = f"https://{DOMAIN}{unquote(path)}"
        for secret in hidden:
            told = [secret.mark, *(clue for clue in secret.clues if clue not in said)]
            found += [Leak(secret.name, viewer, clue, path) for clue in told if _stands(clue, body)]
    return found


def _stands(clue: str, body: str) -> bool:
    """Whether it stands there by itself: an address isn't given away by a longer one."""
    return clue in body and re.search(re.escape(clue) + r"(?!\d)", body) is not None
