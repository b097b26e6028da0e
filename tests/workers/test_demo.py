"""The demo goes through the real door with the shipped model, and has something for every page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts.tables import AccountRow
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.domains.tables import DomainRuleRow
from moderation.tools import make_tools
from moderation.values import CaseOrigin, Outcome
from workers.demo import fill
from workers.demo.cast import MEMBERS

pytestmark = pytest.mark.one_database


def test_the_demo_has_every_verdict_a_wave_as_one_case_and_reports(services: Services) -> None:
    real = replace(services, tools=make_tools(services.clock))
    assert fill.fill(real)
    with services.db.read() as session:
        states = {s: n for s, n in session.execute(select(PostRow.state, func.count()).group_by(PostRow.state))}
        outcomes = set(session.scalars(select(PostRow.outcome)))
        cases = [(case.origin, case.members) for case in session.scalars(select(CaseRow))]
        assert session.scalar(select(func.count()).select_from(AccountRow)) == len(MEMBERS)
        assert session.scalar(select(func.count()).select_from(DomainRuleRow)) == 2
    assert states[PostState.PUBLISHED] > 15
    assert {Outcome.APPROVE, Outcome.HOLD} <= outcomes
    assert cases.count((CaseOrigin.WAVE, 36)) == 1
    assert sum(origin is CaseOrigin.HOLD for origin, _ in cases) == 3
    assert sum(origin is CaseOrigin.REPORT for origin, _ in cases) == 3


def test_the_demo_doesnt_mix_with_what_is_there(services: Services) -> None:
    assert fill.fill(replace(services, tools=make_tools(services.clock)))
    assert not fill.fill(services)
