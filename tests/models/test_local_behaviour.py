"""What decisions teach the behaviour model: a correction on the shipped trees, behind a gate, in a file that is checked."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from models import artefact, behaviour, waves
from models.behaviour import FEATURES, Facts
from models.errors import ArtefactAlteredError, ArtefactError
from models.local import behaviour as own
from models.local.behaviour import Learnt, Sent

BASE = behaviour.load_current()
LOCAL = Facts(
    account_age=300, acquaintance=200, approved=40, links=1, link_age=90, letters=80, hashtags=14, name="marion"
)
"""Spam of a kind that was never simulated: old accounts with many hashtags and a link that is known here."""


def sent(facts: Facts, spam: float, counts: float = 1.0) -> Sent:
    return Sent(tuple(behaviour.rows([facts])[0].tolist()), spam, counts)


def decisions(count: int, *, turned: bool = False) -> list[Sent]:
    """What a house decided: that kind is spam, and ordinary life isn't; or the other way round."""
    life = [sent(each.facts, float(turned)) for each in waves.ordinary(count, 4)]
    spam = [sent(LOCAL, float(not turned)) for _ in range(count)]
    mixed = life + spam
    random.Random(1).shuffle(mixed)
    return mixed


def learnt(count: int = 40) -> Learnt:
    found = own.learn(BASE, decisions(count))
    assert found is not None
    return found


@pytest.fixture
def written(tmp_path: Path) -> tuple[str, str]:
    """A version of a house's own, and its digest."""
    folder = own.write(tmp_path, behaviour.current(), learnt())
    return folder.name, artefact.version_digest(folder)


def test_a_kind_that_people_call_spam_is_scored_higher_afterwards(tmp_path: Path, written: tuple[str, str]) -> None:
    model = own.load(tmp_path, *written)
    assert model.version == written[0] and model.version.startswith(own.PREFIX)
    assert model.score([LOCAL])[0] > 10 * BASE.score([LOCAL])[0]


def test_what_a_house_learnt_on_a_version_of_the_first_format_goes_on_judging(tmp_path: Path) -> None:
    first = behaviour.named("behaviour-202f1e78e8")
    base = behaviour.load(first)
    weights = [0.0] * 22
    weights[FEATURES.index("hashtags")] = 0.5
    body = {
        "format": 1,
        "features": FEATURES[:22],
        "base": first.name,
        "base_digest": artefact.version_digest(first),
        "correction": {"slope": 0.0, "shift": 0.1, "weights": weights, "decisions": 20},
        "lines": dict(base.about.lines),
        "sides": [10, 10],
    }
    folder = tmp_path / own.FOLDER / "behaviour-local-1"
    folder.mkdir(parents=True)
    (folder / artefact.MANIFEST).write_text(json.dumps(body))
    model = own.load(tmp_path, folder.name, artefact.version_digest(folder))
    assert base.score([LOCAL])[0] < model.score([LOCAL])[0] < 1.0
    (folder / artefact.MANIFEST).write_text(json.dumps(body | {"format": 2}))
    with pytest.raises(ArtefactError, match="another format"):
        own.load(tmp_path, folder.name, None)


def test_few_decisions_of_either_kind_teach_nothing() -> None:
    assert own.learn(BASE, []) is None
    assert own.learn(BASE, decisions(own.LEAST - 1)) is None
    assert own.learn(BASE, [sent(LOCAL, 1.0)] * 100) is None


def test_lines_are_only_ever_raised_and_ordinary_life_stays_below_them() -> None:
    found = learnt()
    assert all(found.lines[name] >= BASE.about.lines[name] for name in own.ONE_IN)
    model = behaviour.corrected(BASE, found.correction, lines=found.lines)
    life = behaviour.rows([each.facts for each in waves.ordinary(20_000, seed=77)])
    assert (model.chances(life) >= found.lines["hold"]).mean() < 3 / 2000


def test_what_one_decision_counts_for_moves_it_as_far_as_so_many_alike() -> None:
    once = own.learn(BASE, [*decisions(20), sent(LOCAL, 0.0, 5.0)])
    many = own.learn(BASE, [*decisions(20), *[sent(LOCAL, 0.0)] * 5])
    assert once is not None and many is not None
    assert np.allclose(once.correction.weights, many.correction.weights, atol=1e-3)


def test_the_gate_lets_pass_what_forgot_nothing_and_says_which_waves_it_looked_at() -> None:
    floods = [sent(each.facts, 1.0) for each in waves.wave("tag_floods", 60, 3)]
    found = own.learn(BASE, [*floods, *(sent(each.facts, 0.0) for each in waves.ordinary(60, 3))])
    assert found is not None
    judged = own.judge(BASE, behaviour.corrected(BASE, found.correction, "own", found.lines), decisions(0))
    assert judged.passed, judged.failures()
    assert {each.part for each in judged.compared if each.measure == "wave_found"} == set(waves.WAVES)


def test_the_gate_refuses_what_knows_one_more_kind_and_forgot_others(tmp_path: Path, written: tuple[str, str]) -> None:
    judged = own.judge(BASE, own.load(tmp_path, *written), decisions(60))
    assert {each.area for each in judged.failures()} == {"waves"}
    assert all(each.passed for each in judged.compared if each.area == "decisions")


def test_the_gate_refuses_what_somebody_taught_the_wrong_way_round() -> None:
    turned = own.learn(BASE, decisions(300, turned=True))
    assert turned is not None
    bad = behaviour.corrected(BASE, turned.correction, "bad", turned.lines)
    judged = own.judge(BASE, bad, decisions(60))
    assert not judged.passed
    assert {each.area for each in judged.failures()} >= {"decisions"}


def test_it_is_read_only_as_it_was_written(tmp_path: Path, written: tuple[str, str]) -> None:
    name, digest = written
    with pytest.raises(ArtefactAlteredError):
        own.load(tmp_path, name, "another digest")
    with pytest.raises(ArtefactError):
        own.load(tmp_path, "behaviour-local-none", digest)
    with pytest.raises(ArtefactError):
        own.load(tmp_path, "behaviour-local-/../../x", None)
    assert own.load(tmp_path, behaviour.current().name, None).version == BASE.version


@pytest.mark.parametrize("harm", ["backwards", "endless", "short", "base", "lines", "no json"])
def test_a_manifest_that_cannot_be_is_refused(tmp_path: Path, written: tuple[str, str], harm: str) -> None:
    path = tmp_path / own.FOLDER / written[0] / artefact.MANIFEST
    raw = json.loads(path.read_text())
    weights = raw["correction"]["weights"]
    if harm == "backwards":
        weights[FEATURES.index("removed")] = -1.0
    elif harm == "endless":
        raw["correction"]["shift"] = float("inf")
    elif harm == "short":
        weights.pop()
    elif harm == "base":
        raw["base_digest"] = "0" * 64
    elif harm == "lines":
        del raw["lines"]["hold"]
    path.write_text("[" if harm == "no json" else json.dumps(raw))
    with pytest.raises(ArtefactError):
        own.load(tmp_path, written[0], None)
