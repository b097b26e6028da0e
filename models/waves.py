"""Simulated spam waves of documented kinds, and ordinary life beside them, as facts of how things are sent.

Of our own making: no text, no real account. What the kinds have in common is taken from what was written about them:
the mention spam of February 2024 (accounts minutes old on small servers with open sign-ups, names of ten letters and
digits drawn by lot, a picture, two or more mentions of strangers); bots that answer with a link to a coin; profiles
that are nothing but links, for search engines, and those that follow hundreds to be looked at, with what they post once
somebody looks; floods of hashtags; swarms of fresh accounts with one mail domain on a server with open sign-ups.
Ordinary life has all that looks like them: newcomers who say hello to everybody, artists who post pictures without
words, feeds of news, people who announce things to many, texts that everybody passes on, those who bring a whole list
of follows along, a class that signs up within one lesson. How members signed up is drawn in models.joining.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from models import joining
from models.behaviour import Facts

Kind = Callable[[random.Random], Facts]
_CONSONANTS: Final = "bcdfghjklmnprstvz"
_VOWELS: Final = "aeiou"
_ALL: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Sample:
    """Facts, whether they are spam, and of which kind."""

    facts: Facts
    spam: bool
    kind: str


def _drawn_name(rng: random.Random) -> str:
    return "".join(rng.choice(_ALL) for _ in range(rng.choice((8, 10, 10, 10, 12))))


def _spoken_name(rng: random.Random) -> str:
    syllables = "".join(rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.randint(2, 4)))
    return syllables + rng.choice(("", "", "", "n", "s", "_art", "42", str(rng.randint(60, 99)), "2024"))


def _name(rng: random.Random, drawn: float) -> str:
    return _drawn_name(rng) if rng.random() < drawn else _spoken_name(rng)


def _around(rng: random.Random, middle: float, spread: float = 0.8) -> float:
    """A number around `middle`, many times smaller or larger now and then."""
    return rng.lognormvariate(0.0, spread) * middle


def _count(rng: random.Random, middle: float, spread: float = 0.6) -> int:
    return round(_around(rng, middle, spread))


def _told(rng: random.Random, age: float, untold: float = 0.1) -> float | None:
    return None if rng.random() < untold else age


def mention_images(rng: random.Random) -> Facts:
    """February 2024: a picture, a few strangers, from servers that nobody looks after."""
    strangers = max(1, _count(rng, 3))
    sent = _count(rng, 12)
    age = _around(rng, 0.4)
    link = rng.random() < 0.35
    return Facts(
        account_age=_told(rng, age),
        server_age=_told(rng, _around(rng, 800)),
        acquaintance=min(age, _around(rng, 0.05)),
        approved=sent if rng.random() < 0.6 else 0,
        removed=_count(rng, 1) if rng.random() < 0.2 else 0,
        mentions=strangers,
        strangers=strangers,
        strangers_lately=strangers * max(1, _count(rng, 6)),
        links=int(link),
        new_links=int(link and rng.random() < 0.5),
        link_age=_around(rng, 1.0) if link else None,
        pace=_around(rng, 25),
        copies=_count(rng, 4) if rng.random() < 0.7 else 0,
        copiers=_count(rng, 3) if rng.random() < 0.7 else 0,
        media=int(rng.random() < 0.85),
        letters=_count(rng, 8) if rng.random() < 0.5 else _count(rng, 60),
        answers=rng.random() < 0.2,
        name=_name(rng, 0.85),
        local=rng.random() < 0.15,
    )


def coin_replies(rng: random.Random) -> Facts:
    """Answers to whoever is read, with a link to a coin, a giveaway, a support desk."""
    age = _around(rng, 4)
    return Facts(
        account_age=_told(rng, age),
        server_age=_told(rng, _around(rng, 500)),
        acquaintance=min(age, _around(rng, 0.3)),
        approved=_count(rng, 4) if rng.random() < 0.6 else 0,
        removed=_count(rng, 1) if rng.random() < 0.3 else 0,
        mentions=1,
        strangers=1,
        strangers_lately=max(1, _count(rng, 9)),
        links=1,
        new_links=int(rng.random() < 0.6),
        link_age=_around(rng, 1.5),
        pace=_around(rng, 9),
        copies=_count(rng, 6) if rng.random() < 0.75 else 0,
        copiers=_count(rng, 4) if rng.random() < 0.75 else 0,
        media=int(rng.random() < 0.3),
        letters=_count(rng, 140),
        hashtags=_count(rng, 2),
        answers=True,
        name=_name(rng, 0.4),
        local=rng.random() < 0.15,
    )


def link_profiles(rng: random.Random) -> Facts:
    """Profiles for search engines: links to shops and casinos that nobody here ever saw."""
    links = max(1, _count(rng, 2))
    return Facts(
        account_age=_told(rng, _around(rng, 0.5)),
        server_age=_told(rng, _around(rng, 700)),
        links=links,
        new_links=max(1, round(links * rng.uniform(0.6, 1.0))),
        link_age=_around(rng, 0.3),
        letters=_count(rng, 220),
        name=_name(rng, 0.3),
        profile=True,
        media=int(rng.random() < 0.5),
        local=rng.random() < 0.7,
    )


def follow_bait(rng: random.Random) -> Facts:
    """Profiles of those who follow hundreds so that these look: one link, a picture, no post."""
    age = _around(rng, 3)
    return Facts(
        account_age=_told(rng, age),
        server_age=_told(rng, _around(rng, 500)),
        acquaintance=min(age, _around(rng, 0.2)),
        links=1,
        new_links=int(rng.random() < 0.7),
        link_age=_around(rng, 2),
        letters=_count(rng, 70),
        name=_name(rng, 0.5),
        profile=True,
        media=1,
        local=rng.random() < 0.3,
    )


def tag_floods(rng: random.Random) -> Facts:
    """The same advertisement under every hashtag that is looked at."""
    age = _around(rng, 10)
    return Facts(
        account_age=_told(rng, age),
        server_age=_told(rng, _around(rng, 300)),
        acquaintance=min(age, _around(rng, 2)),
        approved=_count(rng, 20) if rng.random() < 0.7 else 0,
        removed=_count(rng, 2) if rng.random() < 0.3 else 0,
        links=max(1, _count(rng, 1.5)),
        new_links=int(rng.random() < 0.5),
        link_age=_around(rng, 4),
        pace=_around(rng, 12),
        copies=max(1, _count(rng, 8)),
        copiers=max(1, _count(rng, 2)),
        media=int(rng.random() < 0.6),
        letters=_count(rng, 180),
        hashtags=_count(rng, 9),
        name=_name(rng, 0.4),
        local=rng.random() < 0.15,
    )


def follow_spam(rng: random.Random) -> Facts:
    """What those post who followed hundreds within hours: bland, now and then with a link, for whoever looks."""
    age = _around(rng, 2)
    link = rng.random() < 0.5
    return Facts(
        account_age=_told(rng, age),
        server_age=_told(rng, _around(rng, 500)),
        acquaintance=min(age, _around(rng, 0.3)),
        approved=_count(rng, 2) if rng.random() < 0.7 else 0,
        links=int(link),
        new_links=int(link and rng.random() < 0.6),
        link_age=_around(rng, 2) if link else None,
        pace=_around(rng, 1.5),
        copies=_count(rng, 2) if rng.random() < 0.3 else 0,
        copiers=_count(rng, 2) if rng.random() < 0.3 else 0,
        media=int(rng.random() < 0.6),
        letters=_count(rng, 60),
        hashtags=_count(rng, 2) if rng.random() < 0.3 else 0,
        name=_name(rng, 0.4),
        local=rng.random() < 0.4,
    )


def signup_swarm(rng: random.Random) -> Facts:
    """Accounts made here one after the other, with one mail domain, each of which posts its line within the hour."""
    age = _around(rng, 0.1)
    link = rng.random() < 0.7
    strangers = rng.choice((0, 0, 0, 1, 2))
    return Facts(
        account_age=age,
        server_age=_around(rng, 700),
        acquaintance=min(age, _around(rng, 0.03)),
        approved=_count(rng, 1),
        mentions=strangers,
        strangers=strangers,
        strangers_lately=strangers + _count(rng, 0.5),
        links=int(link),
        new_links=int(link and rng.random() < 0.5),
        link_age=_around(rng, 1.0) if link else None,
        pace=_around(rng, 3),
        copies=_count(rng, 2) if rng.random() < 0.4 else 0,
        copiers=_count(rng, 2) if rng.random() < 0.4 else 0,
        media=int(rng.random() < 0.3),
        letters=_count(rng, 120),
        hashtags=_count(rng, 2) if rng.random() < 0.4 else 0,
        name=_name(rng, 0.25),
        profile=rng.random() < 0.2,
        local=True,
    )


WAVES: Final[Mapping[str, Kind]] = {
    "mention_images": mention_images,
    "coin_replies": coin_replies,
    "link_profiles": link_profiles,
    "follow_bait": follow_bait,
    "tag_floods": tag_floods,
    "follow_spam": follow_spam,
    "signup_swarm": signup_swarm,
}


def regular(rng: random.Random) -> Facts:
    """Somebody who has been around."""
    approved = _count(rng, 150, 1.2)
    acquaintance = _around(rng, 300, 1.0)
    mentions = rng.choice((0, 0, 0, 1, 1, 2))
    link = rng.random() < 0.25
    strangers = sum(rng.random() < 0.15 for _ in range(mentions))
    return Facts(
        account_age=_told(rng, acquaintance + _around(rng, 200)),
        server_age=_told(rng, _around(rng, 1200)),
        acquaintance=acquaintance,
        approved=approved,
        removed=int(rng.random() < 0.03),
        mentions=mentions,
        strangers=strangers,
        strangers_lately=strangers + int(rng.random() < 0.1),
        links=int(link),
        new_links=int(link and rng.random() < 0.35),
        link_age=_around(rng, 60, 1.5) if link else None,
        pace=approved / max(acquaintance * 24, 1),
        media=int(rng.random() < 0.25),
        letters=0 if rng.random() < 0.06 else _count(rng, 140, 0.9),
        hashtags=_count(rng, 1) if rng.random() < 0.3 else 0,
        answers=mentions > 0,
        name=_name(rng, 0.02),
        followers_here=_count(rng, 6, 1.2),
        local=rng.random() < 0.3,
    )


def passer_by(rng: random.Random) -> Facts:
    """Somebody from elsewhere who answers here for the first time or nearly so."""
    link = rng.random() < 0.12
    known = rng.random() < 0.4
    strangers = max(1, _count(rng, 1.2))
    return Facts(
        account_age=_told(rng, _around(rng, 500, 1.3)),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=_around(rng, 20, 1.5) if known else 0.0,
        approved=_count(rng, 3) if known else 0,
        mentions=strangers,
        strangers=strangers,
        strangers_lately=strangers + _count(rng, 0.6),
        links=int(link),
        new_links=int(link and rng.random() < 0.5),
        link_age=_around(rng, 20, 1.5) if link else None,
        pace=_around(rng, 0.1, 1.2),
        media=int(rng.random() < 0.12),
        letters=_count(rng, 110, 0.9),
        answers=True,
        name=_name(rng, 0.03),
    )


def newcomer(rng: random.Random) -> Facts:
    """Says hello: hashtags, a link to a page of their own, the friend who brought them."""
    link = rng.random() < 0.35
    age = _around(rng, 0.8)
    mentions = rng.choice((0, 0, 1, 1, 2, 3))
    strangers = sum(rng.random() < 0.6 for _ in range(mentions))
    sent = _count(rng, 2)
    return Facts(
        account_age=_told(rng, age, 0.02),
        server_age=_told(rng, _around(rng, 900)),
        acquaintance=min(age, _around(rng, 0.3)),
        approved=sent,
        mentions=mentions,
        strangers=strangers,
        strangers_lately=strangers + _count(rng, 0.8),
        links=int(link),
        new_links=int(link and rng.random() < 0.7),
        link_age=_around(rng, 3, 1.5) if link else None,
        pace=_around(rng, 1.2),
        media=int(rng.random() < 0.3),
        letters=_count(rng, 250),
        hashtags=_count(rng, 5) if rng.random() < 0.5 else 0,
        answers=mentions > 0 and rng.random() < 0.6,
        name=_name(rng, 0.04),
        followers_here=_count(rng, 1),
        local=rng.random() < 0.5,
    )


def new_profile(rng: random.Random) -> Facts:
    """A profile that somebody fills in, at first or anew, mostly with a link to a page of their own."""
    links = rng.choice((0, 0, 1, 1, 2, 3))
    fresh = rng.random() < 0.5
    return Facts(
        account_age=_told(rng, _around(rng, 0.5 if fresh else 400, 1.0), 0.05),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=0.0 if fresh else _around(rng, 150),
        approved=0 if fresh else _count(rng, 40, 1.2),
        links=links,
        new_links=sum(rng.random() < 0.4 for _ in range(links)),
        link_age=_around(rng, 120, 1.5) if links else None,
        letters=_count(rng, 120, 0.9),
        hashtags=_count(rng, 2) if rng.random() < 0.3 else 0,
        name=_name(rng, 0.04),
        media=int(rng.random() < 0.8),
        followers_here=0 if fresh else _count(rng, 4, 1.2),
        profile=True,
        local=rng.random() < 0.3,
    )


def feed(rng: random.Random) -> Facts:
    """A newspaper, a blog, a bot with the weather: link after link, to the same place."""
    acquaintance = _around(rng, 300)
    pace = _around(rng, 1.5)
    return Facts(
        account_age=_told(rng, acquaintance + _around(rng, 300)),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=acquaintance,
        approved=round(acquaintance * 24 * pace),
        links=1,
        new_links=int(rng.random() < 0.03),
        link_age=_around(rng, 250),
        pace=pace,
        copies=int(rng.random() < 0.15),
        copiers=int(rng.random() < 0.15),
        media=int(rng.random() < 0.5),
        letters=_count(rng, 160),
        hashtags=_count(rng, 3),
        name=_name(rng, 0.03),
        followers_here=_count(rng, 8, 1.0),
    )


def announcer(rng: random.Random) -> Facts:
    """An association that tells many at once of what it does."""
    people = max(2, _count(rng, 6))
    strangers = sum(rng.random() < 0.6 for _ in range(people))
    return Facts(
        account_age=_told(rng, _around(rng, 400)),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=_around(rng, 100, 1.3),
        approved=_count(rng, 30, 1.0),
        mentions=people,
        strangers=strangers,
        strangers_lately=strangers + _count(rng, 3),
        links=1,
        new_links=int(rng.random() < 0.3),
        link_age=_around(rng, 40, 1.5),
        pace=_around(rng, 0.1),
        media=int(rng.random() < 0.5),
        letters=_count(rng, 280),
        hashtags=_count(rng, 3),
        name=_name(rng, 0.02),
        followers_here=_count(rng, 4),
        local=rng.random() < 0.4,
    )


def passed_on(rng: random.Random) -> Facts:
    """A text that everybody passes on: a petition, a joke, a call for help."""
    acquaintance = _around(rng, 200, 1.2)
    approved = _count(rng, 60, 1.2)
    link = rng.random() < 0.5
    copies = max(2, _count(rng, 7))
    return Facts(
        account_age=_told(rng, acquaintance + _around(rng, 200)),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=acquaintance,
        approved=approved,
        links=int(link),
        new_links=int(link and rng.random() < 0.2),
        link_age=_around(rng, 30, 1.5) if link else None,
        pace=approved / max(acquaintance * 24, 1),
        copies=copies,
        copiers=max(2, round(copies * rng.uniform(0.7, 1.0))),
        letters=_count(rng, 220),
        hashtags=_count(rng, 2),
        name=_name(rng, 0.02),
        followers_here=_count(rng, 5, 1.2),
        local=rng.random() < 0.3,
    )


def mover(rng: random.Random) -> Facts:
    """Somebody who moved here: a new account that greets old friends, who don't follow it yet."""
    people = _count(rng, 3)
    return Facts(
        account_age=_told(rng, _around(rng, 1.0)),
        server_age=_told(rng, _around(rng, 1000)),
        acquaintance=_around(rng, 0.5),
        approved=_count(rng, 5),
        mentions=people,
        strangers=sum(rng.random() < 0.7 for _ in range(people)),
        strangers_lately=people + _count(rng, 3),
        links=int(rng.random() < 0.2),
        link_age=_around(rng, 200),
        pace=_around(rng, 2),
        letters=_count(rng, 120),
        answers=rng.random() < 0.6,
        name=_name(rng, 0.03),
        followers_here=_count(rng, 3),
        local=rng.random() < 0.5,
    )


def classmate(rng: random.Random) -> Facts:
    """One of a class, a club, a newsroom that signs up within the hour, from one network, with one mail domain."""
    age = _around(rng, 0.3)
    mentions = rng.choice((0, 0, 0, 1, 2))
    link = rng.random() < 0.15
    return Facts(
        account_age=age,
        server_age=_around(rng, 900),
        acquaintance=min(age, _around(rng, 0.1)),
        approved=_count(rng, 2),
        mentions=mentions,
        strangers=sum(rng.random() < 0.4 for _ in range(mentions)),
        strangers_lately=_count(rng, 0.8),
        links=int(link),
        new_links=int(link and rng.random() < 0.5),
        link_age=_around(rng, 10, 1.5) if link else None,
        pace=_around(rng, 3),
        copies=_count(rng, 1.5) if rng.random() < 0.15 else 0,
        copiers=_count(rng, 1.5) if rng.random() < 0.15 else 0,
        media=int(rng.random() < 0.25),
        letters=_count(rng, 90, 0.9),
        hashtags=_count(rng, 1) if rng.random() < 0.3 else 0,
        answers=mentions > 0 and rng.random() < 0.5,
        name=_name(rng, 0.03),
        followers_here=_count(rng, 4),
        profile=rng.random() < 0.2,
        local=True,
    )


LIFE: Final[Mapping[str, tuple[Kind, float]]] = {
    "regular": (regular, 0.435),
    "passer_by": (passer_by, 0.2),
    "newcomer": (newcomer, 0.08),
    "new_profile": (new_profile, 0.06),
    "feed": (feed, 0.09),
    "announcer": (announcer, 0.03),
    "passed_on": (passed_on, 0.05),
    "mover": (mover, 0.03),
    "classmate": (classmate, 0.025),
}
"""Kinds of ordinary life, and which part of it each is."""


def ordinary(count: int, seed: int) -> list[Sample]:
    """So much ordinary life."""
    rng, apart = random.Random(seed), random.Random(f"joining-{seed}")
    names = list(LIFE)
    drawn = rng.choices(names, [LIFE[name][1] for name in names], k=count)
    return [Sample(joining.ordinary(apart, name, LIFE[name][0](rng)), False, name) for name in drawn]


def wave(kind: str, count: int, seed: int) -> list[Sample]:
    """So much of one kind of spam."""
    rng, apart = random.Random(f"{kind}-{seed}"), random.Random(f"joining-{kind}-{seed}")
    return [Sample(joining.spam(apart, kind, WAVES[kind](rng)), True, kind) for _ in range(count)]
