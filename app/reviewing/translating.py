"""A case's text in its reader's language, by a machine: when they ask, never of what is grave, sealed or private."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from app.stores import translations
from app.translating import posts
from app.translating.values import MOST_CHARACTERS
from moderation.cases import claims, exclusions, opening
from moderation.evidence.snapshots import Snapshot
from moderation.grave import about
from moderation.quality import blinding
from moderation.values import PUBLIC_KINDS

WHAT: Final = "translated"


def may_be(session: Session, case_id: int, snapshot: Snapshot | None) -> bool:
    """Whether a case's text may go to a translator."""
    if snapshot is None or not snapshot.text.strip() or snapshot.visibility not in PUBLIC_KINDS:
        return False
    return not about.is_grave(session, claims.find(session, case_id))


def ask(services: Services, account: AccountRow, case_id: int, target: str) -> None:
    """Have it translated; its page shows that for five minutes to who asked. It is noted with the case.

    Raises ForbiddenError, NotFoundError, InvalidError for what may not go out or is too long, TranslationError.
    """
    by, now = people.require(account, people.LOOK), services.clock.now()
    translator = posts.required(services)
    with services.db.read() as session:
        exclusions.require(session, case_id, by, now)
        seen = blinding.see(session, case_id, by, now).detail.snapshots
        found = seen[-1] if seen else None
        if found is None or not may_be(session, case_id, found):
            raise InvalidError(_("This isn’t given to a translation service."), code="not_translated")
    if len(found.text) + len(found.warning) > MOST_CHARACTERS:
        raise InvalidError(_("This is too long to be translated."), code="too_long")
    source = found.language[:2] if found.language else None
    done = translator.translate([found.text, found.warning] if found.warning else [found.text], source, target)
    warning = done.texts[1] if found.warning else ""
    shown = translations.Shown(found.id, target, done.texts[0], warning, done.source, done.provider)
    with services.db.write() as session:
        exclusions.require(session, case_id, by, now)  # sealed meanwhile, say
        opening.note(session, case_id, WHAT, by, now)
    translations.keep(services.redis, case_id, by, shown)
