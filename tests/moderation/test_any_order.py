"""Whatever people, authors and the clock do, in any order: what is shown was let in, and nothing is lost."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.database.engine import Database
from moderation.authors.tables import AuthorRow
from moderation.base import ModerationBase
from moderation.cases import claims, decisions, states
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ConflictError, ModerationError
from moderation.holds import ending
from moderation.holds.tables import HoldRow, HoldState
from moderation.recording import verdicts
from moderation.reports import file as reports
from moderation.reports.tables import ReportOrigin
from moderation.values import (
    PUBLISHABLE,
    Action,
    CaseState,
    Effect,
    Outcome,
    RecordedVerdict,
    Scope,
    SubjectKind,
    Submission,
    Verb,
)
from tests.moderation.cast import ALIKE, HARMLESS, HATEFUL, HOME, House

SHOWN, HELD, AWAY, GONE = "shown", "held", "away", "gone"
TEXTS = (HATEFUL, HARMLESS, ALIKE.format(1))
WRITERS = ("mallory", "malik", "maud")


class AnyOrder(RuleBasedStateMachine):
    """The app is played by a dictionary that does what effects say."""

    posts = Bundle("posts")
    decided = Bundle("decided")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.db = Database(f"sqlite:///{Path(self.folder.name) / 'any.db'}")
        ModerationBase.metadata.create_all(self.db.engine)
        self.session = Session(self.db._writing, expire_on_commit=False)
        self.house = House(self.session)
        self.shown: dict[str, str] = {}

    def teardown(self) -> None:
        self.session.close()
        self.db.dispose()
        self.folder.cleanup()

    def stored(self, verdict: RecordedVerdict | None) -> None:
        assert verdict is not None
        if verdict.outcome in PUBLISHABLE:
            self.shown[verdict.uri] = SHOWN
        else:
            self.shown[verdict.uri] = HELD if verdict.outcome is Outcome.HOLD else AWAY

    def enact(self, effects: tuple[Effect, ...] | list[Effect]) -> None:
        for effect in effects:
            if effect.verdict is None or self.shown.get(effect.uri) == GONE:
                continue
            if effect.verb in (Verb.PUBLISH, Verb.RESTORE, Verb.LABEL, Verb.UNLABEL, Verb.LIMIT, Verb.UNLIMIT):
                self.stored(effect.verdict)
            elif effect.verb in (Verb.REMOVE, Verb.WITHDRAW):
                assert effect.verdict.outcome not in PUBLISHABLE
                self.stored(effect.verdict)

    @rule(target=posts, text=st.sampled_from(TEXTS), who=st.sampled_from(WRITERS), local=st.booleans())
    def write(self, text: str, who: str, local: bool) -> Submission:
        post = self.house.post(text, self.house.author(who, HOME if local else "far.example"))
        recorded = self.house.admit(post)
        self.stored(recorded.verdicts[0])
        self.enact(recorded.effects)
        return post

    @rule(post=posts, text=st.sampled_from(TEXTS))
    def edit(self, post: Submission, text: str) -> None:
        if self.shown[post.uri] == HELD:
            judgement = self.house.judge(replace(post, text=text))[0]
            recorded = ending.edited(self.session, post.uri, judgement, self.house.now)
            assert recorded.verdicts[0] is not None and recorded.verdicts[0].outcome not in PUBLISHABLE
            self.stored(recorded.verdicts[0])
            self.enact(recorded.effects)
        elif self.shown[post.uri] == SHOWN and text == HARMLESS:
            recorded = self.house.admit(replace(post, text=text, kind=SubjectKind.EDIT))
            self.stored(recorded.verdicts[0])

    @rule(post=consumes(posts))
    def delete(self, post: Submission) -> None:
        ending.deleted(self.session, post.uri, post.author.uri, self.house.now)
        self.shown[post.uri] = GONE

    @rule(post=posts, category=st.sampled_from(("spam", "legal")))
    def report(self, post: Submission, category: str) -> None:
        if self.shown[post.uri] in (SHOWN, HELD):
            draft = reports.ReportDraft(
                f"https://{HOME}/users/ben", HOME, ReportOrigin.MEMBER, post.author.uri, (post,), category
            )
            reports.file(self.session, draft, self.house.now)

    def cases(self) -> list[int]:
        return list(self.session.scalars(select(CaseRow.id).order_by(CaseRow.id)))

    @rule(which=st.integers(0, 50), who=st.sampled_from(("ana", "ben")))
    def claim(self, which: int, who: str) -> None:
        found = self.cases()
        if found:
            try:
                claims.take(self.session, found[which % len(found)], who, self.house.now)
            except ConflictError:
                return

    @rule(
        target=decided,
        which=st.integers(0, 50),
        action=st.sampled_from(Action),
        scope=st.sampled_from(Scope),
        who=st.sampled_from(("ana", "ben")),
    )
    def decide(self, which: int, action: Action, scope: Scope, who: str) -> object:
        found = self.cases()
        if not found:
            return multiple()
        request = DecisionRequest(action, scope)
        try:
            done = decisions.decide(self.session, found[which % len(found)], request, who, self.house.now)
        except ModerationError:
            return multiple()
        self.enact(done.effects)
        return done.decision.id

    @rule(decision=consumes(decided), who=st.sampled_from(("ana", "ben")))
    def reverse(self, decision: int, who: str) -> None:
        self.enact(decisions.reverse(self.session, decision, "oops", who, self.house.now).effects)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.house.later(hours=hours)
        self.enact(ending.end_due(self.session, self.house.now))

    @invariant()
    def what_is_shown_was_let_in(self) -> None:
        latest = verdicts.latest(self.session, self.shown)
        for uri, state in self.shown.items():
            if state == SHOWN:
                assert latest[uri].outcome in PUBLISHABLE, (uri, latest[uri].outcome)
            elif state == HELD:
                assert latest[uri].outcome is Outcome.HOLD, (uri, latest[uri].outcome)

    @invariant()
    def what_is_held_has_one_hold_and_somebody_to_look_at_it(self) -> None:
        rows = self.session.scalars(
            select(HoldRow).where(HoldRow.state == HoldState.HELD).execution_options(populate_existing=True)
        ).all()
        assert sorted(row.uri for row in rows) == sorted(uri for uri, state in self.shown.items() if state == HELD)
        for row in rows:
            assert row.case_id is not None
            assert self.session.get_one(CaseRow, row.case_id, populate_existing=True).state in states.UNDECIDED

    @invariant()
    def a_case_is_decided_while_a_decision_on_it_stands(self) -> None:
        reversal = aliased(DecisionRow)
        standing = (
            select(DecisionCaseRow.case_id)
            .join(DecisionRow, DecisionRow.id == DecisionCaseRow.decision_id)
            .where(~select(reversal.id).where(reversal.reverses_id == DecisionRow.id).exists())
        )
        decided = select(CaseRow.id).where(CaseRow.state == CaseState.DECIDED)
        assert set(self.session.scalars(standing)) == set(self.session.scalars(decided))

    @invariant()
    def no_record_counts_below_nothing(self) -> None:
        least = select(func.min(AuthorRow.removed), func.min(AuthorRow.released), func.min(AuthorRow.approved))
        assert all(value is None or value >= 0 for value in self.session.execute(least).one())


AnyOrder.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = AnyOrder.TestCase
