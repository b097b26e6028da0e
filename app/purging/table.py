"""Every purge, in the order in which the regular job goes: what, where, after how long, and by which code.

docs/retention.md has a row for each, and a test compares them. A new one is a line here, and a row there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.accounts import addresses, browsers, signup, traits
from app.cards import reading as cards
from app.doors import forgetting as doors
from app.doors import links as door_links
from app.doors import organisations
from app.doors import waiting as waiting_list
from app.federation import deliver, intake, settled, tombstones, wanted
from app.grave import settling
from app.instance import activity
from app.lifecycle import severing
from app.media import upkeep as pictures
from app.notices import answering, give
from app.preservation import copies
from app.purging import reports
from app.purging.values import Purge, Stops, Store, Took, Work
from app.relationships import mute
from app.search import index
from app.uploads import upkeep as uploads
from app.webhooks import sending as webhooks
from moderation.drift import counting as drift
from moderation.evidence import purging
from moderation.evidence.snapshots import RETENTION
from moderation.instance_rules import hits
from moderation.learning import examples, teaching
from moderation.workforce import calls, handovers, keeping

TRAFFIC_KEPT: Final = timedelta(days=8)
"""How long settled deliveries are known by their ids: longer than any signature lasts, so that replays are seen."""
_BYTES: Final = "bytes"


def _rows(table: str, forget: Callable[[Session, Work], int]) -> Callable[[Work], Took]:
    def run(work: Work) -> Took:
        with work.services.db.write() as session:
            return {table: forget(session, work)}

    return run


def _by_services(table: str, forget: Callable[[Work], int]) -> Callable[[Work], Took]:
    return lambda work: {table: forget(work)}


def _pictures(work: Work) -> Took:
    due = pictures.due(work.services, work.limit)
    return {"cached_media": pictures.drop(work.services, due), _BYTES: sum(each.size_bytes for each in due)}


def _uploads(work: Work) -> Took:
    rows = uploads.take(work.services, work.limit)
    return {"uploads": len(rows), _BYTES: sum(row.size_bytes for row in rows)}


def _crew(session: Session, work: Work) -> int:
    return keeping.forget(session, work.now)


def _unconfirmed_doors(work: Work) -> Took:
    with work.services.db.write() as session:
        return doors.unconfirmed(session, work.now)


Y, N = Stops.YES, Stops.NOTHING_POSTED
PURGES: Final[tuple[Purge, ...]] = (
    Purge(
        "snapshots", "evidence (snapshots)", Store.TABLES, RETENTION, purging.forget_snapshots, Y,
        _rows("snapshots", lambda session, work: purging.forget_snapshots(session, work.now, work.limit)),
    ),
    Purge(
        "examples", "which evidence is an example of what", Store.TABLES, "with the evidence", examples.forget, N,
        _rows("learning_examples", lambda session, work: examples.forget(session, work.limit)),
    ),
    Purge(
        "lessons", "which evidence was taught as what", Store.TABLES, "with the evidence",
        teaching.forget, N,
        _rows("lessons", lambda session, work: teaching.forget(session, work.now, work.limit)),
    ),
    Purge(
        "findings", "findings, and what another text model read of them since", Store.TABLES, RETENTION,
        purging.forget_findings, Y,
        _rows("findings", lambda session, work: purging.forget_findings(session, work.now, work.limit)),
    ),
    Purge(
        "scores", "scores", Store.TABLES, purging.SCORES_KEPT, purging.forget_scores, Y,
        _rows("verdicts", lambda session, work: purging.forget_scores(session, work.now, work.limit)),
    ),
    Purge(
        "fingerprints", "fingerprints", Store.TABLES, purging.FINGERPRINTS_KEPT, purging.forget_fingerprints, Y,
        _rows("fingerprints", lambda session, work: purging.forget_fingerprints(session, work.now, work.limit)),
    ),
    Purge(
        "addresses", "network addresses", Store.TABLES, lambda settings: timedelta(days=settings.address_days),
        addresses.forget, Y,
        _rows(
            "seen_addresses",
            lambda session, work: addresses.forget(session, work.services.settings.address_days, work.now),
        ),
    ),
    Purge(
        "browsers", "browsers in which members were signed in", Store.TABLES, browsers.ENDED_KEPT, browsers.forget, Y,
        _rows("browser_sessions", lambda session, work: browsers.forget(session, work.now)),
    ),
    Purge(
        "sign_ups", "sign-ups that nobody confirmed", Store.TABLES, signup.FORGOTTEN_AFTER, signup.forget_unconfirmed,
        Y, _by_services("accounts", lambda work: signup.forget_unconfirmed(work.services, work.limit)),
    ),
    Purge(
        "traits", "how members signed up, as counts", Store.TABLES, traits.KEPT, traits.forget, N,
        _rows("accounts", lambda session, work: traits.forget(session, work.now)),
    ),
    Purge(
        "pictures", "pictures from elsewhere", Store.CACHE, "while they are shown and there is room", pictures.due, Y,
        _pictures,
    ),
    Purge("uploads", "uploads that were never posted, or stand nowhere any more", Store.FILES, uploads.NEVER_POSTED,
          uploads.take, Y, _uploads),
    Purge(
        "words", "words of posts that are gone, in the search index", Store.INDEX, "at once, with the post",
        index.forget_gone, N,
        _rows("post_search", lambda session, work: index.forget_gone(session, work.limit)),
    ),
    Purge(
        "copies", "copies made under orders", Store.VAULT, "until the last order ends", copies.forget,
        Stops.IS_KEPT_BY_ONE,
        _rows("preserved_copies", lambda session, work: copies.forget(session, work.now, work.limit)),
    ),
    Purge(
        "received", "activities that were received and settled", Store.QUEUE, TRAFFIC_KEPT, intake.prune, N,
        _by_services(
            "inbox_activities",
            lambda work: intake.prune(work.services, work.now - TRAFFIC_KEPT, work.limit),
        ),
    ),
    Purge(
        "sent", "activities that were sent and arrived, or were given up", Store.QUEUE, TRAFFIC_KEPT, deliver.prune, N,
        _by_services(
            "outbox_activities",
            lambda work: deliver.prune(work.services, work.now - TRAFFIC_KEPT, work.limit),
        ),
    ),
    Purge(
        "webhooks", "webhooks’ deliveries", Store.QUEUE, webhooks.KEPT, webhooks.forget, N,
        _by_services("webhook_deliveries", lambda work: webhooks.forget(work.services)),
    ),
    Purge(
        "cards", "cards of pages that no post shows any more", Store.TABLES, cards.KEPT, cards.forget, N,
        _rows("preview_cards", lambda session, work: cards.forget(session, work.now, work.limit)),
    ),
    Purge(
        "wanted", "addresses that could not be fetched", Store.QUEUE, wanted.KEPT, wanted.prune, N,
        _rows("wanted", lambda session, work: wanted.prune(session, work.now, work.limit)),
    ),
    Purge(
        "tombstones", "digests of what was deleted before it came", Store.TABLES, tombstones.KEPT, tombstones.prune, N,
        _rows("tombstones", lambda session, work: tombstones.prune(session, work.now, work.limit)),
    ),
    Purge(
        "settled", "digests of activities that were dealt with", Store.TABLES, settled.KEPT, settled.prune, N,
        _rows("settled_activities", lambda session, work: settled.prune(session, work.now, work.limit)),
    ),
    Purge(
        "severed", "follows that ended with a server", Store.TABLES, severing.KEPT, severing.forget, N,
        _by_services("severed_follows", lambda work: severing.forget(work.services)),
    ),
    Purge(
        "mutes", "mutes for a time", Store.TABLES, "until they run out", mute.sweep, N,
        _by_services("mutes", lambda work: mute.sweep(work.services)),
    ),
    Purge(
        "activity", "how many members were here, by week and day", Store.TABLES, activity.DAYS_KEPT, activity.forget, N,
        _rows("active_days", lambda session, work: activity.forget(session, work.now)),
    ),
    Purge("shifts", "shifts, and who was there when", Store.TABLES, keeping.PLAN_KEPT, keeping.forget, N,
          _rows("crew_shifts", _crew)),
    Purge(
        "rule_hits", "what rules for the door matched, and their trials", Store.TABLES, RETENTION, hits.forget, N,
        _rows("instance_rule_hits", lambda session, work: hits.forget(session, work.now, work.limit)),
    ),
    Purge(
        "drift", "days of posts as counts, for drift", Store.TABLES, drift.KEPT, drift.forget, N,
        _rows("drift_counts", lambda session, work: drift.forget(session, work.now)),
    ),
    Purge(
        "handovers", "lines that the crew leaves to the crew", Store.TABLES, handovers.KEPT, handovers.forget, N,
        _rows("crew_handovers", lambda session, work: handovers.forget(session, work.now)),
    ),
    Purge(
        "calls", "who was called when", Store.TABLES, calls.KEPT, calls.forget, N,
        _rows("crew_calls", lambda session, work: calls.forget(session, work.now)),
    ),
    Purge(
        "unconfirmed_doors", "addresses left before the closed door that nobody confirmed", Store.TABLES,
        door_links.CONFIRM_WITHIN, doors.unconfirmed, N,
        _unconfirmed_doors,
    ),
    Purge(
        "waiting_list", "entries of the waiting list", Store.TABLES, waiting_list.KEPT, doors.entries, N,
        _rows("waiting_list", lambda session, work: doors.entries(session, work.now)),
    ),
    Purge(
        "organisations", "organisations that asked for invitations", Store.TABLES, organisations.KEPT, doors.requests,
        N, _rows("organisation_requests", lambda session, work: doors.requests(session, work.now)),
    ),
    Purge(
        "reports", "reports of purges", Store.TABLES, "as the policy says, two years at first", reports.forget, N,
        _rows("purge_reports", lambda session, work: reports.forget(session, work.now)),
    ),
    Purge(
        "notices", "name and address of who gave a legal notice", Store.TABLES, answering.KEPT,
        answering.forget_names, Y,
    ),
    Purge("unconfirmed_notices", "legal notices that nobody confirmed", Store.TABLES, give.CONFIRM,
          answering.forget_unconfirmed, N),
    Purge("grave", "what is sealed of a grave case", Store.VAULT, "as the law says, after the report",
          settling.destroy_due, Y),
)  # fmt: skip
"""Those without `run` belong to the job of their code: notices, grave cases."""
