"""What ends by itself: holds whose time is over, mutes that ran out, evidence that has outlived its purpose."""

from __future__ import annotations

from dataclasses import astuple
from datetime import timedelta

from app.accounts import addresses, browsers, profile, signup
from app.appealing import recrew
from app.cards import reading as cards
from app.enforcement import enact, long_holds
from app.federation import deliver, intake, settled, tombstones, wanted
from app.instance import activity
from app.lifecycle import severing
from app.media import upkeep as pictures
from app.posts import edit
from app.posts import rejudge as posts_rejudge
from app.preservation import copies
from app.relationships import mute
from app.services import Services
from app.uploads import upkeep as uploads
from app.webhooks import sending as webhooks
from moderation import turns
from moderation.cases import due, reversals
from moderation.domains import editing
from moderation.evidence import purging
from moderation.holds import ending
from moderation.quality import reviews
from moderation.workforce import calls, handovers, keeping

TRAFFIC_KEPT = timedelta(days=8)
"""How long settled deliveries are known by their ids: longer than any signature lasts, so that replays are seen."""


def end_holds(services: Services, limit: int = 200) -> int:
    """Let in, behind a warning, what nobody looked at in time; take back decisions and
    rules about servers whose term is over; say why to
    members whose posts wait for more than an hour. How many."""
    now = services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        due.note_overdue(session, now)
        effects = [*ending.end_due(session, now, limit), *reversals.expire_due(session, now, limit)]
        effects += editing.expire_due(session, now, limit)
        enact.enact(services, session, effects)
    return len(effects) + long_holds.state_reasons(services, limit)


def rejudge(services: Services, limit: int = 100) -> int:
    """Judge again what a check couldn't: posts, edits and profiles; how many wait no longer."""
    posts = posts_rejudge.waiting(services, limit) + edit.rejudge_waiting(services, limit)
    return posts + profile.rejudge_waiting(services, limit)


def purge(services: Services, limit: int = 5000) -> int:
    """Forget what has outlived its time: evidence, mutes, unconfirmed sign-ups, settled traffic; how many rows. Appeals
    go on to whoever may judge them by now."""
    now = services.clock.now()
    with services.db.write() as session:
        report = purging.purge(session, now, limit)
        forgotten = tombstones.prune(session, now, limit) + settled.prune(session, now, limit)
        forgotten += wanted.prune(session, now, limit) + activity.forget(session, now)
        forgotten += reviews.lapse(session, now) + keeping.forget(session, now)
        forgotten += addresses.forget(session, services.settings.address_days, now) + browsers.forget(session, now)
        forgotten += handovers.forget(session, now) + calls.forget(session, now)
        forgotten += copies.forget(session, now, limit)
    recrew.reconsider(services)
    traffic = intake.prune(services, now - TRAFFIC_KEPT, limit) + deliver.prune(services, now - TRAFFIC_KEPT, limit)
    forgotten += severing.forget(services) + pictures.forget(services) + uploads.forget(services)
    forgotten += webhooks.forget(services) + cards.forget(services, limit)
    return int(sum(astuple(report))) + forgotten + traffic + mute.sweep(services) + signup.forget_unconfirmed(services)
