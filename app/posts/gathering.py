"""Gathering: posts that members write at the same moment are judged and stored together, in one short write.

A commit that is safe on disk takes milliseconds, and so does asking what a batch is judged against: neither has to
happen for each post. Whoever finds nobody at work admits at once, with those who are about to hand in theirs
(`app.posts.company`), and while that goes on the next batch gathers by itself. There is no thread: one of those who
wait does the work for all.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.orm import Session

from app.database.engine import Database
from app.posts import admission
from app.posts.company import PATIENCE_SECONDS, Company
from app.posts.drafts import PostDraft
from app.posts.storing import Stored
from app.services import Services

LARGEST_BATCH: Final = 50
"""The write stays short."""
log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Waiting:
    draft: PostDraft
    alongside: admission.Alongside | None
    woken: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    """Whether it's woken to do the work for those who gathered."""
    admitted: admission.Admitted | None = None


class Gatherer:
    """The drafts of one process on their way into one database."""

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._lock = threading.Lock()
        self.company = Company(self._lock, patience_seconds)
        self._gathered: list[_Waiting] = []
        self._busy = False

    def admit(
        self, services: Services, draft: PostDraft, alongside: admission.Alongside | None = None
    ) -> admission.Admitted:
        """As `admission.admit_one`, raising what it raises; returns when this draft is on disk."""
        waiting = _Waiting(draft, alongside)
        with self.company.handing_in(lambda: self._put(waiting)):
            return self._wait(services, waiting)

    def _put(self, waiting: _Waiting) -> None:
        self._gathered.append(waiting)
        waiting.leads, self._busy = not self._busy, True

    def _wait(self, services: Services, waiting: _Waiting) -> admission.Admitted:
        if not waiting.leads:
            waiting.woken.wait()
        if waiting.leads:
            self._lead(services)
        if waiting.admitted is not None:
            return waiting.admitted
        # Its batch failed. Alone, it fails by itself or not at all; what had been committed is found again.
        return admission.admit_one(services, waiting.draft, alongside=waiting.alongside, again=True)

    def _lead(self, services: Services) -> None:
        """Admit who has gathered, oneself the first, and hand over: nobody works for others for ever."""
        with self._lock:
            self.company.wait(lambda: len(self._gathered), LARGEST_BATCH)
            batch, self._gathered = self._gathered[:LARGEST_BATCH], self._gathered[LARGEST_BATCH:]
        try:
            if len(batch) > 1:
                _together(services, batch)
            else:
                batch[0].admitted = admission.admit_one(services, batch[0].draft, alongside=batch[0].alongside)
        finally:
            self._hand_over()
            for waiting in batch:
                waiting.woken.set()

    def _hand_over(self) -> None:
        with self._lock:
            self._busy = bool(self._gathered)
            if self._gathered:
                self._gathered[0].leads = True
                self._gathered[0].woken.set()


def _together(services: Services, batch: Sequence[_Waiting]) -> None:
    def alongside(session: Session, stored: list[Stored]) -> None:
        by_uri = {item.draft.uri: item for item in stored}
        for waiting in batch:
            if waiting.alongside is not None and waiting.draft.uri in by_uri:
                waiting.alongside(session, [by_uri[waiting.draft.uri]])

    try:
        admitted = admission.admit(services, [waiting.draft for waiting in batch], alongside=alongside)
    except Exception as error:  # noqa: BLE001 - each tries again alone, where it is raised for whom it concerns
        log.warning("posts_admitted_one_by_one", posts=len(batch), error=type(error).__name__)
        return
    found = {each.draft.uri: each for each in admitted}
    for waiting in batch:
        waiting.admitted = found.get(waiting.draft.uri)


_GATHERERS: WeakKeyDictionary[Database, Gatherer] = WeakKeyDictionary()
_MAKING = threading.Lock()


def admit(services: Services, draft: PostDraft, alongside: admission.Alongside | None = None) -> admission.Admitted:
    """Admit a draft along with those that come at the same moment."""
    return _gatherer(services).admit(services, draft, alongside)


def near(services: Services) -> AbstractContextManager[None]:
    """While a request that posts is worked on: others that post wait a moment for it."""
    return _gatherer(services).company.near()


def _gatherer(services: Services) -> Gatherer:
    with _MAKING:
        found = _GATHERERS.get(services.db)
        if found is None:
            found = _GATHERERS[services.db] = Gatherer()
        return found
