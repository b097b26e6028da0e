"""What federation counts, by reason: refusals of the inbox, fates of activities, deliveries."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

RECEIVED = Counter("ostiary_inbox_received_total", "Activities that were answered 202 and are on disk", ["kind"])
REFUSED = Counter("ostiary_inbox_refused_total", "Requests to an inbox that were refused", ["reason"])
DROPPED = Counter("ostiary_inbox_dropped_total", "Activities answered 202 that need no row", ["reason"])
HANDLED = Counter("ostiary_intake_handled_total", "Activities that were handled", ["kind"])
NOT_HANDLED = Counter("ostiary_intake_refused_total", "Activities refused after their answer", ["reason"])
RETRIED = Counter("ostiary_intake_retried_total", "Activities that wait for something", ["reason"])
WANTED = Counter(
    "ostiary_threads_asked_total",
    "What threads here lacked, by what came of it",
    ["what", "outcome"],
)
RELAYED = Counter("ostiary_relayed_posts_total", "Posts that relays named, by what became of them", ["outcome"])
LINKS = Counter("ostiary_profile_links_total", "Pages that profiles link to, by whether they link back", ["outcome"])
SYNCHRONISED = Counter(
    "ostiary_followers_synchronised_total",
    "Lists of followers that differed from ours, by what came of it",
    ["outcome"],
)
DELIVERED = Counter("ostiary_deliveries_total", "What became of attempts to deliver", ["outcome"])
INTAKE_AGE = Gauge("ostiary_intake_oldest_seconds", "Age of the oldest activity taken in the last batch")
