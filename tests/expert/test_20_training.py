"""20. Training is built in, and what people read differently is the rule's fault: shown as that, not as theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.accounts.tables import Role
from app.instance.first_rules import DEFAULTS
from app.posts.tables import PostState
from app.reviewing import decide
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.quality import exercises, ratings
from moderation.quality.tables import ReviewRow, ReviewState
from moderation.values import Action
from tests.app.web.conftest import Town, Visitor
from tests.app.web.review.conftest import Desk
from tests.support.services import draw_all

pytestmark = pytest.mark.one_database
RULE = 2


@pytest.fixture
def desk(town: Town) -> Desk:
    """What a moderator's day brings."""
    return Desk(town)


def page_of(visitor: Visitor, number: int) -> str:
    """A case, taken first."""
    visitor.post(f"/review/case/{number}/claim", on="/review/start")
    return visitor.page(f"/review/case/{number}")


def test_a_sandbox_with_seeded_cases_explains_each_answer_and_touches_nothing(town: Town) -> None:
    tia = town.at_home(town.member("tia", Role.TRAINEE))
    seeded = exercises.exercises()
    assert len({each.key for each in seeded}) >= 20
    assert {"keep", "remove", "spam", "escalate", "care"} <= {
        answer.value for each in seeded for answer in each.accepted
    }
    first = seeded[0]
    where = f"/review/training/{first.key}"
    assert first.why.en not in tia.page(where), "what is right is told after the answer"
    tia.post(where, answer=sorted(first.accepted)[0])
    page = tia.page(where)
    assert first.why.en in page and "as we would" in page
    with town.services.db.read() as session:
        assert not session.scalar(select(func.count(CaseRow.id))) and not session.scalar(
            select(func.count(DecisionRow.id))
        )


def test_the_rules_examples_stand_beside_the_buttons_of_a_decision(town: Town, desk: Desk) -> None:
    rita = town.at_home(town.member("rita", Role.REVIEWER))
    page = page_of(rita, desk.case_of(desk.held()).id)
    panel = page.split('id="panel-remove"', 1)[1].split('value="remove"', 1)[0]
    with_examples = [rule for rule in DEFAULTS if rule.good_en]
    assert with_examples
    for rule in with_examples:
        assert rule.good_en in panel and rule.bad_en in panel


def test_an_audit_carries_its_rationale_to_whom_it_is_for(town: Town, desk: Desk) -> None:
    draw_all(town.services)
    mo, rita, lea = (
        town.at_home(town.member(name, role))
        for name, role in (("mo", Role.MODERATOR), ("rita", Role.REVIEWER), ("lea", Role.LEAD))
    )
    post = desk.held()
    case = desk.case_of(post).id
    where = f"/review/case/{case}"
    assert mo.post(f"{where}/decide", on=where, action="remove", rule_remove=str(RULE)).status_code == 302
    second = rita.post("/review/next", on="/review/start").headers["Location"]
    assert "Read this one afresh" in rita.page(second) and "@mo" not in rita.page(second)
    rita.post(f"{second}/decide", on=second, action="approve", note="it quotes what it answers")
    assert desk.now(post).state is PostState.REJECTED, "a second reading alone changes nothing"
    quality = lea.page("/review/quality")
    assert "it quotes what it answers" in quality and "the second answer is milder" in quality


def read_twice(town: Town, desk: Desk, cases: int) -> None:
    """mo removed each by a rule that rita, who read them again, saw in none of them."""
    mo = town.member("mo", Role.MODERATOR)
    author, now = town.member("mallory"), town.services.clock.now()
    milder = ratings.as_json(DecisionRequest(Action.APPROVE))
    for number in range(cases):
        case = desk.case_of(desk.held(f"they are vermin, all of the {number} of them", author))
        wanted = DecisionRequest(Action.REMOVE, rule_id=str(RULE), reason="It breaks a rule.")
        decide.decide(town.services, mo, case.id, wanted)
        with town.services.db.write() as session:
            decision = session.scalars(select(DecisionRow.id).where(DecisionRow.case_id == case.id)).one()
            session.add(
                ReviewRow(
                    decision_id=decision, case_id=case.id, category="hate", state=ReviewState.DIFFERING, first_by="mo",
                    first_action=Action.REMOVE, first_rule=str(RULE), drawn_at=now, second_by="rita",
                    second_request=milder, answered_at=now,
                )
            )  # fmt: skip


@pytest.mark.parametrize(("cases", "flagged"), [(10, True), (9, False)])
def test_a_rule_that_two_understand_differently_is_flagged_as_the_rules_problem(
    town: Town, desk: Desk, cases: int, flagged: bool
) -> None:
    read_twice(town, desk, cases)
    page = town.at_home(town.member("lea", Role.LEAD)).page("/review/quality")
    assert "Cohen’s kappa" in page and "nobody is ranked" in page
    assert ("the rule is understood differently" in page) is flagged
    assert ("say it more plainly, or give examples" in page) is flagged
    rules = page.split('id="rules"', 1)[1].split('id="machines"', 1)[0]
    assert "@mo" not in rules and "@rita" not in rules, "it is the rule that is looked at"
