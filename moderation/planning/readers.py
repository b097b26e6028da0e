"""How often people who read a post are wrong, and what their answers say then of one that one or two have read. Pure.

Harm is rare among what passes. Somebody who takes one harmless post in 25 for a harmful one finds ten of those for each
that is harmful, and counted as they come they drown what is sought. So what one person finds harmful in a sample is
read again by another, and how often the second doesn't agree says how often the first was wrong: of harmless posts, all
but those that both get wrong are told apart (W. J. Rogan, B. Gladen, "Estimating prevalence from the results of a
screening test", American Journal of Epidemiology 107 (1978)). Golden cases, whose answer is known, count besides. What
both get wrong is their error's square, and is reckoned with: an answer is evidence, and not yet what a post is (A. P.
Dawid, A. M. Skene, Applied Statistics 28 (1979); V. C. Raykar and others, "Learning from crowds", JMLR 11 (2010)).

It supposes that two readers err independently: what misleads everybody is seen by no second reading.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BEFORE: Final = (1.0, 49.0)
"""What is supposed of people of whom nothing is known: one answer in fifty wrong, worth as much as fifty answers."""


class Answers(NamedTuple):
    """How many who read a post said that it breaks the rule, and how many that it doesn't."""

    harmful: int
    harmless: int


class Read(NamedTuple):
    """A post that somebody read. `sampled`: drawn at random of what wasn't held; `again`: whether what another said
    besides came of chance or because of what the first said, and not since something looked wrong."""

    sampled: bool
    first: bool
    """Whether the first said that it breaks a rule."""
    agreed: bool | None = None
    """Whether another's answer was the same in that; None where there is none."""
    again: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """A share as people's answers have it (Beta): mean, standard deviation, and on how many answers it rests."""

    mean: float
    unsure: float
    answers: float


@dataclass(frozen=True, slots=True)
class Errors:
    """How often people are wrong."""

    false_alarm: Share
    """Who reads something harmless, and says that it breaks a rule."""
    overlooked: Share
    """Who reads something that breaks a rule, and says that it doesn't."""


@dataclass(frozen=True, slots=True)
class Golden:
    """Answers to cases whose right one is known: how many were harmless, and taken for harmful; harmful, and let be."""

    harmless: int = 0
    alarms: int = 0
    harmful: int = 0
    overlooked: int = 0


def share(wrong: float, of: float) -> Share:
    """So many wrong answers of so many, beside what is supposed."""
    a, b = BEFORE[0] + wrong, BEFORE[1] + max(0.0, of - wrong)
    return Share(a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1.0))), of)


UNKNOWN: Final = Errors(share(0, 0), share(0, 0))
NONE: Final = Errors(Share(1e-9, 0.0, 0), Share(1e-9, 0.0, 0))
"""People who are never wrong."""


def errors(read: Iterable[Read], golden: Golden = Golden()) -> Errors:
    """What readings of posts say of readers.

    Samples are harmless for the most part: of those that the first found harmful, the part that the second didn't is
    taken for false alarms of all of them. Held posts that two have read are half and half: where the two differ, one of
    them is wrong.
    """
    known = list(read)
    samples = [each for each in known if each.sampled]
    found = [each for each in samples if each.first]
    twice = [each for each in found if each.agreed is not None]
    alarms = len(found) * sum(not each.agreed for each in twice) / len(twice) if twice else 0.0
    pairs = [each for each in known if not each.sampled and each.agreed is not None and each.again]
    differing = sum(not each.agreed for each in pairs)
    return Errors(
        share(golden.alarms + alarms, golden.harmless + (len(samples) if twice else 0)),
        share(golden.overlooked + differing / 2.0, golden.harmful + len(pairs)),
    )


def probable(before: Floats, harmful: Floats, harmless: Floats, false_alarm: float, overlooked: float) -> Floats:
    """How probable it is that posts break the rule, from how probable it was `before` and what so many said of each."""
    of_harmful = before * (1.0 - overlooked) ** harmful * overlooked**harmless
    of_harmless = (1.0 - before) * false_alarm**harmful * (1.0 - false_alarm) ** harmless
    return np.asarray(of_harmful / (of_harmful + of_harmless), dtype=np.float64)
