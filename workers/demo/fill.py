"""Fills an empty trial: everything goes through the same door as real posts, at times in the last two days."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts import profile, signup
from app.accounts.profile import ProfileEdit
from app.accounts.tables import AccountRow, ActorRow
from app.clock import FrozenClock
from app.federation.tables import InstanceRow
from app.federation.wire import sanitise
from app.ids import IDS
from app.posts import admission, compose, invented
from app.posts.compose import ComposeRequest
from app.posts.drafts import DraftAttachment, DraftMention, PostDraft
from app.posts.tables import PostRow, PostState
from app.relationships import follow, welcome
from app.reports import file as reports
from app.reports.file import FileReport
from app.services import Services
from moderation.domains import editing
from moderation.tools import make_tools
from moderation.values import Severity
from workers.demo import pictures
from workers.demo.cast import APPLICANTS, EVERYBODY_ELSEWHERE, FOLLOWS, MEMBERS, SENDERS, Person
from workers.demo.script import LINES, REPORTS, WAVE, WAVE_MINUTES_AGO, Line


def fill(services: Services) -> bool:
    """Fill; False where there's something already."""
    with services.db.read() as session:
        if session.scalar(select(func.count()).select_from(PostRow)):
            return False
    _Demo(services).play()
    return True


class _Demo:
    """The play: a clock that walks from two days ago to now, and the people by name."""

    def __init__(self, services: Services) -> None:
        self._end = services.clock.now()
        self._clock = FrozenClock(self._end - timedelta(days=2))
        self._services = replace(services, clock=self._clock).with_tools(make_tools(self._clock))
        self._people: dict[str, ActorRow] = {}
        self._posts: list[PostRow] = []

    def play(self) -> None:
        """Everything, in order of time."""
        for person in EVERYBODY_ELSEWHERE:
            self._people[f"{person.name}@{person.domain}"] = self._settle(person)
        for person in MEMBERS:
            self._people[person.name] = self._join(person)
        for follower, target in FOLLOWS:
            self._befriend(self._people[follower], self._people[target])
        for line in LINES:
            if line.minutes_ago < WAVE_MINUTES_AGO <= LINES[LINES.index(line) - 1].minutes_ago:
                self._wave()
            self._to(line.minutes_ago)
            self._posts.append(self._say(line))
        self._complain()
        self._block()
        self._apply()
        self._welcome()

    def _to(self, minutes_ago: float) -> None:
        self._clock.move(self._end - timedelta(minutes=minutes_ago) - self._clock.now())

    def _join(self, person: Person) -> ActorRow:
        account = signup.create_account(
            self._services, person.name, f"{person.name}@demo.example", secrets.token_urlsafe(16)
        )
        edit = ProfileEdit(display_name=person.shown, note=person.note)
        profile.edit(self._services, account.id, edit)
        with self._services.db.write() as session:
            actor = session.get_one(ActorRow, account.id)
            actor.published_at = self._end - timedelta(days=person.days)
        return actor

    def _settle(self, person: Person) -> ActorRow:
        """A remote actor, as one fetched long ago: a trial fetches nothing."""
        domain, born = person.domain or "", self._end - timedelta(days=person.days)
        actor = invented.author(
            self._services.settings,
            person.name,
            domain,
            born,
            id=IDS.take(self._clock.now()),
            display_name=person.shown,
            summary=sanitise.from_plain(person.note),
            fetched_at=self._end,
        )
        with self._services.db.write() as session:
            session.merge(_instance(domain, born))
            session.add(actor)
        return actor

    def _befriend(self, follower: ActorRow, target: ActorRow) -> None:
        row = follow.follow(self._services, follower.id, target.id)
        if not target.local:
            with self._services.db.write() as session:
                follow.arrive(session, self._services, session.merge(row), follower, target)

    def _say(self, line: Line) -> PostRow:
        author = self._people[line.who]
        return self._write(author, line) if author.local else self._receive(author, line)

    def _write(self, author: ActorRow, line: Line) -> PostRow:
        answered = self._posts[line.answers].id if line.answers is not None else None
        text = f"@{line.to} {line.text}" if line.to else line.text
        request = ComposeRequest(text=text, warning=line.warning, in_reply_to_id=answered, language=line.language)
        return compose.compose(self._services, author.id, request)

    def _receive(self, author: ActorRow, line: Line) -> PostRow:
        to = self._people[line.to] if line.to else None
        draft = self._draft(author, line.text, to, line)
        for attachment in draft.attachments:
            pictures.keep(self._services, attachment.url, attachment.description)
        pk = admission.admit_one(self._services, draft).pk
        with self._services.db.read() as session:
            return session.get_one(PostRow, pk)

    def _draft(self, author: ActorRow, text: str, to: ActorRow | None, line: Line | None = None) -> PostDraft:
        picture, path = line.picture if line else "", secrets.token_hex(6)
        attachment = DraftAttachment(f"{author.uri}/statuses/{path}.png", "image/png", picture, width=960, height=640)
        return invented.draft(
            author,
            path,
            text,
            self._clock.now(),
            language=line.language if line else "en",
            mentions=(DraftMention(to.id, to.uri, to.local),) if to else (),
            attachments=(attachment,) if picture else (),
        )

    def _wave(self) -> None:
        """Thirty-six times nearly the same, a few at a time, as such waves come."""
        self._to(WAVE_MINUTES_AGO)
        targets = [self._people[person.name] for person in MEMBERS]
        for turn in range(4):
            drafts = []
            for number, sender in enumerate(SENDERS):
                text = WAVE.format(places=turn * 9 + number + 3, host=sender.domain)
                author = self._people[f"{sender.name}@{sender.domain}"]
                drafts.append(self._draft(author, text, targets[number % len(targets)]))
            admission.admit(self._services, drafts)
            self._clock.move(timedelta(seconds=40))

    def _complain(self) -> None:
        self._to(2)
        for who, about, lines, category, comment in REPORTS:
            reporter, target = self._people[who], self._people[about]
            ids = tuple(self._posts[line].id for line in lines if self._posts[line].state is PostState.PUBLISHED)
            reports.file(self._services, reporter, FileReport(target.id, ids, comment, category))

    def _apply(self) -> None:
        for (person, reason), hours in zip(APPLICANTS, (20, 9, 2), strict=True):
            account = signup.create_account(
                self._services, person.name, f"{person.name}@demo.example", secrets.token_urlsafe(16)
            )
            with self._services.db.write() as session:
                row = session.get_one(AccountRow, account.id)
                row.approved_at, row.signup_reason = None, reason
                row.created_at = self._end - timedelta(hours=hours)

    def _welcome(self) -> None:
        """Whoever makes the admin's account finds a home with something in it."""
        welcome.choose(self._services, [self._people[person.name].id for person in MEMBERS])

    def _block(self) -> None:
        with self._services.db.write() as session:
            for domain, severity, comment in (
                ("spam.example", Severity.SUSPEND, "Nothing but advertising."),
                ("loud.example", Severity.SILENCE, "Fine people, too many of them at once."),
            ):
                editing.set_rule(session, domain, severity, by="demo", now=self._clock.now(), public_comment=comment)


def _instance(domain: str, born: datetime) -> InstanceRow:
    return InstanceRow(
        domain=domain, software="mastodon", software_version="4.4.0", first_nodeinfo_at=born, first_seen_at=born
    )


def _attached(uri: str, description: str) -> tuple[DraftAttachment, ...]:
    width, height = pictures.SIZE
    return (DraftAttachment(f"{uri}.png", "image/png", description, width=width, height=height),)
