"""A candidate that is worse for one label needn't be lost for the others: what was learnt of that label is left out.

What is left out is what the gate names; where it names none (our own sentences are read rightly or not, whatever label
they are about), the label without which it is worse in the fewest places. What remains passes the whole gate, or
nothing does: less is tried, never laxer.

That the choice and the last word rest on the same decisions makes neither optimistic: labels are learnt apart, so that
leaving one out changes no figure of another on decisions, and what stays has the verdict that it got by itself. Only
among our own sentences, which are all there are of them, is one of seven choices the best of seven.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.artefact import Artefact
from models.labels import LABELS
from models.local.gate import Judged
from models.local.learning import Learnt

Judge = Callable[[Learnt], Judged]


@dataclass(frozen=True)
class Kept:
    """What passed, or all of it as it was judged in the first place; `left_out`: label → where it was worse."""

    learnt: Learnt
    judged: Judged
    left_out: Mapping[str, str]


def kept(base: Artefact, learnt: Learnt, judge: Judge) -> Kept:
    """The candidate without the labels for which it is worse; all of it, as it was judged, where nothing helps."""
    whole = judged = judge(learnt)
    left_out: dict[str, str] = {}
    while not judged.passed:
        there = [label for label in LABELS if label not in (*learnt.skipped, *left_out)]
        named = _named(judged, there)
        if len(there) <= max(1, len(named)):
            return Kept(learnt, whole, {})
        if named:
            left_out |= named
            judged = judge(without(base, learnt, left_out))
        else:
            why = judged.failures()[0]
            tried = {label: judge(without(base, learnt, (*left_out, label))) for label in there}
            least = min(there, key=lambda label: len(tried[label].failures()))
            left_out[least] = f"{why.area} {why.measure}"
            judged = tried[least]
    return Kept(without(base, learnt, left_out) if left_out else learnt, judged, left_out)


def _named(judged: Judged, labels: Sequence[str]) -> dict[str, str]:
    """Those of the labels that the gate names, and where."""
    found: dict[str, str] = {}
    for each in judged.failures():
        label = each.part.split(" ")[0]
        if label in labels:
            found.setdefault(label, f"{each.area} {each.measure}")
    return found


def without(base: Artefact, learnt: Learnt, labels: Sequence[str] | Mapping[str, str]) -> Learnt:
    """The same with some labels as the base has them."""
    places = [LABELS.index(label) for label in labels]
    weights = learnt.correction.weights.copy()
    weights[:, places] = 0.0
    languages = {
        code: {label: curve for label, curve in own.items() if label not in labels}
        for code, own in learnt.correction.languages.items()
    }
    correction = replace(
        learnt.correction,
        weights=weights,
        shifts=tuple(0.0 if at in places else shift for at, shift in enumerate(learnt.correction.shifts)),
        curves=tuple((1.0, 0.0) if at in places else curve for at, curve in enumerate(learnt.correction.curves)),
        languages={code: own for code, own in languages.items() if own},
    )
    lines = {label: base.manifest.lines[label] if label in labels else line for label, line in learnt.lines.items()}
    return replace(learnt, correction=correction, lines=lines)
