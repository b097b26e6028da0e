"""Listed hashes at the door: what stands on a list is let in behind a warning, held, refused or sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from moderation.checks import nudity
from moderation.listed import bank, pdq
from moderation.listed.tables import HashKind, HashListRow, ListSeverity
from moderation.policy import store
from moderation.values import Judgement, Media, Nudity, Outcome, PictureBits, Verb, Visibility
from moderation.verdicts.tables import FindingRow
from tests.moderation.cast import HOME, House
from tests.support.pictures import scene


def bits_of(image: Any) -> PictureBits:
    turns = pdq.compute_turned(np.asarray(image.convert("L")))
    return PictureBits(tuple(each.bits for each in turns), turns[0].quality)


def shown(image: Any = None, digests: Sequence[str] = (), said: Nudity | None = None) -> dict[str, Any]:
    pictures = (bits_of(image),) if image is not None else ()
    return {"media": (Media("https://far.example/1.jpg", digests=tuple(digests), pictures=pictures, nudity=said),)}


def listed(house: House, severity: ListSeverity, *entries: bank.Entry, name: str = "ours") -> HashListRow:
    row = bank.make(house.session, name, severity, "violence", "", "ana", house.now)
    bank.add(house.session, row, entries, "ana", house.now)
    return row


def of(image: Any, **more: Any) -> bank.Entry:
    return bank.entry(HashKind.PDQ, bits_of(image).bits[0], **more)


def one(house: House, **said: Any) -> Judgement:
    return house.judge(house.post(**said))[0]


@pytest.mark.parametrize(
    ("severity", "outcome"),
    [
        (ListSeverity.SENSITIVE, Outcome.LABEL),
        (ListSeverity.HOLD, Outcome.HOLD),
        (ListSeverity.REJECT, Outcome.REJECT),
        (ListSeverity.QUARANTINE, Outcome.HOLD),
    ],
)
@pytest.mark.parametrize("exactly", [True, False])
def test_a_list_says_what_becomes_of_what_stands_on_it(
    house: House, severity: ListSeverity, outcome: Outcome, exactly: bool
) -> None:
    entry = bank.entry(HashKind.MD5, "1" * 32) if exactly else of(scene(1))
    listed(house, severity, entry)
    judged = one(house, **shown(scene(1), ["1" * 32] if exactly else []))
    assert (judged.outcome, judged.label) == (outcome, "violence")
    assert judged.reasons[0] == ("listed_file" if exactly else "listed_picture")
    assert judged.quarantine is (severity is ListSeverity.QUARANTINE)
    assert judged.hold_without_end is (outcome is Outcome.HOLD)


def test_a_picture_that_was_changed_is_known_and_how_far_it_is_said(house: House) -> None:
    listed(house, ListSeverity.REJECT, of(scene(1)))
    judged = one(house, **shown(scene(1).resize((200, 160))))
    (found,) = [each for each in judged.findings if each.check == "listed_hashes"]
    assert judged.outcome is Outcome.REJECT
    assert found.details["list"] == "ours" and 0 <= found.details["distance"] <= 31 and not found.details["turned"]


def test_a_mirrored_picture_is_known_where_the_policy_looks_for_it(house: House) -> None:
    listed(house, ListSeverity.REJECT, of(scene(1)))
    mirrored = shown(scene(1).transpose(0))
    assert one(house, **mirrored).findings[-1].details["turned"] is True
    publish(house, turned=False)
    assert one(house, **mirrored).outcome is Outcome.APPROVE


def publish(house: House, **changes: Any) -> None:
    document = dict(store.current(house.session).document)
    document["pictures"] = {**document["pictures"], **changes}
    store.publish(house.session, document, "ana", house.now)


def test_another_picture_and_what_nobody_has_seen_yet_match_nothing(house: House) -> None:
    listed(house, ListSeverity.REJECT, of(scene(1)), bank.entry(HashKind.SHA256, "a" * 64))
    assert one(house, **shown(scene(2), ["b" * 64])).outcome is Outcome.APPROVE
    assert one(house, media=(Media("https://far.example/1.jpg"),)).outcome is Outcome.APPROVE


def test_a_hash_of_too_little_is_compared_with_nothing(house: House) -> None:
    entry = of(scene(1))
    listed(house, ListSeverity.REJECT, entry)
    plain = Media("https://far.example/1.jpg", pictures=(PictureBits((entry.digest,), 10),))
    assert one(house, media=(plain,)).outcome is Outcome.APPROVE


def test_the_policy_says_how_near_counts(house: House) -> None:
    listed(house, ListSeverity.REJECT, of(scene(1)))
    changed = scene(1).resize((80, 70))
    assert pdq.distance(bits_of(changed).bits[0], of(scene(1)).digest) > 0
    publish(house, distance=0)
    assert one(house, **shown(changed)).outcome is Outcome.APPROVE


def test_what_is_over_or_off_or_taken_off_counts_no_more_at_once(house: House) -> None:
    row = listed(house, ListSeverity.REJECT, of(scene(1), expires_at=house.now + timedelta(days=1)))
    picture = shown(scene(1))
    assert one(house, **picture).outcome is Outcome.REJECT
    bank.switch(house.session, row, "ana", house.now, on=False)
    assert one(house, **picture).outcome is Outcome.APPROVE
    bank.switch(house.session, row, "ana", house.now, on=True)
    house.later(days=2)
    assert one(house, **picture).outcome is Outcome.APPROVE
    bank.add(house.session, row, [of(scene(1))], "ana", house.now)
    assert one(house, **picture).outcome is Outcome.REJECT
    assert bank.remove(house.session, row, [each.id for each in bank.whole(house.session, row)], "ana", house.now) == 1
    assert one(house, **picture).outcome is Outcome.APPROVE


def test_of_several_lists_the_strictest_counts(house: House) -> None:
    listed(house, ListSeverity.SENSITIVE, of(scene(1)), name="some")
    listed(house, ListSeverity.REJECT, of(scene(1)), name="others")
    assert one(house, **shown(scene(1))).outcome is Outcome.REJECT


def test_who_warned_of_their_picture_needs_no_warning_of_ours(house: House) -> None:
    listed(house, ListSeverity.SENSITIVE, of(scene(1)))
    assert one(house, behind_warning=True, **shown(scene(1))).outcome is Outcome.APPROVE


def test_a_letter_with_what_is_sealed_is_sealed_and_nothing_else_of_it_is_kept(house: House) -> None:
    listed(house, ListSeverity.QUARANTINE, bank.entry(HashKind.SHA256, "a" * 64))
    letter = house.post("vermin", visibility=Visibility.DIRECT, seen_by=0, **shown(digests=["a" * 64]))
    recorded = house.admit(letter)
    (verdict,) = recorded.verdicts
    assert verdict is not None and verdict.case_id is not None
    assert [(each.verb, each.uri) for each in recorded.effects] == [(Verb.SEAL, letter.uri)]
    assert list(house.session.scalars(select(FindingRow.check))) == ["listed_hashes"]


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ({"label": 0.8}, Outcome.LABEL),
        ({"limit": 0.8}, Outcome.LIMIT),
        ({"hold": 0.8}, Outcome.HOLD),
        ({"reject": 0.8}, Outcome.REJECT),
        ({"hold": 0.95}, Outcome.APPROVE),
    ],
)
def test_the_policy_says_what_nudity_leads_to(house: House, lines: dict[str, float], outcome: Outcome) -> None:
    publish(house, nudity=dict.fromkeys(("label", "limit", "hold", "reject")) | lines)
    house.later(days=30)  # the careful start is over
    judged = one(house, author=house.author("ana", HOME), **shown(said=Nudity(0.9, "open-nsfw-1")))
    assert (judged.outcome, "nudity" in judged.reasons) == (outcome, outcome is not Outcome.APPROVE)


def test_at_a_careful_start_nudity_holds_nothing(house: House) -> None:
    publish(house, nudity={"label": None, "limit": None, "hold": 0.8, "reject": None})
    judged = one(house, **shown(said=Nudity(0.9, "open-nsfw-1")))
    assert (judged.outcome, judged.reasons[0]) == (Outcome.LABEL, "nudity_careful")


def test_without_a_classifier_the_check_abstains_and_says_so(house: House) -> None:
    judged = one(house, **shown(said=Nudity(None, "", nudity.ABSENT)))
    assert judged.outcome is Outcome.APPROVE
    assert [each.why for each in judged.findings if each.check == "nudity"] == ["nudity_abstained"]


def test_what_a_broken_classifier_did_not_see_waits(house: House) -> None:
    judged = one(house, **shown(said=Nudity(None, "", nudity.FAILED)))
    assert (judged.outcome, judged.failed_checks) == (None, ("nudity",))
