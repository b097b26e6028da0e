"""The drill: a wave of thousands is at most ten cases, cleared by one macro each, while everybody else goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from threading import Thread

from playwright.sync_api import Browser
from sqlalchemy import func, select, update

from app.accounts.tables import ActorRow, Role
from app.posts import admission
from app.posts.tables import PostRow, PostState
from moderation.cases.tables import CaseRow
from moderation.values import CaseOrigin, CaseState
from tests.app.people import draft, remote
from tests.browser.conftest import LiveHouse, before_a_screen

POSTS, ACCOUNTS, DOMAINS, BATCH, CASES = 5000, 300, 80, 250, 10
TEXT = "Win a free casino hamper before midnight, only {} hampers are left for the friends of {}"
FRIENDS = ("ferries", "kettles", "owls")
CLEARING_MILLISECONDS = 120_000
"""A machine may be slow; that a page comes is asserted, not when."""


def the_wave(live: LiveHouse) -> list[ActorRow]:
    """Who sends it: accounts made yesterday, none of them followed here."""
    senders = [remote(live.services, f"hamper{n}", f"hampers{n % DOMAINS}.example") for n in range(ACCOUNTS)]
    made = live.services.clock.now() - timedelta(days=1)
    with live.services.db.write() as session:
        session.execute(update(ActorRow).where(ActorRow.domain.like("hampers%.example")).values(published_at=made))
    return senders


def arrives(live: LiveHouse, senders: Sequence[ActorRow], numbers: range) -> None:
    """A batch of it, as a worker takes it in."""
    drafts = []
    for number in numbers:
        sender, text = senders[number % ACCOUNTS], TEXT.format(number, FRIENDS[number % len(FRIENDS)])
        drafts.append(draft(live.services, sender, text, f"/statuses/{number}"))
    admission.admit(live.services, drafts)


def states(live: LiveHouse) -> Counter[PostState]:
    """What became of the wave's posts."""
    with live.services.db.read() as session:
        found = session.execute(
            select(PostRow.state, func.count(PostRow.pk))
            .join(ActorRow, ActorRow.id == PostRow.actor_id)
            .where(ActorRow.domain.like("hampers%.example"))
            .group_by(PostRow.state)
        )
        return Counter({state: count for state, count in found})


def cases(live: LiveHouse) -> list[CaseRow]:
    """The cases that it became."""
    with live.services.db.read() as session:
        query = select(CaseRow).where(CaseRow.author_domain.like("hampers%.example")).order_by(CaseRow.id)
        return list(session.scalars(query))


def test_a_wave_is_cleared_with_one_macro_for_each_case_while_others_are_read(
    chromium: Browser, live: LiveHouse
) -> None:
    senders, friend = the_wave(live), live.member("willa")
    live.member("clara", Role.MODERATOR)
    for start in range(0, POSTS, BATCH):
        arrives(live, senders, range(start, start + BATCH))
        benign = live.writes(friend, f"The tide table of the {start}th morning hangs at the library door again")
        assert benign.state is PostState.PUBLISHED, start
    assert states(live)[PostState.PUBLISHED] == 0
    assert states(live).total() == POSTS
    found = cases(live)
    assert 1 <= len(found) <= CASES
    assert all(case.origin is CaseOrigin.WAVE for case in found)

    context, clara = before_a_screen(chromium, live, viewport={"width": 1280, "height": 720})
    context.set_default_timeout(CLEARING_MILLISECONDS)
    page = clara.signs_in("clara").page
    readers, reader = before_a_screen(chromium, live)
    for case in found:
        clara.goes(f"/review/case/{case.id}").sees("Why it is here")
        if page.get_by_text("Nobody has it.").count():  # else it came to her as the next one
            page.keyboard.press("g")
        clara.sees("Nobody but you has it")
        page.keyboard.press("m")
        with page.expect_navigation():
            page.keyboard.press("1")
        clara.sees(f"{case.members:,} posts are refused, or taken away")
        clara.sees(" accounts, until somebody lifts it")
        meanwhile = Thread(target=live.writes, args=(friend, f"A heron stands in the river beside case {case.id}"))
        meanwhile.start()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        clara.sees("Done: Spam wave")
        meanwhile.join()
        reader.goes("/public").sees(f"A heron stands in the river beside case {case.id}")
    readers.close()
    assert clara.goes("/public").page.get_by_text("The tide table of the 4750th morning").count() == 1
    assert page.get_by_text("casino").count() == 0
    assert not clara.complaints
    context.close()

    assert states(live) == {PostState.REJECTED: POSTS}
    assert all(case.state is CaseState.DECIDED for case in cases(live))
    arrives(live, senders, range(POSTS, POSTS + 10))
    assert states(live) == {PostState.REJECTED: POSTS + 10}, "what comes later of the wave is refused, too"
