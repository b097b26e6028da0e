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
# # Calibration, and where the lines lie
#
# A score must mean what it says, and a line must hold no more harmless posts than people can look at.

# %% tags=["parameters"]
DATA = None  # a folder of *.jsonl.gz
PER_TEMPLATE = 4
SEED = 1

# %%
from pathlib import Path

from models import evaluation
from models.labels import LABELS
from models.train import calibrate, corpus, fit
from models.train.run import learn

rows = corpus.load(Path(DATA) if DATA else None, SEED, PER_TEMPLATE)
learnt = learn(rows)

# %% [markdown]
# ## From log-odds to probabilities
# A free-form rising curve, mixed with a straight one so that no two scores fall together.

# %%
for label, (given, meant) in zip(LABELS, learnt.curves):
    print(f"{label:11} {len(given)} knots, from {given[1]:.2f} -> {meant[1]:.2f} to {given[-2]:.2f} -> {meant[-2]:.2f}")

# %% [markdown]
# ## How many harmless texts may lie above a line
# One in two thousand, with 90 % confidence: from few texts nothing can be promised, and the line goes above them all.

# %%
for harmless in (1_000, 4_000, 5_000, 10_000, 30_000, 100_000):
    print(f"{harmless:7} harmless texts: {calibrate.allowed(harmless, 2000):3} may lie above (naively {harmless / 2000:.1f})")

# %%
for label, line in learnt.lines.items():
    print(f"{label:11} hold {line.hold:.4f}  label {line.label:.4f}  {line.exceeded} of {line.harmless} above")

# %% [markdown]
# ## What that finds
# On templates that the scoring model had not seen.

# %%
labels = fit.targets(rows)
for place, label in enumerate(LABELS):
    print(label, evaluation.with_lines(learnt.unseen[:, place], labels[:, place], learnt.lines[label]))
