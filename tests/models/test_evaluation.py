"""`ostiary model evaluate`: figures per label, language and source, and one clear error for a bad line."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from models import artefact, evaluation, registry
from models.errors import BadLineError
from models.labels import LABELS
from models.local import learning
from models.local.model import LocalModel
from tests.models.sentences import HARMLESS, SPAM
from workers.cli.models import model as command

RUSSIAN = "Сегодня очень хорошая погода, мы пойдём гулять в парк"


def line(text: str, spam: int | None, **more: object) -> dict[str, object]:
    return {"id": text[:9], "text": text, "lang": "en", "labels": {"spam": spam, "hate": None}, **more}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [line(text, 0, source="posts" if n % 2 else "bios") for n, text in enumerate(HARMLESS[:100])]
    rows += [line(text, 1, source=source) for text in SPAM for source in ("posts", "bios") * 2]
    rows += [line(RUSSIAN, 0, source="posts")]
    path = tmp_path / "judged.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    return path


def test_a_labelled_file_is_judged_label_by_label(file: Path) -> None:
    figures = evaluation.evaluate_file(file)
    spam = figures["labels"]["spam"]
    assert (figures["n"], figures["abstained"]) == (100 + 4 * len(SPAM) + 1, 1)
    assert tuple(figures["labels"]) == LABELS
    assert spam["auc"] == spam["recall_at_precision_98"] == 1.0
    assert 0.9 < spam["auc_interval"][0] < spam["auc_interval"][1] == 1.0
    assert 0 <= spam["calibration_error_interval"][0] <= spam["calibration_error_interval"][1]
    assert figures["labels"]["hate"] == {"n": 0, "positive": 0, "by_language": {}, "by_source": {}}


def test_languages_and_sources_with_enough_of_both_sides_are_told_apart(file: Path) -> None:
    spam = evaluation.evaluate_file(file, intervals=False)["labels"]["spam"]
    assert set(spam["by_language"]) == ({"en"} if 4 * len(SPAM) >= 10 else set())
    assert all(found["n"] < spam["n"] for found in spam["by_source"].values())


def test_the_command_prints_a_table_or_json(file: Path) -> None:
    shown = CliRunner().invoke(command, ["evaluate", str(file)])
    assert shown.exit_code == 0
    assert "R@P98" in shown.output
    assert "by language" in shown.output
    assert "spam, en" in shown.output
    raw = CliRunner().invoke(command, ["evaluate", str(file), "--json", "--no-intervals"])
    assert json.loads(raw.output)["labels"]["spam"]["auc"] == 1.0
    assert "auc_interval" not in raw.output


def test_a_version_that_judges_some_labels_of_a_language_is_measured_on_those(file: Path) -> None:
    learnt = learning.learn(artefact.read(registry.current().folder), [])
    curves = {"ru": {"spam": (1.0, 0.0)}}
    own = LocalModel(
        artefact.read(registry.current().folder), replace(learnt.correction, languages=curves), "local-x", learnt.lines
    )
    rows = [evaluation.Judged(RUSSIAN, "ru", None, {"spam": 0, "hate": 0})] * 12
    figures = evaluation.evaluate(rows, own, intervals=False)
    assert figures["abstained"] == 0
    assert figures["labels"]["spam"]["n"] == 12
    assert figures["labels"]["hate"]["n"] == 0


def test_another_version_than_the_one_in_use_can_be_judged(file: Path) -> None:
    name = registry.current().name
    assert name in CliRunner().invoke(command, ["evaluate", str(file), "--version", name, "--no-intervals"]).output
    unknown = CliRunner().invoke(command, ["evaluate", str(file), "--version", "text-none"])
    assert unknown.exit_code == 1
    assert "there is no version text-none here" in unknown.output


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"x", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff", "not UTF-8"),
        (b'{"labels": {}}', "`text` is missing"),
        (b'{"text": "a"}', "`labels` is missing"),
        (b'{"text": "a", "labels": {"spam": 7}}', "'spam' is neither 0, 1 nor null"),
        (b'{"text": "a", "labels": {"spam": "1"}}', "'spam' is neither 0, 1 nor null"),
        (b'{"text": "a", "labels": {"hatred": 1}}', "'hatred' is no label; there are hate, harassment"),
        (b'{"text": "a", "labels": {}, "lang": 1}', "`lang` or `source`"),
        (b"[" * 99_999, "not JSON"),
    ],
)
def test_a_bad_line_is_one_clear_error_with_its_number(tmp_path: Path, bad: bytes, why: str) -> None:
    path = tmp_path / "judged.jsonl"
    path.write_bytes(b'{"text": "hello there", "labels": {}}\n' + bad + b"\n")
    with pytest.raises(BadLineError, match="line 2") as caught:
        evaluation.evaluate_file(path)
    assert why in caught.value.reason
    shown = CliRunner().invoke(command, ["evaluate", str(path)])
    assert shown.exit_code == 1
    assert shown.output.count("\n") == 1


def test_an_empty_file_is_no_texts(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    figures = evaluation.evaluate_file(tmp_path / "empty.jsonl")
    assert figures["n"] == 0
    assert "0 texts" in evaluation.table(figures)


def test_names_in_a_file_neither_steer_the_terminal_nor_fill_it(tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    rows = [line(text, n % 2, source="\x1b[2J\u202e" + "x" * 5000) for n, text in enumerate(HARMLESS[:100])]
    path.write_text("\n".join(map(json.dumps, rows)))
    shown = evaluation.table(evaluation.evaluate_file(path, intervals=False))
    assert "spam, ?[2J?xxx" in shown
    assert all(each.isprintable() and len(each) < 200 for each in shown.splitlines())


def test_what_the_model_learnt_from_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cad.jsonl"
    path.write_text("\n".join(json.dumps(line(text, 0, source="sms_spam")) for text in HARMLESS[:3]))
    figures = evaluation.evaluate_file(path)
    assert figures["learnt_from"] == ["cad", "sms_spam"]
    assert "it learnt from cad, sms_spam" in evaluation.table(figures)
    elsewhere = path.rename(tmp_path / "our-own.jsonl")
    elsewhere.write_text(json.dumps(line(HARMLESS[0], 0, source="posts")))
    assert evaluation.evaluate_file(elsewhere)["learnt_from"] == []


def test_too_few_texts_are_said_to_be_too_few(tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    path.write_text("\n".join(json.dumps(line(text, spam)) for text, spam in ((HARMLESS[0], 0), (SPAM[0], 1))))
    figures = evaluation.evaluate_file(path)
    assert figures["labels"]["spam"]["too_few"] and "auc_interval" not in figures["labels"]["spam"]
    assert "1.000 (too few)" in evaluation.table(figures)


def test_judging_needs_nothing_that_trains() -> None:
    source = Path(evaluation.__file__).read_text() + (Path(evaluation.__file__).parent / "measures.py").read_text()
    assert "sklearn" not in source
    assert "models.train" not in source
