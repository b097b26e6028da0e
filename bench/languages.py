#!/usr/bin/env python3
"""How well the language of a short post is told: the shipped table beside py3langid and, where it is installed, lingua.

`python -m bench.languages` prints, by words of a post, how many of a hundred are told rightly, and what a post costs.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from models.language import LanguageDetector
from models.registry import current
from models.train.language import CODES, distil

SENTENCES = Path(__file__).with_name("languages.txt")
LENGTHS = (2, 4, 8, 99)
Tell = Callable[[Sequence[str]], list[str]]


def sentences() -> list[tuple[str, str]]:
    found, code = [], ""
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            code = line[2:]
        elif line and not line.startswith(";"):
            found.append((line, code))
    return found


def ours() -> Tell:
    detector = LanguageDetector(distil())
    return lambda texts: [detector.codes[place] for place in detector.probabilities(texts).argmax(axis=1)]


def py3langid() -> Tell:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(CODES))
    return lambda texts: [identifier.classify(text)[0] for text in texts]


def lingua() -> Tell:
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # type: ignore[import-not-found, unused-ignore]

    known = [getattr(IsoCode639_1, code.upper()) for code in CODES if hasattr(IsoCode639_1, code.upper())]
    detector = LanguageDetectorBuilder.from_iso_codes_639_1(*known).build()

    def tell(texts: Sequence[str]) -> list[str]:
        found = [detector.detect_language_of(text) for text in texts]
        return ["" if language is None else language.iso_code_639_1.name.lower() for language in found]

    return tell


def shortened(text: str, words: int) -> str:
    if " " in text:
        return " ".join(text.split()[:words])
    return text[: 2 * words]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    judged = sentences()
    languages = len({code for _, code in judged})
    print(f"{len(judged)} posts in {languages} languages; {current().name}'s table is distilled from py3langid's")
    for name, make in (("ours", ours), ("py3langid", py3langid), ("lingua", lingua)):
        try:
            tell = make()
        except ModuleNotFoundError as error:
            print(f"{name}: {error.name} isn't installed")
            continue
        tell([judged[0][0]])
        cells = []
        for words in LENGTHS:
            texts = [shortened(text, words) for text, _ in judged]
            started = time.perf_counter()
            told = tell(texts)
            each = (time.perf_counter() - started) / len(texts)
            right = sum(a == b for a, (_, b) in zip(told, judged, strict=True))
            own = [(a, b) for a, (_, b) in zip(told, judged, strict=True) if b in ("en", "fr")]
            kept = sum(a == b for a, b in own)
            cells.append(f"{words} words {100 * right / len(texts):.0f} % (en, fr {100 * kept / len(own):.0f} %)")
        print(f"{name}: {'; '.join(cells)}; {1e6 * each:.0f} µs a post")


if __name__ == "__main__":
    main()
