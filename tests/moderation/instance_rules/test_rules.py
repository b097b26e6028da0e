"""Instance rules at the door: draft, watched, in force; versions, their end, how people agreed, and what a wave brings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation.cases import claims, decisions
from moderation.cases.values import DecisionRequest
from moderation.checks.text import shipped_model
from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.errors import ForbiddenArrowError, RefusedError
from moderation.figures import Figures
from moderation.instance_rules import keeping, precision, proposing
from moderation.instance_rules.evaluating import Rules
from moderation.instance_rules.keeping import Draft, Stated
from moderation.instance_rules.states import ARROWS
from moderation.instance_rules.tables import HitMode, InstanceRuleRow, RuleHitRow, RuleState
from moderation.patterns.tables import PatternSeverity
from moderation.values import Action, Judgement, Mention, Outcome, Scope, Visibility
from tests.moderation.cast import ALIKE, HATEFUL, HOME, House, friend

CASINO = 'post.text.contains("casino") && !author.proven'
SAID = "come to the casino tonight, everybody wins there"


def ruled(house: House, expression: str = CASINO, to: RuleState = RuleState.LIVE, **more: Any) -> Stated:
    made = keeping.make(house.session, Draft("Casinos", expression, **more), "lea", house.now)
    house.later(seconds=1)
    return keeping.move(house.session, made.row.id, to, "lea", house.now)


def one(house: House, text: str = SAID, **said: Any) -> Judgement:
    return house.judge(house.post(text, **said))[0]


def hits(house: House) -> list[tuple[int, HitMode]]:
    rows = house.session.execute(select(RuleHitRow.version, RuleHitRow.mode).order_by(RuleHitRow.id))
    return [(version, mode) for version, mode in rows]


@pytest.mark.parametrize("severity", list(PatternSeverity))
def test_a_rule_in_force_does_what_was_asked_and_names_itself(house: House, severity: PatternSeverity) -> None:
    rule = ruled(house, severity=severity)
    judged = one(house)
    assert judged.outcome == Outcome(severity.value)
    (found,) = [each for each in judged.findings if each.check == "instance_rules"]
    assert (found.why, found.details["rule"], found.details["version"]) == ("instance_rule", rule.row.id, 1)
    assert one(house, "apples").outcome is Outcome.APPROVE


def test_a_draft_is_asked_nothing_and_a_watched_rule_only_writes_down_what_it_would_do(house: House) -> None:
    rule = ruled(house, to=RuleState.SHADOW)
    house.admit(house.post(SAID))
    assert hits(house) == [(1, HitMode.SHADOW)]
    judged = one(house)
    assert judged.outcome is Outcome.APPROVE and "instance_rules" not in judged.models
    keeping.move(house.session, rule.row.id, RuleState.DRAFT, "lea", house.later(seconds=1))
    house.admit(house.post(SAID))
    assert len(hits(house)) == 1


def test_a_rule_knows_the_post_its_author_their_server_and_what_other_checks_found(house: House) -> None:
    author = house.author(made_at=house.now - timedelta(days=2, hours=3), followers_here=4, bot=True)
    said = {
        "author": author, "links": ("https://win.lucky.example/now",), "hashtags": ("Win",), "mentions": strangers(3),
        "in_reply_to": "https://far.example/1", "poll_options": ("a", "b"), "warning": "cw", "behind_warning": True,
    }  # fmt: skip
    for expression in (
        "author.age_days == 2 && author.followers == 4 && author.bot && !author.local && author.name == 'mallory'",
        "author.domain == 'far.example' && domain.rule == '' && domain.age_days == 36500 && !author.known",
        "post.hosts == ['win.lucky.example'] && 'win' in post.hashtags && post.mentions == 3 && post.strangers == 3",
        "post.is_reply && post.has_poll && post.sensitive && post.warning == 'cw' && post.visibility == 'public'",
        "scores['hate'] > 0.9 && scores['spam'] < 0.1 && points >= 0 && !('wave' in findings)",
    ):
        ruled(house, expression, label="hate", severity=PatternSeverity.REJECT)
    found = [each for each in one(house, HATEFUL, **said).findings if each.check == "instance_rules"]
    assert len(found) == 5


def test_an_accent_more_passes_no_rule_about_a_hashtag(house: House) -> None:
    ruled(house, "'freemoney' in post.hashtags")
    ruled(house, "'café' in post.hashtags")
    for tags in (("FreeMoney",), ("FréèMóney",), ("Café",), ("cafe", "café")):
        assert one(house, "apples", hashtags=tags).outcome is Outcome.HOLD, tags
    assert one(house, "apples", hashtags=("cafe", "free")).outcome is Outcome.APPROVE, "rules read what was written"
    ruled(house, "size(post.hashtags) == 100")
    assert one(house, "apples", hashtags=tuple(f"é{number}" for number in range(60))).outcome is Outcome.HOLD


def test_a_language_that_no_machine_reads_is_a_matter_of_who_writes_and_what_it_links_to(house: House) -> None:
    unread = "Сегодня очень хорошая погода, мы пойдём гулять в парк"
    house.tools = replace(house.tools, text_model=shipped_model())
    ruled(house, "'language_unread' in findings && size(post.links) > 0 && author.approved == 0")
    links = ("https://far.example/page",)
    friend_of_old = house.author("olga")
    house.admit(house.post("Thank you all for the soup recipe", friend_of_old))
    assert one(house, unread, links=links).outcome is Outcome.HOLD
    assert one(house, unread).outcome is Outcome.APPROVE
    assert one(house, unread, author=friend_of_old, links=links).outcome is Outcome.APPROVE
    assert one(house, "I took the tram to the museum this morning", links=links).outcome is Outcome.APPROVE


def strangers(count: int) -> tuple[Mention, ...]:
    return tuple(Mention(f"https://{HOME}/users/m{number}", local=True) for number in range(count))


def test_what_has_no_answer_counts_as_no_match_and_is_written_down(house: House) -> None:
    ruled(house, "1 / author.followers == 1")
    house.admit(house.post(SAID))
    assert hits(house) == [(1, HitMode.FAILED)]
    assert one(house).outcome is Outcome.APPROVE


def test_of_private_posts_nothing_is_written_down(house: House) -> None:
    ruled(house)
    ruled(house, to=RuleState.SHADOW)
    house.admit(house.post(SAID, visibility=Visibility.FOLLOWERS))
    house.admit(house.post(SAID, visibility=Visibility.DIRECT, mentions=friend()))
    assert hits(house) == []


def test_saying_it_anew_is_a_version_and_rolling_back_lets_it_say_again_what_it_said(house: House) -> None:
    rule = ruled(house)
    number = rule.row.id
    keeping.say(house.session, number, Draft("Casinos", "post.text.contains('apples')"), "lea", house.later(seconds=1))
    assert one(house).outcome is Outcome.APPROVE
    assert one(house, "apples").outcome is Outcome.HOLD
    keeping.roll_back(house.session, number, "mo", house.later(seconds=1))
    assert one(house).outcome is Outcome.HOLD
    with pytest.raises(RefusedError):
        keeping.roll_back(house.session, number, "mo", house.now)
    again = keeping.say(house.session, number, Draft("Casinos", "author.bot"), "lea", house.later(seconds=1))
    assert again.row.version == 3
    same = keeping.say(house.session, number, Draft("Renamed", "author.bot"), "lea", house.later(seconds=1))
    assert (same.row.version, same.row.name) == (3, "Renamed")


def test_a_rule_ends_by_itself(house: House) -> None:
    rule = ruled(house, expires_at=house.now + timedelta(days=1))
    house.later(days=1)
    assert one(house).outcome is Outcome.APPROVE
    assert keeping.end_due(house.session, house.now) == 1
    assert keeping.find(house.session, rule.row.id).row.state is RuleState.OFF
    with pytest.raises(ForbiddenArrowError):
        keeping.move(house.session, rule.row.id, RuleState.LIVE, "lea", house.now)
    keeping.move(house.session, rule.row.id, RuleState.DRAFT, "lea", house.now)
    with pytest.raises(RefusedError):
        keeping.move(house.session, rule.row.id, RuleState.LIVE, "lea", house.now)


def test_every_arrow_can_be_gone_and_no_other(house: House) -> None:
    for before in RuleState:
        for after in RuleState:
            rule = keeping.make(house.session, Draft("One", "author.bot"), "lea", house.now)
            rule.row.state = before
            if after in ARROWS[before]:
                keeping.move(house.session, rule.row.id, after, "lea", house.now)
                assert rule.row.state is after
            else:
                with pytest.raises(ForbiddenArrowError):
                    keeping.move(house.session, rule.row.id, after, "lea", house.now)


def test_how_often_people_agreed_is_counted_by_week(house: House) -> None:
    rule = ruled(house)
    cases = [house.case_of(f"{SAID}, number {word}") for word in ("one apple", "two kettles", "three maps of Lyon")]
    for case_id, action in zip(cases, (Action.APPROVE, Action.REMOVE), strict=False):
        claims.take(house.session, case_id, "mo", house.now)
        decisions.decide(house.session, case_id, DecisionRequest(action, Scope.SUBJECT, reason="so"), "mo", house.now)
    (week,) = precision.by_week(house.session, rule.row.id, house.later(hours=1))
    assert (week.matched, week.restrained, week.allowed, week.precision) == (3, 1, 1, 0.5)
    assert precision.totals(house.session, house.now)[rule.row.id].matched == 3


def wave(house: House, text: str = ALIKE, **said: Any) -> ClusterRow:
    house.admit(*(house.post(text.format(n), house.author(f"w{n}"), mentions=friend(), **said) for n in range(9)))
    return house.session.scalars(select(ClusterRow)).one()


def test_a_wave_brings_a_draft_that_says_what_its_posts_have_in_common_and_ends_with_it(house: House) -> None:
    cluster = wave(house, links=("https://win.lucky.example/now", f"https://{HOME}/about"))
    assert proposing.propose(house.session, house.now, HOME) == 1
    assert proposing.propose(house.session, house.now, HOME) == 0
    (rule,) = keeping.several(house.session)
    assert rule.version.expression == "post.hosts.exists(host, host == 'win.lucky.example') && !author.proven"
    assert (rule.row.state, rule.row.expires_at, rule.row.made_by) == (RuleState.DRAFT, cluster.ends_at, "policy")
    keeping.move(house.session, rule.row.id, RuleState.LIVE, "lea", house.later(seconds=1))
    elsewhere = one(house, "my holiday pictures are here", links=("https://win.lucky.example/",))
    assert elsewhere.outcome is Outcome.HOLD
    cluster.state = ClusterState.CLEARED
    house.session.flush()
    assert proposing.end_with_waves(house.session, house.later(seconds=1)) == 1
    assert rule.row.state is RuleState.OFF


@pytest.mark.parametrize(
    ("said", "expression"),
    [
        ({"hashtags": ("FreeMoney", "x")}, "'freemoney' in post.hashtags && !author.proven"),
        ({"hashtags": ("Fréemoney", "x")}, "'freemoney' in post.hashtags && !author.proven"),
        ({}, "post.text.contains('claim your free airdrop now before it closes, only') && !author.proven"),
    ],
)
def test_without_links_it_is_a_hashtag_and_without_those_words_in_a_row(
    house: House, said: dict[str, Any], expression: str
) -> None:
    wave(house, **said)
    proposing.propose(house.session, house.now, HOME)
    assert keeping.several(house.session)[0].version.expression == expression


def in_memory(house: House) -> Rules:
    stamp = Figures.read(house.session, house.now).instance_rules
    return house.tools.instance_rules.get(house.session, stamp)


def test_the_rules_are_read_again_only_where_one_has_changed(house: House) -> None:
    ruled(house)
    first = in_memory(house)
    assert in_memory(house) is first
    row = house.session.scalars(select(InstanceRuleRow)).one()
    keeping.move(house.session, row.id, RuleState.OFF, "lea", house.later(seconds=1))
    assert in_memory(house).rules == []
