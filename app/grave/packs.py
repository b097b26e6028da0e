"""What an authority needs to act: one document, printable and as JSON, whose digest stands in the log.

For a threat to life that is what article 18 of the Digital Services Act asks for; for sexual abuse of children what
hotlines' forms ask for. It says what this house knows, and says so where it knows nothing.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.enforcement import subjects
from app.grave import paging
from app.instance import house
from app.reviewing import people
from app.services import Services
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.evidence import snapshots
from moderation.evidence.snapshots import Snapshot
from moderation.grave import cases, jurisdictions
from moderation.grave.jurisdictions import Jurisdiction
from moderation.grave.tables import GraveCaseRow, GraveKind, SealedItemRow, SealedKind
from moderation.log import chain as log
from moderation.quality import staging
from moderation.reports.tables import ReportRow

Pack = dict[str, Any]
ROLES = {GraveKind.CHILD_SAFETY: Role.CHILD_SAFETY, GraveKind.THREAT_TO_LIFE: people.RULES}


def look(services: Services, account: AccountRow, case_id: int, kind: GraveKind) -> Pack:
    """The document as it would be now. That it was read stands in the log: it holds private data.

    Raises ForbiddenError, NotFoundError.
    """
    return _make(services, account, case_id, kind, "pack_read")[0]


def save(services: Services, account: AccountRow, case_id: int, kind: GraveKind) -> bytes:
    """The document as JSON, to be handed over; its digest is in the log. Raises ForbiddenError, NotFoundError."""
    return _make(services, account, case_id, kind, "pack_saved")[1]


def _make(services: Services, account: AccountRow, case_id: int, kind: GraveKind, verb: str) -> tuple[Pack, bytes]:
    by, now = people.require(account, ROLES[kind]), services.clock.now()
    with services.db.write() as session:
        row = cases.find(session, case_id, kind)
        pack = _document(services, session, row)
        body = json.dumps(pack, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        log.append(session, by, verb, f"case:{case_id}", {"sha256": sha256(body).hexdigest()}, now)
    return pack, body


def _document(services: Services, session: Session, row: GraveCaseRow) -> Pack:
    case, now = session.get_one(CaseRow, row.case_id), services.clock.now()
    told = house.house(session, services.settings)
    place = jurisdictions.of(row.country)
    return {
        "kind": row.kind.value,
        "case": row.case_id,
        "made_at": now.isoformat(),
        "raised_at": row.raised_at.isoformat(),
        "from": {
            "service": told.title,
            "address": services.settings.base_url,
            "contact": told.authority_contact or told.contact_email,
            "country": row.country,
        },
        "suspicion": row.note,
        "law": place.basis,
        "law_compared_on": place.compared_on or None,
        "contacts": _contacts(place) if row.kind is GraveKind.THREAT_TO_LIFE else None,
        "subjects": [_subject(session, row, uri) for uri in _uris(session, case)],
        "author": _author(session, case, staging.real_of(session, case)[1]),
        "reports": _reports(session, row.case_id),
        "files": [_file(item) for item in cases.sealed(session, row.case_id) if item.kind is SealedKind.FILE],
        "reported": {"to": row.reported_to, "reference": row.reference} if row.reported_at else None,
    }


def _contacts(place: Jurisdiction) -> Pack:
    """Whom to call: where this house stands, in each country that is known here, and where nobody knows which."""
    known = [jurisdictions.of(code) for code, _land in jurisdictions.countries()]
    return {
        "here": _contact(place),
        "countries": [_contact(each) for each in known],
        "everywhere": [{"name": name, "at": at} for name, at in jurisdictions.everywhere()],
    }


def _contact(place: Jurisdiction) -> Pack:
    named = {"country": place.country or None, "land": place.land or None}
    return named | {"emergency": place.emergency, "police": place.police or None}


def _uris(session: Session, case: CaseRow) -> list[str]:
    """Those of what really exists: nobody elsewhere can do anything with the name of a copy."""
    found = session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case.id))
    real = {*found, staging.real_of(session, case)[0]}
    return sorted(uri for uri in real if not uri.startswith(staging.PREFIX))


def _subject(session: Session, row: GraveCaseRow, uri: str) -> Pack:
    """A post or profile. What is sealed isn't written out: its files are handed over apart, by who may open them."""
    post = subjects.post(session, uri)
    said: Pack = {"uri": uri, "url": (post.url if post else None) or uri}
    if post is not None:
        said |= {"posted_at": post.submitted_at.isoformat(), "visibility": post.visibility.value}
    if row.kind is GraveKind.THREAT_TO_LIFE:
        said["versions"] = [_version(each) for each in snapshots.of(session, uri)]
    return said


def _version(taken: Snapshot) -> Pack:
    return {
        "taken_at": taken.taken_at.isoformat(),
        "published_at": taken.published_at.isoformat() if taken.published_at else None,
        "warning": taken.warning,
        "text": taken.text,
        "media": [each.get("url") for each in taken.context.get("media", [])],
        "links": taken.context.get("links", []),
        "in_reply_to": taken.context.get("in_reply_to"),
        "sha256": taken.digest,
    }


def _author(session: Session, case: CaseRow, uri: str) -> Pack:
    actor = session.scalar(select(ActorRow).where(ActorRow.uri == uri))
    account = paging.local_account(session, uri)
    said: Pack = {"uri": uri, "server": case.author_domain, "here": case.local}
    if actor is not None:
        said |= {"handle": lookup.handle_of(actor), "name": actor.display_name}
    if account is not None:
        said |= {
            "email": account.email,
            "signed_up_at": account.created_at.isoformat(),
            "last_seen_at": account.last_seen_at.isoformat() if account.last_seen_at else None,
            "language": account.locale,
        }
    return said


def _reports(session: Session, case_id: int) -> list[Pack]:
    """Who reported isn't named: an authority that must know asks."""
    rows = session.scalars(select(ReportRow).where(ReportRow.case_id == case_id).order_by(ReportRow.id))
    return [{"at": row.filed_at.isoformat(), "category": row.category, "comment": row.comment} for row in rows]


def _file(item: SealedItemRow) -> Pack:
    return {"item": item.id, "name": item.name, "subject": item.uri, "sha256": item.sha256, "bytes": item.size_bytes}
