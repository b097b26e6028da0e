"""Posts that come at the same moment share a write, and nothing else: each has its own verdict and its own fate."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import ForbiddenError
from app.posts import compose
from app.posts.admission import Admitted, Alongside
from app.posts.compose import ComposeRequest
from app.posts.drafts import PostDraft
from app.posts.gathering import Gatherer
from app.posts.storing import Stored
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from moderation.tools import Tools
from moderation.values import Visibility
from tests.app.people import member
from tests.support.scorer import KeywordScorer, KeywordScores

PATIENCE = 30.0


@dataclass
class GatedScorer(KeywordScorer):
    """Judges the first batch only when it's let; the others at once."""

    entered: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> Sequence[KeywordScores]:
        self.entered.set()
        assert self.gate.wait(PATIENCE)
        return super().score(texts, languages)


class Watched(list[Any]):
    """A list that says when something was put into it."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Semaphore(0)

    def append(self, item: Any) -> None:
        super().append(item)
        self.came.release()


def draft_of(services: Services, author: AccountRow, words: str) -> PostDraft:
    now = services.clock.now()
    return PostDraft(
        uri=f"{author.actor.uri}/statuses/{words.replace(' ', '-')}",
        actor_id=author.id,
        local=True,
        kind=PostKind.NOTE,
        visibility=Visibility.PUBLIC,
        submitted_at=now,
        published_at=now,
        content=f"<p>{words}</p>",
        text=words,
    )


def at_once(
    services: Services, gatherer: Gatherer, drafts: Sequence[PostDraft], alongside: dict[str, Alongside] | None = None
) -> list[Future[Admitted]]:
    """Admit the first; while it's judged the others come, one after the other."""
    scorer = GatedScorer()
    gated = services.with_tools(Tools(services.clock.now, text_model=scorer, chance=lambda: 1.0))
    hooks = alongside or {}
    with ThreadPoolExecutor(len(drafts)) as pool:
        futures = [pool.submit(gatherer.admit, gated, drafts[0], hooks.get(drafts[0].uri))]
        assert scorer.entered.wait(PATIENCE)
        gatherer._gathered = watched = Watched()
        for draft in drafts[1:]:
            futures.append(pool.submit(gatherer.admit, gated, draft, hooks.get(draft.uri)))
            assert watched.came.acquire(timeout=PATIENCE)
        scorer.gate.set()
    return futures


def commits_of(services: Services) -> list[object]:
    """Writes that are committed from now on."""
    commits: list[object] = []
    event.listen(services.db._writing, "commit", commits.append)
    return commits


def stored(services: Services) -> dict[str, PostState]:
    with services.db.read() as session:
        return {text: state for text, state in session.execute(select(PostRow.content, PostRow.state))}


def test_what_comes_while_another_is_judged_is_stored_in_one_write(services: Services) -> None:
    ana = member(services, "ana")
    drafts = [draft_of(services, ana, f"a walk by the river {number}") for number in "abcde"]
    commits = commits_of(services)
    futures = at_once(services, Gatherer(), drafts)
    assert [future.result().draft for future in futures] == drafts
    assert set(stored(services).values()) == {PostState.PUBLISHED}
    assert len(stored(services)) == 5
    assert len(commits) == 2, "two batches, each with one write"


def test_who_is_about_to_post_is_waited_for_and_shares_the_write(services: Services) -> None:
    ana, gatherer, commits = member(services, "ana"), Gatherer(patience_seconds=PATIENCE), commits_of(services)
    first, second = (draft_of(services, ana, words) for words in ("who came first", "who was on the way"))
    with ThreadPoolExecutor(1) as pool, gatherer.company.near():
        future = pool.submit(gatherer.admit, services, first)
        assert gatherer.admit(services, second).draft == second
        assert future.result().draft == first
    assert len(commits) == 1, "whoever of the two does the work"


def test_who_turns_out_not_to_post_is_waited_for_no_longer(services: Services) -> None:
    ana, gatherer, done = member(services, "ana"), Gatherer(patience_seconds=PATIENCE), threading.Event()
    watched = gatherer._gathered = Watched()
    with ThreadPoolExecutor(1) as pool:
        with gatherer.company.near():
            future = pool.submit(gatherer.admit, services, draft_of(services, ana, "a walk by the river"))
            future.add_done_callback(lambda _future: done.set())
            assert watched.came.acquire(timeout=PATIENCE)
            assert not done.is_set()
        assert future.result().state is PostState.PUBLISHED


def test_who_takes_too_long_holds_nobody_up(services: Services) -> None:
    ana, gatherer = member(services, "ana"), Gatherer(patience_seconds=0)
    with ThreadPoolExecutor(1) as pool, gatherer.company.near():
        draft = draft_of(services, ana, "a walk by the river")
        assert pool.submit(gatherer.admit, services, draft).result().state is PostState.PUBLISHED


def test_requests_that_never_post_hold_nobody_up_however_many_come(services: Services) -> None:
    ana, gatherer, posted = member(services, "ana"), Gatherer(patience_seconds=0.05), threading.Event()
    came, one, other = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def keep_coming(own: threading.Semaphore, others: threading.Semaphore) -> None:
        """Go once the other one has come: somebody is always near who came a moment ago."""
        while not posted.is_set():
            with gatherer.company.near():
                came.set()
                others.release()
                own.acquire(timeout=PATIENCE)
        others.release()

    with ThreadPoolExecutor(3) as pool:
        for mine, theirs in ((one, other), (other, one)):
            pool.submit(keep_coming, mine, theirs)
        try:
            assert came.wait(PATIENCE)
            future = pool.submit(gatherer.admit, services, draft_of(services, ana, "a walk by the river"))
            assert future.result(PATIENCE).state is PostState.PUBLISHED
        finally:
            posted.set()


def test_who_hands_in_a_draft_waits_for_nobody_but_others(services: Services) -> None:
    ana, gatherer = member(services, "ana"), Gatherer(patience_seconds=threading.TIMEOUT_MAX)
    with gatherer.company.near():
        assert gatherer.admit(services, draft_of(services, ana, "all alone")).state is PostState.PUBLISHED


def test_each_has_its_own_verdict_in_company(services: Services) -> None:
    ana, mallory = member(services, "ana"), member(services, "mallory")
    drafts = [
        draft_of(services, ana, "the first of the morning"),
        draft_of(services, ana, "bread and a bit of cheese"),
        draft_of(services, mallory, "they are vermin all of them"),
    ]
    states = [future.result().state for future in at_once(services, Gatherer(), drafts)]
    assert states == [PostState.PUBLISHED, PostState.PUBLISHED, PostState.HELD]


def test_a_draft_that_fails_takes_no_other_along(services: Services) -> None:
    ana = member(services, "ana")
    drafts = [draft_of(services, ana, words) for words in ("one of three", "this one is refused", "another one")]

    def refuse(_session: Session, _stored: list[Stored]) -> None:
        raise ForbiddenError("not this one")

    first, refused, other = at_once(services, Gatherer(), drafts, {drafts[1].uri: refuse})
    with pytest.raises(ForbiddenError):
        refused.result()
    assert first.result().state is other.result().state is PostState.PUBLISHED
    assert set(stored(services)) == {"<p>one of three</p>", "<p>another one</p>"}


def test_after_a_failure_the_next_is_admitted(services: Services) -> None:
    ana, gatherer = member(services, "ana"), Gatherer()

    def refuse(_session: Session, _stored: list[Stored]) -> None:
        raise ForbiddenError("not this one")

    with pytest.raises(ForbiddenError):
        gatherer.admit(services, draft_of(services, ana, "this one is refused"), refuse)
    assert gatherer.admit(services, draft_of(services, ana, "this one isn't")).state is PostState.PUBLISHED


def test_what_goes_along_is_told_of_its_own_post_alone(services: Services) -> None:
    ana = member(services, "ana")
    drafts = [draft_of(services, ana, words) for words in ("the first", "the second", "the third")]
    told: dict[str, list[str]] = {}

    def note(uri: str, _session: Session, items: list[Stored]) -> None:
        told[uri] = [item.draft.uri for item in items]

    at_once(services, Gatherer(), drafts, {draft.uri: partial(note, draft.uri) for draft in drafts})
    assert told == {draft.uri: [draft.uri] for draft in drafts}


def test_one_key_at_the_same_moment_makes_one_post(services: Services) -> None:
    ana = member(services, "ana")
    request = ComposeRequest(text="once is enough", idempotency_key="a key")
    with ThreadPoolExecutor(6) as pool:
        posts = list(pool.map(lambda _: compose.compose(services, ana.id, request).pk, range(6)))
    with services.db.read() as session:
        assert len(set(posts)) == session.scalar(select(func.count()).select_from(PostRow)) == 1
