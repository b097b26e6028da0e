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
# # Robustness: what a disguise still hides, and whom it hurts
#
# People who mean harm write around filters; people who mean none write product codes, verses and other alphabets. Both are measured on the
# functional tests, which no training has seen: what the model finds in clear text should be found under a disguise, and what it lets by in
# clear text should be let by.

# %%
import random

from models import functional
from models.labels import LABELS
from models.textmodel import load_current
from models.attacks import ATTACKS

model = load_current()
sample = random.Random(5).sample(functional.cases(), 400)


def found(texts, cases):
    """Whether each text gets a label for what its sentence tests."""
    results = model.score(texts, [case.language for case in cases])
    return [(each.scores[case.label] or 0.0) > model.lines[case.label].label for each, case in zip(results, cases)]


clean = found([case.text for case in sample], sample)
harmful = [case for case, hit in zip(sample, clean) if case.harmful and hit]
harmless = [case for case, hit in zip(sample, clean) if not case.harmful and not hit]
print(len(harmful), "harmful sentences found in clear text,", len(harmless), "harmless ones let by")

# %%
for name, attack in sorted(ATTACKS.items()):
    kept = found([attack(case.text, random.Random(1)) for case in harmful], harmful)
    hurt = found([attack(case.text, random.Random(1)) for case in harmless], harmless)
    print(
        f"{name:15} still found {sum(kept) / len(kept):4.0%}   harmless ones now labelled {sum(hurt) / len(hurt):5.1%}"
    )

# %% [markdown]
# ## Harmless text that looks like a disguise

# %%
alike = (
    "RTX4090, mp3, i18n and sha256: see RFC9421, section 2.5",
    "for (let i = 0; i < n; i++) { k1ll[i] = 0 }",
    "  /\\_/\\  ( o.o )  > ^ <",
    "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6",
    "C  G  Am  F | C  G  F  F",
    "W E L C O M E   T O   T H E   F A I R",
    "Привет, как дела? Сегодня идёт снег.",
    "sooooo gooooood, thank youuuu",
)
for text, result in zip(alike, model.score(list(alike))):
    above = [label for label in LABELS if (result.scores[label] or 0.0) > model.lines[label].label]
    print(f"{text!r:60} {result.abstained_because or above or 'nothing'}")
