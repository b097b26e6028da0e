"""From a decision to a list: the pictures and files of what was restricted are known again wherever they come from.

It is part of the decision: who takes that back takes them off the list, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts import profile_content
from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError
from app.media import remembered
from app.posts.tables import AttachmentRow, PostRow, PostState
from app.reviewing import people
from app.services import Services
from app.uploads.tables import UploadRow
from moderation import turns
from moderation.cases import exclusions, plans
from moderation.cases.tables import CaseSubjectRow, DecisionRow
from moderation.errors import NotFoundError
from moderation.listed import bank, pdq
from moderation.listed.bank import Entry
from moderation.listed.tables import HashKind, HashListRow, ListSeverity
from moderation.values import Media

MOST: Final = 50
"""Subjects of a case whose files are listed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be listed: how many files, their hashes, and how many posts that are shown have one of the files."""

    decision_id: int
    files: int
    entries: tuple[Entry, ...]
    shown_elsewhere: int
    lists: tuple[HashListRow, ...]
    listed: int
    """How many hashes it put on lists already."""


def preview(services: Services, session: Session, decision_id: int) -> Preview | None:
    """What a decision's pictures and files would add; None where it restricts nothing, was taken back, or has none."""
    row = session.get(DecisionRow, decision_id)
    if row is None or row.case_id is None or row.action in plans.HARMLESS or not _stands(session, row):
        return None
    files = _files(services, session, row.case_id)
    entries = tuple(entry for each in files for entry in _entries(each))
    if not entries:
        return None
    lists = select(HashListRow).where(HashListRow.off_at.is_(None), HashListRow.severity != ListSeverity.QUARANTINE)
    return Preview(
        decision_id,
        len(files),
        entries,
        _shown(session, files),
        tuple(session.scalars(lists.order_by(HashListRow.name))),
        len(bank.of_decision(session, decision_id)),
    )


def put(services: Services, account: AccountRow, decision_id: int, list_id: int) -> int:
    """Put them on a list; how many hashes are new there.

    Raises ForbiddenError, NotFoundError, InvalidError, moderation's ExcludedError.
    """
    by, now = people.require(account, people.PEOPLE), services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        decision = session.get(DecisionRow, decision_id)
        if decision is None or decision.case_id is None:
            raise NotFoundError("there is no such decision")
        exclusions.require(session, decision.case_id, by, now)
        found = preview(services, session, decision_id)
        if found is None:
            raise InvalidError(_("There is nothing of it that could be listed"), code="nothing_to_list")
        row = next((each for each in found.lists if each.id == list_id), None)
        if row is None:
            raise InvalidError(_("Choose a list"), code="no_list")
        return bank.add(session, row, found.entries, by, now, decision_id=decision_id)


def _stands(session: Session, row: DecisionRow) -> bool:
    reversal = aliased(DecisionRow)
    return session.scalar(select(reversal.id).where(reversal.reverses_id == row.id)) is None


def _files(services: Services, session: Session, case_id: int) -> list[Media]:
    uris = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id).limit(MOST)
    attached = select(AttachmentRow).join(PostRow, PostRow.pk == AttachmentRow.post_pk).where(PostRow.uri.in_(uris))
    found = list(remembered.of_posts(session, session.scalars(attached).all()).values())
    for actor in session.scalars(select(ActorRow).where(ActorRow.uri.in_(uris))):
        shown = profile_content.pending(actor) or profile_content.shown(actor)
        found += remembered.of_profile(session, services.settings, profile_content.picture_urls(shown))
    return [each for each in found if each.digests]


def _entries(media: Media) -> list[Entry]:
    good = [each for each in media.pictures if each.quality >= pdq.GOOD]
    return [Entry(HashKind.SHA256, media.digests[-1]), *(Entry(HashKind.PDQ, each.bits[0]) for each in good)]


def _shown(session: Session, files: list[Media]) -> int:
    """Posts of members that are shown with the very same bytes."""
    same = select(func.count(func.distinct(UploadRow.post_pk))).join(PostRow, PostRow.pk == UploadRow.post_pk)
    digests = [each.sha256 for each in files if each.sha256]
    return session.scalar(same.where(UploadRow.sha256.in_(digests), PostRow.state == PostState.PUBLISHED)) or 0
