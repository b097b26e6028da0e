"""What ends by itself: holds whose time is over, mutes that ran out, evidence that has outlived its purpose."""

from __future__ import annotations

from app.accounts import profile
from app.appealing import recrew
from app.enforcement import enact, long_holds
from app.posts import edit
from app.posts import rejudge as posts_rejudge
from app.purging import running
from app.services import Services
from moderation import turns
from moderation.cases import due, freezing, reversals
from moderation.domains import editing
from moderation.holds import ending
from moderation.planning import adaptation
from moderation.quality import reviews


def end_holds(services: Services, limit: int = 200) -> int:
    """Let in, behind a warning, what nobody looked at in time; take back decisions and
    rules about servers whose term is over; give the desk back what no frozen author mended; say why to
    members whose posts wait for more than an hour. How many."""
    now = services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        freezing.note_unmended(session, now, limit)
        due.note_overdue(session, now)
        adaptation.watch(session, now)
        effects = [*ending.end_due(session, now, limit), *reversals.expire_due(session, now, limit)]
        effects += editing.expire_due(session, now, limit)
        enact.enact(services, session, effects)
    return len(effects) + long_holds.state_reasons(services, limit)


def rejudge(services: Services, limit: int = 100) -> int:
    """Judge again what a check couldn't: posts, edits and profiles; how many wait no longer."""
    posts = posts_rejudge.waiting(services, limit) + edit.rejudge_waiting(services, limit)
    return posts + profile.rejudge_waiting(services, limit)


def purge(services: Services, limit: int = running.BATCH) -> int:
    """Forget what has outlived its time, with a report (`app.purging`); how many rows. Second reviews that nobody made
    lapse, and appeals go on to whoever may judge them by now."""
    with services.db.write() as session:
        lapsed = reviews.lapse(session, services.clock.now())
    recrew.reconsider(services)
    return lapsed + running.run(services, limit=limit).rows
