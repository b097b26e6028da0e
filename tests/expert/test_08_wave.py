"""8. A wave is few cases and one macro; what is refused because of it ends by itself.

At full size, 5,000 posts from 300 accounts on 80 servers, by keyboard, it is tests/browser/test_drill.py.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.tables import Role
from app.clock import FrozenClock
from app.posts.tables import PostState
from moderation.policy import store
from moderation.values import CaseState
from tests.app.people import told
from tests.app.web.conftest import Town
from tests.app.web.review.conftest import Desk, desk
from tests.app.web.review.test_macros import do

__all__ = ["desk"]
pytestmark = pytest.mark.one_database
SPAM_WAVE = 1


def test_a_wave_reaches_nobody_and_its_refusals_end_by_themselves(town: Town, desk: Desk, clock: FrozenClock) -> None:
    reader = town.member("ben")
    mo = town.at_home(town.member("mo", Role.MODERATOR))
    case = desk.wave(copies=8)
    assert do(mo, case, SPAM_WAVE).status_code == 302
    assert desk.case_of_id(case.id).state is CaseState.DECIDED
    assert told(town.services, reader.id) == []
    ana = town.member("ana")
    late = "Claim your free casino airdrop now before it closes, only 77 places are left"
    assert desk.now(town.writes(ana, late)).state is PostState.REJECTED
    with town.services.db.read() as session:
        lasts = store.current(session).wave.lasts_days
    clock.move(timedelta(days=lasts, minutes=1))
    assert desk.now(town.writes(town.member("eva"), late)).state is not PostState.REJECTED
