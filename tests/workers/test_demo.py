"""The demo goes through the real door with the shipped model, and has something for every page."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from app.accounts import invitations, signup
from app.accounts.tables import AccountRow
from app.factory import create_app
from app.posts.tables import PostRow, PostState
from app.services import Services
from moderation.cases.tables import CaseRow
from moderation.domains.tables import DomainRuleRow
from moderation.tools import make_tools
from moderation.values import CaseOrigin, Outcome
from workers.demo import fill
from workers.demo.cast import APPLICANTS, MEMBERS

pytestmark = pytest.mark.one_database


def test_the_demo_has_every_verdict_a_wave_as_one_case_and_reports(services: Services) -> None:
    real = services.with_tools(make_tools(services.clock))
    assert fill.fill(real)
    with services.db.read() as session:
        states = {s: n for s, n in session.execute(select(PostRow.state, func.count()).group_by(PostRow.state))}
        outcomes = set(session.scalars(select(PostRow.outcome)))
        cases = [(case.origin, case.members) for case in session.scalars(select(CaseRow))]
        assert session.scalar(select(func.count()).select_from(AccountRow)) == len(MEMBERS) + len(APPLICANTS)
        assert len(signup.waiting(session)) == len(APPLICANTS)
        assert session.scalar(select(func.count()).select_from(DomainRuleRow)) == 2
    assert states[PostState.PUBLISHED] > 15
    assert {Outcome.APPROVE, Outcome.HOLD} <= outcomes
    assert cases.count((CaseOrigin.WAVE, 36)) == 1
    assert sum(origin is CaseOrigin.HOLD for origin, _ in cases) == 2
    assert sum(origin is CaseOrigin.REPORT for origin, _ in cases) == 3


def test_the_demo_doesnt_mix_with_what_is_there(services: Services) -> None:
    assert fill.fill(services.with_tools(make_tools(services.clock)))
    assert not fill.fill(services)


def test_the_demos_admin_finds_posts_at_home(services: Services) -> None:
    object.__setattr__(services.settings, "trial", True)
    assert fill.fill(services.with_tools(make_tools(services.clock)))
    link = invitations.first_admin_link(services)
    assert link is not None
    web = create_app(services).test_client()
    page = web.get(f"/welcome/{link}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = web.post(
        f"/welcome/{link}",
        data={
            "csrf_token": token[1],
            "username": "warden",
            "email": "warden@demo.example",
            "password": "a long enough secret",
            "agreement": "1",
        },
    )
    assert answer.status_code == 302, answer.text
    home_page = web.get("/home").text
    assert "chess players" in home_page and "sourdough starter" in home_page
    assert "growth_guru" in web.get("/review/signups").text
