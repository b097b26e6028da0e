"""A case's text in its reader's language, by a machine: when they ask, never of what is grave, sealed, private or
deleted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from app.stores import translations
from app.stores.budgets import TRANSLATIONS_ON_DESK, Budgets
from app.translating import posts
from app.translating.values import MOST_CHARACTERS, bare_language
from moderation.cases import claims, exclusions, opening
from moderation.errors import ModerationError
from moderation.evidence import changes
from moderation.evidence.snapshots import Snapshot
from moderation.evidence.tables import ChangeKind
from moderation.grave import about
from moderation.quality import blinding, staging
from moderation.values import PUBLIC_KINDS

WHAT: Final = "translated"


def may_be(session: Session, case_id: int, snapshot: Snapshot | None) -> bool:
    """Whether a case's text may go to a translator; what was said of it by another case counts as much."""
    if snapshot is None or not snapshot.text.strip() or snapshot.visibility not in PUBLIC_KINDS:
        return False
    case = claims.find(session, case_id)
    happened = changes.of(session, staging.real_of(session, case)[0])
    if any(each.what is ChangeKind.DELETED for each in happened):
        return False
    return not about.is_grave(session, case)


def ask(services: Services, account: AccountRow, case_id: int, target: str) -> None:
    """Have it translated; its page shows that for five minutes to who asked. It is noted with the case before it is
    sent.

    Raises ForbiddenError, NotFoundError, InvalidError for what may not go out or is too long, RateLimitedError,
    TranslationError.
    """
    by, now = people.require(account, people.LOOK), services.clock.now()
    translator = posts.required(services)
    with services.db.read() as session:
        found = _text(session, case_id, by, now)
    if _is_kept(services, case_id, by, found, target):
        return
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(
        TRANSLATIONS_ON_DESK, str(account.id)
    )
    with services.db.write() as session:
        found = _text(session, case_id, by, now)
        opening.note(session, case_id, WHAT, by, now)
    source = bare_language(found.language) if found.language else None
    done = translator.translate([found.text, found.warning] if found.warning else [found.text], source, target)
    warning = done.texts[1] if found.warning else ""
    shown = translations.Shown(found.id, target, done.texts[0], warning, done.source, done.provider)
    translations.keep(services.redis, case_id, by, shown)
    _forget_if_gone(services, case_id, by, now)


def _text(session: Session, case_id: int, by: str, now: datetime) -> Snapshot:
    """What would be sent. Raises NotFoundError, ExcludedError, InvalidError."""
    exclusions.require(session, case_id, by, now)
    seen = blinding.see(session, case_id, by, now).detail.snapshots
    found = seen[-1] if seen else None
    if found is None or not may_be(session, case_id, found):
        raise InvalidError(_("This isn’t given to a translation service."), code="not_translated")
    if len(found.text) + len(found.warning) > MOST_CHARACTERS:
        raise InvalidError(_("This is too long to be translated."), code="too_long")
    return found


def _is_kept(services: Services, case_id: int, by: str, found: Snapshot, target: str) -> bool:
    kept = translations.of(services.redis, case_id, by)
    return kept is not None and (kept.snapshot, kept.language) == (found.id, target)


def _forget_if_gone(services: Services, case_id: int, by: str, now: datetime) -> None:
    """Sealed while the service was at it, it isn't theirs any more; sealed from here on, sealing forgets it."""
    with services.db.read() as session:
        try:
            exclusions.require(session, case_id, by, now)
        except ModerationError:
            translations.forget(services.redis, case_id)
            raise
