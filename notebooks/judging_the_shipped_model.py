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
# # Judging the shipped model
#
# What was measured when it was trained stands in its report; here it is read, and the model is asked a few things.

# %%
from models import registry
from models.textmodel import load_current

version = registry.current()
report = version.report()
model = load_current()
print(version.name, version.digest()[:16], report["rows"], "rows")

# %% [markdown]
# ## On unseen rows of the public sets

# %%
for label, figures in report["labels"].items():
    public = figures["public"]
    print(f"{label:11} AUC {public.get('auc')}  recall at hold {public.get('recall_at_hold')}  precision {public.get('precision_at_hold')}")

# %% [markdown]
# ## On sets left out whole
# Hate does not transfer: this is why it holds little and labels little, until a server's own decisions say more.

# %%
for label, by_source in report["left_out"].items():
    print(f"{label:11}", {source: found["auc"] for source, found in by_source.items()})

# %% [markdown]
# ## Under disguise, and on what only looks harmful

# %%
for name, by_label in report["disguises"].items():
    print(f"{name:16}", {label: found["recall"] for label, found in by_label.items()})
print({kind: f"{found['held']}/{found['n']}" for kind, found in report["contrast"].items()})

# %% [markdown]
# ## Asked

# %%
for text in ("we repainted the tram stop", "I will f1nd you and k i l l you", "Claim your b0nus, click my profile", "Heute regnet es in Graz"):
    result = model.score([text])[0]
    above = [label for label, score in result.scores.items() if score is not None and score > model.lines[label].hold]
    why = [text[span.start : span.end] for label in above[:1] for span in model.explain(text, label)]
    print(f"{text!r:45} {result.language} {result.abstained_because} {above} {why}")
