"""Writes the word list that normalisation checks its rewritings against.

`python -m models.train.vocabulary --data DIR` does it, before a training.

Words are counted in the training text as it stands, so that the list does not depend on what it is used for.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from models.characters import TABLE
from models.train.corpus import own_rows, public_rows
from models.vocabulary import WORDS_FILE

_WORD = re.compile(r"(?<![a-z0-9@$*'])[a-z]{1,20}(?![a-z0-9@$*])")
_LEAST = 14
_SIZE = 14_000
_SINGLE = frozenset("aiuy")
_SWEARS = """
fuck fucks fucked fucker fuckers fucking fuckin motherfucker motherfuckers shit shits shitty bullshit bitch bitches
bastard bastards ass asses asshole assholes cunt cunts dick dicks dickhead cock cocks pussy whore whores slut sluts
nigger niggers nigga niggas faggot faggots fag fags dyke dykes tranny trannies kike kikes spic spics chink chinks
retard retards retarded paki pakis wanker wankers rape raped rapist kill killed porn sex nazi nazis viagra
jew jews muslim muslims
putain pute putes salope salopes connard connards connasse encule encules enculer merde batard batards pede pedes
nique niquer bite chatte cul couille couilles bougnoule bougnoules negre negres youpin youpins gouine gouines tapette
"""


def count_words(texts: list[str]) -> Counter[str]:
    """In how many texts each word stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_WORD.findall(text.translate(TABLE))))
    return counts


def build(data_dir: Path, seed: int = 1) -> list[str]:
    """The lines of the word list, commonest word first, what people star out marked with `!`."""
    rows = [*public_rows(data_dir), *own_rows(seed)]
    counts = count_words([row.text for row in rows])
    known = {w: n for w, n in counts.items() if n >= _LEAST and (len(w) > 1 or w in _SINGLE)}
    common = sorted(known, key=lambda w: (-known[w], w))[:_SIZE]
    swears = set(_SWEARS.split())
    listed = [f"!{word}" if word in swears else word for word in common]
    return listed + [f"!{word}" for word in sorted(swears - set(common))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    lines = build(parser.parse_args().data)
    WORDS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
