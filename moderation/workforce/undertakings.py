"""Who signed which version of the undertaking of confidentiality, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import RefusedError
from moderation.log import chain
from moderation.workforce.tables import UndertakingRow


@dataclass(frozen=True, slots=True)
class Text:
    """A version of the undertaking, in one language."""

    version: int
    language: str
    words: str


def sign(session: Session, name: str, text: Text, signed_as: str, now: datetime) -> None:
    """Store a signature; signing a version twice is the same. Raises RefusedError for no name."""
    if not 2 <= len(signed_as) <= 200:
        raise RefusedError("sign with a name")
    if signed(session, name, text.version) is not None:
        return
    digest = sha256(text.words.encode()).hexdigest()
    row = UndertakingRow(
        name=name, version=text.version, language=text.language, digest=digest, signed_as=signed_as, signed_at=now
    )
    session.add(row)
    session.flush()
    said: dict[str, str | int | None] = {"version": text.version, "language": text.language, "sha256": digest}
    chain.append(session, name, "undertaking_signed", f"crew:{name}", said, now)


def signed(session: Session, name: str, version: int) -> UndertakingRow | None:
    """Somebody's signature under a version."""
    query = select(UndertakingRow).where(UndertakingRow.name == name, UndertakingRow.version == version)
    return session.scalars(query).first()


def last(session: Session, name: str) -> UndertakingRow | None:
    """Somebody's signature under the latest version that they signed."""
    query = select(UndertakingRow).where(UndertakingRow.name == name)
    return session.scalars(query.order_by(UndertakingRow.version.desc()).limit(1)).first()
