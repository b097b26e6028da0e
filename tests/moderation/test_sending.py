"""How something is sent, as the behaviour model reads it at the door."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from models.behaviour import FEATURES
from moderation.checks import sending
from moderation.errors import BadPolicyError, CheckFailedError
from moderation.policy import store
from moderation.policy.document import merged
from moderation.policy.parsing import parse
from moderation.values import Judgement, Media, Outcome, SubjectKind, Submission, Visibility
from tests.moderation.cast import HARMLESS, HOME, House, friend, strangers

QUIET = {"behaviour": {"limit": None, "hold": None}, "sending": {"limit": "model", "hold": None}}
"""A policy in which the points say nothing, so that the model is heard alone, and limits."""


def policy(house: House, **changes: Any) -> None:
    document = merged(merged(store.current(house.session).document, QUIET), changes)
    store.publish(house.session, document, "ana", house.now)


@pytest.fixture
def known(house: House) -> House:
    """A house that has been there for a while."""
    house.one(HARMLESS, house.author("ana"))
    house.later(days=9)
    policy(house)
    return house


def wave_post(house: House, name: str = "q7x2kd9p1v", **more: Any) -> Submission:
    """As in February 2024: an account some minutes old, a picture, a few strangers, hardly a word."""
    author = house.author(name, made_at=house.now - timedelta(minutes=40))
    values: dict[str, Any] = {
        "text": "hi",
        "mentions": strangers(3),
        "media": (Media("https://far.example/a.png", "image/png"),),
    }
    return house.post(author=author, **(values | more))


def said(judgement: Judgement) -> list[dict[str, Any]]:
    return [dict(each.details) for each in judgement.findings if each.why == sending.WHY]


def send_many(house: House, count: int = 5) -> Judgement:
    """The last of so many posts of one account."""
    for _ in range(count):
        house.admit(wave_post(house))
        house.later(minutes=1)
    return house.judge(wave_post(house))[0]


def test_a_wave_of_strangers_with_pictures_is_kept_off_the_timelines_and_says_what_weighed(known: House) -> None:
    judgement = send_many(known)
    assert (judgement.outcome, judgement.reasons[0]) == (Outcome.LIMIT, sending.WHY)
    assert "odd_name" in said(judgement)[0]["weighed"]
    assert judgement.models["sending"].startswith("behaviour-")
    assert judgement.facts["w"] == said(judgement)[0]["score"]


def test_it_holds_only_where_an_admin_drew_that_line(known: House) -> None:
    policy(known, sending={"limit": "model", "hold": 0.5})
    assert send_many(known).outcome is Outcome.HOLD


def test_a_new_house_only_watches_what_it_says(house: House) -> None:
    lines = store.current(house.session).sending
    assert (lines.limit, lines.hold, lines.is_drawn) == (None, None, False)


def test_switched_off_it_still_says_what_it_saw_and_nothing_comes_of_it(known: House) -> None:
    policy(known, sending={"limit": None, "hold": None})
    judgement = send_many(known)
    assert judgement.outcome is Outcome.APPROVE and said(judgement)


def test_it_says_nothing_while_everybody_is_a_stranger(house: House) -> None:
    policy(house, acquaintance={"days": 7, "posts": 1_000_000})
    assert not said(send_many(house))


def test_ordinary_posts_are_let_be(known: House) -> None:
    member = known.author("ben", HOME, made_at=known.now - timedelta(days=1))
    newcomer = known.author("nora", made_at=known.now - timedelta(hours=5))
    posts = [
        known.post(author=member),
        known.post("hello everybody, I am new here and I like bread", newcomer, mentions=friend()),
        known.post("a word to you about your picture of the lake", known.author("cleo"), mentions=strangers(1)),
    ]
    assert [each.outcome for each in known.judge(*posts)] == [Outcome.APPROVE] * 3


def test_letters_are_not_looked_at(known: House) -> None:
    for _ in range(5):
        known.admit(wave_post(known))
    letter = wave_post(known, visibility=Visibility.DIRECT)
    assert not said(known.judge(letter)[0])


def test_people_who_follow_each_other_and_those_with_a_good_record_are_not_limited_by_it(known: House) -> None:
    send_many(known)
    assert known.judge(wave_post(known, reply_between_mutuals=True))[0].outcome is Outcome.APPROVE


def test_a_profile_of_nothing_but_links_is_noticed(known: House) -> None:
    author = known.author("x9k2m4b7wz", made_at=known.now - timedelta(minutes=5))
    links = tuple(f"https://casino{number}.example/" for number in range(3))
    profile = known.post("best games and bonus " * 6, author, kind=SubjectKind.PROFILE, links=links)
    assert said(known.judge(profile)[0])


def test_where_the_model_is_missing_what_it_should_judge_waits(known: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise CheckFailedError(sending.NAME, "no artefact")

    monkeypatch.setattr(sending, "shipped", gone)
    judgement = known.judge(wave_post(known))[0]
    assert (judgement.outcome, judgement.failed_checks) == (None, (sending.NAME,))
    policy(known, sending={"limit": None, "hold": None})
    assert known.judge(wave_post(known))[0].outcome is Outcome.APPROVE


def test_a_link_that_is_known_here_for_long_weighs_less_than_a_new_one(known: House) -> None:
    known.one(HARMLESS, known.author("dora"), links=("https://old.example/1",))
    known.later(days=200)
    old, new = (wave_post(known, links=(f"https://{host}.example/x",)) for host in ("old", "new"))
    scores = [each[0]["score"] if each else 0.0 for each in map(said, known.judge(old, new))]
    assert scores[0] <= scores[1]


def test_it_asks_the_database_nothing_that_the_door_did_not_ask_before(known: House) -> None:
    asked: list[str] = []
    engine = known.session.get_bind()
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        known.judge(wave_post(known))
        one = len(asked)
        asked.clear()
        known.judge(*(wave_post(known, f"q7x2kd9p{number}") for number in range(20)))
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    assert len(asked) <= one


@pytest.mark.parametrize("part", [{"limit": 2.0, "hold": None}, {"limit": None}, {"limit": "much", "hold": None}, []])
def test_lines_that_are_none_are_refused(house: House, part: object) -> None:
    with pytest.raises(BadPolicyError, match="sending"):
        parse({**store.current(house.session).document, "sending": part})


def test_hostile_facts_never_break_it(known: House) -> None:
    author = replace(known.author(), handle="\ud800" * 400, made_at=known.now + timedelta(days=4000))
    post = known.post("\0" * 100, author, mentions=strangers(500), links=("http://[",) * 90, hashtags=("x",) * 900)
    assert known.judge(post)[0].failed_checks == ()


def test_a_public_posts_verdict_keeps_how_it_was_sent_in_numbers_and_a_private_ones_nothing(known: House) -> None:
    post = wave_post(known)
    facts = known.judge(post)[0].facts
    row = sending.unpacked(facts)
    assert row is not None and len(row) == len(FEATURES)
    assert row[FEATURES.index("strangers")] == pytest.approx(math.log1p(3), abs=0.01)
    assert post.author.handle not in str(facts)
    assert sending.FACT not in known.judge(wave_post(known, visibility=Visibility.FOLLOWERS))[0].facts


@pytest.mark.parametrize("facts", [{}, {"h": None}, {"h": [1]}, {"h": ["x"] * 22}, {"h": [float("nan")] * 22}])
def test_facts_that_do_not_say_how_something_was_sent_are_none(facts: dict[str, Any]) -> None:
    assert sending.unpacked(facts) is None
