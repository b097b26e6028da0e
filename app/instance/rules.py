"""The rules of the house, in English and French. A rule that decisions refer to is retired, never deleted."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import InvalidError, NotFoundError
from app.instance.tables import RuleRow
from app.services import Services

MAX_TEXT, MAX_HINT = 300, 1000


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule says, in both languages."""

    text_en: str
    text_fr: str
    hint_en: str = ""
    hint_fr: str = ""


DEFAULTS = (
    RuleText(
        "Be kind. No harassment, no threats.",
        "Soyez bienveillants. Pas de harcèlement, pas de menaces.",
        "Following somebody around to hurt them counts, and so does calling others to do it.",
        "Poursuivre quelqu'un pour lui nuire en fait partie, tout comme inviter d'autres à le faire.",
    ),
    RuleText(
        "No hatred against people for what they are.",
        "Pas de haine envers les gens pour ce qu'ils sont.",
        "Origin, skin, religion, disability, gender, whom they love: none of it is a target.",
        "Origine, couleur, religion, handicap, genre, amour : rien de tout cela n'est une cible.",
    ),
    RuleText(
        "No spam, no scams.",
        "Pas de spam, pas d'arnaques.",
        "That includes unasked advertising and posting the same thing to many strangers.",
        "Cela comprend la publicité non sollicitée et les envois répétés à des inconnus.",
    ),
    RuleText(
        "Put what may upset behind a warning.",
        "Mettez derrière un avertissement ce qui peut choquer.",
        "Nudity, blood and violence get a content warning, and their pictures are marked as sensitive.",
        "Nudité, sang et violence reçoivent un avertissement, et leurs images sont marquées comme sensibles.",
    ),
    RuleText(
        "Leave private what is private.",
        "Laissez privé ce qui est privé.",
        "Don't publish others' names, addresses, pictures or messages without their consent.",
        "Ne publiez pas les noms, adresses, images ou messages d'autrui sans leur accord.",
    ),
    RuleText(
        "Nothing against the law, and nothing that harms children.",
        "Rien d'illégal, et rien qui nuise aux enfants.",
        "Sexual content that involves or depicts minors is removed and reported, always.",
        "Les contenus sexuels impliquant ou représentant des mineurs sont supprimés et signalés, toujours.",
    ),
)


def rules(session: Session) -> list[RuleRow]:
    """The rules in force, in their order."""
    return list(session.scalars(select(RuleRow).where(RuleRow.retired_at.is_(None)).order_by(RuleRow.position)))


def text_of(session: Session, rule_id: str | int | None, locale: str) -> str | None:
    """What a rule says, in force or retired; None where there's no such rule."""
    if rule_id is None or not str(rule_id).isdecimal() or len(str(rule_id)) > 18:
        return None
    row = session.get(RuleRow, int(rule_id))
    return None if row is None else text_in(row, locale)


def text_in(row: RuleRow, locale: str) -> str:
    """A rule in a reader's language."""
    return row.text_fr if locale.startswith("fr") else row.text_en


def hint_in(row: RuleRow, locale: str) -> str:
    """Its explanation in a reader's language."""
    return row.hint_fr if locale.startswith("fr") else row.hint_en


def add(services: Services, wanted: RuleText) -> RuleRow:
    """Add a rule at the end."""
    _require_good(wanted)
    with services.db.write() as session:
        last = session.scalar(select(func.max(RuleRow.position))) or 0
        row = _row(wanted, last + 1)
        session.add(row)
    return row


def change(services: Services, rule_id: int, wanted: RuleText) -> RuleRow:
    """Word a rule anew; raises NotFoundError."""
    _require_good(wanted)
    with services.db.write() as session:
        row = _get(session, rule_id)
        row.text_en, row.text_fr = wanted.text_en.strip(), wanted.text_fr.strip()
        row.hint_en, row.hint_fr = wanted.hint_en.strip(), wanted.hint_fr.strip()
    return row


def retire(services: Services, rule_id: int) -> None:
    """Take a rule out of force; what was decided by it still names it."""
    with services.db.write() as session:
        _get(session, rule_id).retired_at = services.clock.now()


def ensure_defaults(services: Services) -> None:
    """Give a new house six plain rules; a house that ever had rules keeps its own."""
    with services.db.write() as session:
        if session.scalar(select(func.count()).select_from(RuleRow)) == 0:
            session.add_all(_row(wanted, position) for position, wanted in enumerate(DEFAULTS, start=1))


def _get(session: Session, rule_id: int) -> RuleRow:
    row = session.get(RuleRow, rule_id)
    if row is None or row.retired_at is not None:
        raise NotFoundError
    return row


def _row(wanted: RuleText, position: int) -> RuleRow:
    return RuleRow(
        position=position,
        text_en=wanted.text_en.strip(),
        text_fr=wanted.text_fr.strip(),
        hint_en=wanted.hint_en.strip(),
        hint_fr=wanted.hint_fr.strip(),
    )


def _require_good(wanted: RuleText) -> None:
    texts, hints = (wanted.text_en, wanted.text_fr), (wanted.hint_en, wanted.hint_fr)
    if not all(text.strip() for text in texts):
        raise InvalidError(_("A rule needs its text in both languages"), code="text_missing")
    if max(map(len, texts)) > MAX_TEXT or max(map(len, hints)) > MAX_HINT:
        raise InvalidError(_("That is too long"), code="too_long")
