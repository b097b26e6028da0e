"""The jobs, one function for each name in app.stores.jobs: each drains what waits, and may run twice."""

from __future__ import annotations

from app.announcements import speaking as announcements
from app.barring import breakers
from app.cards import reading as pages_read
from app.care import noticing as pile_ons_noticed
from app.enforcement import upkeep
from app.federation import actors
from app.federation import deliver as deliveries
from app.federation import followers as follower_lists
from app.federation import intake as inbox
from app.federation import links as profile_links
from app.federation import threads as thread_walks
from app.grave import upkeep as grave_cases
from app.instance import years as years_over
from app.learning import work as learning_done
from app.lifecycle import work as comings_and_goings
from app.media import upkeep as pictures
from app.media.recordings import work as films_elsewhere
from app.notices import answering as notices_answered
from app.notifications import post_office
from app.polls import closing as closing_polls
from app.purging import domains as domain_purges_done
from app.push import sending as pushes
from app.reports import forwarding as report_forwards
from app.reports import outcomes as report_outcomes
from app.reviewing import asking, drifting, followed_lists, planned
from app.reviewing import instance_rules as rules_for_the_door
from app.reviewing import queues as case_queues
from app.scheduled import publishing as scheduled_posts
from app.services import Services
from app.stores.jobs import Job
from app.terms import versions as terms_versions
from app.timelines import fanout
from app.trends import counting as trends_counted
from app.uploads.recordings import work as films_and_sounds
from app.webhooks import sending as hooks
from app.workforce import calling as calls
from workers import runtime
from workers.draining import Drain, run


def _recordings(services: Services, limit: int) -> int:
    """Those of members first."""
    return films_and_sounds.drain(services, limit) or films_elsewhere.drain(services, limit)


def _answers(services: Services, limit: int) -> int:
    settled = notices_answered.drain(services, limit) + report_outcomes.drain(services, limit)
    return settled + report_forwards.follow_up(services, limit) + asking.follow_up(services, limit)


def _ends(services: Services, limit: int) -> int:
    return upkeep.end_holds(services, limit) + planned.carry_out_due(services)


def _servers(services: Services, limit: int) -> int:
    try:
        asked = followed_lists.ask_due(services, limit)
    finally:  # what is announced is told whatever becomes of lists
        told = planned.tell_new(services)
    return asked + told


def _documents(services: Services, limit: int) -> int:
    settled = terms_versions.settle(services, limit) + years_over.settle(services)
    return settled + breakers.watch(services)


INTAKE = Drain(Job.INTAKE, inbox.drain, limit=200, gathers_seconds=0.15)
FAN_OUT = Drain(Job.FAN_OUT, fanout.sweep, limit=500)
DELIVER = Drain(Job.DELIVER, deliveries.drain, limit=500)
REJUDGE = Drain(Job.REJUDGE, upkeep.rejudge, limit=100)
MAIL = Drain(Job.MAIL, post_office.drain, limit=20)
REFRESH_ACTORS = Drain(Job.REFRESH_ACTORS, actors.refresh_stale, limit=50)
END_HOLDS = Drain(Job.END_HOLDS, _ends, limit=200)
PURGE = Drain(Job.PURGE, upkeep.purge, limit=5000)
THREADS = Drain(Job.THREADS, thread_walks.drain, limit=50)
FOLLOWERS = Drain(Job.FOLLOWERS, follower_lists.drain, limit=20)
LINKS = Drain(Job.LINKS, profile_links.drain, limit=20)
CARDS = Drain(Job.CARDS, pages_read.drain, limit=20)
LIFECYCLE = Drain(Job.LIFECYCLE, comings_and_goings.drain, limit=500)
POLLS = Drain(Job.POLLS, closing_polls.drain, limit=100)
MEDIA = Drain(Job.MEDIA, pictures.collect, limit=20)
PILE_ONS = Drain(Job.PILE_ONS, pile_ons_noticed.drain, limit=20)
NOTICES = Drain(Job.NOTICES, _answers, limit=50)
TERMS = Drain(Job.TERMS, _documents, limit=2)
RECORDINGS = Drain(Job.RECORDINGS, _recordings, limit=1)
WEBHOOKS = Drain(Job.WEBHOOKS, hooks.drain, limit=100)
PUSH = Drain(Job.PUSH, pushes.drain, limit=100)
TRENDS = Drain(Job.TRENDS, trends_counted.count, limit=100)
GRAVE = Drain(Job.GRAVE, grave_cases.drain, limit=50)
ON_CALL = Drain(Job.ON_CALL, calls.drain, limit=50)
PLACE_CASES = Drain(Job.PLACE_CASES, case_queues.drain, limit=500)
DOMAIN_LISTS = Drain(Job.DOMAIN_LISTS, _servers, limit=5)
SCHEDULED = Drain(Job.SCHEDULED, scheduled_posts.drain, limit=20)
INSTANCE_RULES = Drain(Job.INSTANCE_RULES, rules_for_the_door.work, limit=200)
LEARN = Drain(Job.LEARN, learning_done.work, limit=200)
ANNOUNCE = Drain(Job.ANNOUNCE, announcements.drain, limit=20)
DOMAIN_PURGES = Drain(Job.DOMAIN_PURGES, domain_purges_done.work, limit=5)
DRIFT = Drain(Job.DRIFT, drifting.work, limit=2)
DRAINS = (
    INTAKE,
    FAN_OUT,
    DELIVER,
    REJUDGE,
    MAIL,
    REFRESH_ACTORS,
    END_HOLDS,
    PURGE,
    THREADS,
    FOLLOWERS,
    LINKS,
    CARDS,
    LIFECYCLE,
    POLLS,
    MEDIA,
    PILE_ONS,
    NOTICES,
    TERMS,
    WEBHOOKS,
    PUSH,
    TRENDS,
    RECORDINGS,
    GRAVE,
    ON_CALL,
    PLACE_CASES,
    DOMAIN_LISTS,
    SCHEDULED,
    ANNOUNCE,
    INSTANCE_RULES,
    LEARN,
    DOMAIN_PURGES,
    DRIFT,
)


def intake() -> int:
    """Received activities become posts, follows, reports."""
    return run(INTAKE, runtime.services())


def fan_out() -> int:
    """Published posts reach home feeds, notifications and streams."""
    return run(FAN_OUT, runtime.services())


def deliver() -> int:
    """Our activities reach other servers."""
    return run(DELIVER, runtime.services())


def rejudge() -> int:
    """Posts and profiles that a check couldn't judge are judged again, oldest first."""
    return run(REJUDGE, runtime.services())


def mail() -> int:
    """Letters leave."""
    return run(MAIL, runtime.services())


def refresh_actors() -> int:
    """Actors and servers that are asked for again: keys, profiles, NodeInfo."""
    return run(REFRESH_ACTORS, runtime.services())


def end_holds() -> int:
    """Holds whose time is over end, and announced suspensions whose day has come take place."""
    return run(END_HOLDS, runtime.services())


def threads() -> int:
    """What threads here lack is asked for."""
    return run(THREADS, runtime.services())


def followers() -> int:
    """Lists of followers that differ from ours are asked for."""
    return run(FOLLOWERS, runtime.services())


def cards() -> int:
    """Pages that posts link to are read: what do they say of themselves?"""
    return run(CARDS, runtime.services())


def links() -> int:
    """Pages that profiles link to are looked at: do they link back?"""
    return run(LINKS, runtime.services())


def purge() -> int:
    """What has outlived its time is forgotten."""
    return run(PURGE, runtime.services())


def media() -> int:
    """Pictures that are evidence are fetched, before they are gone."""
    return run(MEDIA, runtime.services())


def recordings() -> int:
    """Films and sounds are made anew."""
    return run(RECORDINGS, runtime.services())


def lifecycle() -> int:
    """Who moved is followed, who left is forgotten, what bound us to a suspended domain ends."""
    return run(LIFECYCLE, runtime.services())


def polls() -> int:
    """New numbers of polls leave, and who is concerned hears that one is over."""
    return run(POLLS, runtime.services())


def pile_ons() -> int:
    """Many strangers at one member become a case for her."""
    return run(PILE_ONS, runtime.services())


def notices() -> int:
    """Who gave a legal notice, or reported and wants a mail, hears what came of it."""
    return run(NOTICES, runtime.services())


def grave() -> int:
    """Files that wait to be sealed are; what was reported and is over is destroyed."""
    return run(GRAVE, runtime.services())


def place_cases() -> int:
    """Cases go where they belong since queues changed."""
    return run(PLACE_CASES, runtime.services())


def terms() -> int:
    """Terms and privacy are made anew where what they say has changed; a year that is over keeps its rates."""
    return run(TERMS, runtime.services())


def webhooks() -> int:
    """What happened is told to programs that want to know."""
    return run(WEBHOOKS, runtime.services())


def push() -> int:
    """What members are told reaches their devices."""
    return run(PUSH, runtime.services())


def trends() -> int:
    """What is spoken of lately is counted anew."""
    return run(TRENDS, runtime.services())


def on_call() -> int:
    """Who is on call is called for what can't wait."""
    return run(ON_CALL, runtime.services())


def domain_lists() -> int:
    """Ask the followed lists of servers again."""
    return run(DOMAIN_LISTS, runtime.services())


def scheduled() -> int:
    """What members scheduled is published when it is due."""
    return run(SCHEDULED, runtime.services())


def announce() -> int:
    """Open streams hear that an announcement begins or is over."""
    return run(ANNOUNCE, runtime.services())


def instance_rules() -> int:
    """Try rules on the past, propose some for waves, end what is over."""
    return run(INSTANCE_RULES, runtime.services())


def domain_purges() -> int:
    """What suspended servers left here goes, where an admin ordered so."""
    return run(DOMAIN_PURGES, runtime.services())


def drift() -> int:
    """Days that are over are counted, and what has changed is told."""
    return run(DRIFT, runtime.services())


def learn() -> int:
    """What people decided becomes examples, a training that waits is done, candidates look at live posts."""
    return run(LEARN, runtime.services())
