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
# # How the text model was made
#
# The shipped model is made by `ostiary model train --data DIR`. This notebook walks through the same steps with the same functions, on a small
# sample: our own template sentences. Give `DATA` the folder of the public sets to see the real thing; it takes some minutes then.

# %% tags=["parameters"]
DATA = None  # a folder of *.jsonl.gz
PER_TEMPLATE = 4
SEED = 1

# %%
import random
from collections import Counter
from pathlib import Path

from models.labels import LABELS
from models.train import corpus, fit
from models.attacks import ATTACKS

rows = corpus.load(Path(DATA) if DATA else None, SEED, PER_TEMPLATE)
print(len(rows), "rows;", Counter(row.source for row in rows), Counter(row.kind for row in rows))
for label in LABELS:
    print(f"{label:11} {Counter(row.labels[label] for row in rows)}")

# %% [markdown]
# ## Normalisation
# Disguises are undone before features are taken, and the way back is kept: what weighed is shown in the author's own text.

# %%
from models.normalise import normalise

sentence = "somebody should exterminate these vermin"
for name, attack in sorted(ATTACKS.items()):
    hidden = attack(sentence, random.Random(3))
    print(f"{name:15} {hidden!r:70} {normalise(hidden).text}")

# %% [markdown]
# Harmless text that looks like a disguise stays as it is.

# %%
for text in ("mp3 rtx3080 i18n k8s sha256", "x = a*b*c", "привет как дела", "C G D A E"):
    print(f"{text!r:40} {normalise(text).text!r}")

# %% [markdown]
# ## Features
# Hashed words, pairs of words, pieces of words, and kinds of words that meet: a group and a word for vermin, whichever they are.

# %%
from models.features import featurise

matrix = featurise([normalise(t).text for t in ("Muslims are vermin", "gypsies were parasites", "sparrows knit scarves")])
columns = [set(matrix.indices[a:b].tolist()) for a, b in zip(matrix.indptr[:-1], matrix.indptr[1:])]
print([len(c) for c in columns], "shared:", len(columns[0] & columns[1]), "and", len(columns[0] & columns[2]))

# %% [markdown]
# ## The fit
# One logistic regression per label. What a source was picked for is taken up by a column of its own that does not serve. Every row is scored by a
# model that saw neither it, nor a disguised copy, nor another filling of its template.

# %%
features = fit.matrix([row.text for row in rows])
labels = fit.targets(rows)
unseen = fit.out_of_fold(features, rows, labels)
print(unseen.shape)
