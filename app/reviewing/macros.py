"""Macros for pages: which a new house begins with, who may change them, what one would do, and doing it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.instance.first_rules import DEFAULTS
from app.instance.tables import RuleRow
from app.reviewing import decide, people
from app.services import Services
from moderation.cases import claims, foreseeing, linking
from moderation.cases.foreseeing import Foreseen
from moderation.cases.linking import Linked
from moderation.cases.values import Decided, DecisionRequest
from moderation.macros import keeping
from moderation.macros.values import LINK_DAYS, Macro, MacroStep
from moderation.values import Action, Scope

KIND, HATRED, SPAM, WARNED = 0, 1, 2, 3
"""Of the rules that a house begins with."""


def ensure_defaults(services: Services) -> None:
    """Give a new house its macros; a house that ever had any keeps its own."""
    with services.db.write() as session:
        keeping.seed(session, _defaults(session), services.clock.now())


def put(services: Services, account: AccountRow, macro: Macro) -> None:
    """Put a macro on its key. Raises ForbiddenError, RefusedError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        keeping.put(session, macro, by, services.clock.now())


def empty(services: Services, account: AccountRow, key: int) -> None:
    """Let a key do nothing. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        keeping.empty(session, key, by, services.clock.now())


def foresee(services: Services, session: Session, case_id: int, request: DecisionRequest) -> Foreseen:
    """What it would do. Raises RefusedError, NotFoundError."""
    return foreseeing.foresee(session, case_id, request, services.clock.now())


def linked(services: Services, session: Session, case_id: int, request: DecisionRequest) -> list[Linked]:
    """Where the posts that it would reach link to, but for this house itself; nothing where it makes no such rule."""
    if request.link_days is None:
        return []
    own = services.settings.domain.partition(":")[0]
    reached = foreseeing.reached(session, case_id, request, services.clock.now())
    found = linking.linked(session, claims.find(session, case_id), reached)
    return [each for each in found if each.host != own and not each.host.endswith(f".{own}")]


def do(services: Services, account: AccountRow, case_id: int, request: DecisionRequest) -> Decided:
    """Do it: one decision, with what goes along with it. Raises what deciding raises."""
    return decide.decide(services, account, case_id, request)


def _defaults(session: Session) -> list[Macro]:
    """Spam first, where speed matters; then what is read more slowly."""
    one, account, cluster = Scope.SUBJECT, Scope.ACCOUNT, Scope.CLUSTER
    return [
        Macro(
            1, "Spam wave", "Vague de spam",
            "This is one of many posts that say the same, sent as advertising.",
            "C’est un des nombreux messages identiques envoyés comme publicité.",
            _rule(session, SPAM), (MacroStep(Action.SPAM, cluster), MacroStep(Action.SUSPEND, cluster)),
            LINK_DAYS,
        ),
        Macro(
            2, "Spam, the second time", "Spam, la deuxième fois",
            "This is advertising that nobody asked for, and it isn’t the first time.",
            "C’est de la publicité que personne n’a demandée, et ce n’est pas la première fois.",
            _rule(session, SPAM), (MacroStep(Action.SPAM, account),),
        ),
        Macro(
            3, "Hatred", "Haine",
            "Your post attacks people for what they are. For a week only those who follow you see what you write.",
            "Votre message s’en prend à des gens pour ce qu’ils sont. Pendant une semaine, seules les personnes "
            "qui vous suivent voient ce que vous écrivez.",
            _rule(session, HATRED), (MacroStep(Action.REMOVE, one), MacroStep(Action.SILENCE, account, 7)),
        ),
        Macro(
            4, "Harassment, to be mended", "Harcèlement, à corriger",
            "Your post goes after somebody. Take out what is aimed at them; until then nobody sees it, "
            "and you can’t post.",
            "Votre message s’en prend à quelqu’un. Retirez ce qui le vise\u202f; d’ici là, personne ne le voit "
            "et vous ne pouvez pas publier.",
            _rule(session, KIND), (MacroStep(Action.FREEZE, one),),
        ),
        Macro(
            5, "Behind a warning", "Derrière un avertissement",
            "What may upset goes behind a warning. We have put one; nothing else was changed.",
            "Ce qui peut choquer va derrière un avertissement. Nous en avons mis un\u202f; rien d’autre "
            "n’a changé.",
            _rule(session, WARNED), (MacroStep(Action.LABEL, one),),
        ),
        Macro(
            6, "Off topic", "Hors sujet",
            "Your post is off topic for the public timelines here. Those who follow you see it as before.",
            "Votre message est hors sujet pour les fils publics d’ici. Les personnes qui vous suivent le voient "
            "comme avant.",
            None, (MacroStep(Action.LIMIT, one),),
        ),
        Macro(
            7, "False alarm: all that is alike", "Fausse alerte\u202f: tout ce qui se ressemble", "", "",
            None, (MacroStep(Action.APPROVE, cluster),),
        ),
    ]  # fmt: skip


def _rule(session: Session, number: int) -> str | None:
    """The house's rule of these words, as long as it keeps it."""
    found = session.scalar(
        select(RuleRow.id).where(RuleRow.text_en == DEFAULTS[number].text_en, RuleRow.retired_at.is_(None)).limit(1)
    )
    return str(found) if found is not None else None
