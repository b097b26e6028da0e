"""What people found who looked at a post: under which labels it breaks a rule, by their own word.

Held posts have a label, and what was decided may be another: the rule that a decision names counts, and not what a
machine held for. A random sample has none at all. What an answer says of a text is what it says where it is learnt
from (`moderation.learning.labelling`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import warnings
from moderation.authors import strikes
from moderation.cases.in_force import WHOLE
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.learning import labelling
from moderation.learning.labelling import PARENT, Said
from moderation.planning import again
from moderation.planning.again import Given
from moderation.planning.readers import Answers, Read
from moderation.rows import slices
from moderation.values import Action, CaseOrigin, Outcome
from moderation.verdicts.tables import VerdictRow

AT_RANDOM: Final = (CaseOrigin.HOLD, CaseOrigin.AUDIT)
"""Cases that say something of all posts of their score: those held, and those drawn. What was reported doesn't."""


class Judged(Protocol):
    """A post as a machine judged it."""

    @property
    def scores(self) -> Mapping[str, float]:
        """By label, the text model's."""

    @property
    def outcome(self) -> Outcome:
        """What came of it."""

    @property
    def label(self) -> str | None:
        """As what."""


class Found(NamedTuple):
    """What people found: under which labels a post breaks a rule (none where it breaks none), and for which it was
    held: None of a random sample, empty where no label held it."""

    labels: frozenset[str]
    held_for: str | None
    answers: tuple[frozenset[str], ...]
    """What each said who read it, the first one first; `labels` are those of which more say so than not."""
    by_chance: bool = True
    """Whether it was read again by chance or for what the first said, and not since somebody doubted that."""

    def of(self, label: str) -> Answers:
        """How many say that it breaks a rule under this label, and how many that it doesn't."""
        harmful = sum(label in each for each in self.answers)
        return Answers(harmful, len(self.answers) - harmful)

    @property
    def read(self) -> Read:
        """What it says of those who read it."""
        first, *others = (bool(each) for each in self.answers)
        return Read(self.held_for is None, first, others[0] is first if others else None, self.by_chance)

    def speaks_of(self, label: str, score: float, line: float | None) -> bool:
        """Whether chance had it looked at, of posts with this score of a label. What another label held wasn't."""
        return self.held_for in (None, label) or (line is not None and score >= line)


def labels_of(said: Said, *, by_rule: bool = False) -> frozenset[str] | None:
    """Under which labels a post breaks a rule, and never as toxic alone; None where it breaks one, and nobody can say
    under which label. `by_rule`: whether a rule was named, be it about no label at all."""
    positive = {label for label, value in labelling.labels_of(said).items() if value >= labelling.SURE_ENOUGH}
    harms = frozenset(positive - {PARENT})
    if harms or said.action in labelling.KEEPING:
        return harms
    among = said.about if by_rule else said.scores
    known = [label for label in among if label in said.scores and label != PARENT]
    return frozenset((max(known, key=said.scores.__getitem__),)) if known else None


def read(session: Session, posts: Mapping[int, Judged]) -> dict[int, Found]:
    """By verdict, what people found who looked at it; without harm of which nobody can say under which label."""
    cases = _cases(session, posts)
    decided = _decided(session, sorted({case.id for case in cases.values()}))
    warned = _warned(session, [row.id for row in decided.values() if row.action is Action.LABEL])
    others = again.read(session, decided)
    about = _Rules(session)
    found: dict[int, Found] = {}
    for verdict, case in cases.items():
        if case.id not in decided:
            continue
        row, several = decided[case.id], others.get(case.id, again.NOBODY)
        own = Given(row.action, row.rule_id, warned.get(row.id))
        answers = [_labels(each, case, posts[verdict], about) for each in (*several.before, own, *several.after)]
        if answers[len(several.before)] is not None:
            held_for = None if case.origin is CaseOrigin.AUDIT else case.label or ""
            found[verdict] = _found([each for each in answers if each is not None], held_for, several.by_chance)
    return found


def _found(answers: Sequence[frozenset[str]], held_for: str | None, by_chance: bool) -> Found:
    said = Counter(label for each in answers for label in each)
    labels = frozenset(label for label, count in said.items() if 2 * count > len(answers))
    return Found(labels, held_for, tuple(answers), by_chance)


def _labels(given: Given, case: Any, post: Judged, about: _Rules) -> frozenset[str] | None:
    """Under which labels somebody says that a post breaks a rule."""
    said = Said(
        given.action,
        about.of(given.rule_id),
        given.warned,
        case.label,
        post.outcome,
        post.label,
        case.origin is CaseOrigin.AUDIT,
        scores=post.scores,
    )
    return labels_of(said, by_rule=given.rule_id is not None)


def _cases(session: Session, posts: Mapping[int, Judged]) -> dict[int, Any]:
    cases: dict[int, Any] = {}
    for part in slices(posts):
        query = select(CaseSubjectRow.verdict_id, CaseRow.id, CaseRow.label, CaseRow.origin).join(
            CaseRow, CaseRow.id == CaseSubjectRow.case_id
        )
        rows = session.execute(query.where(CaseSubjectRow.verdict_id.in_(part), CaseRow.origin.in_(AT_RANDOM)))
        cases |= {row.verdict_id: row for row in rows if row.verdict_id is not None}
    return cases


def _decided(session: Session, cases: Sequence[int]) -> dict[int, Any]:
    """By case, the last decision on it; a reversal leaves none."""
    found: dict[int, Any] = {}
    for part in slices(cases):
        query = select(
            DecisionRow.id, DecisionRow.case_id, DecisionRow.action, DecisionRow.rule_id, DecisionRow.reverses_id
        )
        for row in session.execute(query.where(DecisionRow.case_id.in_(part), WHOLE).order_by(DecisionRow.id)):
            if row.reverses_id is None:
                found[row.case_id] = row
            else:
                found.pop(row.case_id, None)
    return found


def _warned(session: Session, decisions: Sequence[int]) -> dict[int, str | None]:
    """By decision, the label that somebody put before the post."""
    found: dict[int, str | None] = {}
    for part in slices(decisions):
        query = select(VerdictRow.decision_id, VerdictRow.warning).where(VerdictRow.decision_id.in_(part))
        found |= {
            decision: warnings.label_of(warning)
            for decision, warning in session.execute(query.order_by(VerdictRow.id))
            if decision is not None
        }
    return found


class _Rules:
    """What the house's rules are about, each asked once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._knows: strikes.LabelsOfRules | None = session.info.get(strikes.LABELS_OF_RULES)
        self._about: dict[str, tuple[str, ...]] = {}

    def of(self, rule_id: str | None) -> tuple[str, ...]:
        if rule_id is None or self._knows is None:
            return ()
        if rule_id not in self._about:
            self._about[rule_id] = tuple(self._knows(self._session, rule_id))
        return self._about[rule_id]
