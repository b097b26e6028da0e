"""The members of a case, where somebody unticked some of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseSubjectRow


def all_but(session: Session, case_id: int, unticked: Collection[str]) -> tuple[str, ...]:
    """Every member's URI but those, also of members that no page showed."""
    uris = session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id))
    return tuple(uri for uri in uris if uri not in unticked)
