"""The jobs that the app may ask for, by name: `workers` has the functions, and a test resolves each."""

from __future__ import annotations

from enum import StrEnum


class Job(StrEnum):
    """A job drains what waits in the database; it takes no arguments that could be lost."""

    INTAKE = "workers.jobs.intake"
    FAN_OUT = "workers.jobs.fan_out"
    DELIVER = "workers.jobs.deliver"
    REJUDGE = "workers.jobs.rejudge"
    MAIL = "workers.jobs.mail"
    REFRESH_ACTORS = "workers.jobs.refresh_actors"
    END_HOLDS = "workers.jobs.end_holds"
    PURGE = "workers.jobs.purge"
    THREADS = "workers.jobs.threads"
    FOLLOWERS = "workers.jobs.followers"
    LINKS = "workers.jobs.links"
    CARDS = "workers.jobs.cards"
    LIFECYCLE = "workers.jobs.lifecycle"
    POLLS = "workers.jobs.polls"
    MEDIA = "workers.jobs.media"
    PILE_ONS = "workers.jobs.pile_ons"
    NOTICES = "workers.jobs.notices"
    TERMS = "workers.jobs.terms"
    WEBHOOKS = "workers.jobs.webhooks"
    PUSH = "workers.jobs.push"
    TRENDS = "workers.jobs.trends"
    RECORDINGS = "workers.jobs.recordings"
    GRAVE = "workers.jobs.grave"
    ON_CALL = "workers.jobs.on_call"
    PLACE_CASES = "workers.jobs.place_cases"
    DOMAIN_LISTS = "workers.jobs.domain_lists"
    SCHEDULED = "workers.jobs.scheduled"
    ANNOUNCE = "workers.jobs.announce"
    INSTANCE_RULES = "workers.jobs.instance_rules"
    DOMAIN_PURGES = "workers.jobs.domain_purges"
    LEARN = "workers.jobs.learn"
    DRIFT = "workers.jobs.drift"


QUEUE_OF: dict[Job, str] = {
    Job.INTAKE: "intake",
    Job.FAN_OUT: "intake",
    Job.DELIVER: "network",
    Job.REJUDGE: "intake",
    Job.MAIL: "network",
    Job.REFRESH_ACTORS: "network",
    Job.END_HOLDS: "intake",
    Job.PURGE: "network",
    Job.THREADS: "network",
    Job.FOLLOWERS: "network",
    Job.LINKS: "network",
    Job.CARDS: "network",
    Job.LIFECYCLE: "intake",
    Job.POLLS: "intake",
    Job.MEDIA: "network",
    Job.PILE_ONS: "intake",
    Job.NOTICES: "intake",
    Job.TERMS: "intake",
    Job.WEBHOOKS: "network",
    Job.PUSH: "network",
    Job.TRENDS: "network",
    Job.RECORDINGS: "recordings",
    Job.GRAVE: "intake",
    Job.ON_CALL: "intake",
    Job.PLACE_CASES: "intake",
    Job.DOMAIN_LISTS: "network",
    Job.SCHEDULED: "intake",
    Job.ANNOUNCE: "intake",
    Job.INSTANCE_RULES: "network",
    Job.DOMAIN_PURGES: "network",
    Job.LEARN: "recordings",
    Job.DRIFT: "network",
}
QUEUES = ("intake", "network", "recordings")
"""Films take minutes to make, and learning takes one: they keep neither posts nor deliveries waiting."""
