"""Nothing hides in a long text, nor behind signs: what a model can't read at once is read in parts."""

from __future__ import annotations

import pytest

from models import textmodel, windows
from models.normalise import HEAD, LONGEST, MIDDLE, TAIL

TALK = "Nice weather today, and the neighbours came for soup. " * 1500
THREAT = "I will kill you tonight, you filthy bitch. " * 15


def violence(text: str) -> float:
    """What the model says of it."""
    return textmodel.load_current().score([text], ["en"])[0].scores["violence"] or 0.0


@pytest.mark.parametrize("size", [LONGEST, LONGEST + 1, 12_000, 30_001, 53_000])
def test_every_character_is_read_of_a_text_of_up_to_53000(size: int) -> None:
    text = TALK[:size]
    middle = (size - MIDDLE) // 2
    read = {*range(HEAD), *range(middle, middle + MIDDLE), *range(size - TAIL, size)}
    for part in windows.windows(text):
        assert len(part.text) <= LONGEST and text[part.start : part.start + len(part.text)] == part.text
        read.update(range(part.start, part.start + len(part.text)))
    assert not windows.is_cut(text)
    assert size == LONGEST or read == set(range(size))


@pytest.mark.parametrize("size", [53_200, 60_000, 1_000_000])
def test_of_longer_ones_so_many_windows_are_read_and_it_is_said(size: int) -> None:
    text = "a " * (size // 2)
    assert windows.is_cut(text) and len(windows.windows(text)) == windows.MOST
    assert max(len(part.text) for part in windows.windows(text)) <= LONGEST
    assert textmodel.load_current().score([text], ["en"])[0].cut


@pytest.mark.parametrize("before", [3_050, 8_000, 12_000, 20_000])
def test_a_threat_is_found_wherever_it_stands_in_a_long_text(before: int) -> None:
    text = (TALK[:before] + THREAT + TALK)[:30_000]
    assert violence(text) > 0.5 > 0.3 > violence(TALK[:30_000])


def test_what_weighed_is_shown_where_it_stands() -> None:
    text = (TALK[:8_000] + THREAT + TALK)[:30_000]
    spans = textmodel.load_current().explain(text, "violence")
    assert spans and all(8_000 <= each.start < each.end <= 8_000 + len(THREAT) for each in spans)
    assert "kill" in {text[each.start : each.end] for each in spans}


@pytest.mark.parametrize("before", [" ".join(map(str, range(100, 180))), "😀🎈🐟 🍞🌧️ " * 40])
def test_a_threat_behind_numbers_or_emoji_is_read(before: str) -> None:
    [scored] = textmodel.load_current().score([f"{before} {THREAT}"], ["en"])
    assert scored.abstained_because is None and (scored.scores["harassment"] or 0.0) > 0.5


def test_signs_alone_are_still_abstained_on() -> None:
    [scored] = textmodel.load_current().score(["😀🎈🐟 12345 " * 2000], ["en"])
    assert scored.abstained_because == textmodel.TOO_LITTLE
    assert set(scored.scores.values()) == {None}
