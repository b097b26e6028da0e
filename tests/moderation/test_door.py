"""The door: what is let in, labelled, limited, held, refused; and what waits because a check is broken."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import artefact, registry
from models.textmodel import load_current
from moderation import alarms, door, tallies
from moderation.alarms.tables import RetryRow
from moderation.cases.tables import CaseRow
from moderation.checks.text import shipped_model
from moderation.checks.values import Context
from moderation.domains.editing import set_rule
from moderation.holds.tables import HoldRow
from moderation.policy import document, store
from moderation.values import CaseOrigin, Finding, Outcome, Severity, SubjectKind, Submission
from moderation.verdicts.tables import FindingRow, VerdictRow
from tests.moderation.cast import (
    DARK,
    HARMLESS,
    HATEFUL,
    HOME,
    HURTFUL,
    THREAT,
    House,
    Scores,
    TwinModel,
    friend,
    strangers,
)


def test_a_harmless_post_is_approved_and_its_scores_are_kept_without_a_row_for_each(house: House) -> None:
    verdict = house.one(HARMLESS)
    row = house.session.get_one(VerdictRow, verdict.id)
    assert (verdict.outcome, verdict.case_id) == (Outcome.APPROVE, None)
    assert row.facts is not None and row.facts["s"]["hate"] == 0.01
    assert row.models == {"text": "twin-1"}
    assert house.session.scalars(select(FindingRow)).all() == []


@pytest.mark.parametrize(("text", "label"), [(HATEFUL, "hate"), (THREAT, "violence")])
def test_plain_hatred_and_threats_are_held_as_one_case_with_the_words_that_weighed(
    house: House, text: str, label: str
) -> None:
    verdict = house.one(text)
    case = house.session.get_one(CaseRow, verdict.case_id)
    finding = house.session.scalars(select(FindingRow).where(FindingRow.label == label)).one()
    assert verdict.outcome is Outcome.HOLD
    assert (case.label, case.origin, case.members) == (label, CaseOrigin.HOLD, 1)
    assert finding.score == 0.99 and finding.spans[0][1] > finding.spans[0][0]


def test_in_the_careful_start_other_labels_only_label(house: House) -> None:
    judgement = house.judge(house.post(HURTFUL))[0]
    assert (judgement.outcome, judgement.warning) == (Outcome.LABEL, "harassment")
    assert "text_model_careful" in judgement.reasons


def test_the_careful_start_ends_after_its_days(house: House) -> None:
    store.begin(house.session, house.now)
    house.later(days=15)
    assert house.judge(house.post(HURTFUL))[0].outcome is Outcome.HOLD


def test_a_language_that_the_model_does_not_know_is_let_in(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, language="xx"))[0]
    assert judgement.outcome is Outcome.APPROVE
    assert [each.label for each in judgement.findings] == ["abstained", "language"]


def test_what_the_model_has_learnt_of_a_language_is_judged_and_the_rest_stays_unread(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, language="xy"))[0]
    assert judgement.outcome is Outcome.HOLD
    assert [each.label for each in judgement.findings] == ["abstained", "language", "hate"]


def test_a_silenced_author_is_limited(house: House) -> None:
    assert house.judge(house.post(author=house.author(silenced=True)))[0].outcome is Outcome.LIMIT


def test_a_reply_between_people_who_follow_each_other_is_not_held_by_the_model_alone(house: House) -> None:
    judgement = house.judge(house.post(HATEFUL, reply_between_mutuals=True))[0]
    assert (judgement.outcome, judgement.warning) == (Outcome.LABEL, "hate")


def test_a_proven_author_is_not_held_by_the_model_alone(house: House) -> None:
    ana = house.author("ana")
    house.admit(*(house.post(f"{HARMLESS} {number * 'so '}", ana) for number in range(26)))
    assert house.judge(house.post(HATEFUL, ana))[0].outcome is Outcome.HOLD
    house.later(days=13, hours=23)
    assert house.judge(house.post(HATEFUL, ana))[0].outcome is Outcome.HOLD
    house.later(hours=1)
    assert house.judge(house.post(HATEFUL, ana))[0].outcome is Outcome.LABEL


def test_despair_is_care_and_never_held(house: House) -> None:
    verdict = house.one(DARK, house.author("ben", HOME))
    case = house.session.get_one(CaseRow, verdict.case_id)
    assert verdict.outcome is Outcome.LABEL
    assert (case.origin, case.label) == (CaseOrigin.CARE, "self_harm")
    assert house.session.scalars(select(HoldRow)).all() == []


def test_despair_elsewhere_makes_no_case(house: House) -> None:
    assert house.one(DARK).case_id is None


@pytest.mark.parametrize(
    ("severity", "outcome"),
    [
        (Severity.SUSPEND, Outcome.REJECT),
        (Severity.SILENCE, Outcome.LIMIT),
        (Severity.HOLD, Outcome.HOLD),
        (Severity.NOOP, Outcome.APPROVE),
        (Severity.FILTER, Outcome.APPROVE),
        (Severity.ALLOW, Outcome.APPROVE),
    ],
)
def test_a_domain_rule_covers_the_subdomain_from_the_next_post_on(
    house: House, severity: Severity, outcome: Outcome
) -> None:
    mallory = house.author("mallory", "social.far.example")
    assert house.judge(house.post(author=mallory))[0].outcome is Outcome.APPROVE
    set_rule(house.session, "far.example", severity, "ana", house.now)
    assert house.judge(house.post(author=mallory))[0].outcome is outcome


def test_an_allowed_domain_is_not_held_by_the_model_alone(house: House) -> None:
    set_rule(house.session, "far.example", Severity.ALLOW, "ana", house.now)
    assert house.judge(house.post(HATEFUL))[0].outcome is Outcome.LABEL


def test_what_a_persons_rule_holds_has_no_end_and_what_a_machine_holds_has(house: House) -> None:
    set_rule(house.session, "held.example", Severity.HOLD, "ana", house.now)
    house.one(author=house.author("cleo", "held.example"))
    house.one(HATEFUL)
    house.one(HATEFUL, house.author("ben", HOME))
    due = [hold.due_at for hold in house.session.scalars(select(HoldRow).order_by(HoldRow.id))]
    assert due == [None, house.now + timedelta(hours=24), house.now + timedelta(hours=4)]


def test_a_broken_check_lets_nothing_through_and_raises_one_alarm(house: House) -> None:
    house.model.broken = True
    posts = [house.post() for _ in range(30)]
    judgements = house.judge(*posts)
    recorded = house.admit(*posts)
    assert {judgement.outcome for judgement in judgements} == {None}
    assert {judgement.failed_checks for judgement in judgements} == {("text",)}
    assert recorded.verdicts == [None] * 30
    assert [(alarm.name, alarm.count) for alarm in alarms.current(house.session)] == [("check_failing:text", 30)]
    assert house.session.scalars(select(CaseRow)).all() == []


def test_when_the_check_is_back_what_waited_is_judged_and_the_alarm_goes(house: House) -> None:
    house.model.broken = True
    post = house.post()
    house.admit(post)
    house.model.broken = False
    recorded = house.admit(post)
    assert recorded.verdicts[0] is not None and recorded.verdicts[0].outcome is Outcome.APPROVE
    assert alarms.current(house.session) == []
    assert house.session.scalars(select(RetryRow)).all() == []


def test_one_bad_submission_does_not_take_the_batch_along(house: House) -> None:
    house.model.poison = "poison"
    outcomes = [each.outcome for each in house.judge(house.post(), house.post("poison"), house.post())]
    assert outcomes == [Outcome.APPROVE, None, Outcome.APPROVE]


def test_what_keeps_failing_alone_becomes_a_case(house: House) -> None:
    house.model.poison = "poison"
    bad = house.post("poison that no check can swallow")
    for _ in range(4):
        assert house.admit(bad, house.post()).verdicts[0] is None
        house.later(minutes=3)
    verdict = house.admit(bad, house.post()).verdicts[0]
    assert verdict is not None and verdict.outcome is Outcome.HOLD
    assert house.session.get_one(CaseRow, verdict.case_id).origin is CaseOrigin.RETRY
    assert alarms.current(house.session) == []


def test_what_fails_while_everything_fails_never_becomes_a_case(house: House) -> None:
    house.model.broken = True
    post = house.post()
    for _ in range(10):
        assert house.admit(post).verdicts == [None]
        house.later(minutes=5)
    assert house.session.scalars(select(CaseRow)).all() == []


def test_without_a_model_everything_waits(house: House) -> None:
    class Missing(TwinModel):
        def score(self, texts: object, languages: object) -> list[object]:  # type: ignore[override]
            from moderation.errors import CheckFailedError

            raise CheckFailedError("text", "no artefact")

    empty = House(house.session, Missing())
    assert empty.judge(empty.post())[0].failed_checks == ("text",)


def test_a_held_post_that_nobody_would_see_is_nobodys_work_until_a_reader_appears(house: House) -> None:
    from moderation.door import raise_for_reader

    verdict = house.one(HATEFUL, seen_by=0)
    assert (verdict.outcome, verdict.case_id) == (Outcome.HOLD, None)
    case_id = raise_for_reader(house.session, verdict.uri, house.now)
    assert case_id is not None and house.session.get_one(CaseRow, case_id).label == "hate"
    assert raise_for_reader(house.session, verdict.uri, house.now) == case_id
    assert raise_for_reader(house.session, house.one(HARMLESS).uri, house.now) is None


def test_beyond_the_budget_machines_limit_instead_of_holding_and_the_page_can_say_so(house: House) -> None:
    budget = store.current(house.session).budget.cases_per_moderator
    posts = [house.post(f"vermin {number}", house.author(f"m{number}")) for number in range(budget + 2)]
    recorded = [house.admit(post).verdicts[0] for post in posts]
    outcomes = [verdict.outcome for verdict in recorded if verdict]
    assert outcomes == [Outcome.HOLD] * budget + [Outcome.LIMIT] * 2
    assert tallies.of_day(house.session, house.now.date())["over_budget"] == 2
    house.later(days=1, minutes=1)
    assert house.one(HATEFUL).outcome is Outcome.HOLD


def test_the_budget_holds_within_one_batch_too_and_unseen_posts_cost_nothing(house: House) -> None:
    budget = store.current(house.session).budget.cases_per_moderator
    unseen = [house.post(f"vermin {n}", house.author(f"u{n}"), seen_by=0) for n in range(5)]
    seen = [house.post(f"vermin {n}", house.author(f"s{n}")) for n in range(budget + 1)]
    outcomes = [each.outcome for each in house.judge(*unseen, *seen)]
    assert outcomes == [Outcome.HOLD] * (5 + budget) + [Outcome.LIMIT]


def test_spam_behaviour_abstains_while_everybody_is_a_stranger(house: House) -> None:
    fresh = house.author(made_at=house.now - timedelta(hours=2))
    post = house.post(HARMLESS, fresh, mentions=strangers(1), links=("https://new.example/x",))
    assert house.judge(post)[0].outcome is Outcome.APPROVE
    house.one(HARMLESS, house.author("ana"))
    house.later(days=8)
    fresh = replace(fresh, made_at=house.now - timedelta(hours=2))
    judgement = house.judge(replace(post, author=fresh))[0]
    signals = judgement.findings[-1].details["signals"]
    assert set(signals) == {"young_account", "first_contact", "new_link"}
    assert judgement.outcome is Outcome.LIMIT


def test_an_age_that_nobody_told_says_nothing(house: House) -> None:
    judgement = house.judge(house.post(author=house.author(made_at=None, domain_made_at=None)))[0]
    assert all(each.why != "spam_behaviour" for each in judgement.findings)


def test_a_young_account_that_addresses_many_strangers_over_and_over_is_held(house: House) -> None:
    house.one(HARMLESS, house.author("ana"))
    house.later(days=8)
    mallory = house.author(made_at=house.now - timedelta(hours=5))
    for number in range(3):
        text = f"look what I have made, number {'abc'[number]}"
        recorded = house.admit(house.post(text, mallory, mentions=strangers(5)))
    verdict = recorded.verdicts[0]
    assert verdict is not None and verdict.outcome is Outcome.HOLD
    house.later(hours=2)
    assert house.judge(house.post("later", mallory, mentions=friend()))[0].outcome is Outcome.APPROVE


def test_an_audit_sample_is_drawn_from_what_is_let_in_and_is_bounded(house: House) -> None:
    drawn = House(house.session, chance=0.0)
    cases = [drawn.one(f"{HARMLESS} {n * 'and '}").case_id for n in range(15)]
    rows = house.session.scalars(select(CaseRow)).all()
    assert [row.origin for row in rows] == [CaseOrigin.AUDIT] * 12
    assert sum(case is not None for case in cases) == 12


def test_hostile_texts_never_raise(house: House) -> None:
    texts = ["", "\0", "\ud800", "𝕳" * 90_000, "a" * 200_000, "\u202e" * 500, "@" * 5000, "http://[" * 300]
    posts = [house.post(text, links=("http://[::1", "https://" + "x" * 5000, "ｈ://")) for text in texts]
    assert len(house.admit(*posts).verdicts) == len(texts)
    held = [house.post(HATEFUL + text, hashtags=("\0x",), warning=text) for text in texts]
    assert all(verdict for verdict in house.admit(*held).verdicts)


def forget_models() -> None:
    load_current.cache_clear()
    shipped_model.cache_clear()


class Odd(TwinModel):
    """A model that says something else than a probability of what has the word."""

    score_of_odd: float = float("nan")

    def _score(self, text: str, language: str | None) -> Scores:
        found = super()._score(text, language)
        return replace(found, scores=dict.fromkeys(found.scores, self.score_of_odd)) if "odd" in text else found


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -0.5, 1.5])
def test_a_score_that_is_no_probability_lets_nothing_in_and_names_the_check(house: House, score: float) -> None:
    model = Odd()
    model.score_of_odd = score
    judgements = House(house.session, model).judge(house.post(), house.post(f"an odd {HATEFUL}"), house.post())
    assert [each.outcome for each in judgements] == [Outcome.APPROVE, None, Outcome.APPROVE]
    assert judgements[1].failed_checks == ("text",)


@pytest.mark.parametrize("error", [ValueError, IndexError, RecursionError, MemoryError, UnicodeEncodeError, KeyError])
def test_whatever_a_check_raises_nothing_gets_in_by_it_and_the_others_do(
    house: House, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
        if any("odd" in each.text for each in batch):
            raise UnicodeEncodeError("utf-8", "odd", 0, 1, "no") if error is UnicodeEncodeError else error("odd")
        return [[] for _ in batch]

    monkeypatch.setattr(door, "CHECKS", (*door.CHECKS, ("breaks", breaks)))
    judgements = house.judge(house.post(), house.post("an odd one"), house.post())
    assert [each.outcome for each in judgements] == [Outcome.APPROVE, None, Outcome.APPROVE]
    assert judgements[1].failed_checks == ("breaks",)


def test_a_check_that_answers_for_fewer_than_it_was_asked_is_broken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "CHECKS", (("short", lambda batch, context: []),))
    assert {each.outcome for each in house.judge(house.post(), house.post())} == {None}


def test_what_broke_is_logged_by_its_place_and_without_what_was_written(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
        raise KeyError(batch[0].text)

    monkeypatch.setattr(door, "CHECKS", (("breaks", breaks),))
    house.judge(house.post("a secret between us"))
    assert "KeyError at test_door.py" in caplog.text
    assert "secret" not in caplog.text


def test_a_text_too_long_for_machines_is_held_for_a_person_unless_its_author_is_proven(house: House) -> None:
    long = "soup and bread and butter " * 3000
    judgement = house.judge(house.post(long))[0]
    assert (judgement.outcome, judgement.reasons[0]) == (Outcome.HOLD, "text_too_long")
    ana = house.author("ana")
    house.admit(*(house.post(f"{HARMLESS} {number * 'so '}", ana) for number in range(26)))
    house.later(days=15)
    assert house.judge(house.post(long, ana))[0].outcome is Outcome.APPROVE


def test_on_a_new_server_what_reads_like_violence_gets_a_label_and_isnt_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "DEFAULT", document.DEFAULT)  # as every server begins
    assert house.judge(house.post(THREAT))[0].outcome is Outcome.LABEL
    assert house.judge(house.post(HATEFUL))[0].outcome is Outcome.HOLD


@pytest.mark.parametrize("text", ["⠿⠏⠟ " * 100, "\x01\x02\x03\x04 " * 40, "a\x00b" * 60])
def test_what_no_machine_can_read_is_held_for_a_person_unless_its_author_is_proven(house: House, text: str) -> None:
    shipped = House(house.session, cast(TwinModel, shipped_model()))
    judgement = shipped.judge(shipped.post(text))[0]
    assert (judgement.outcome, judgement.reasons[0]) == (Outcome.HOLD, "text_illegible")
    ana = house.author("ana")
    house.admit(*(house.post(f"{HARMLESS} {number * 'so '}", ana) for number in range(26)))
    house.later(days=15)
    shipped.now = house.now
    assert shipped.judge(shipped.post(text, ana))[0].outcome is Outcome.APPROVE


@pytest.mark.parametrize("text", ["👍", "❤️🎉🎉", "42", "10:30?"])
def test_a_stranger_may_answer_with_emoji_or_a_number(house: House, text: str) -> None:
    shipped = House(house.session, cast(TwinModel, shipped_model()))
    assert shipped.judge(shipped.post(text))[0].outcome is Outcome.APPROVE


def test_the_end_of_a_long_text_is_read(house: House) -> None:
    shipped = House(house.session, cast(TwinModel, shipped_model()))
    harmless = "We had soup and bread with the neighbours. " * 2000
    posts = [shipped.post(harmless), shipped.post(f"{harmless} {'They are vermin, kill them all. ' * 60}")]
    without, ended = (
        next(each.score for each in judged.findings if each.label == "violence") or 0.0
        for judged in shipped.judge(*posts)
    )
    assert ended > 5 * without


@pytest.mark.parametrize("damage", ["gone", "altered", "another version"])
def test_when_the_shipped_model_can_not_be_loaded_everything_waits_until_it_can(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    whole = registry.current()
    folder = Path(shutil.copytree(whole.folder, tmp_path / whole.name))
    manifest = folder / artefact.MANIFEST
    if damage == "gone":
        (folder / artefact.WEIGHTS).unlink()
    elif damage == "altered":
        (folder / artefact.WEIGHTS).write_bytes(b"PK")
    else:
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 99}))
    real = House(house.session)
    real.tools = replace(real.tools, text_model=None)
    forget_models()
    with monkeypatch.context() as patched:
        patched.setattr(registry, "current", lambda: registry.Version(whole.name, folder, current=True))
        judgement = real.judge(real.post())[0]
    forget_models()
    assert (judgement.outcome, judgement.failed_checks) == (None, ("text",))
    assert real.judge(real.post())[0].outcome is Outcome.APPROVE


@given(
    texts=st.lists(st.text(alphabet=st.characters(), max_size=400), min_size=1, max_size=4),
    links=st.lists(st.text(alphabet=st.characters(), max_size=60), max_size=4),
    tags=st.lists(st.text(alphabet=st.characters(), max_size=40), max_size=4),
    language=st.none() | st.text(alphabet=st.characters(), max_size=12),
    handle=st.text(alphabet=st.characters(), max_size=60),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_door_answers_for_each(
    house: House, texts: list[str], links: list[str], tags: list[str], language: str | None, handle: str
) -> None:
    real = House(house.session, cast(TwinModel, shipped_model()))
    author = replace(real.author(), handle=handle)
    batch = [
        real.post(text, author, links=tuple(links), hashtags=tuple(tags), language=language, warning=text)
        for text in texts
    ]
    judgements = real.judge(*batch)
    assert len(judgements) == len(batch)
    assert all(each.failed_checks == () for each in judgements)


def test_a_verdict_names_the_one_that_it_supersedes(house: House) -> None:
    post = house.post()
    first = house.admit(post).verdicts[0]
    second = house.admit(replace(post, kind=SubjectKind.EDIT, text=HATEFUL)).verdicts[0]
    assert first is not None and second is not None
    assert house.session.get_one(VerdictRow, second.id).supersedes_id == first.id
