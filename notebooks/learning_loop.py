# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The learning loop: from decisions to a version of the server's own, past the gate
#
# A server's people decide; what they say corrects the shipped model a little. The candidate is compared with the version in use on later decisions, on our
# functional tests, on disguises and on harmless mentions of people, and a candidate that is worse anywhere that counts isn't let through. Here the
# decisions are invented: a house that talks of a kind of spam that the shipped model doesn't know.

# %%
import random
import tempfile
from pathlib import Path

from models import artefact, registry
from models.labels import LABELS
from models.local import files, gate
from models.local.learning import Labelled, learn

rng = random.Random(4)
base = registry.current()
loaded = artefact.read(base.folder)


def said(text, spam):
    return Labelled(text, "en", {label: (float(spam) if label == "spam" else None) for label in LABELS})


places, things = ("attic", "cellar", "barn", "garage", "hall"), ("clocks", "lamps", "stools", "mirrors", "trunks")
wares = ("grow lights", "seed bombs", "compost tea", "worm towers", "rain chains")
harmless = [f"the {rng.choice(things)} in our {rng.choice(places)} want dusting, number {n} of this year" for n in range(120)]
harmful = [f"{rng.choice(wares)} by the crate, harvest club members pay half, write harvest{n}" for n in range(120)]
decisions = [said(text, spam=False) for text in harmless] + [said(text, spam=True) for text in harmful]
rng.shuffle(decisions)
learnt_from, later = decisions[:160], decisions[160:]

# %% [markdown]
# ## Learning
# A correction over the features that the base has; the base itself stays as it is.

# %%
learnt = learn(loaded, learnt_from)
print({label: counts for label, counts in learnt.learnt_from.items() if sum(counts)}, "left as they were:", learnt.skipped)
with tempfile.TemporaryDirectory() as folder:
    written = files.write(Path(folder), base, learnt.correction, learnt.lines, {"spam": len(learnt_from)})
    candidate = files.load(written)
    print(written.name, sum(file.stat().st_size for file in written.iterdir()), "bytes")

from models.textmodel import load_current

current = load_current()
for text in (harmful[0], harmless[0]):
    before, after = (model.score([text])[0].scores["spam"] for model in (current, candidate))
    print(f"{before:.3f} -> {after:.3f}  {text}")

# %% [markdown]
# ## The gate

# %%
judged = gate.judge(current, candidate, later)
print("passed" if judged.passed else "refused", "after", len(judged.compared), "comparisons")
for each in judged.failures():
    print(" ", each.area, each.measure, each.part, f"{each.before:.3f} -> {each.after:.3f}")

# %% [markdown]
# ## The gate, and somebody who poisons the labels
# Whoever says that everything is spam teaches a candidate that nobody should use.

# %%
poisoned = learn(loaded, [said(each.text, spam=each.labels["spam"] == 0.0) for each in learnt_from])
with tempfile.TemporaryDirectory() as folder:
    worse = files.load(files.write(Path(folder), base, poisoned.correction, poisoned.lines, {"spam": len(learnt_from)}))
judged = gate.judge(current, worse, later)
print("passed" if judged.passed else "refused")
for each in judged.failures()[:5]:
    print(" ", each.area, each.measure, each.part, f"{each.before:.3f} -> {each.after:.3f}")
assert not judged.passed
