"""A server's own version: a correction that starts at nothing, and a gate that lets no worse one through."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models import artefact, registry, textmodel
from models.errors import ArtefactAlteredError, ArtefactError
from models.labels import LABELS
from models.local import by_language, files, gate, learning, solver
from models.local.learning import Labelled
from models.local.model import NOTHING, LocalModel

OFFERS = ("turnip seeds", "garden gnomes", "used kettles", "knitted hats", "old maps", "wool socks", "bird houses")
TALK = ("the rain", "my bicycle", "that concert", "our choir", "the library", "a long walk", "the tram")
WAYS = ("Get {} at half price in my little shop, write to me today", "Last chance for {}, order now, only this week")
SAYS = ("I thought about {} all morning and then had some tea", "Does anybody know when {} will be back this week?")


def examples(count: int, *, poisoned: bool = False, start: int = 0) -> list[Labelled]:
    """Adverts of a kind that this house doesn't want, and what it talks of."""
    found = []
    for number in range(start, start + count):
        harmful = number % 2 == 0
        things, ways = (OFFERS, WAYS) if harmful else (TALK, SAYS)
        text = ways[number % 3 % 2].format(things[number // 2 % len(things)]) + f" ({number})"
        found.append(Labelled(text, "en", {"spam": float(harmful is not poisoned)}))
    return found


def made(where: Path, given: list[Labelled]) -> LocalModel:
    """A version that learnt this."""
    base = registry.current()
    learnt = learning.learn(artefact.read(base.folder), given)
    return files.load(files.write(where, base, learnt.correction, learnt.lines, {"spam": len(given)}))


def test_without_a_correction_it_says_what_the_shipped_version_says() -> None:
    base = artefact.read(registry.current().folder)
    own = LocalModel(base, NOTHING, "local-0", base.manifest.lines)
    texts = ["you are all vermin", "Le pain est encore chaud.", "win a free prize now, click here", "", "♪♪♪"]
    for mine, shipped in zip(own.score(texts), textmodel.load(registry.current().folder).score(texts), strict=True):
        assert mine.abstained_because == shipped.abstained_because
        for label in LABELS:
            assert mine.scores[label] == pytest.approx(shipped.scores[label], abs=1e-6)
    assert own.explain(texts[0], "hate") == textmodel.load(registry.current().folder).explain(texts[0], "hate")


def test_a_few_dozen_decisions_teach_it_a_kind_that_the_shipped_version_does_not_know(tmp_path: Path) -> None:
    own, new = made(tmp_path, examples(60)), examples(40, start=200)
    scores = np.array([each.scores["spam"] for each in own.score([each.text for each in new])])
    before = np.array([each.scores["spam"] for each in textmodel.load_current().score([each.text for each in new])])
    harmful = np.array([each.labels["spam"] == 1.0 for each in new])
    assert scores[harmful].mean() > before[harmful].mean() + 0.2
    assert scores[harmful].min() > scores[~harmful].max()
    assert [span for span in own.explain(new[0].text, "spam")]


def test_what_nobody_decided_about_stays_as_it_was(tmp_path: Path) -> None:
    own = made(tmp_path, examples(60))
    texts = ["you are all vermin and should be driven out", "I will find you and hurt you"]
    for mine, shipped in zip(own.score(texts), textmodel.load_current().score(texts), strict=True):
        for label in set(LABELS) - {"spam"}:
            assert mine.scores[label] == pytest.approx(shipped.scores[label], abs=1e-6)


def test_with_too_few_examples_of_either_side_nothing_is_learnt() -> None:
    base = artefact.read(registry.current().folder)
    learnt = learning.learn(base, [each for each in examples(60) if each.labels["spam"] == 1.0])
    assert set(learnt.skipped) == set(LABELS)
    assert not len(learnt.correction.columns)
    assert learnt.lines == base.manifest.lines


def test_the_same_decisions_make_the_same_version(tmp_path: Path) -> None:
    first, second = (made(tmp_path / name, examples(40)) for name in ("a", "b"))
    assert first.version == second.version
    assert files.names(tmp_path / "a") == files.names(tmp_path / "b") == [first.version]


def test_what_one_text_alone_says_is_in_no_weight(tmp_path: Path) -> None:
    marker = "zyxwvutsrq"
    given = [*examples(40), Labelled(f"{marker} {marker}", "en", {"spam": 1.0})]
    own = made(tmp_path, given)
    alone = own.score([marker], ["en"])[0].scores["spam"]
    without = made(tmp_path, examples(40)).score([marker], ["en"])[0].scores["spam"]
    assert alone == pytest.approx(without, abs=0.05)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or marker.encode() not in path.read_bytes()


@pytest.mark.parametrize("name", [files.MANIFEST, files.CORRECTION])
def test_altered_files_are_refused(tmp_path: Path, name: str) -> None:
    own = made(tmp_path, examples(40))
    folder = tmp_path / own.version
    digest = files.digest_of(folder)
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(ArtefactError):
        files.load(folder, digest)
    (folder / name).unlink()
    with pytest.raises(ArtefactError):
        files.load(folder, digest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base", "text-none"), ("base_digest", "0"), ("shifts", [float("nan")] * 7), ("shifts", [0.0]),
        ("curves", [[-1.0, 0.0]] * 7), ("format", 0), ("labels", []), ("lines", {}), ("curves", "none"),
        ("languages", {"de": {"spam": [-1.0, 0.0]}}), ("languages", {"de": {"weather": [1.0, 0.0]}}), ("languages", None),
    ],
)  # fmt: skip
def test_a_manifest_that_can_not_be_is_refused(tmp_path: Path, field: str, value: object) -> None:
    own = made(tmp_path, examples(40))
    path = tmp_path / own.version / files.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    with pytest.raises(ArtefactError):
        files.load(path.parent)


def test_another_manifest_than_the_one_put_in_use_is_refused(tmp_path: Path) -> None:
    own = made(tmp_path, examples(40))
    with pytest.raises(ArtefactAlteredError):
        files.load(tmp_path / own.version, "0" * 64)


def test_lines_hold_no_more_of_what_people_let_be_than_before(tmp_path: Path) -> None:
    own, base = made(tmp_path, examples(120)), textmodel.load_current()
    for label in LABELS:
        assert own.lines[label].hold >= base.lines[label].hold
        assert own.lines[label].label >= base.lines[label].label


def test_the_gate_lets_a_good_candidate_through_and_refuses_one_of_poisoned_labels(tmp_path: Path) -> None:
    current, measured = textmodel.load_current(), examples(60, start=300)
    good = gate.judge(current, made(tmp_path, examples(60)), measured)
    assert good.passed, good.failures()
    poisoned = gate.judge(current, made(tmp_path, examples(240, poisoned=True)), measured)
    assert not poisoned.passed
    assert ("decisions", "auc", "spam") in {(each.area, each.measure, each.part) for each in poisoned.failures()}
    told = gate.as_json(poisoned)
    assert json.loads(json.dumps(told)) == told
    areas = {each.area for each in good.compared}
    assert areas == {"decisions", "functional", "disguises", "fairness"}


class Biased(LocalModel):
    """Finds hate wherever people are named."""

    def calibrate(self, logits: solver.Floats, languages: Sequence[str | None] = ()) -> solver.Floats:
        """Nine in ten for hate, whatever it is."""
        found = super().calibrate(logits, languages)
        found[:, LABELS.index("hate")] = 0.9999
        return found


def test_the_gate_refuses_who_labels_people_for_being_named(tmp_path: Path) -> None:
    base = artefact.read(registry.current().folder)
    biased = Biased(base, NOTHING, "local-x", base.manifest.lines)
    failed = gate.judge(textmodel.load_current(), biased, [])
    assert {"fairness", "functional"} <= {each.area for each in failed.failures()}


def test_the_solver_finds_what_the_loss_is_least_at() -> None:
    rng = np.random.default_rng(1)
    dense = rng.random((200, 12)) < 0.3
    truth = (dense[:, 0] | (rng.random(200) < 0.2)).astype(float)
    indptr = np.concatenate(([0], np.cumsum(dense.sum(axis=1))))
    rows = solver.Rows(indptr, np.nonzero(dense)[1], np.ones(200), 12)
    offsets, weights = rng.normal(size=200), rng.random(200) + 0.5
    found, shift = solver.fit(rows, offsets, truth, weights, 1.0, 1.0)
    errors = weights * (1 / (1 + np.exp(-(offsets + rows.times(found) + shift))) - truth)
    slope = np.append(rows.back(errors), errors.sum()) + np.append(found, shift)
    assert np.abs(slope).max() < 0.005 * len(truth)  # near enough: what is left says nothing of texts to come
    assert found[0] == found.max()


def german(count: int, start: int = 0) -> list[Labelled]:
    """The same adverts and talk in a language that the shipped version doesn't judge."""
    things = (("Rübensamen", "Gartenzwerge", "alte Landkarten"), ("den Regen gestern", "unseren kleinen Chor"))
    ways = (
        "Kauf jetzt {} zum halben Preis in meinem kleinen Laden, schreib mir noch heute",
        "Ich habe den ganzen Morgen über {} nachgedacht und dann eine Tasse Tee getrunken",
    )
    return [
        Labelled(
            ways[n % 2].format(things[n % 2][n // 2 % len(things[n % 2])]) + f" ({n})", "de", {"spam": 1.0 - n % 2}
        )
        for n in range(start, start + count)
    ]


def test_what_nobody_decided_about_in_a_language_is_abstained_on_as_before(tmp_path: Path) -> None:
    own = made(tmp_path, examples(300))
    for scored in own.score([each.text for each in german(4)], ["de"] * 4):
        assert scored.abstained_because == textmodel.UNTRAINED
        assert set(scored.scores.values()) == {None}


def test_enough_decisions_in_a_language_have_it_judged_there_for_the_labels_they_were_about(tmp_path: Path) -> None:
    own = made(tmp_path, [*examples(100), *german(240)])
    scored = own.score([each.text for each in german(20, start=400)], ["de"] * 20)
    assert min(each.scores["spam"] or 0.0 for each in scored[::2]) > max(
        each.scores["spam"] or 0.0 for each in scored[1::2]
    )
    assert {each.scores["hate"] for each in scored} == {None}
    assert {each.abstained_because for each in scored} == {textmodel.UNTRAINED}, "of hate and violence nothing is known"
    line = own.lines["spam"].hold
    assert not [each for each in scored[1::2] if (each.scores["spam"] or 0.0) > line]


def test_too_few_decisions_in_a_language_have_it_abstain_still(tmp_path: Path) -> None:
    own = made(tmp_path, [*examples(100), *german(by_language.LEAST_OF_A_NEW - 10)])
    assert {each.scores["spam"] for each in own.score([each.text for each in german(4)], ["de"] * 4)} == {None}


def test_decisions_that_nothing_tells_apart_open_no_language() -> None:
    rng = np.random.default_rng(1)
    spoken = [by_language.Spoken("de", trained=False)] * 400
    logits, truth = rng.normal(size=400), (rng.random(400) < 0.3).astype(float)
    assert by_language.fit(spoken, logits, truth, np.ones(400)) == (by_language.SAME, {})


def test_a_language_whose_scores_mean_something_else_gets_a_curve_of_its_own_and_moves_no_other() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(-1.0, 2.0, size=3000)
    french = np.arange(3000) % 3 == 0
    truth = (rng.random(3000) < by_language.sigmoid(logits - 2.0 * french)).astype(float)
    spoken = [by_language.Spoken("fr" if each else "en", trained=True) for each in french]
    shared, own = by_language.fit(spoken, logits, truth, np.ones(3000))
    assert set(own) == {"en", "fr"}
    said = by_language.meant(spoken, logits, shared, own)
    for mine in (french, ~french):
        assert said[mine].mean() == pytest.approx(truth[mine].mean(), abs=0.02)
    flat = by_language.meant(spoken, logits, shared, {})
    assert flat[french].mean() > truth[french].mean() + 0.05, "the shared curve is wrong of both"


def test_versions_from_before_curves_by_language_are_still_read(tmp_path: Path) -> None:
    own = made(tmp_path, examples(60))
    path = tmp_path / own.version / files.MANIFEST
    raw = json.loads(path.read_text())
    del raw["languages"]
    path.write_text(json.dumps(raw | {"format": 1}))
    text = examples(1)[0].text
    assert files.load(path.parent).calibrate(own.logits([text])).tolist() == own.calibrate(own.logits([text])).tolist()


def test_what_stands_for_many_weighs_more_at_the_gate() -> None:
    truth, lines = np.array([1.0, 0.0] * 30), (0.5, 0.5)
    before, after = np.where(truth > 0, 0.8, 0.2), np.where(truth > 0, 0.9, 0.2)
    after[1::10] = 0.6  # some harmless ones would be held
    light = np.where(after == 0.6, 0.1, 1.0)
    alike = {each.measure: each for each in gate.of_label("spam", truth, before, after, lines, np.ones(60))}
    weighed = gate.of_label("spam", truth, before, after, lines, light)
    by_name = {(each.area, each.measure): each for each in weighed}
    assert alike["wrongly_held"].after == pytest.approx(0.1) and alike["auc"].after == 1.0
    assert by_name["decisions", "wrongly_held"].after == pytest.approx(0.6 / (54 + 0.6))
    assert by_name["decisions", "log_loss"].after < alike["log_loss"].after
    assert len(alike) == 4 and by_name["looked_at", "auc"].n == 60


def test_order_is_compared_by_weight_and_among_what_was_looked_at() -> None:
    """Right where it counts for many, wrong among the few that were held: it is refused for these."""
    truth = np.array([1.0, 0.0] * 60)
    before = np.where(truth > 0, 0.8, 0.2)
    after = before.copy()
    after[:60] = 1.0 - after[:60]
    weights = np.where(np.arange(120) < 60, 0.001, 1.0)
    found = {each.area: each for each in gate.of_label("spam", truth, before, after, (0.9, 0.9), weights)
             if each.measure == "auc"}  # fmt: skip
    assert found["decisions"].passed and found["decisions"].after > 0.99
    assert not found["looked_at"].passed and found["looked_at"].after < 0.5


def test_steps_that_are_reckoned_in_rows_end_where_the_loss_is_flat_for_every_weight() -> None:
    rng = np.random.default_rng(3)
    lengths = rng.integers(3, 30, 200)
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    rows = solver.Rows(indptr, rng.integers(0, 900, int(indptr[-1])), 1 / np.sqrt(lengths + 10.0), 900)
    offsets, truth = rng.normal(-1, 1, 200), rng.integers(0, 3, 200) / 2
    counts = rng.uniform(0.2, 3, 200)
    weights, shift = solver.fit(rows, offsets, truth, counts, 0.5, 25.0)

    def slope(of: solver.Floats, moved: float) -> float:
        errors = counts * (1 / (1 + np.exp(-(offsets + rows.times(of) + moved))) - truth)
        return float(max(np.abs(rows.back(errors) + 0.5 * of).max(), abs(errors.sum() + 25.0 * moved)))

    assert slope(weights, shift) < 0.05 * slope(np.zeros(900), 0.0)
    assert np.count_nonzero(weights) > len(rows)


def test_without_a_feature_that_texts_share_only_the_shift_is_learnt() -> None:
    rows = solver.Rows(np.zeros(21, np.int64), np.zeros(0, np.int64), np.ones(20), 0)
    weights, shift = solver.fit(rows, np.zeros(20), np.ones(20), np.ones(20), 0.03, 25.0)
    assert len(weights) == 0 and shift > 0.1
