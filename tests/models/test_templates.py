"""Our own training sentences stay clear of what judges the model: known test frames, and our functional tests."""

import re
from collections import Counter, defaultdict
from functools import lru_cache

import pytest

from models import functional
from models.labels import LANGUAGES
from models.normalise import normalise
from models.train import corpus, templates

BADLY = (
    "disgusting|vermin|scum|stupid|animals|cockroaches|rats|pigs|a disease|a plague|a cancer|inferior|worthless|evil|"
    "parasites|filth|subhuman|less than human|trash|garbage|savages|the worst|filthy|lazy|criminals|great|wonderful|"
    "de la vermine|des rats|des cafards|des animaux|des parasites|des ordures|inferieurs|stupides|degoutants|sales"
)
FRAMES = [
    "i (really |just |fucking )?(hate|despise|loathe|detest|can't stand|love|like|adore) (all |the |those |these )?GROUP",
    f"(all |most |the |these )?GROUP (are|is) (so |just |all |fucking |nothing but )*({BADLY})",
    "(all )?GROUP (make me sick|disgust me|deserve to die|should die|must die|should be killed)",
    "(i will |let's |let us |we should )?(kill|fuck|gas|get rid of|deport|burn) (all |the |those )*GROUP",
    "(you are|you're) (just )?an? (fucking )?SLUR to me",
    "what an? SLUR",
    "no GROUP deserves to die",
    "(all )?SLUR are (just )?\\w+",
    "je (hais|deteste|meprise|execre|ne supporte pas|adore) (tous )?(les |ces )?GROUP",
    f"(tous )?(les |ces )?GROUP sont (tous )?({BADLY})",
    "(tous )?les GROUP (me degoutent|meritent de mourir|doivent mourir)",
    "(il faut )?(tuer|tuez|tuons|brulez|gazez|virez) (tous )?les GROUP",
    "(j'aime|j'adore) (tous )?les GROUP",
    "tu n'es qu'un SLUR( pour moi)?",
]
"""Whole sentences of this form stand in published tests such as HateCheck; to train on them is to train on the test."""


@lru_cache(maxsize=1)
def own() -> tuple[str, ...]:
    """Every sentence of ours that training may see."""
    return tuple(phrase.text for code in LANGUAGES for phrase in templates.phrases(code, corpus.PER_TEMPLATE, 1))


def plain(text: str) -> str:
    return normalise(text, form=2).text.replace(" ' ", "'")


def frames() -> re.Pattern[str]:
    fillings: dict[str, list[str]] = defaultdict(list)
    for code in LANGUAGES:
        slots = templates.read(code).slots
        fillings["GROUP"] += [plain(each) for each in slots["group"]]
        fillings["SLUR"] += [plain(each) for each in (*slots["slur"], *slots["slurone"])]
    joined = "|".join(FRAMES)
    for slot, values in fillings.items():
        joined = joined.replace(slot, "(" + "|".join(map(re.escape, sorted(set(values)))) + ")")
    return re.compile(f"(?:{joined})")


def test_no_sentence_of_ours_is_a_frame_of_published_tests() -> None:
    pattern = frames()
    sentences = {part.strip(" \"'") for text in own() for part in re.split(r" [.!?:;\"] ?| \. \. ", plain(text) + " ")}
    assert [sentence for sentence in sentences if pattern.fullmatch(sentence)] == []


def test_the_frames_are_found_where_they_are() -> None:
    for sentence in ("i hate jews", "gays are disgusting", "you're just a faggot to me", "je deteste les juifs"):
        assert frames().fullmatch(plain(sentence))


def shingles(text: str) -> set[str]:
    words = plain(text).split()
    return {" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 1))}


def test_no_sentence_of_ours_is_nearly_one_of_the_functional_tests() -> None:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(own()):
        for shingle in shingles(text):
            holders[shingle].append(place)
    near = []
    for case in functional.cases():
        mine = shingles(case.text)
        shared = Counter(place for shingle in mine for place in holders.get(shingle, ()))
        if shared and (most := shared.most_common(1)[0])[1] / len(mine) > 0.5:
            near.append((case.text, own()[most[0]]))
    assert near == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_that_a_template_names_is_filled(language: str) -> None:
    read = templates.read(language)
    words = set(re.findall(r"\{(\w+)\}", " ".join(template.pattern for template in read.templates)))
    assert {word for word in words if word.islower() and len(word) > 2 and word not in read.slots} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_thousands_of_sentences_are_harmless_and_thousands_are_not(language: str) -> None:
    phrases = list(templates.phrases(language, corpus.PER_TEMPLATE, 1))
    kinds = Counter(phrase.kind for phrase in phrases if not phrase.labels)
    assert {"everyday", "identity", "counter", "negated", "object", "reclaimed", "advert", "care", "body"} <= set(kinds)
    assert sum(kinds.values()) > 2000
    assert sum(bool(phrase.labels) for phrase in phrases) > 2000
