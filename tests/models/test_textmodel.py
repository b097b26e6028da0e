"""The shipped model: what it holds, what it leaves alone, when it abstains, how it explains itself."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import registry, windows
from models.labels import LABELS
from models.normalise import LONGEST, normalise
from models.textmodel import TOO_LITTLE, UNTRAINED, TextModel, load_current
from tests.models.sentences import HARMLESS, PLAIN_HATRED, SPAM, THREATS


@pytest.fixture(scope="module")
def model() -> TextModel:
    return load_current()


def held(model: TextModel, text: str) -> set[str]:
    scores = model.score([text])[0].scores
    return {label for label, score in scores.items() if score is not None and score > model.lines[label].hold}


@pytest.mark.parametrize("text", PLAIN_HATRED)
def test_plain_hatred_is_above_its_hold_line(model: TextModel, text: str) -> None:
    assert "hate" in held(model, text)


@pytest.mark.parametrize("text", THREATS)
def test_a_plain_threat_is_above_its_hold_line(model: TextModel, text: str) -> None:
    assert "violence" in held(model, text)


@pytest.mark.parametrize("text", SPAM)
def test_spam_is_above_its_hold_line(model: TextModel, text: str) -> None:
    assert "spam" in held(model, text)


def test_no_harmless_sentence_is_above_any_hold_line(model: TextModel) -> None:
    assert len(HARMLESS) > 200
    assert [(text, found) for text in HARMLESS if (found := held(model, text))] == []


def test_few_harmless_sentences_are_above_a_label_line_of_what_is_held(model: TextModel) -> None:
    results = model.score(HARMLESS)
    over = [
        text
        for text, result in zip(HARMLESS, results, strict=True)
        for label in ("hate", "violence", "spam")
        if (result.scores[label] or 0.0) > model.lines[label].label
    ]
    assert len(over) <= len(HARMLESS) // 50


@pytest.mark.parametrize(
    "text",
    [
        "I w\u200bill fi\u200bnd you and k\u200bill you ton\u200bight",
        "Ｉ ｗｉｌｌ ｆｉｎｄ ｙｏｕ ａｎｄ ｋｉｌｌ ｙｏｕ ｔｏｎｉｇｈｔ",
        "I will find you and k1ll you tonight",
        "I will find you and k i l l you tonight",
        "I will find уоu and kіll уоu tonight",
        "I will find you and 𝐤𝐢𝐥𝐥 𝐲𝐨𝐮 tonight",
    ],
)
def test_a_disguised_threat_is_still_held(model: TextModel, text: str) -> None:
    assert "violence" in held(model, text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ich gehe morgen mit meiner Schwester in den Wald und sammle Pilze", "de"),
        ("Сегодня очень хорошая погода, мы пойдём гулять в парк", "ru"),
        ("今日はとても良い天気ですね、散歩に行きましょう", "ja"),
        ("Mañana vamos a la playa con los niños y la abuela", "es"),
    ],
)
def test_it_abstains_in_a_language_that_it_was_not_trained_for(model: TextModel, text: str, language: str) -> None:
    result = model.score([text])[0]
    assert result.abstained_because == UNTRAINED
    assert result.language == language
    assert set(result.scores) == set(LABELS)
    assert all(score is None for score in result.scores.values())


AROUND = (
    "Heute war das Wetter an der Küste endlich wieder schön, und wir sind lange gelaufen.",
    "Сегодня мы долго гуляли по берегу и пили чай с бабушкой.",
    "Ayer fuimos al mercado y compramos tomates para toda la semana.",
)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("shape", ["{around} {text}", "{text}\n{around} {around}", "{around} {text} {around}"])
def test_words_in_another_language_around_it_do_not_hide_a_threat(model: TextModel, around: str, shape: str) -> None:
    text = shape.format(around=around, text=f"{THREATS[0]}.")
    assert "violence" in held(model, text)
    spans = [text[span.start : span.end] for span in model.explain(text, "violence")]
    assert spans and all(span in THREATS[0] for span in spans)


def test_what_is_read_within_another_language_leaves_the_rest_unread(model: TextModel) -> None:
    [result] = model.score([f"{AROUND[0]} {THREATS[0]}. {AROUND[0]}"])
    assert result.abstained_because == UNTRAINED and result.scores["violence"] is not None


def test_nothing_of_what_is_in_another_language_alone_is_scored(model: TextModel) -> None:
    results = model.score([*AROUND, " ".join(AROUND)])
    assert {score for result in results for score in result.scores.values()} == {None}


@pytest.mark.parametrize("text", ["", "🔥🔥🔥", "1234", "…", "ok", "@ana", "https://x.example/a"])
def test_it_abstains_on_too_little_text(model: TextModel, text: str) -> None:
    assert model.score([text])[0].abstained_because == TOO_LITTLE


def test_a_claimed_language_does_not_let_an_english_threat_through(model: TextModel) -> None:
    result = model.score(["I will find you and kill you tonight, I know where you live"], ["ja"])[0]
    assert result.abstained_because is None


def test_homoglyphs_do_not_buy_an_abstention(model: TextModel) -> None:
    result = model.score(["І hаtе аll оf уоu реорlе, уоu аrе vеrmіn"])[0]
    assert result.abstained_because is None
    assert result.disguised


def test_batches_and_single_texts_agree_to_the_bit(model: TextModel) -> None:
    texts = [*PLAIN_HATRED, *THREATS, "", *SPAM, *HARMLESS[:50]]
    assert model.score(texts) == [model.score([text])[0] for text in texts]


def test_the_explanation_points_at_the_original_text(model: TextModel) -> None:
    text = "hey @ben, I will k.i.l.l you tonight"
    words = [text[span.start : span.end] for span in model.explain(text, "violence")]
    assert "k.i.l.l" in words[:3]
    assert all(span.weight > 0 for span in model.explain(text, "violence"))


@pytest.mark.parametrize("text", THREATS[:6])
@pytest.mark.parametrize("edit", ["{}!!!", "hey, {}", "{} ok", "well: {}"])
def test_small_edits_leave_the_heaviest_word_of_an_explanation_among_the_heaviest(
    model: TextModel, text: str, edit: str
) -> None:
    edited = edit.format(text)
    first = model.explain(text, "violence")[0]
    words = {edited[span.start : span.end].lower().strip("!") for span in model.explain(edited, "violence")}
    assert text[first.start : first.end].lower() in words


def test_an_explanation_of_nothing_is_empty(model: TextModel) -> None:
    assert model.explain("", "hate") == []


@given(
    st.lists(st.text(alphabet=st.characters(), max_size=200), max_size=6),
    st.sampled_from([None, "en", "xx", "", "fr-CA"]),
)
@settings(max_examples=100, deadline=None)
def test_any_text_is_scored_and_explained_without_an_error(texts: list[str], claim: str | None) -> None:
    model = load_current()
    for text, result in zip(texts, model.score(texts, [claim] * len(texts)), strict=True):
        assert all(score is None or 0.0 < score < 1.0 for score in result.scores.values())
        assert all(0 <= s.start < s.end <= len(text) for s in model.explain(text, "toxic"))


HOSTILE = {
    "a megabyte of one letter": "a" * 1_000_000,
    "a megabyte of words": "kill them all " * 72_000,
    "control characters": "".join(map(chr, range(32))) * 3000,
    "nothing but nulls": "\0" * 100_000,
    "no letters": "12345 !!! " * 10_000,
    "lone surrogates": "\ud800\udc00\udfff" * 5000,
    "a hundred thousand combining marks": "a" + "\u0301" * 100_000,
    "one character that becomes eighteen": "\ufdfa" * 1_000_000,
    "characters without a width": "\u200b" * 100_000,
    "one word set apart": "k.i.l.l " * 20_000,
    "starred out": ("a" * 16 + "*") * 4000,
    "half an address": "http://[" * 20_000,
    "mail addresses without an end": "a@b." * 20_000,
    "tags in tags": "#aBcD" * 20_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_scored_and_explained_by_a_bounded_part_of_them(model: TextModel, text: str) -> None:
    result = model.score([text, text], ["en", "\ud800"])[0]
    assert result.cut is windows.is_cut(text)
    assert len(normalise(text).text) <= 20 * LONGEST
    assert all(0 <= s.start < s.end <= len(text) for s in model.explain(text, "violence"))


@pytest.mark.parametrize("text", ["\x01\x02" * 500, "\u0301" * 5000, "\ud800" * 50, "?!" * 500, "\u200b" * 4000])
def test_what_has_no_letters_is_abstained_on_and_never_scored(model: TextModel, text: str) -> None:
    assert model.score([text])[0].abstained_because == TOO_LITTLE


def test_a_hostile_text_changes_nothing_for_its_neighbours_in_a_batch(model: TextModel) -> None:
    alone = model.score(THREATS)
    between = model.score([item for text in THREATS for item in ("\ufdfa" * 5000, text, "\ud800\0")])
    assert between[1::3] == alone


def test_as_many_languages_as_texts_are_needed(model: TextModel) -> None:
    with pytest.raises(ValueError, match="as many"):
        model.score(["a", "b"], ["en"])


def test_lines_hold_what_they_promise_on_unseen_traffic(model: TextModel) -> None:
    for line in model.lines.values():
        assert line.label <= line.hold
        assert line.exceeded <= line.harmless / line.hold_one_in


def test_the_shipped_version_is_small_whole_and_has_card_and_report() -> None:
    version = registry.current()
    assert sum(path.stat().st_size for path in version.folder.iterdir()) < 6_000_000
    assert version.manifest().version == version.name
    assert version.report()["version"] == version.name
    assert "Known failures" in version.card("en")
    assert "Défauts connus" in version.card("fr")


def test_serving_imports_neither_scikit_learn_nor_scipy_nor_py3langid() -> None:
    script = (
        "import sys; from models.textmodel import load_current; from models import registry;"
        "m = load_current(); m.score(['hello world']); m.explain('hello', 'hate');"
        "print([n for n in sys.modules if n.split('.')[0] in ('sklearn', 'scipy', 'py3langid', 'pandas', 'flask', 'sqlalchemy')])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
